"""Whether the data on this device is encrypted, or why not."""

from enum import StrEnum


class Encryption(StrEnum):
    """The sentence is the catalogue's `encryption.*`.

    no_driver: there is no SQLCipher for this platform · no_keychain: nowhere to keep the key but beside the data ·
    in_use: it was open elsewhere when it was to be encrypted · failed: it could not be copied, the disk being full.
    """

    ON = "on"
    NO_DRIVER = "no_driver"
    NO_KEYCHAIN = "no_keychain"
    IN_USE = "in_use"
    FAILED = "failed"
