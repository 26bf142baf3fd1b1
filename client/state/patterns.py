"""Who stays away, what is asked for in vain, which days were unusual; without what the owner wants to hear no more of.

Looking takes some 50 ms over half a million bookings, so it is done on another thread, when something changed and at
most once a minute; what the owner says about it shows at once.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from client.clock import Clock
from client.insight.anomalies import Anomaly, Measure, anomalies, is_open, provenance_of, span
from client.insight.churn import GAPS, LEAST_AWAY, LEAST_VISITS, MOST_AWAY, REGULAR_WITHIN, Churn, churning
from client.insight.day import Say, day_bounds
from client.insight.opportunities import LOOKED_BACK, Opportunity, opportunities
from client.models.bookings import Booking, BookingStatus
from client.models.calls import Call, Outcome
from client.models.customers import Customer
from client.models.ids import CustomerId
from client.models.marks import About
from client.models.provenance import EvidenceRow, Provenance
from client.state.live_query import LiveQuery
from client.storage import bookings, business, calls, cursors, customers, marks, patterns
from client.storage.database import Database
from client.storage.errors import StorageError

PAUSE_S: Final = 60.0
EVERY: Final = timedelta(minutes=30)
NEWS: Final = timedelta(days=7)
SORTS: Final = (About.CHURN, About.OPPORTUNITY, About.ANOMALY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternsState:
    """`looked`: somebody has; until then nothing is known."""

    churn: tuple[Churn, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    looked: bool = False
    broken: bool = False

    def lately(self, now: datetime, today: date) -> "PatternsState":
        """What was found within the last days: it is news once, and stays on its own page."""
        return replace(
            self,
            churn=tuple(each for each in self.churn if each.known_for < NEWS.days),
            opportunities=tuple(each for each in self.opportunities if now - each.last_at < NEWS),
            anomalies=tuple(each for each in self.anomalies if today - each.day <= NEWS),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """`complete`: the device has all of the past; with less, what is missing would look as if it had not been."""

    complete: bool = False
    churn: tuple[Churn, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()


class PatternsStore(LiveQuery[PatternsState]):
    tables = frozenset(
        {"marks", "bookings", "calls", "customers", "services", "business", "blocked_numbers", "streams"}
    )

    def __init__(self, clock: Clock, now: Callable[[], datetime], say: Callable[[], Say]) -> None:
        super().__init__(PatternsState())
        self._clock, self._now, self._say = clock, now, say
        self._found: _Found | None = None
        self._looked_at: datetime | None = None
        self._changed = asyncio.Event()

    def attach(self, database: Database | None) -> None:
        self._changed.set()
        super().attach(database)

    def forget(self) -> None:
        self._found = None
        super().forget()

    async def run(self) -> None:
        """Look when something changed, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.look()
            await self._clock.sleep(PAUSE_S)

    def look_again(self) -> None:
        """Another language is spoken."""
        self._changed.set()

    def turn_of_minute(self) -> None:
        """Who was on time yesterday may be late today."""
        now = self._now()
        if self._looked_at is not None and now - self._looked_at > EVERY:
            self._changed.set()

    async def look(self) -> None:
        """Look now, on another thread."""
        database = self._database
        if database is None:
            return
        self._looked_at = self._now()
        try:
            found = await database.read_in_thread(self._look)
        except StorageError as error:
            self.state = self.failed(error)
            return
        except RuntimeError:
            # It was closed meanwhile: there is nobody to look for.
            return
        if database is self._database:
            self._found = found
            self.refresh()

    def read(self, conn: sqlite3.Connection) -> PatternsState:
        found, said = self._found, marks.about(conn, *SORTS)
        if found is None or not found.complete:
            return PatternsState()
        now = self._now()
        hidden = {key for key, mark in said.items() if mark.hides(now)}
        return PatternsState(
            churn=tuple(
                each
                for each in found.churn
                if (About.CHURN, each.customer_id) not in hidden and not _coming(conn, each.customer_id, now)
            ),
            opportunities=tuple(
                each for each in found.opportunities if (About.OPPORTUNITY, each.subject) not in hidden
            ),
            anomalies=tuple(each for each in found.anomalies if (About.ANOMALY, each.subject) not in hidden),
            looked=True,
        )

    def failed(self, error: StorageError) -> PatternsState:
        del error
        return replace(self.state, broken=True)

    def customer(self, customer_id: CustomerId) -> Customer | None:
        """Who it is, for the form of a booking."""
        if self._database is None:
            return None
        try:
            return self._database.read(lambda conn: customers.get(conn, customer_id))
        except StorageError:
            return None

    def unusual(self, anomaly: Anomaly) -> Provenance | None:
        """The rows of an unusual day, for its sheet."""
        if self._database is None:
            return None

        def read(conn: sqlite3.Connection) -> Provenance:
            ours = business.get(conn)
            zone = ours.zone if ours else ZoneInfo("UTC")
            return provenance_of(
                anomaly, _rows(conn, anomaly, zone, self._say()), cursors.as_of(conn), zone, self._say()
            )

        try:
            return self._database.read(read)
        except StorageError:
            return None

    def _touched(self, tables: Collection[str]) -> None:
        complete = self._found is not None and self._found.complete
        if any(table != "marks" and (table != "streams" or not complete) for table in tables):
            self._changed.set()
        if any(table in ("marks", "bookings") for table in tables):
            super()._touched(tables)

    def _look(self, conn: sqlite3.Connection) -> _Found:
        stream = cursors.stream(conn, "core")
        if stream.ccursor is None:
            return _Found()
        ours = business.get(conn)
        zone = ours.zone if ours else ZoneInfo("UTC")
        now, say, as_of = self._now(), self._say(), stream.as_of
        clients = patterns.maybe_leaving(
            conn,
            now,
            least_visits=LEAST_VISITS,
            gaps=GAPS,
            away=(LEAST_AWAY, MOST_AWAY),
            within=REGULAR_WITHIN,
        )
        asked = patterns.asked_in_vain(conn, now - LOOKED_BACK, now)
        today = now.astimezone(zone).date()
        first, last = span(today)
        days = [first + timedelta(days=n) for n in range((last - first).days)]
        open_days = [(day, *day_bounds(day, zone)) for day in days if is_open(ours, day)]
        return _Found(
            complete=True,
            churn=churning(clients, now, as_of, zone, say),
            opportunities=opportunities(asked, business.services(conn), now, as_of, zone, say),
            anomalies=anomalies(
                patterns.day_counts(conn, open_days),
                today,
                ours,
                booked_since=_day_of(patterns.first_known(conn), zone),
                called_since=_day_of(patterns.first_call(conn), zone),
            ),
        )


