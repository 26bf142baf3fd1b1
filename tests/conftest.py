"""What all tests share."""

import gc
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONGEST = ("e2e", "simulation", "sync")
"""Folders whose files take longest."""


def pytest_configure() -> None:
    """Next to nothing that is made while thousands of tests are gathered is let go again."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there now stays, so that it need not be looked through in every test."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker begins one of them when the others are done."""
    items.sort(key=lambda item: LONGEST.index(folder) if (folder := _folder(item)) in LONGEST else len(LONGEST))


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0]
