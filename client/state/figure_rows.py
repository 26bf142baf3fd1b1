"""Where figures get their rows: one state of the database, each count made once."""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.figures import MINUTE, Wait
from client.insight.metrics import DEFINITIONS, Metric
from client.insight.periods import Stretch
from client.insight.working import Shift, shifts, worked_by, worked_ms
from client.models.business import Staff
from client.models.ids import EmployeeId
from client.models.tallies import Axis, Group
from client.state.waits import Waits
from client.storage import business, conversions, cursors, first_contacts, tallies


def minute_of(now: datetime) -> datetime:
    """The end of the minute that now is in."""
    return now.replace(second=0, microsecond=0) + MINUTE


class Rows:
    """Counts of one state of the database.

    `zone` is the business's, `as_of` the minute up to which the data is, `complete`: the device has all there is.
    """

    def __init__(
        self,
        conn: sqlite3.Connection,
        zone: ZoneInfo,
        as_of: datetime | None,
        *,
        complete: bool,
        employee_id: EmployeeId | None = None,
        waits: Waits | None = None,
    ) -> None:
        self.zone = zone
        self.as_of = as_of
        self._conn = conn
        self.complete = complete
        self.employee_id = employee_id
        self._groups: dict[tuple[Axis, datetime, datetime], list[Group]] = {}
        self._known: dict[object, datetime | None] = {}
        self._waits = Waits() if waits is None else waits

    @staticmethod
    def of(
        conn: sqlite3.Connection,
        employee_id: EmployeeId | None = None,
        *,
        waits: Waits | None = None,
    ) -> "Rows":
        """`employee_id`: only what this AI employee did.  `waits`: those that were read before, and will be kept."""
        ours = business.get(conn)
        stream = cursors.stream(conn, "core")
        as_of = stream.as_of.replace(second=0, microsecond=0) if stream.as_of else None
        zone = ours.zone if ours else ZoneInfo("UTC")
        return Rows(conn, zone, as_of, complete=stream.ccursor is not None, employee_id=employee_id, waits=waits)

    def expect(self, axes: Collection[Axis], stretches: Sequence[Stretch]) -> None:
        spans = [(each.start, each.end) for each in stretches]
        for axis in axes:
            found = tallies.tally_each(self._conn, axis, spans, employee_id=self.employee_id)
            self._groups.update({(axis, *span): groups for span, groups in zip(spans, found, strict=True)})

    def groups(self, axis: Axis, start: datetime, end: datetime) -> list[Group]:
        key = (axis, start, end)
        if key not in self._groups:
            self._groups[key] = tallies.tally(self._conn, axis, start, end, employee_id=self.employee_id)
        return self._groups[key]

    def waits(self, metric: Metric, start: datetime, end: datetime) -> Sequence[Wait]:
        return [wait for wait in self._waits.of(self._conn, metric) if start <= wait.at < end]

    def worked_ms(self, start: datetime, end: datetime) -> float:
        return worked_ms(*self._work(), start, end, self.zone)

    def worked_by(self, start: datetime, end: datetime) -> tuple[tuple[str, float], ...]:
        return worked_by(*self._work(), start, end, self.zone)

    def shifts(self, start: datetime, end: datetime) -> list[Shift]:
        """What each person works on each day."""
        return shifts(*self._work(), start, end, self.zone)

    def _work(self) -> tuple[list[Staff], Collection[date]]:
        """The staff and the days on which nobody works."""
        ours = business.get(self._conn)
        return business.staff(self._conn), ours.closed_days if ours else ()

    def known_from(self, metric: Metric) -> datetime | None:
        """None too while the device does not have all there is."""
        if not self.complete:
            return None
        axis = DEFINITIONS[metric].axis
        of = axis or metric
        if of not in self._known:
            first = tallies.first_instant(self._conn, axis) if axis is not None else _FIRST_WAIT[metric](self._conn)
            self._known[of] = first
        return self._known[of]


_FIRST_WAIT: Final = {Metric.FIRST_CONTACT: first_contacts.known_from, Metric.VELOCITY: conversions.first_lead}
