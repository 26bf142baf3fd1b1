"""The owner's changes that are not settled: how many, which need the owner, and all of them while the sheet is open."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from client.insight.changes import deed_of
from client.insight.clash import clash_of
from client.insight.deeds import Deed
from client.insight.outbox import ChangeLine, PastLine, Standing
from client.models.ids import ChangeId, ConflictId
from client.models.mutations import Change, ChangeState, Conflict, ConflictState, PastChange, Row, Undoing, undoing
from client.state.live_query import LiveQuery
from client.storage import business, conflicts, effective, outbox
from client.storage.errors import StorageError

NEEDS_YOU_SHOWN: Final = 3
PAGE: Final = 50
PAST_SHOWN: Final = 20

_STANDINGS: Final = {
    ChangeState.QUEUED: Standing.WAITING,
    ChangeState.SENT: Standing.SENDING,
    ChangeState.ACKED: Standing.SENT,
    ChangeState.REFUSED: Standing.REFUSED,
    ChangeState.PARKED: Standing.SET_ASIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingState:
    """`waiting`: without the server's word; `stuck`: refused, set aside, or in a clash that nobody has decided.

    `needs_you`: the first of the stuck.  `clashes`: the rows with an open conflict, and which one it is.
    """

    waiting: int = 0
    stuck: int = 0
    needs_you: tuple[ChangeLine, ...] = ()
    clashes: tuple[tuple[str, ConflictId], ...] = ()
    ready: bool = False

    def clash_of(self, row_id: str) -> ConflictId | None:
        return next((conflict_id for clashing, conflict_id in self.clashes if clashing == row_id), None)


class WaitingStore(LiveQuery[WaitingState]):
    """Cheap enough to be read at every commit, however many changes wait."""

    tables = frozenset({"outbox", "conflicts"})

    def __init__(self) -> None:
        super().__init__(WaitingState())

    def read(self, conn: sqlite3.Connection) -> WaitingState:
        clashing = [each for each in conflicts.open_conflicts(conn) if each.state is ConflictState.OPEN]
        stuck = outbox.stuck(conn)
        clashes = {each.row_id: each.conflict_id for each in reversed(clashing)}
        return WaitingState(
            waiting=outbox.waiting(conn),
            stuck=len(clashing) + len(stuck),
            needs_you=tuple(_needs_you(conn, clashing, stuck, NEEDS_YOU_SHOWN)),
            clashes=tuple(clashes.items()),
            ready=True,
        )

    def failed(self, error: StorageError) -> WaitingState:
        del error
        return WaitingState()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxState:
    """`lines`: what is on its way, oldest first, as many as are shown of `waiting`.  `past`: settled, newest first."""

    needs_you: tuple[ChangeLine, ...] = ()
    lines: tuple[ChangeLine, ...] = ()
    waiting: int = 0
    past: tuple[PastLine, ...] = ()
    opened: ChangeId | None = None
    ready: bool = False
    broken: bool = False


class OutboxStore(LiveQuery[OutboxState]):
    """What the open sheet shows; reads nothing while it is closed."""

    tables = frozenset({"outbox", "conflicts", "history"})

    def __init__(self) -> None:
        super().__init__(OutboxState())
        self._open = False
        self._shown = PAGE
        self._opened: ChangeId | None = None

    def show(self, is_open: bool) -> None:
        """The sheet is open, or gone."""
        if is_open == self._open:
            return
        self._open, self._shown, self._opened = is_open, PAGE, None
        self.state = OutboxState()
        self.refresh()

    def show_more(self) -> None:
        self._shown += PAGE
        self.refresh()

    def toggle(self, change_id: ChangeId) -> None:
        """Show what can be done about this change, or hide it."""
        self._opened = None if self._opened == change_id else change_id
        self.refresh()

    def point_at(self, change_id: ChangeId) -> None:
        """Show what can be done about this change."""
        self._opened = change_id
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> OutboxState:
        if not self._open:
            return OutboxState()
        clashing = [each for each in conflicts.open_conflicts(conn) if each.state is ConflictState.OPEN]
        on_the_way = outbox.on_the_way(conn, self._shown)
        return OutboxState(
            needs_you=tuple(_needs_you(conn, clashing, outbox.stuck(conn), PAGE)),
            lines=tuple(_line(conn, change) for change in on_the_way),
            waiting=outbox.count_on_the_way(conn),
            past=tuple(_past(conn, change) for change in outbox.history(conn, PAST_SHOWN)),
            opened=self._opened,
            ready=True,
        )

    def failed(self, error: StorageError) -> OutboxState:
        del error
        return OutboxState(broken=True)


def unsent_lines(conn: sqlite3.Connection, limit: int) -> list[ChangeLine]:
    """The first of what would be lost with the data on this device: what needs the owner, then what waits."""
    clashing = [each for each in conflicts.open_conflicts(conn) if each.state is ConflictState.OPEN]
    lines = _needs_you(conn, clashing, outbox.stuck(conn), limit)
    waiting = outbox.where(conn, "state IN ('queued', 'sent') ORDER BY change_id LIMIT ?", (limit,))
    return [*lines, *(_line(conn, change) for change in waiting)][:limit]


def lines_of(conn: sqlite3.Connection, kind: str, row_id: str) -> tuple[ChangeLine, ...]:
    """The changes of one row that are not settled, oldest first, and the clash that nobody has decided."""
    clashing = [_clash(conn, each) for each in conflicts.of_row(conn, kind, row_id) if each.state is ConflictState.OPEN]
    met = {line.change_id for line in clashing}
    waiting = [_line(conn, change) for change in outbox.of_row(conn, kind, row_id) if change.change_id not in met]
    return (*clashing, *waiting)


def _needs_you(
    conn: sqlite3.Connection, clashing: Iterable[Conflict], stuck: Iterable[Change], limit: int
) -> list[ChangeLine]:
    """Clashes first: somebody waits for an answer there."""
    lines: list[ChangeLine] = []
    for conflict in clashing:
        if len(lines) == limit:
            return lines
        lines.append(_clash(conn, conflict))
    lines += [_line(conn, change) for change in list(stuck)[: limit - len(lines)]]
    return lines


def deed_in(conn: sqlite3.Connection, change: Change | PastChange) -> Deed:
    """What a change does, in the terms of the trade."""
    row = _row(conn, change.kind, change.row_id)
    return deed_of(change.op, change.payload, row, business.room_names(conn))


def _line(conn: sqlite3.Connection, change: Change) -> ChangeLine:
    result = change.result or {}
    return ChangeLine(
        change_id=change.change_id,
        deed=deed_in(conn, change),
        standing=_STANDINGS[change.state],
        made_at=change.created_at,
        kind=change.kind,
        row_id=change.row_id,
        code=str(result.get("code") or ""),
        detail=str(result.get("detail") or ""),
        next_try=change.next_try,
    )


def _clash(conn: sqlite3.Connection, conflict: Conflict) -> ChangeLine:
    change = outbox.get(conn, conflict.change_id) or outbox.past(conn, conflict.change_id)
    return ChangeLine(
        change_id=conflict.change_id,
        deed=deed_in(conn, change) if change else deed_of("", {}, _row(conn, conflict.kind, conflict.row_id)),
        standing=Standing.CLASH,
        made_at=change.created_at if change else conflict.made_at,
        kind=conflict.kind,
        row_id=conflict.row_id,
        conflict_id=conflict.conflict_id,
        clash=clash_of(conflict.document),
    )


def _past(conn: sqlite3.Connection, change: PastChange) -> PastLine:
    return PastLine(
        change_id=change.change_id,
        deed=deed_in(conn, change),
        settled_at=change.settled_at,
        can_undo=undoing(change.op, never_sent=False, told=change.tell is not None) is not Undoing.FINAL,
        undone=change.undone_by is not None,
    )


def _row(conn: sqlite3.Connection, kind: str, row_id: str) -> Row | None:
    """The row as it is shown, or, where the change has taken it away, as the server has it."""
    shown = effective.effective_row(conn, kind, row_id)
    if shown is not None:
        return shown
    under = effective.base(conn, kind, row_id)
    return under.row if under else None
