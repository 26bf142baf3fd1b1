"""The leads as a board: of each stage how many there are, and of each stage that is open the part that is in sight."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from client.insight.day import Say
from client.insight.lead_sums import lead_sum, stages_of
from client.models.lead_board import STAGES, LeadColumn, LeadFilter, LeadOrder, StageCount
from client.models.leads import OPEN_STAGES, Lead, LeadStage
from client.models.provenance import Figure
from client.state.figure_rows import Rows
from client.state.live_query import LiveQuery
from client.storage import business, cursors, lead_board
from client.storage.errors import StorageError

STEP: Final = 4
"""What is in sight is read anew when it has moved by as many rows, not at every pixel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsState:
    """`columns`: all stages in the order of the board.  `people`: whoever has a lead.  `total`: leads that are shown.

    `figure`: the sum that is open, with its rows.  `serial` is another one whenever the lists begin anew at their tops.
    """

    columns: tuple[LeadColumn, ...] = ()
    chosen: LeadFilter = field(default_factory=LeadFilter)
    order: LeadOrder = LeadOrder.WAITING
    people: tuple[str, ...] = ()
    currency: str = "USD"
    figure: Figure | None = None
    serial: int = 0
    ready: bool = False
    broken: bool = False

    @property
    def total(self) -> int:
        return sum(column.count.n for column in self.columns)

    def ids(self) -> list[str]:
        return [lead.lead_id for column in self.columns for lead in column.leads]


class LeadsStore(LiveQuery[LeadsState]):
    tables = frozenset({"leads", "business", "streams"})

    def __init__(self, now: Callable[[], datetime], say: Callable[[], Say]) -> None:
        super().__init__(LeadsState())
        self._now = now
        self._say = say
        self._sum: str | None = None
        self._open: tuple[LeadStage, ...] = OPEN_STAGES
        self._limit = 16
        self._first = dict.fromkeys(STAGES, 0)
        self._chosen = LeadFilter()
        self._order = LeadOrder.WAITING
        self._serial = 0

    def show(self, stages: tuple[LeadStage, ...], limit: int) -> None:
        """Of these stages as many leads as fit; the others are only counted."""
        if (stages, limit) != (self._open, self._limit):
            self._open, self._limit = stages, limit
            self.refresh()

    def sum_up(self, which: str | None) -> None:
        """Read the rows of this sum; of none when it is shut."""
        if which != self._sum:
            self._sum = which
            self.refresh()

    def scrolled(self, stage: LeadStage, first: int) -> None:
        """The list of a stage shows its rows from about here on."""
        first = max(0, first // STEP * STEP)
        if first != self._first[stage]:
            self._first[stage] = first
            self.refresh()

    def choose(self, chosen: LeadFilter) -> None:
        self._chosen = chosen
        self._begin_anew()

    def sort(self, order: LeadOrder) -> None:
        self._order = order
        self._begin_anew()

    def forget(self) -> None:
        super().forget()
        self._chosen = LeadFilter()
        self._first = dict.fromkeys(STAGES, 0)

    def everything(self, stage: LeadStage | None = None) -> tuple[Lead, ...]:
        """All leads that are chosen, for a file; none while the data cannot be read."""
        database = self._database
        if database is None:
            return ()
        try:
            return tuple(database.read(lambda conn: lead_board.chosen(conn, self._chosen, stage, self._now())))
        except StorageError as error:
            self.state = self.failed(error)
            return ()

    def read(self, conn: sqlite3.Connection) -> LeadsState:
        now = self._now()
        ours = business.get(conn)
        return LeadsState(
            columns=tuple(self._column(conn, count, now) for count in lead_board.counts(conn, self._chosen, now)),
            chosen=self._chosen,
            order=self._order,
            people=lead_board.assignees(conn),
            currency=ours.currency if ours else "USD",
            figure=self._figure(conn, self._sum, now) if self._sum is not None else None,
            serial=self._serial,
            ready=cursors.stream(conn, "core").usable,
        )

    def failed(self, error: StorageError) -> LeadsState:
        del error
        return replace(self.state, columns=(), broken=True)

    def _figure(self, conn: sqlite3.Connection, which: str, now: datetime) -> Figure:
        rows, stages = Rows.of(conn), stages_of(which)
        shown = [lead for stage in stages or (None,) for lead in lead_board.chosen(conn, self._chosen, stage, now)]
        counts = lead_board.counts(conn, LeadFilter(), now)
        every = sum(count.n for count in counts if not stages or count.stage in stages)
        shown.sort(key=lambda lead: (lead.created_at, lead.lead_id), reverse=True)
        return lead_sum(which, shown, every - len(shown), now, rows.as_of, rows.zone, self._say())

    def _column(self, conn: sqlite3.Connection, count: StageCount, now: datetime) -> LeadColumn:
        if count.stage not in self._open or not count.n:
            return LeadColumn(count=count)
        first = min(self._first[count.stage], max(0, count.n - self._limit))
        found = lead_board.page(conn, count.stage, self._chosen, self._order, now, first=first, limit=self._limit)
        return LeadColumn(count=count, first=first, leads=tuple(found))

    def _begin_anew(self) -> None:
        self._first = dict.fromkeys(STAGES, 0)
        self._serial += 1
        self.refresh()
