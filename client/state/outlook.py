"""What is coming: the server's forecasts as they stand today, the busy hours, and whether who works is enough."""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.day import Say, day_bounds
from client.insight.hours_evidence import hours_provenance, lengths_provenance, weeks_before
from client.insight.outlook import MONEY, SHOWN, DayValue, Outlook, Standing, Write, days_before, outlook
from client.insight.staffing import Advice, Lengths, advice, days_ahead
from client.models.account import Role
from client.models.business import Business
from client.models.forecasts import Forecast, ForecastRecord, ForecastState, Measure
from client.models.provenance import Provenance
from client.state.live_query import LiveQuery
from client.storage import blocks, business, cursors, forecasts, patterns
from client.storage.errors import StorageError

LENGTHS_OF: Final = timedelta(days=56)
"""How long bookings take is known from those of so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyHours:
    """`rows`: bookings expected to begin, by weekday from Monday and hour of the day.  `days`: which they are.

    `record`: how such an expectation did.
    """

    rows: tuple[tuple[float, ...], ...]
    days: tuple[date, ...]
    advice: tuple[Advice, ...]
    lengths: Lengths
    made_at: datetime
    record: ForecastRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookState:
    """`outlooks` in the order in which they are shown.  `too_little`: the busy hours' forecast, where it is none."""

    outlooks: tuple[Outlook, ...] = ()
    busy: BusyHours | None = None
    too_little: Forecast | None = None
    as_of: datetime | None = None
    ready: bool = False
    broken: bool = False

    def of(self, measure: Measure | None) -> Outlook | None:
        return next((each for each in self.outlooks if each.measure is measure), None)


class OutlookStore(LiveQuery[OutlookState]):
    """Read when a forecast comes and once a minute: what happens meanwhile does not change what is expected."""

    tables = frozenset({"forecasts", "business", "staff", "blocks", "streams"})

    def __init__(
        self,
        now: Callable[[], datetime],
        say: Callable[[], Say],
        write: Callable[[], Write],
        role: Callable[[], Role | None],
    ) -> None:
        super().__init__(OutlookState())
        self._now, self._say, self._write, self._role = now, say, write, role

    def read(self, conn: sqlite3.Connection) -> OutlookState:
        ours, stream = business.get(conn), cursors.stream(conn, "core")
        zone = ours.zone if ours else ZoneInfo("UTC")
        today = self._now().astimezone(zone).date()
        as_of = stream.as_of.replace(second=0, microsecond=0) if stream.as_of else None
        found = forecasts.all(conn)
        role = self._role()
        money = role is not None and role.may_see_money
        shown = [found[each] for each in SHOWN if each in found and (money or each not in MONEY)]
        past = _past(conn, days_before(today), zone, money=money) if shown else {}
        hours = found.get(Measure.BUSY_HOURS)
        busy = self._busy(conn, hours, ours, today) if hours and ours else None
        return OutlookState(
            outlooks=tuple(
                outlook(each, past.get(each.unit, ()), today, as_of, zone, self._say(), self._write(), ours)
                for each in shown
            ),
            busy=busy,
            too_little=hours if hours and hours.state is ForecastState.TOO_LITTLE else None,
            as_of=as_of,
            ready=stream.usable,
        )

    def behind_hours(self) -> Provenance | None:
        """The bookings that say at which hours they begin."""
        busy = self.state.busy
        return self._behind(lambda conn, ours: self._hours_of(conn, ours, busy.made_at)) if busy else None

    def behind_lengths(self) -> Provenance | None:
        """The bookings that say how long one takes."""
        return self._behind(self._lengths_of)

    def _behind(self, read: Callable[[sqlite3.Connection, Business], Provenance]) -> Provenance | None:
        database = self._database
        if database is None:
            return None
        try:
            return database.read(lambda conn: read(conn, ours) if (ours := business.get(conn)) else None)
        except StorageError:
            return None

    def _hours_of(self, conn: sqlite3.Connection, ours: Business, made_at: datetime) -> Provenance:
        bookings = patterns.began(conn, *weeks_before(made_at, ours.zone))
        return hours_provenance(bookings, made_at, self.state.as_of, ours.zone, self._say())

    def _lengths_of(self, conn: sqlite3.Connection, ours: Business) -> Provenance:
        now = self._now()
        found = patterns.began(conn, now - LENGTHS_OF, now)
        return lengths_provenance(found, now - LENGTHS_OF, now, self.state.as_of, ours.zone, self._say())

    def _touched(self, tables: Collection[str]) -> None:
        """How far the device has come is told with every pull, and matters until it is enough."""
        if not self.state.ready or any(table != "streams" for table in tables):
            super()._touched(tables)

    def failed(self, error: StorageError) -> OutlookState:
        del error
        return replace(self.state, broken=True)

    def _busy(self, conn: sqlite3.Connection, forecast: Forecast, ours: Business, today: date) -> BusyHours | None:
        """None where there is no grid, or it is of a week that is over."""
        days = tuple(day for day in days_ahead(today) if not forecast.days or day <= forecast.days[-1].date)
        if forecast.grid is None or not days:
            return None
        start, end = day_bounds(days[0], ours.zone)[0], day_bounds(days[-1], ours.zone)[1]
        now = self._now()
        mean, count = patterns.mean_length(conn, now - LENGTHS_OF, now)
        lengths = Lengths(mean_minutes=mean, count=count)
        blocked = blocks.overlapping(conn, start, end)
        said = advice(forecast.grid, days, forecast.history_days, ours, business.staff(conn), blocked, lengths)
        return BusyHours(
            rows=forecast.grid,
            days=days,
            advice=said,
            lengths=lengths,
            made_at=forecast.made_at,
            record=forecast.record,
        )


def _past(
    conn: sqlite3.Connection, days: Sequence[date], zone: ZoneInfo, *, money: bool
) -> dict[str, tuple[DayValue, ...]]:
    """What came on each of the days, by unit; nothing before the first booking this device knows."""
    first = patterns.first_known(conn)
    known = [day for day in days if first is not None and day > first.astimezone(zone).date()]
    walls = [(day, *day_bounds(day, zone)) for day in known]
    counts, takings = patterns.day_counts(conn, walls), patterns.day_takings(conn, walls) if money else []
    return {
        "count": tuple(DayValue(date=each.day, value=each.bookings) for each in counts),
        "cents": tuple(DayValue(date=day, value=cents) for day, cents in takings),
    }


def coming(state: OutlookState) -> Outlook | None:
    """The forecast that Today shows: the next days' bookings, or why there is none."""
    found = state.of(Measure.BOOKINGS_WEEK)
    return found if found is not None and found.standing is not Standing.UNKNOWN else None
