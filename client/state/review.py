"""The morning review: what of leads, tasks and marks waits for the owner; what happened since the business closed."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from client.insight.day import Say
from client.insight.overnight import Night, NightRows, closed_at, night_figure, nights_of
from client.models.account import Role
from client.models.leads import Lead
from client.models.marks import About, Mark
from client.models.provenance import Figure
from client.models.tallies import Axis
from client.models.tasks import Task
from client.state.figure_rows import Rows
from client.state.live_query import WatchedQuery
from client.storage import business, calls, cursors, leads, marks, messages, tallies, tasks
from client.storage.columns import milliseconds
from client.storage.errors import StorageError

MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewState:
    """`leads`: open ones that are overdue, or new without a follow-up.  `since`: when the business closed."""

    leads: tuple[Lead, ...] = ()
    tasks: tuple[Task, ...] = ()
    marks: Mapping[tuple[About, str], Mark] = field(default_factory=dict[tuple[About, str], Mark], hash=False)
    nights: tuple[tuple[Night, Figure], ...] = ()
    since: datetime | None = None
    ready: bool = False
    broken: bool = False


class ReviewStore(WatchedQuery[ReviewState]):
    tables = frozenset({"leads", "tasks", "marks", "calls", "messages", "bookings", "business", "streams"})

    def __init__(self, now: Callable[[], datetime], say: Callable[[], Say], role: Callable[[], Role | None]) -> None:
        super().__init__(ReviewState())
        self._now = now
        self._say = say
        self._role = role

    def read(self, conn: sqlite3.Connection) -> ReviewState:
        now = self._now()
        ours = business.get(conn)
        new = leads.where(conn, "stage = 'new' AND interest = 'hot' AND next_followup_at IS NULL ORDER BY created_at")
        return ReviewState(
            leads=(*leads.to_follow_up(conn, now), *new),
            tasks=tuple(task for task in tasks.open(conn) if task.employee_id is None and task.is_overdue(now)),
            marks=marks.about(conn, About.NEEDS_YOU),
            nights=self._nights(conn, closed_at(ours, now), now) if ours else (),
            since=closed_at(ours, now) if ours else None,
            ready=cursors.stream(conn, "core").usable,
        )

    def failed(self, error: StorageError) -> ReviewState:
        del error
        return replace(self.state, broken=True)

    def _nights(self, conn: sqlite3.Connection, start: datetime, now: datetime) -> tuple[tuple[Night, Figure], ...]:
        role = self._role()
        minute = now.replace(second=0, microsecond=0)
        known = Rows.of(conn)
        codes = [group.code for group in tallies.tally(conn, Axis.CALLS, start, now)]
        rows = NightRows(
            sources=tallies.evidence(conn, Axis.CALLS, start, now, codes, limit=MOST) if codes else (),
            calls=[call for call in calls.between(conn, start, now, limit=MOST) if not call.is_live],
            messages=messages.where(
                conn, "sent_at >= ? AND sent_at < ? ORDER BY sent_at DESC", (milliseconds(start), milliseconds(now))
            ),
        )
        money = role is not None and role.may_see_money
        return tuple(
            (each, night_figure(each, rows, start, minute, known.as_of, known.zone, self._say()))
            for each in nights_of(money=money)
        )
