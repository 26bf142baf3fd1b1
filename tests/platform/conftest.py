"""A real Secret Service of its own for one test module: a private bus and a private, unlocked keyring."""

import os
import subprocess
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
    bus, keyring = found
    home = tmp_path_factory.mktemp("keyring")
    daemon = subprocess.Popen(
        [bus, "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert daemon.stdout
    address = daemon.stdout.readline().strip()
    environment = os.environ | {
        "DBUS_SESSION_BUS_ADDRESS": address,
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home),
        "HOME": str(home),
    }
    holder = subprocess.Popen(
        [keyring, "--unlock", "--foreground", "--components=secrets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert holder.stdin and holder.stdout
    holder.stdin.write(b"of no consequence")
    holder.stdin.close()
    holder.stdout.readline()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        patch.delenv("CHATTY_KEYCHAIN", raising=False)
        yield home
    for process in (holder, daemon):
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()