def _day_of(at: datetime | None, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date() if at else date.max


def _coming(conn: sqlite3.Connection, customer_id: CustomerId, now: datetime) -> bool:
    following = bookings.next_of(conn, customer_id, now)
    return following is not None and following.status is not BookingStatus.NO_SHOW


def _rows(conn: sqlite3.Connection, anomaly: Anomaly, zone: ZoneInfo, say: Say) -> list[EvidenceRow]:
    start, end = day_bounds(anomaly.day, zone)
    if anomaly.measure is Measure.CALLS:
        return [_call_row(call, say) for call in calls.between(conn, start, end)]
    booked = bookings.between(conn, start, end, cancelled=True)
    return [_booking_row(booking, anomaly.measure, say) for booking in booked]


def _call_row(call: Call, say: Say) -> EvidenceRow:
    spam = call.outcome is Outcome.SPAM
    counted = not spam and call.direction == "inbound"
    why = "why.spam" if spam else "anomaly.counted" if counted else "why.outbound"
    title = call.caller_name or say("caller.unknown")
    return EvidenceRow(
        row_id=call.call_id, kind="call", at=call.started_at, title=title, detail="", counted=counted, why=say(why)
    )


def _booking_row(booking: Booking, measure: Measure, say: Say) -> EvidenceRow:
    cancelled, missed = booking.status is BookingStatus.CANCELLED, booking.status is BookingStatus.NO_SHOW
    counted = {Measure.CANCELLED: cancelled, Measure.NO_SHOWS: missed}.get(measure, not cancelled)
    return EvidenceRow(
        row_id=booking.booking_id,
        kind="booking",
        at=booking.starts_at,
        title=booking.customer_name,
        detail=booking.service_name,
        counted=counted,
        why=say("anomaly.counted" if counted else "why.cancelled" if cancelled else "anomaly.not_counted"),
    )
