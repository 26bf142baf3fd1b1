"""Every figure of any business over any period equals a slow reading of every row, and its evidence adds up to it."""

import random
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.figures import MetricFigure, evidence_codes, evidence_row, figures, shift_row, wait_row
from client.insight.judging import Part
from client.insight.metrics import DEFINITIONS, How, Metric, judged
from client.insight.periods import Chosen, Period, stretch
from client.models.provenance import EvidenceRow, Hours
from client.models.tallies import Axis
from client.state.figure_rows import Rows
from client.storage import schema, tallies, tallying
from tests.storage.rows import BOOKING, CALL, EVENT, LEAD, put
from widgets import theme
from widgets.figure_words import delta, made_of
from widgets.metric_card import face_of
from widgets.provenance import hours_text
from widgets.strings import Words

SAY = Words(language="en", zone=ZoneInfo("UTC"))
ZONES = ("America/New_York", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
WISHES = ("booking", "appointment", "book_appointment", "emergency")
_ONE_DAY = '{"mon":[["09:00","17:00"]],"wed":[["10:00","12:00"],["13:00","18:30"]],"sun":[["00:00","24:00"]]}'

_STATUSES = ("pending", "confirmed", "completed", "completed", "cancelled", "no_show", "tentative")


# --- a business -------------------------------------------------------------------------------------------------------
def business(seed: int, zone: str, now: datetime, days: int, size: int) -> sqlite3.Connection:
    """Calls, bookings and leads of `days` days around `now`, with all that can be odd about them."""
    chance = random.Random(seed)
    conn = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(conn)
    schema.ensure_indexes(conn)
    head = {"id": "acc", "name": "B", "business_type": "salon", "time_zone": zone, "currency": "USD", "locale": "en"}
    closed = f'["{now.date() - timedelta(days=2)}"]'
    more = {"phone": "", "address": "", "opening_hours": _ONE_DAY, "closed_days": closed, "version": 1, "gen": 1}
    put(conn, "business", {**head, **more})
    for number, active in ((0, 1), (1, 1), (2, 0)):
        person = {"id": f"s{number}", "name": "Ana", "initials": "A", "colour_index": 0, "services": "[]"}
        put(conn, "staff", {**person, "works": _ONE_DAY, "active": active, "version": 1, "gen": 1})
    for number in range(size):
        put(conn, "calls", _call(chance, number, now, days))
        put(conn, "bookings", _booking(chance, number, now, days))
    for number in range(size // 4):
        _lead(conn, chance, number, now, days)
    conn.execute("UPDATE streams SET complete = 1, ccursor = 'c', as_of = 0")
    tallying.ensure(conn)
    for number in range(0, size, 5):
        conn.execute("UPDATE bookings SET service_name = 'Renamed', status = 'completed' WHERE id = ?", (f"b{number}",))
    return conn


def _at(chance: random.Random, now: datetime, days: int) -> int:
    spread = max(1, days * 86_400_000)
    return round(now.timestamp() * 1000) - chance.randrange(spread) + chance.randrange(max(1, spread // 6))


def _call(chance: random.Random, number: int, now: datetime, days: int) -> dict[str, Any]:
    at = _at(chance, now, days)
    answered = at + chance.randrange(20_000) if chance.random() < 0.8 else None
    ended = (answered or at) + chance.randrange(300_000) if chance.random() < 0.9 else None
    return {
        **CALL,
        "id": f"c{number}",
        "started_at": at,
        "answered_at": answered,
        "ended_at": ended,
        "status": "ended" if ended else chance.choice(["live", "ringing", "ended", "parked"]),
        "outcome": chance.choice([None, "booked", "booking_failed", "missed", "spam", "voicemail", "complaint", "new"]),
        "intent": chance.choice([None, "booking", "emergency", "price_question"]),
        "direction": chance.choice(["inbound", "inbound", "inbound", "outbound"]),
        "customer_id": chance.choice([None, "k0", "k1"]),
    }


def _booking(chance: random.Random, number: int, now: datetime, days: int) -> dict[str, Any]:
    at = _at(chance, now, days)
    return {
        **BOOKING,
        "id": f"b{number}",
        "starts_at": at,
        "ends_at": at + chance.choice([900_000, 2_700_000]),
        "created_at": at - chance.randrange(20 * 86_400_000),
        "status": chance.choice(
            ["pending", "confirmed", "completed", "completed", "cancelled", "no_show", "tentative"]
        ),
        "payment_status": chance.choice(["pending", "paid", "paid", "refunded", "barter"]),
        "price_cents": chance.choice([None, 0, 4_500, 12_345]),
        "customer_id": chance.choice([None, *(f"k{k}" for k in range(6))]),
    }


def _lead(conn: sqlite3.Connection, chance: random.Random, number: int, now: datetime, days: int) -> None:
    at = _at(chance, now, days)
    customer = f"k{chance.randrange(8)}"
    phone = f"+1{customer}" if chance.random() < 0.7 else None
    head = {"status": "active", "total_bookings": 0, "no_shows": 0, "language": "en", "version": 1, "gen": 1}
    conn.execute("DELETE FROM customers WHERE id = ?", (customer,))
    put(conn, "customers", {"id": customer, "name": "K", "phone": f"+1{customer}", **head})
    call = f"c{number}" if chance.random() < 0.5 else None
    stage = chance.choice(["new", "contacted", "qualified", "converted", "converted", "lost", "unqualified"])
    row = {"id": f"l{number}", "phone": phone, "call_id": call, "stage": stage, "created_at": at, "updated_at": at + 7}
    put(conn, "leads", {**LEAD, **row})
    for turn in range(chance.randrange(4)):
        before, after = chance.choice(
            [("new", "contacted"), ("new", "contacted"), ("new", "lost"), ("lost", "contacted"), ("contacted", "new")]
        )
        then = at + chance.randrange(-3_600_000, max(1, days) * 40_000_000)
        verb = chance.choice(["lead_stage", "lead_stage", "lead_stage", "lead_assigned"])
        what = {"verb": verb, "before": before, "after": after, "subject_id": f"l{number}", "at": then}
        put(conn, "events", {**EVENT, **what, "id": f"e{number}-{turn}"})


# --- slow and obvious -------------------------------------------------------------------------------------------------
class Slow:
    """Every row in Python, one question at a time."""

    def __init__(self, conn: sqlite3.Connection, start: datetime, end: datetime, zone: ZoneInfo) -> None:
        self.conn, self.start, self.end, self.zone = conn, start, end, zone
        self.its_calls = self._rows("calls", "started_at")
        self.its_made = self._rows("bookings", "created_at")
        self.its_held = self._rows("bookings", "starts_at")

    def all(self, table: str) -> list[dict[str, Any]]:
        cursor = self.conn.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _rows(self, table: str, column: str) -> list[dict[str, Any]]:
        return [row for row in self.all(table) if self.start <= moment(row[column]) < self.end]

    def value(self, metric: Metric) -> float | None:
        return getattr(self, metric.value)()

    # calls
    def _could_be_answered(self) -> list[dict[str, Any]]:
        return [
            call
            for call in self.its_calls
            if call["outcome"] not in ("spam", "voicemail")
            and call["direction"] == "inbound"
            and (call["ended_at"] is not None or call["status"] != "ringing")
        ]

    def _answered(self) -> list[dict[str, Any]]:
        return [c for c in self._could_be_answered() if c["answered_at"] is not None and c["outcome"] != "missed"]

    def answered(self) -> float:
        return len(self._answered())

    def missed(self) -> float:
        return len(self._could_be_answered()) - len(self._answered())

    def answer_rate(self) -> float | None:
        return share(len(self._answered()), len(self._could_be_answered()))

    def booked(self) -> float:
        return sum(over(call) and call["outcome"] == "booked" for call in self.its_calls)

    def booking_rate(self) -> float | None:
        wanted = [
            call
            for call in self._answered()
            if over(call) and (call["outcome"] in ("booked", "booking_failed") or call["intent"] in WISHES)
        ]
        return share(sum(call["outcome"] == "booked" for call in wanted), len(wanted))

    def response(self) -> float | None:
        rang = [call["answered_at"] - call["started_at"] for call in self._answered()]
        return sum(rang) / len(rang) if rang else None

    # bookings
    def made(self) -> float:
        return len(self.its_made)

    def revenue_booked(self) -> float:
        return sum(
            b["price_cents"] or 0
            for b in self.its_made
            if b["status"] not in ("cancelled", "no_show") and b["payment_status"] != "refunded"
        )

    def _paid_visits(self) -> list[dict[str, Any]]:
        return [
            b
            for b in self.its_held
            if b["status"] == "completed" and b["payment_status"] != "refunded" and b["price_cents"] is not None
        ]

    def revenue_completed(self) -> float:
        return sum(b["price_cents"] for b in self._paid_visits())

    def average_value(self) -> float | None:
        return share(self.revenue_completed(), len(self._paid_visits()))

    def no_show_rate(self) -> float | None:
        gone = sum(b["status"] == "no_show" for b in self.its_held)
        return share(gone, gone + sum(b["status"] == "completed" for b in self.its_held))

    def cancel_rate(self) -> float | None:
        return share(sum(b["status"] == "cancelled" for b in self.its_held), len(self.its_held))

    def repeat_rate(self) -> float | None:
        visits = [b for b in self.its_held if b["status"] == "completed" and b["customer_id"] is not None]
        earlier = [b for b in self.all("bookings") if b["status"] == "completed" and b["customer_id"] is not None]
        again = sum(
            any(
                (other["starts_at"], other["id"]) < (visit["starts_at"], visit["id"])
                for other in earlier
                if other["customer_id"] == visit["customer_id"]
            )
            for visit in visits
        )
        return share(again, len(visits))

    def hours(self) -> float:
        return sum(b["ends_at"] - b["starts_at"] for b in self.its_held if b["status"] != "cancelled")

    def utilisation(self) -> float | None:
        return share(self.hours(), self._worked())

    def _worked(self) -> float:
        """Minute by minute of the wall's clock would be slow indeed: span by span of each day."""
        first, last = (at.astimezone(self.zone).replace(tzinfo=None) for at in (self.start, self.end))
        closed = self.all("business")[0]["closed_days"]
        total = 0.0
        day = first.date()
        while day <= last.date():
            if day.isoformat() not in closed:
                for opens, closes in spans(day):
                    total += 2 * max(0.0, (min(closes, last) - max(opens, first)).total_seconds())
            day += timedelta(days=1)
        return total * 1000

    # leads
    def first_contact(self) -> float | None:
        took: list[int] = []
        for lead in self.all("leads"):
            contacts = [
                e["at"]
                for e in self.all("events")
                if e["subject_id"] == lead["id"]
                and (e["verb"], e["before"], e["after"]) == ("lead_stage", "new", "contacted")
                and e["at"] >= lead["created_at"]
            ]
            if contacts and self.start <= moment(min(contacts)) < self.end:
                took.append(min(contacts) - lead["created_at"])
        return statistics.median(took) if took else None

    def velocity(self) -> float | None:
        took: list[int] = []
        calls = {call["id"]: call for call in self.all("calls")}
        for lead in self.all("leads"):
            call = calls.get(lead["call_id"] or "")
            since = min(lead["created_at"], call["started_at"]) if call else lead["created_at"]
            owners = {k["id"] for k in self.all("customers") if k["phone"] == lead["phone"]} - {None}
            owners |= {call["customer_id"]} if call else set()
            booked = [
                b["created_at"]
                for b in self.all("bookings")
                if b["customer_id"] is not None and b["customer_id"] in owners and b["created_at"] >= since
            ]
            if lead["stage"] == "converted" and booked and self.start <= moment(min(booked)) < self.end:
                took.append(min(booked) - since)
        return statistics.median(took) if took else None


def moment(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def over(call: dict[str, Any]) -> bool:
    return call["ended_at"] is not None or call["status"] == "ended"


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def spans(day: date) -> list[tuple[datetime, datetime]]:
    week = {
        0: [(time(9), time(17))],
        2: [(time(10), time(12)), (time(13), time(18, 30))],
        6: [(time(0), None)],
    }
    return [
        (
            datetime.combine(day, opens),  # noqa: DTZ
            datetime.combine(day, closes) if closes else datetime.combine(day + timedelta(days=1), time()),  # noqa: DTZ
        )
        for opens, closes in week.get(day.weekday(), [])
    ]


# --- the same ---------------------------------------------------------------------------------------------------------
nows = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001
clock_changes = st.sampled_from(
    [datetime(2025, 3, 9, 15, tzinfo=UTC), datetime(2025, 11, 2, 15, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)]
)
periods = st.one_of(
    st.sampled_from([period for period in Period if period is not Period.CUSTOM]).map(lambda p: (p, 0, 0)),
    st.tuples(st.just(Period.CUSTOM), st.integers(-3, 40), st.integers(-3, 40)),
)
businesses = st.tuples(
    st.integers(0, 10_000), st.sampled_from(ZONES), st.one_of(nows, clock_changes), st.sampled_from([0, 1, 9, 120])
)


def chosen_of(period: tuple[Period, int, int], now: datetime, zone: ZoneInfo) -> Chosen:
    if period[0] is not Period.CUSTOM:
        return Chosen(period=period[0])
    today = now.astimezone(zone).date()
    first, last = sorted(today - timedelta(days=back) for back in period[1:])
    return Chosen(period=Period.CUSTOM, first=first, last=last)


def read(conn: sqlite3.Connection, chosen: Chosen, now: datetime) -> dict[Metric, MetricFigure]:
    rows = Rows.of(conn)
    return {f.metric: f for f in figures(tuple(Metric), rows, chosen, now, rows.as_of, rows.zone, SAY)}


@settings(max_examples=60, deadline=None)
@given(businesses, periods, st.sampled_from([0, 1, 30]))
def test_every_figure_equals_a_slow_reading_of_every_row(
    made: tuple[int, str, datetime, int], period: tuple[Period, int, int], size: int
) -> None:
    seed, name, now, days = made
    zone = ZoneInfo(name)
    conn = business(seed, name, now, days, size)
    chosen = chosen_of(period, now, zone)
    found = read(conn, chosen, now)
    it = stretch(chosen, now, zone)
    slow = Slow(conn, it.start, it.end, zone)
    assert {m: f.figure.value for m, f in found.items()} == {m: same(slow.value(m)) for m in Metric}
    for figure in found.values():
        if figure.before is not None:
            then = Slow(conn, figure.compared.start, figure.compared.end, zone)
            assert figure.before == same(then.value(figure.metric)), figure.metric
    conn.close()


def same(value: float | None) -> Any:
    return None if value is None else pytest.approx(value)


@settings(max_examples=40, deadline=None)
@given(businesses, periods, st.sampled_from([0, 1, 30]))
def test_every_figure_is_the_aggregate_of_its_evidence(
    made: tuple[int, str, datetime, int], period: tuple[Period, int, int], size: int
) -> None:
    seed, name, now, days = made
    zone = ZoneInfo(name)
    conn = business(seed, name, now, days, size)
    chosen = chosen_of(period, now, zone)
    it = stretch(chosen, now, zone)
    for metric, figure in read(conn, chosen, now).items():
        rows = evidence(conn, metric, it.start, it.end)
        counted, base = [row for row in rows if row.counted], [row for row in rows if row.base]
        provenance = figure.figure.provenance
        assert provenance.rows_counted == len(counted), metric
        among = len(counted) + len(base) if DEFINITIONS[metric].how is How.SHARE else len(rows)
        among -= sum(row.kind == "shift" for row in rows)
        assert provenance.rows_seen == among, metric
        assert figure.figure.value == same(aggregate(metric, counted, base)), metric
        if (hours := provenance.hours) is not None:
            worked = sum(row.amount or 0.0 for row in base)
            assert (hours.booked, hours.worked) == (same(sum(row.amount or 0.0 for row in counted)), same(worked))
            assert sum(ms for _, ms in hours.by) == same(worked)
        assert all(it.start <= row.at < it.end for row in rows)
    conn.close()


def evidence(conn: sqlite3.Connection, metric: Metric, start: datetime, end: datetime) -> list[EvidenceRow]:
    definition, rows = DEFINITIONS[metric], Rows.of(conn)
    if definition.axis is None:
        return [wait_row(wait, SAY) for wait in rows.waits(metric, start, end)]
    codes = evidence_codes(definition, rows.groups(definition.axis, start, end), whole=True)
    found = tallies.evidence(conn, definition.axis, start, end, codes, limit=10_000)
    shifts = rows.shifts(start, end) if definition.how is How.USE else []
    return [*(evidence_row(definition, each, SAY) for each in found), *(shift_row(each, SAY) for each in shifts)]


def aggregate(metric: Metric, counted: Sequence[EvidenceRow], base: Sequence[EvidenceRow]) -> float | None:
    amounts = [row.amount or 0.0 for row in counted]
    match DEFINITIONS[metric].how:
        case How.COUNT:
            return len(counted)
        case How.SHARE:
            return share(len(counted), len(counted) + len(base))
        case How.MEAN:
            return share(sum(amounts), len(amounts))
        case How.USE:
            return share(sum(amounts), sum(row.amount or 0.0 for row in base))
        case How.MEDIAN:
            return statistics.median(amounts) if amounts else None
        case _:
            return sum(amounts)


# --- what is said -----------------------------------------------------------------------------------------------------
NOW = datetime(2025, 11, 26, 20, tzinfo=UTC)
WEEK = Chosen(period=Period.WEEK)


def one_day(*rows: tuple[str, dict[str, Any]]) -> sqlite3.Connection:
    conn = business(1, "UTC", NOW, 0, 0)
    for table, row in rows:
        put(conn, table, row)
    return conn


def booking(number: int, **changes: Any) -> tuple[str, dict[str, Any]]:
    at = round(NOW.timestamp() * 1000) - 3_600_000
    row = {"starts_at": at, "ends_at": at + 60_000, "created_at": at, "price_cents": 4_500, "status": "completed"}
    return "bookings", {**BOOKING, **row, "id": f"b{number}", **changes}


def test_what_money_leaves_out_is_said() -> None:
    conn = one_day(
        booking(0),
        booking(1, payment_status="refunded"),
        booking(2, price_cents=0),
        booking(3, price_cents=None),
        booking(4, status="cancelled"),
        booking(5, status="no_show"),
        booking(6, status="confirmed"),
    )
    found = read(conn, WEEK, NOW)
    provenance = found[Metric.REVENUE_COMPLETED].figure.provenance
    assert found[Metric.REVENUE_COMPLETED].figure.value == 4_500
    assert set(provenance.left_out) == {
        "1 refunded booking",
        "1 booking without a price",
        "1 cancelled booking",
        "1 no-show",
        "1 not completed yet",
    }
    assert provenance.included == ("1 at a price of 0",)
    assert found[Metric.AVERAGE_VALUE].figure.value == 2_250
    assert found[Metric.REVENUE_BOOKED].figure.value == 9_000
    assert found[Metric.MADE].figure.provenance.included == ("1 cancelled since",)


def test_a_small_number_of_rows_is_said() -> None:
    few = read(one_day(*(booking(n) for n in range(9))), WEEK, NOW)[Metric.NO_SHOW_RATE].figure
    assert (few.value, few.provenance.small) == (0, "from 9 bookings: one more or less changes it much")
    assert (
        read(one_day(*(booking(n) for n in range(10))), WEEK, NOW)[Metric.NO_SHOW_RATE].figure.provenance.small is None
    )


@pytest.mark.parametrize(("now", "then", "few"), [(9, 10, True), (10, 9, True), (10, 10, False), (10, 1, True)])
def test_from_few_rows_now_or_then_a_change_is_neither_good_nor_bad_news(now: int, then: int, few: bool) -> None:
    def at(days: int) -> dict[str, int]:
        begins = round((NOW - timedelta(days=days)).timestamp() * 1000) - 3_600_000
        return {"starts_at": begins, "ends_at": begins + 60_000}

    before = [booking(100 + n, price_cents=4_000, **at(7)) for n in range(then)]
    found = read(one_day(*(booking(n) for n in range(now)), *before, booking(900, **at(40))), WEEK, NOW)
    average, held = found[Metric.AVERAGE_VALUE], found[Metric.REVENUE_COMPLETED]
    assert (average.figure.value, average.before) == (4_500, 4_000)
    assert average.few is few
    assert delta(SAY, average).ink == (theme.MUTED if few else theme.POSITIVE)
    assert face_of(SAY, average).change.words.endswith(f" · from {now} bookings")
    assert not held.few and delta(SAY, held).ink == (theme.POSITIVE if now * 45 > then * 40 else theme.WARNING)
    waits = replace(average, definition=DEFINITIONS[Metric.VELOCITY])
    assert face_of(SAY, waits).change.words.endswith(f" · from {now} leads")


def test_a_share_of_hours_says_of_how_many_hours_it_is() -> None:
    hours = [booking(n, ends_at=round(NOW.timestamp() * 1000) + n * 60_000 * 60) for n in range(3)]
    figure = read(one_day(*hours), WEEK, NOW)[Metric.UTILISATION]
    said = figure.figure.provenance
    # Mon 9–17 is closed, Wed 10–12 and 13–18:30 until 20:00; two people.
    assert said.hours is not None
    assert said.hours == Hours(booked=6 * 3_600_000, worked=15 * 3_600_000, by=(("Ana", 27e6), ("Ana", 27e6)))
    assert made_of(SAY, figure) == "6 of 15 hours"
    assert said.small == "from 3 bookings: one more or less changes it much"
    assert hours_text(SAY, said.hours) == "6 h booked of 15 h worked: Ana 7 h 30 min, Ana 7 h 30 min"


def test_a_lead_waits_until_it_goes_from_new_to_contacted() -> None:
    came = round(NOW.timestamp() * 1000) - 20 * 3_600_000

    def lead(number: int, stage: str, *turns: tuple[float, str, str]) -> list[tuple[str, dict[str, Any]]]:
        row = {**LEAD, "id": f"l{number}", "stage": stage, "created_at": came, "updated_at": came + 3_600_000}
        events = [
            {**EVENT, "id": f"e{number}-{hours}", "subject_id": f"l{number}", "before": before, "after": after}
            | {"at": came + round(hours * 3_600_000)}
            for hours, before, after in turns
        ]
        return [("leads", row), *(("events", event) for event in events)]

    conn = one_day(
        *lead(0, "contacted", (2, "new", "contacted")),
        *lead(1, "lost", (4, "new", "contacted"), (5, "contacted", "new"), (6, "new", "contacted"), (7, "x", "lost")),
        *lead(2, "converted", (1, "new", "converted")),
        *lead(3, "contacted", (1, "new", "lost"), (2, "lost", "contacted")),
        *lead(4, "new"),
        *lead(5, "lost", (1, "new", "lost")),
        *lead(6, "contacted", (-1, "new", "contacted")),
    )
    figure = read(conn, Chosen(period=Period.WEEK), NOW)[Metric.FIRST_CONTACT].figure
    assert figure.value == 3 * 3_600_000
    said = figure.provenance
    assert (said.rows_counted, said.rows_seen) == (2, 5)
    assert said.left_out == ("3 whose first contact is not in the history on this device",)
    assert said.small == "from 2 leads: one more or less changes it much"


def test_a_business_without_anything_has_figures_without_values() -> None:
    found = read(business(1, "UTC", NOW, 0, 0), WEEK, NOW)
    assert found[Metric.ANSWERED].figure.value == 0
    assert found[Metric.ANSWER_RATE].figure.value is None
    assert all(figure.before is None and figure.line == () for figure in found.values())


def test_nothing_is_compared_with_a_time_the_device_does_not_know() -> None:
    conn = one_day(booking(0, starts_at=round((NOW - timedelta(days=3)).timestamp() * 1000)), booking(1))
    assert read(conn, WEEK, NOW)[Metric.REVENUE_COMPLETED].before is None
    assert read(conn, Chosen(period=Period.MONTH), NOW)[Metric.REVENUE_COMPLETED].line == ()


def test_rows_of_one_judgement_are_counted_or_left_out() -> None:
    """Every kind of row there can be is something to every figure."""
    for axis in (Axis.CALLS, Axis.HELD):
        for code in range(512 if axis is Axis.CALLS else 128):
            try:
                facts = tallies.facts(axis, code)
            except (IndexError, ValueError):
                continue
            for definition in DEFINITIONS.values():
                if definition.axis is axis or (axis is Axis.HELD and definition.axis is Axis.MADE):
                    verdict = judged(definition, facts)
                    assert SAY(verdict.why)
                    assert verdict.left_out is None or verdict.part is Part.OUT
