"""The one place that asks which platform this is, and chooses an implementation of each service."""

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from client.platform import PlatformError
from client.platform.secrets import Secrets

VAULT_FILE = "vault.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The place chosen for secrets, and, where it is not the keychain, why the keychain was passed over."""

    secrets: Secrets
    keychain_trouble: str | None


def platform_name() -> str:
    """As the hosted API spells it: ios, android, windows, macos or linux."""
    if hasattr(sys, "getandroidapilevel"):
        return "android"
    return {"darwin": "macos", "win32": "windows", "ios": "ios", "android": "android"}.get(sys.platform, "linux")


def is_phone() -> bool:
    return platform_name() in {"ios", "android"}


def device_name() -> str:
    return platform.node() or "This device"


def has_display() -> bool:
    """Whether a window can be opened here; always so outside Linux."""
    if platform_name() != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def choose_secrets(data_dir: Path, passphrase: str | None) -> Choice:
    """The phone's secure storage; else the keychain; else a vault that `passphrase` opens; else this process.

    CHATTY_KEYCHAIN=off passes the keychain over.  On a phone a page must be current.  May block for a few seconds
    where a keychain does not answer: call it off the loop when drawing has begun, except on a phone.
    """
    if is_phone():
        from client.platform.secrets.flet_storage import DeviceSecrets

        return Choice(secrets=DeviceSecrets(), keychain_trouble=None)
    trouble = _why_not_keychain()
    if trouble is None:
        from client.platform.secrets.keychain import open_keychain

        try:
            return Choice(secrets=open_keychain(), keychain_trouble=None)
        except PlatformError as error:
            trouble = error.sentence
    if passphrase:
        from client.platform.secrets.vault import VaultSecrets

        return Choice(secrets=VaultSecrets(data_dir / VAULT_FILE, passphrase), keychain_trouble=trouble)
    from client.platform.secrets.memory import MemorySecrets

    return Choice(secrets=MemorySecrets(), keychain_trouble=trouble)


def _why_not_keychain() -> str | None:
    """Cheap reasons, so that a machine without a session bus does not pay for importing the keyring."""
    if os.environ.get("CHATTY_KEYCHAIN", "").lower() == "off":
        return "The keychain is switched off by CHATTY_KEYCHAIN."
    if sys.platform == "linux" and not _session_bus_expected():
        return "There is no keychain here, because this machine has no D-Bus session."
    return None


def _session_bus_expected() -> bool:
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and (Path(runtime) / "bus").exists()
