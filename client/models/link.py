"""How things stand between this device and the hosted API."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkState(StrEnum):
    """
    connecting ──> online ──> offline ──> connecting …
         └──────────┴───────────┴──> signed_out   (the session was ended, the device revoked)

    `standby`: another copy of the app on this device keeps the same data up to date; this one only reads it.
    """

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    SIGNED_OUT = "signed_out"
    STANDBY = "standby"


class Trouble(StrEnum):
    """What keeps the data from being current.  The words for each are in the catalogue."""

    UNREACHABLE = "unreachable"
    SERVER_FAULT = "server_fault"
    RATE_LIMITED = "rate_limited"
    MALFORMED = "malformed"
    UPGRADE_REQUIRED = "upgrade_required"
    DISK_FULL = "disk_full"
    DAMAGED = "damaged"
    TOO_NEW = "too_new"
    KEY_MISSING = "key_missing"
    UNAVAILABLE = "unavailable"
    WRONG_ACCOUNT = "wrong_account"
    SESSION_REVOKED = "session_revoked"
    DEVICE_REVOKED = "device_revoked"


class Thrift(StrEnum):
    """Why a device fetches only what is looked at, or new."""

    METERED = "metered"
    LOW_BATTERY = "low_battery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A first sync or resync under way.  `usable` as soon as what is on screen (today ± 14 days) has arrived.

    `waits`: why the rest is not fetched now, None where it is.
    """

    done: int
    total: int
    usable: bool
    waits: Thrift | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """`as_of`: when this device was last known to equal the server, by the server's clock; None before the first sync.

    `skew_s`: device clock minus server clock, None while unknown.  `waiting`: changes the server has not answered.
    `conflicts`: what the owner has to decide and has not.  `needs_you`: those, and the changes that were refused or set
    aside.
    """

    state: LinkState
    as_of: datetime | None
    filling: Filling | None
    trouble: Trouble | None
    retry_at: datetime | None
    skew_s: float | None
    waiting: int
    conflicts: int = 0
    needs_you: int = 0
