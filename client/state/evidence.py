"""The figure that is open, with the rows it is made of: a page of them, and all of them for a file."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.insight import figures as counting
from client.insight.day import Say
from client.insight.figures import MetricFigure, evidence_codes, evidence_row, shift_row, wait_row
from client.insight.metrics import DEFINITIONS, How, Metric
from client.insight.periods import Chosen, Stretch, stretch
from client.models.account import Role
from client.models.ids import EmployeeId
from client.models.provenance import EvidenceRow
from client.models.tallies import Axis
from client.state.figure_rows import Rows, minute_of
from client.state.figures import TABLES, shown_to
from client.state.live_query import LiveQuery
from client.storage import tallies, tallying
from client.storage.errors import StorageError

ROWS_A_PAGE: Final = 60
EVERY: Final = 10_000_000

_Place = tuple[datetime, str]
"""The instant and the id of a row; the page after it begins behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """What is open: a figure of a period, with the rows it leaves out too where `whole`; after these places.

    `employee_id`: of what this AI employee did alone.
    """

    metric: Metric
    chosen: Chosen
    whole: bool = False
    after: tuple[_Place, ...] = ()
    employee_id: EmployeeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceState:
    """`rows` are those numbered from `first` (1) of `total`."""

    under: Under | None = None
    figure: MetricFigure | None = None
    rows: tuple[EvidenceRow, ...] = ()
    first: int = 0
    total: int = 0
    broken: bool = False

    @property
    def more(self) -> bool:
        return self.first + len(self.rows) <= self.total


class EvidenceStore(LiveQuery[EvidenceState]):
    """Reads nothing while nothing is open.  Figure and rows are of one state of the database."""

    tables = TABLES

    def __init__(self, now: Callable[[], datetime], say: Callable[[], Say], role: Callable[[], Role | None]) -> None:
        super().__init__(EvidenceState())
        self._now = now
        self._say = say
        self._role = role

    def open(self, metric: Metric, chosen: Chosen, employee_id: EmployeeId | None = None) -> None:
        """Show the rows under this figure; the same again stays where it is."""
        under = self.state.under
        if under is None or (under.metric, under.chosen, under.employee_id) != (metric, chosen, employee_id):
            self._show(Under(metric=metric, chosen=chosen, employee_id=employee_id))

    def close(self) -> None:
        self.state = EvidenceState()

    def show_whole(self, whole: bool) -> None:
        """With the rows the figure leaves out, or without."""
        if (under := self.state.under) is not None:
            self._show(replace(under, whole=whole, after=()))

    def older(self) -> None:
        """The next page."""
        under, rows = self.state.under, self.state.rows
        if under is not None and rows and self.state.more:
            after = (*under.after, (rows[-1].at, rows[-1].row_id))
            self._show(replace(under, after=after))

    def newer(self) -> None:
        """The page before."""
        under = self.state.under
        if under is not None and under.after:
            self._show(replace(under, after=under.after[:-1]))

    async def every_row(self) -> tuple[EvidenceRow, ...]:
        """All rows, those left out too, newest first, then the work of which they are a share; read on a thread,
        because there may be very many.
        """
        under, database = self.state.under, self._database
        if under is None or database is None:
            return ()
        whole = replace(under, whole=True, after=())
        return await database.read_in_thread(lambda conn: self._every(conn, whole))

    def refresh(self) -> None:
        if self.state.under is not None:
            super().refresh()

    def read(self, conn: sqlite3.Connection) -> EvidenceState:
        under = self.state.under
        assert under is not None
        if under.metric not in shown_to(self._role()):
            return EvidenceState()
        if DEFINITIONS[under.metric].axis is Axis.HELD and not tallying.is_kept(conn):
            return EvidenceState(under=under)
        rows = Rows.of(conn, under.employee_id)
        (figure,) = counting.figures(
            [under.metric], rows, under.chosen, minute_of(self._now()), rows.as_of, rows.zone, self._say()
        )
        page, total = self._rows(rows, conn, under, ROWS_A_PAGE)
        first = len(under.after) * ROWS_A_PAGE + 1
        return EvidenceState(under=under, figure=figure, rows=page, first=first, total=total)

    def failed(self, error: StorageError) -> EvidenceState:
        del error
        return EvidenceState(under=self.state.under, broken=True)

    def _show(self, under: Under) -> None:
        self.state = EvidenceState(under=under)
        self.refresh()

    def _every(self, conn: sqlite3.Connection, under: Under) -> tuple[EvidenceRow, ...]:
        rows = Rows.of(conn, under.employee_id)
        found = self._rows(rows, conn, under, EVERY)[0]
        if DEFINITIONS[under.metric].how is not How.USE:
            return found
        it, say = stretch(under.chosen, minute_of(self._now()), rows.zone), self._say()
        return (*found, *(shift_row(shift, say) for shift in rows.shifts(it.start, it.end)))

    def _rows(
        self, rows: Rows, conn: sqlite3.Connection, under: Under, limit: int
    ) -> tuple[tuple[EvidenceRow, ...], int]:
        """A page and how many there are."""
        definition, say = DEFINITIONS[under.metric], self._say()
        it: Stretch = stretch(under.chosen, minute_of(self._now()), rows.zone)
        if definition.axis is None:
            waits = [wait_row(wait, say) for wait in rows.waits(under.metric, it.start, it.end)]
            shown = [row for row in waits if row.counted or under.whole]
            begin = len(under.after) * ROWS_A_PAGE
            return tuple(shown[begin : begin + limit]), len(shown)
        groups = rows.groups(definition.axis, it.start, it.end)
        codes = evidence_codes(definition, groups, whole=under.whole)
        before = under.after[-1] if under.after else None
        found = tallies.evidence(
            conn, definition.axis, it.start, it.end, codes, limit=limit, before=before, employee_id=under.employee_id
        )
        total = sum(group.n for group in groups if group.code in set(codes))
        return tuple(evidence_row(definition, source, say) for source in found), total
