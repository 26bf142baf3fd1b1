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

_IN_A_FORM: Final = frozenset(
    {
        *(Act.TASK_NEW, Act.TASK_DUE, Act.TASK_EDIT, Act.TASK_ASSIGN),
        *(Act.CORRECT, Act.BLOCK_NUMBER, Act.FOLLOW, Act.MARK_LATER),
    }
)
"""Those that have no place, only the form in which they were made; one that was refused is made anew."""

SET_ASIDE: Final = frozenset({Act.MARK_DONE, Act.MARK_NOT_USEFUL, Act.MARK_NEVER})
"""What hides something; it is brought back where all that is hidden stands."""

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
    def in_a_form(self) -> bool:
        """It is edited in the form in which it was made; a lead that is there has a page instead."""
        was_never = self.standing is Standing.REFUSED and self.deed.act is Act.LEAD_NEW
        return was_never or self.deed.act in _IN_A_FORM

    @property
    def can_edit(self) -> bool:
        """Where there is something to open: what was never made, because that was refused, is not there.

        Nothing but itself can be said by a flag, by taking something back, and of a task by done or dropped.
        """
        if not self.can_cancel or self.in_a_form:
            return self.can_cancel
        if self.standing is Standing.REFUSED and self.deed.act in SET_ASIDE:
            return False
        return self.kind in _EDITED_WHERE_MADE or self.deed.act in SET_ASIDE

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
