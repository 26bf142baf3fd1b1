"""A removal of an account from this device that one process began and a later start goes on with."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why an account goes: its owner signed out, or signed this device out from another one."""

    LEFT = "left"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What a start went on with.  `complete`: nothing of it is left."""

    reason: Reason
    complete: bool
