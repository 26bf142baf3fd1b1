"""Two years and more of bookings, day by day: who was due, who was new, who came and who did not.

Demand of a day is the kind's average, shaped by weekday, season, growth and holidays.  Standing appointments have their
places first, then regulars who are due; the rest goes to people who have never been here.  Nobody is double-booked,
and no room, buffers included.
"""

import heapq
import math
import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from backend_stub.business.calendar import DAY_MS, HOUR_MS, MINUTE_MS, days, holidays
from backend_stub.business.diary import Diary, Openings
from backend_stub.business.documents import new_booking
from backend_stub.business.ids import Ids
from backend_stub.business.messages import ROUND_MS, reminded_at
from backend_stub.business.people import Arrivals, Standing, Visitor
from backend_stub.business.premises import LUNA_DAYS, UNIT_MINUTES, Premises

Row = dict[str, Any]
AHEAD_DAYS = 42

_NEW_SHARE = 0.2
_CANCELLED = 0.075
_CHURN = 0.035
_ONE_OFF = 0.45
_STANDING = 0.008
_LONGEST_STANDING_WEEKS = 8
_REASONS = (
    "Feeling ill",
    "Work got in the way",
    "Found an earlier time elsewhere",
    "Child care fell through",
    "Out of town",
    "Changed their mind",
    "Double-booked",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A free place found for somebody.  `start` in units after midnight; `room` None where there need be none."""

    worker: int
    start: int
    room: int | None = None


def demand(premises: Premises, day: date) -> float:
    """The bookings wanted on a day, before anybody knows whether there is room."""
    kind = premises.kind
    if not premises.is_open(day):
        return 0.0
    years_back = (premises.today - day).days / 365.25
    wanted = kind.demand * kind.weekday[day.weekday()] * _season(kind.season, day)
    wanted *= (1 + kind.growth) ** -years_back * _holiday_lift(premises, day)
    lead = (day - premises.today).days
    return wanted if lead <= 0 else wanted * (0.12 + 0.8 * math.exp(-lead / 13))


def _season(season: tuple[float, ...], day: date) -> float:
    """Between the middles of two months the factor runs straight from one to the other."""
    place = day.month - 1 + (day.day - 15) / 30
    low = math.floor(place)
    share = place - low
    return season[low % 12] * (1 - share) + season[(low + 1) % 12] * share


def _holiday_lift(premises: Premises, day: date) -> float:
    ahead = min(
        (
            (feast - day).days
            for name in ("thanksgiving", "christmas", "independence")
            for feast in (holidays(day.year)[name],)
            if feast >= day
        ),
        default=99,
    )
    if premises.kind.kind == "salon":
        return 1.25 if 1 <= ahead <= 4 else 1.0
    return 0.85 if 1 <= ahead <= 2 else 1.0


class Simulation:
    """Runs the days in order and keeps the bookings it makes."""

    def __init__(self, premises: Premises, rng: random.Random, series_rng: random.Random, factor: float) -> None:
        """`series_rng` decides about standing appointments alone."""
        self._premises = premises
        self._rng = rng
        self._series_rng = series_rng
        self._series_ids = Ids(series_rng)
        self._factor = factor
        self._ids = Ids(rng)
        self._openings = Openings(premises)
        self._arrivals = Arrivals(premises, rng)
        self._due: list[tuple[int, int, Visitor]] = []
        self._standing: dict[int, list[Visitor]] = {}
        self._pushed = 0
        self._luna_since = premises.local.at(premises.today - timedelta(days=LUNA_DAYS - 3), 0)
        self.rows: list[Row] = []

    def run(self) -> tuple[list[Row], list[Visitor]]:
        """The bookings in order of creation, and everybody who made one."""
        self._settle_in()
        for day in days(self._premises.first, self._premises.today + timedelta(days=AHEAD_DAYS)):
            if self._premises.is_open(day):
                self._day(day)
        self.rows.sort(key=lambda row: row["id"])
        return self.rows, self._arrivals.everybody

    def _settle_in(self) -> None:
        """The business is older than its history: regulars of before are due in the first weeks."""
        first = self._premises.first
        for _ in range(round(self._factor * self._premises.kind.demand * 22)):
            opened = self._premises.local.at(first - timedelta(days=self._rng.randrange(20, 400)), 10 * 60)
            visitor = self._arrivals.next(opened)
            if visitor.interval_days:
                visitor.regular = True
                self._wait(visitor, first.toordinal() + self._rng.randrange(visitor.interval_days))

    def _wait(self, visitor: Visitor, ordinal: int) -> None:
        self._pushed += 1
        heapq.heappush(self._due, (ordinal, self._pushed, visitor))

    def _day(self, day: date) -> None:
        wanted = demand(self._premises, day) * self._factor
        count = max(0, round(self._rng.gauss(wanted, 0.8 * math.sqrt(wanted))))
        new = min(count, round(count * _NEW_SHARE * self._rng.uniform(0.5, 1.5)))
        diary = Diary(self._openings, self._premises.workers, len(self._premises.resources), day.weekday())
        seated = self._standing_ones(day, diary)
        seated += self._regulars(day, diary, count - new - seated)
        for _ in range(count - seated):
            lead_ms = self._lead_ms()
            visitor = self._arrivals.next(self._created_ms(self._premises.local.at(day, 7 * 60), lead_ms, 0))
            self._seat(day, diary, visitor)

    def _standing_ones(self, day: date, diary: Diary) -> int:
        seated = 0
        for visitor in self._standing.pop(day.toordinal(), ()):
            seated += self._seat(day, diary, visitor)
            self._stand_again(day, visitor)
        return seated

    def _regulars(self, day: date, diary: Diary, places: int) -> int:
        ordinal, seated = day.toordinal(), 0
        while self._due and self._due[0][0] <= ordinal and seated < places:
            visitor = heapq.heappop(self._due)[2]
            if visitor.last_end_ms and self._premises.local.at(day, 0) < visitor.last_end_ms:
                self._wait(visitor, ordinal + 1)
            elif self._seat(day, diary, visitor):
                seated += 1
            else:
                self._wait(visitor, ordinal + self._rng.randrange(1, 4))
        return seated

    def _seat(self, day: date, diary: Diary, visitor: Visitor) -> bool:
        standing = visitor.standing
        service = self._service_today(visitor) if standing is None else standing.service
        kind = self._premises.kind.services[service]
        units, buffer = -(-kind.minutes // UNIT_MINUTES), -(-kind.buffer // UNIT_MINUTES)
        wanted = visitor.wanted + self._rng.choice((0, 0, 0, -2, 2, -4, 4)) if standing is None else standing.start
        worker = visitor.worker if standing is None else standing.worker
        seat = self._find(diary, worker, service, max(0, wanted), units, buffer)
        if seat is None:
            return False
        room = diary.room_at(self._premises.rooms[service], seat.start, units + buffer, seat.worker)
        seat = replace(seat, room=room)
        row = self._book(day, visitor, service, seat)
        if row["status"] != "cancelled":
            diary.take(seat.worker, seat.room, seat.start, units + buffer)
        if standing is not None:
            row |= {"series_id": standing.series_id, "series_label": standing.label}
        elif self._series_rng.random() < _STANDING and self._agree(visitor, service, seat, row):
            self._stand_again(day, visitor)
        else:
            self._plan_next(day, visitor, row)
        return True

    def _service_today(self, visitor: Visitor) -> int:
        if not visitor.visits or self._rng.random() < 0.86:
            return visitor.service
        worker = self._premises.workers[visitor.worker] if visitor.worker is not None else None
        choices = worker.can if worker else range(len(self._premises.services))
        return self._rng.choice(choices)

    def _find(
        self, diary: Diary, favourite: int | None, service: int, wanted: int, units: int, buffer: int
    ) -> Seat | None:
        """With their own person if that comes within two hours of what they want, else with anybody."""
        tried = list(range(len(self._premises.workers)))
        self._rng.shuffle(tried)
        if favourite is not None:
            tried.remove(favourite)
            tried.insert(0, favourite)
        best: Seat | None = None
        starts = diary.starts_in(self._premises.rooms[service], units + buffer)
        for worker in tried:
            if service not in self._premises.workers[worker].can:
                continue
            start = diary.nearest(worker, wanted, units, buffer, starts)
            if start is None:
                continue
            if abs(start - wanted) <= (8 if worker == favourite else 2):
                return Seat(worker=worker, start=start)
            if best is None or abs(start - wanted) < abs(best.start - wanted):
                best = Seat(worker=worker, start=start)
        return best

    def _lead_ms(self) -> int:
        return round(min(42.0, max(0.05, self._rng.lognormvariate(1.6, 0.9))) * DAY_MS)

    def _created_ms(self, starts_ms: int, lead_ms: int, not_before_ms: int) -> int:
        """When it was booked: before it starts, not in the future, and not before `not_before_ms`."""
        now = self._premises.now_ms
        created = starts_ms - lead_ms
        if created > now:
            created = now - round(self._rng.expovariate(1 / 5) * DAY_MS) - MINUTE_MS
        created = min(self._waking(created), now - MINUTE_MS, starts_ms - 20 * MINUTE_MS)
        return max(created, not_before_ms)

    def _waking(self, instant_ms: int) -> int:
        """Nobody books at four in the morning: such a moment moves to the same morning's breakfast."""
        hour = self._premises.local.wall(instant_ms).hour
        return instant_ms + (8 - hour) * HOUR_MS if hour < 7 else instant_ms

    def _book(self, day: date, visitor: Visitor, service: int, seat: Seat) -> Row:
        premises, kind = self._premises, self._premises.kind.services[service]
        starts = premises.local.at(day, seat.start * UNIT_MINUTES)
        ends = starts + kind.minutes * MINUTE_MS
        # Who has another visit ahead did not wait for its end to book this one.
        been = 0 < visitor.last_end_ms < premises.now_ms
        checkout = visitor.last_end_ms + 5 * MINUTE_MS if been else 0
        floor = min(max(checkout, visitor.created_ms), premises.now_ms - MINUTE_MS)
        created = self._created_ms(starts, self._lead_ms(), floor)
        source = "manual" if created == checkout else self._source(created)
        row = new_booking(
            booking_id=self._ids.at(created),
            customer_id=visitor.customer_id,
            name=visitor.name,
            phone=visitor.phone,
            email=visitor.email,
            service=premises.services[service],
            staff_id=premises.workers[seat.worker].staff_id,
            starts_at=starts,
            ends_at=ends,
            time_zone=premises.business["time_zone"],
            source=source,
            employee_id=premises.luna_id if source == "luna" else None,
            call_id=None,
            price_cents=premises.price_cents(service, min(day, premises.today)),
            created_at=created,
            notes=self._rng.choice(premises.kind.notes) if self._rng.random() < 0.07 else None,
            resource_id=premises.resources[seat.room]["id"] if seat.room is not None else None,
        )
        self._settle(row, visitor)
        self.rows.append(row)
        visitor.bookings.append(row)
        visitor.last_end_ms = ends
        visitor.visits += 1
        return row

    def _source(self, created_ms: int) -> str:
        luna = 0.0
        if created_ms >= self._luna_since:
            grown = (created_ms - self._luna_since) / (LUNA_DAYS * DAY_MS)
            luna = 0.25 + 0.25 * min(1.0, grown)
        draw = self._rng.random()
        if draw < luna:
            return "luna"
        return "website" if draw < luna + (1 - luna) * 0.5 else "phone" if draw < luna + (1 - luna) * 0.85 else "manual"

    def _settle(self, row: Row, visitor: Visitor) -> None:
        """What became of it by now: cancelled, missed, done, under way, or still ahead."""
        now, starts = self._premises.now_ms, row["starts_at"]
        ahead = starts > now
        if self._rng.random() < (_CANCELLED * 0.6 if ahead else _CANCELLED):
            self._cancel(row, min(starts, now))
            return
        reminded = reminded_at(self._premises.local, starts)
        row["reminder_sent"] = row["created_at"] < reminded < now - ROUND_MS
        if ahead:
            self._maybe_unconfirmed(row, now)
        elif self._rng.random() > visitor.reliable ** (0.35 if visitor.regular else 0.8):
            row["status"] = "no_show"
        elif row["ends_at"] <= now:
            self._complete(row)

    def _cancel(self, row: Row, before_ms: int) -> None:
        span = max(1, before_ms - row["created_at"])
        row["status"] = "cancelled"
        row["cancelled_at"] = row["created_at"] + round(span * self._rng.betavariate(3, 1.2))
        row["cancellation_reason"] = self._rng.choice(_REASONS)

    def _maybe_unconfirmed(self, row: Row, now_ms: int) -> None:
        if row["source"] == "website" and self._rng.random() < 0.45:
            row["status"] = "pending"
            row["confirmed_at"] = None
        elif row["source"] == "website":
            row["confirmed_at"] = min(now_ms, row["created_at"] + round(self._rng.expovariate(1 / 3) * HOUR_MS))

    def _complete(self, row: Row) -> None:
        row["status"] = "completed"
        row["completed_at"] = min(self._premises.now_ms, row["ends_at"] + self._rng.randrange(0, 9) * MINUTE_MS)
        paid = self._rng.random()
        if paid < 0.97:
            row["paid_cents"], row["payment_status"] = row["price_cents"], "paid"
        elif paid < 0.978:
            row["payment_status"] = "refunded"

    def _plan_next(self, day: date, visitor: Visitor, row: Row) -> None:
        """When they are due again, if ever."""
        rng, ordinal = self._rng, day.toordinal()
        if row["status"] == "cancelled" and rng.random() < 0.6:
            self._wait(visitor, ordinal + rng.randrange(2, 12))
            return
        leaving = _CHURN if visitor.regular else _ONE_OFF
        leaving += 0.3 if row["status"] == "no_show" else 0.0
        if not visitor.interval_days or rng.random() < leaving:
            return
        visitor.regular = True
        jitter = rng.gauss(0, 0.12 * visitor.interval_days)
        self._wait(visitor, ordinal + max(5, round(visitor.interval_days + jitter)))

    def _agree(self, visitor: Visitor, service: int, seat: Seat, row: Row) -> bool:
        """Make a regular's booking the first of a standing appointment; whether it fits their habits."""
        weeks = max(1, round(visitor.interval_days / 7))
        if not visitor.regular or visitor.interval_days == 0 or weeks > _LONGEST_STANDING_WEEKS:
            return False
        series_id = self._series_ids.at(row["created_at"])
        visitor.standing = Standing(
            series_id=series_id, weeks=weeks, service=service, worker=seat.worker, start=seat.start
        )
        row |= {"series_id": series_id, "series_label": visitor.standing.label}
        return True

    def _stand_again(self, day: date, visitor: Visitor) -> None:
        """The next of a standing appointment, unless they leave; one that falls on a closed day is left out."""
        assert visitor.standing is not None
        if self._series_rng.random() < _CHURN:
            return
        next_day = day + timedelta(weeks=visitor.standing.weeks)
        while not self._premises.is_open(next_day):
            next_day += timedelta(weeks=visitor.standing.weeks)
        self._standing.setdefault(next_day.toordinal(), []).append(visitor)
