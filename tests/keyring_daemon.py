"""A keyring of the desktop for the tests of the keychain: an installed one, else the distribution's package.

`python -m tests.keyring_daemon` makes sure there is one where that can be; elsewhere those tests are skipped.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests import packages


def find() -> tuple[str, str] | None:
    """The paths of a session bus and of a keyring, or None if one of them is not here."""
    bus, keyring = shutil.which("dbus-daemon"), shutil.which("gnome-keyring-daemon")
    return (bus, keyring) if bus and keyring else None


@contextlib.contextmanager
def running(bus: str, keyring: str, home: Path) -> Iterator[str]:
    """A private bus and a private, unlocked keyring that is kept in `home`; the address of the bus."""
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
    yield address
    for process in (holder, daemon):
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def main() -> None:
    if sys.platform == "linux" and not find():
        packages.install("dbus", "gnome-keyring")
    said = "here" if find() else "not here, so the tests of a real keychain are skipped"
    sys.stdout.write(f"Keyring for the tests: {said}\n")


if __name__ == "__main__":
    main()
