"""A keyring of the desktop for the tests of the keychain: an installed one, else the distribution's package.

`python -m tests.keyring_daemon` makes sure there is one where that can be; elsewhere those tests are skipped.
"""

import shutil
import sys

from tests import packages


def find() -> tuple[str, str] | None:
    """The paths of a session bus and of a keyring, or None if one of them is not here."""
    bus, keyring = shutil.which("dbus-daemon"), shutil.which("gnome-keyring-daemon")
    return (bus, keyring) if bus and keyring else None


def main() -> None:
    if sys.platform == "linux" and not find():
        packages.install("dbus", "gnome-keyring")
    said = "here" if find() else "not here, so the tests of a real keychain are skipped"
    sys.stdout.write(f"Keyring for the tests: {said}\n")


if __name__ == "__main__":
    main()
