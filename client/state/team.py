"""The AI employees: how each stands, its own figures of a period, and what was done to it and by it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.insight import figures as counting
from client.insight.day import Say
from client.insight.figures import MINUTE, MetricFigure, Past
from client.insight.metrics import DEFINITIONS
from client.insight.periods import Chosen, Period, Stretch, before, stretch
from client.insight.task_minutes import TaskMinutes, minutes_by
from client.insight.team import RECEPTION, Own, OwnFigure, Work, own_figure, own_of, trade_of
from client.models.account import Role
from client.models.assumptions import Assumptions
from client.models.business import Employee
from client.models.events import Event
from client.models.ids import EmployeeId, TaskId
from client.models.tasks import Task
from client.state.figure_rows import Rows, minute_of
from client.state.live_query import WatchedQuery
from client.storage import activity, assumptions, business, events, tasks, team_work
from client.storage.activity import Entry
from client.storage.errors import StorageError

EVENTS: Final = 20
LATELY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`shared` are figures that the whole business has too, over this employee's rows; `own` are its own.

    `did`: what it did last, newest first.
    """

    employee: Employee
    shared: tuple[MetricFigure, ...] = ()
    own: tuple[OwnFigure, ...] = ()
    did: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamState:
    """`events`: the newest about the employee whose page is open.  `said`: the owner's inputs, None for
    a role that may not see them.
    """

    members: tuple[Member, ...] = ()
    said: Assumptions | None = None
    chosen: Chosen = Chosen(period=Period.TODAY)  # noqa: RUF009
    opened: EmployeeId | None = None
    events: tuple[Event, ...] = ()
    ready: bool = False
    broken: bool = False

    def member(self, employee_id: EmployeeId) -> Member | None:
        return next((each for each in self.members if each.employee.employee_id == employee_id), None)


class TeamStore(WatchedQuery[TeamState]):
    """Without `every_call` calls and bookings are counted once a minute, and what was done last is left out: on a place
    that is always open they change with every word that is said.
    """

    tables = frozenset({"employees", "leads", "tasks", "events", "business", "assumptions", "streams"})

    def __init__(
        self,
        now: Callable[[], datetime],
        say: Callable[[], Say],
        role: Callable[[], Role | None],
        *,
        every_call: bool = True,
    ) -> None:
        super().__init__(TeamState())
        if every_call:
            self.tables = self.tables | {"calls", "bookings", "messages"}
        self._every_call = every_call
        self._now = now
        self._say = say
        self._role = role
        self._chosen = Chosen(period=Period.TODAY)
        self._opened: EmployeeId | None = None

    def choose(self, chosen: Chosen) -> None:
        """Count another period."""
        self._chosen = chosen
        self.refresh()

    def open(self, employee_id: EmployeeId | None) -> None:
        """The employee whose history is shown."""
        self._opened = employee_id
        self.refresh()

    def task(self, task_id: TaskId) -> Task | None:
        """One behind a figure, to go on to what it is about."""
        if self._database is None:
            return None
        try:
            return self._database.read(lambda conn: tasks.get(conn, task_id))
        except StorageError:
            return None

    def read(self, conn: sqlite3.Connection) -> TeamState:
        now = minute_of(self._now())
        opened = self._opened
        role = self._role()
        said = assumptions.get(conn) if role is not None and role.may_see_money else None
        minutes = minutes_by(said)
        members = tuple(self._member(conn, employee, now, minutes) for employee in business.employees(conn))
        return TeamState(
            members=members,
            said=said,
            chosen=self._chosen,
            opened=opened,
            events=tuple(events.of_employee(conn, opened, EVENTS)) if opened else (),
            ready=bool(members) or Rows.of(conn).complete,
        )

    def failed(self, error: StorageError) -> TeamState:
        del error
        return replace(self.state, members=(), broken=True)

    def _member(self, conn: sqlite3.Connection, employee: Employee, now: datetime, minutes: TaskMinutes) -> Member:
        role, say, chosen = self._role(), self._say(), self._chosen
        money = role is not None and role.may_see_money
        trade = trade_of(employee.kind, employee.glyph)
        rows = Rows.of(conn, employee.employee_id)
        it = stretch(chosen, now, rows.zone)
        until = it.end if it.whole else max(it.start, it.end - MINUTE)
        wanted = own_of(trade, money=money)
        work = replace(_work(conn, employee, wanted, it), minutes=minutes)
        shared: tuple[MetricFigure, ...] = ()
        if trade == "reception":
            metrics = tuple(metric for metric in RECEPTION if money or not DEFINITIONS[metric].money)
            past = Past(
                compared=before(chosen, now, rows.zone),
                before=dict.fromkeys(metrics),
                line=dict.fromkeys(metrics, ()),
            )
            shared = counting.figures(metrics, rows, chosen, now, rows.as_of, rows.zone, say, past=past)
        own = tuple(own_figure(each, work, it, until, rows.as_of, rows.zone, say) for each in wanted)
        did = activity.page(conn, LATELY, employee_id=employee.employee_id) if self._every_call else ()
        return Member(employee=employee, shared=shared, own=own, did=tuple(did))


def _work(conn: sqlite3.Connection, employee: Employee, wanted: tuple[Own, ...], it: Stretch) -> Work:
    """Only what its figures ask for is read."""
    start, end = it.start, it.end
    lead = Own.LEADS in wanted
    task = Own.TASKS in wanted
    return Work(
        calls=team_work.over(conn, employee, start, end) if Own.SATISFIED in wanted else (),
        leads=team_work.came(conn, employee, start, end) if lead else (),
        won=team_work.won(conn, employee, start, end) if lead else (),
        pipeline=team_work.still_open(conn, employee) if Own.PIPELINE in wanted else (),
        tasks=tasks.done_between(conn, start, end, employee_id=employee.employee_id) if task else (),
    )
