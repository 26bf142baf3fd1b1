"""Where secrets rest between two starts: tokens, and nothing an owner would look up.

Lives here: the Protocol, one file per place, and the shape of a secret's name.  What is inside a secret is the
caller's business.  Which place is used is decided in `client/platform/detect.py`.
"""

from enum import StrEnum
from typing import Protocol

from client.platform import PlatformError


class Keeping(StrEnum):
    """How long a secret lasts.

    keychain: the operating system's store, or a phone's secure storage · vault: an encrypted file opened by a
    passphrase · memory: nowhere, it ends with this process.
    """

    KEYCHAIN = "keychain"
    VAULT = "vault"
    MEMORY = "memory"


class Secrets(Protocol):
    """A small map from names to secrets.  All three raise `PlatformError`; a name that is not there is None."""

    @property
    def keeping(self) -> Keeping: ...

    async def read(self, name: str) -> str | None: ...

    async def write(self, name: str, secret: str) -> None:
        """Durable when it returns, except for `Keeping.MEMORY`."""
        ...

    async def erase(self, name: str) -> None:
        """Erasing what is not there is no error."""
        ...


class WrongPassphrase(PlatformError):
    """The vault does not open with this passphrase; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("vault", "The passphrase in CHATTY_VAULT_PASSPHRASE does not open the vault on this device.")


class VaultDamaged(PlatformError):
    """The vault could not be read.  It was moved to `kept_as`; the next read finds an empty vault."""

    def __init__(self, kept_as: str) -> None:
        super().__init__("vault", f"The vault was damaged. It is kept as {kept_as}, and you need to sign in once more.")
        self.kept_as = kept_as
