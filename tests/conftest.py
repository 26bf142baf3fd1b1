"""What all tests share."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from client.platform.secrets.vault import Derivation, VaultSecrets
from tests.pace import slowness

HERE = Path(__file__).parent
BROWSER = "e2e"
LONGEST = ("simulation", "sync")
"""Folders whose files take longest."""


def pytest_configure() -> None:
    """Next to nothing that is made while thousands of tests are gathered is let go again.

    One example may take as long as a busy machine lets it; the whole test has a limit.
    """
    gc.disable()
    given = settings.get_profile(settings.get_current_profile_name())
    settings.register_profile("patient", given, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there now stays, so that it need not be looked through in every test."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser spread over all the others, the longest of which come first.

    A browser's test waits half of its time, which is when the other workers want the processors.  It is tried again
    where Chromium itself crashed; asking whether a test may be costs it 40 ms, so the others are not.
    """
    files = list(dict.fromkeys(item.path for item in items))
    in_browser = [path for path in files if _folder(path) == BROWSER]
    others = sorted((path for path in files if _folder(path) != BROWSER), key=lambda path: _folder(path) not in LONGEST)
    places = {path: (n + 0.5) / len(group) for group in (in_browser, others) for n, path in enumerate(group)}
    items.sort(key=lambda item: places[item.path])
    for item in items:
        if _folder(item.path) == BROWSER:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["Target crashed"]))


@pytest.fixture(scope="session", autouse=True)
def _vaults_open_quickly() -> Iterator[None]:
    """New vaults of these processes are cheap to open: else that would be most of what a short command costs."""
    with patch.dict(
        VaultSecrets.__init__.__kwdefaults__,
        new_derivation=lambda salt: Derivation(salt=salt, passes=1, memory_kib=8, lanes=1),
    ):
        yield


def _folder(path: Path) -> str:
    return path.relative_to(HERE).parts[0]


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, because of the browsers; on a slow machine they have nothing to wait for."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors + (slowness() < 1.2)
