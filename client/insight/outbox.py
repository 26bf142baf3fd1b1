"""How the owner's changes stand, a line each: on their way, settled, or in need of the owner."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from client.insight.clash import Clash
from client.insight.deeds import Act, Deed
from client.models.ids import ChangeId, ConflictId


class Standing(StrEnum):
    """
    waiting ──> sending ──> sent ──> (settled: a line of the past)
                   │  ⇅
                   │ unanswered     it went out and the connection is gone; it goes out again with the next one
                   ├──> refused     the server said no for good; no longer in effect here
                   ├──> clash       the server kept something else; the owner decides
                   └──> set_aside   the server could not take it, several times; still in effect here
    """

    WAITING = "waiting"
    SENDING = "sending"
    UNANSWERED = "unanswered"
    SENT = "sent"
    REFUSED = "refused"
    CLASH = "clash"
    SET_ASIDE = "set_aside"


_EDITED_WHERE_MADE: Final = frozenset({"bookings", "leads", "employees", "assumptions"})
"""Tables with a place where the change can be made otherwise; what is done there becomes part of it."""

NEEDS_YOU: Final = frozenset({Standing.REFUSED, Standing.CLASH, Standing.SET_ASIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """`kind`, `row_id`: what it changes.  `code`, `detail`: the server's answer, by its word and in its words.

    `next_try`: when it is tried again by itself, where the server asked to wait.  `clash`: what it met.
    """

    change_id: ChangeId
    deed: Deed
    standing: Standing
    made_at: datetime
    kind: str
    row_id: str
    code: str = ""
    detail: str = ""
    next_try: datetime | None = None
    conflict_id: ConflictId | None = None
    clash: Clash | None = None

    @property
    def can_cancel(self) -> bool:
        """Once it is on its way it cannot be called back, only undone afterwards."""
        return self.standing in (Standing.WAITING, Standing.REFUSED, Standing.SET_ASIDE)

    @property
    def can_edit(self) -> bool:
        """Where there is something to open: what was never made, because that was refused, is not there."""
        there = self.standing is not Standing.REFUSED or self.deed.act not in (Act.BOOK, Act.LEAD_NEW)
        return self.can_cancel and there and self.kind in _EDITED_WHERE_MADE

    @property
    def can_retry(self) -> bool:
        return self.can_cancel


def as_it_stands(line: ChangeLine, *, connected: bool) -> ChangeLine:
    """The line now: nothing is being sent without a connection."""
    waits = line.standing is Standing.SENDING and not connected
    return replace(line, standing=Standing.UNANSWERED) if waits else line


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLine:
    """A change the server has.  `can_undo`: its kind can be taken back; `undone`: it was."""

    change_id: ChangeId
    deed: Deed
    settled_at: datetime
    can_undo: bool
    undone: bool = False
