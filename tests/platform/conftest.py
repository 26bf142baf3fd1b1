"""A real Secret Service of its own for one test module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import keyring_daemon


@pytest.fixture(scope="module")
def secret_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Sets the environment so that the keyring of this process is the private one; gives its folder."""
    found = keyring_daemon.find()
    if found is None:
        pytest.skip("a session bus and gnome-keyring are not installed here")
    home = tmp_path_factory.mktemp("keyring")
    with keyring_daemon.running(*found, home) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        patch.delenv("CHATTY_KEYCHAIN", raising=False)
        yield home
