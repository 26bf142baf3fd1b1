"""A sign-out under way: what is not sent, what is being done about it, and what came of that."""

from dataclasses import dataclass
from enum import StrEnum

from client.insight.outbox import ChangeLine


class Doing(StrEnum):
    SENDING = "sending"
    LEAVING = "leaving"


class Trouble(StrEnum):
    """What kept the last wish from being done; the sentence is the catalogue's `leaving.trouble.*`."""

    UNREACHABLE = "unreachable"
    LEFT_OVER = "left_over"
    UNREADABLE = "unreadable"
    NOT_REMOVED = "not_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingState:
    """`unsent`: how many changes signing out would lose, of which `lines` are the first.

    `sent`: how many went out while this was open.  `saved`: the name of the file they were written to.
    """

    is_open: bool = False
    unsent: int = 0
    lines: tuple[ChangeLine, ...] = ()
    doing: Doing | None = None
    trouble: Trouble | None = None
    sent: int = 0
    saved: str = ""
    typed: str = ""
