"""Rows in, models out: what each noun's questions answer, and that a newer server's words do not break them."""

from dataclasses import FrozenInstanceError, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.models.account import Identity, Role
from client.models.bookings import BookingStatus
from client.models.calls import CallStatus, Outcome, Speaker, TurnKind
from client.models.ids import AccountId, BlockId, BookingId, CallId, CustomerId, UserId
from client.storage import blocks, bookings, business, calls, columns, cursors, customers, leads, meta
from client.storage.database import Database
from tests.storage.rows import BLOCK, BOOKING, CALL, HOUR_MS, LEAD, NOON, NOON_MS, TURN, put


def test_bookings_of_a_day_in_order_without_the_cancelled(db: Database) -> None:
    def fill(conn: object) -> None:
        for name, hours, status in (("late", 3, "confirmed"), ("early", 1, "pending"), ("gone", 2, "cancelled")):
            put(conn, "bookings", {**BOOKING, "id": name, "starts_at": NOON_MS + hours * HOUR_MS, "status": status})
        put(conn, "bookings", {**BOOKING, "id": "tomorrow", "starts_at": NOON_MS + 24 * HOUR_MS})

    db.write_blocking(fill)
    end = NOON + timedelta(days=1)
    assert [b.booking_id for b in db.read(lambda c: bookings.between(c, NOON, end))] == ["early", "late"]
    with_cancelled = db.read(lambda c: bookings.between(c, NOON, end, cancelled=True))
    assert [b.booking_id for b in with_cancelled] == ["early", "gone", "late"]
    assert db.read(lambda c: bookings.count_between(c, NOON, end)) == 2
    assert db.read(lambda c: bookings.count_between(c, NOON, end, cancelled=True)) == 3


def test_each_field_of_a_booking_is_what_its_column_says(db: Database) -> None:
    texts = {name: f"its {name}" for name in ("customer_id", "customer_phone", "customer_email", "service_id")}
    texts |= {name: f"its {name}" for name in ("staff_id", "employee_id", "call_id", "notes", "cancellation_reason")}
    texts["resource_id"] = "its resource_id"
    texts |= {name: f"its {name}" for name in ("series_id", "series_label", "updated_by", "updated_call_id")}
    moments = ("confirmed_at", "completed_at", "cancelled_at", "updated_at")
    numbers = {"price_cents": 4500, "paid_cents": 900, "reminder_sent": 1, "version": 7, "dirty": 1}
    row = {**BOOKING, "id": "b", **texts, **numbers}
    row |= {name: NOON_MS + n * HOUR_MS for n, name in enumerate(moments, start=3)}
    db.write_blocking(lambda c: put(c, "bookings", row))
    booking = db.read(lambda c: bookings.get(c, BookingId("b")))
    assert booking is not None
    known = {name: value for name, value in row.items() if name not in ("id", "time_zone", "dirty", "gen")}
    known |= {name: columns.instant(value) for name, value in known.items() if name.endswith("_at")}
    assert {name: getattr(booking, name) for name in known} == known
    assert (booking.booking_id, booking.zone, booking.pending) == ("b", ZoneInfo("America/New_York"), True)
    assert {each.name for each in fields(booking)} == {*known, "booking_id", "zone", "pending"}
    assert bookings.of_columns(row) == booking


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    name: str
    number: int = 0


def test_what_is_made_of_all_fields_is_what_its_own_constructor_makes() -> None:
    made = columns.constructor(Pair)("one", 1)
    assert made == Pair(name="one", number=1) and hash(made) == hash(Pair(name="one", number=1))
    assert type(made) is Pair and replace(made, number=2) == Pair(name="one", number=2)
    with pytest.raises(FrozenInstanceError):
        made.name = "two"  # type: ignore[misc]
    with pytest.raises(TypeError):
        columns.constructor(Pair)("one")


def test_bookings_of_one_instant_are_in_the_order_of_their_ids(db: Database) -> None:
    for name in ("b", "a", "c"):
        db.write_blocking(lambda c, name=name: put(c, "bookings", {**BOOKING, "id": name}))
    end = NOON + timedelta(days=1)
    for read in (bookings.between, bookings.overlapping):
        assert [b.booking_id for b in db.read(lambda c, read=read: read(c, NOON, end))] == ["a", "b", "c"]


def test_a_booking_of_a_newer_server_is_readable(db: Database) -> None:
    db.write_blocking(
        lambda c: put(
            c, "bookings", {**BOOKING, "id": "b", "status": "waitlisted", "time_zone": "Mars/Olympus", "dirty": 1}
        )
    )
    booking = db.read(lambda c: bookings.get(c, BookingId("b")))
    assert booking is not None
    assert booking.status is BookingStatus.UNKNOWN
    assert booking.zone == ZoneInfo("UTC")
    assert booking.pending
    assert booking.duration_minutes == 120
    assert db.read(lambda c: bookings.get(c, BookingId("none"))) is None


def test_calls_in_progress_and_past(db: Database) -> None:
    def fill(conn: object) -> None:
        for name, hours, ended in (("old", -2, True), ("first", -1, False), ("second", 0, False)):
            at = NOON_MS + hours * HOUR_MS
            status = {"status": "ended", "ended_at": at + 1, "outcome": "booked"} if ended else {}
            put(conn, "calls", {**CALL, "id": name, "started_at": at, **status})

    db.write_blocking(fill)
    assert [call.call_id for call in db.read(calls.live)] == ["first", "second"]
    assert [c.call_id for c in db.read(lambda c: calls.recent(c, 2))] == ["second", "first"]
    assert [c.call_id for c in db.read(lambda c: calls.recent(c, 5, before=NOON))] == ["first", "old"]
    window = NOON - timedelta(hours=3), NOON
    assert [c.call_id for c in db.read(lambda c: calls.between(c, *window))] == ["first", "old"]
    assert [c.call_id for c in db.read(lambda c: calls.between(c, *window, limit=1))] == ["first"]
    assert [c.call_id for c in db.read(lambda c: calls.over(c, *window, 5))] == ["old"]
    old = db.read(lambda c: calls.get(c, CallId("old")))
    assert old is not None and old.outcome is Outcome.BOOKED and not old.is_live


def test_a_call_with_words_of_a_newer_server(db: Database) -> None:
    db.write_blocking(
        lambda c: put(c, "calls", {**CALL, "id": "c", "status": "queued", "outcome": "teleported", "handler": "robot"})
    )
    (call,) = db.read(calls.live)
    assert (call.status, call.outcome, call.is_live) == (CallStatus.UNKNOWN, Outcome.UNKNOWN, True)


def test_the_transcript_in_order(db: Database) -> None:
    tool = '{"name":"book","label":"Book","inputs":null,"outputs":{"ok":true},"status":"ok"}'

    def fill(conn: object) -> None:
        put(conn, "turns", {**TURN, "id": "t2", "index": 2, "kind": "tool", "speaker": "assistant", "tool": tool})
        put(conn, "turns", {**TURN, "id": "t0", "index": 0, "low_confidence": "[[0,3]]"})
        put(conn, "turns", {**TURN, "id": "t3", "index": 3, "kind": "hologram", "speaker": "ghost"})
        put(conn, "turns", {**TURN, "id": "x", "call_id": "other", "index": 9})

    db.write_blocking(fill)
    turns = db.read(lambda c: calls.turns(c, CallId("call")))
    assert [turn.index for turn in turns] == [0, 2, 3]
    assert turns[0].low_confidence == ((0, 3),)
    assert turns[1].tool is not None
    assert (turns[1].tool.inputs, turns[1].tool.outputs) == ({}, {"ok": True})
    assert (turns[2].kind, turns[2].speaker) == (TurnKind.UNKNOWN, Speaker.UNKNOWN)


def test_open_leads_best_first(db: Database) -> None:
    def fill(conn: object) -> None:
        for name, stage, score in (("a", "new", 10), ("b", "qualified", 90), ("c", "lost", 99)):
            put(conn, "leads", {**LEAD, "id": name, "stage": stage, "score": score})

    db.write_blocking(fill)
    assert [lead.lead_id for lead in db.read(leads.open)] == ["b", "a"]


def test_the_business_and_its_hours(db: Database) -> None:
    hours = '{"mon":[["09:00","13:00"],["14:00","24:00"]],"tue":[["nonsense","18:00"]]}'
    row = {
        "id": "acc",
        "name": "Salon",
        "business_type": "salon",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "phone": "",
        "address": "",
        "opening_hours": hours,
        "closed_days": '["2025-12-25","soon"]',
        "version": 1,
        "gen": 1,
    }
    assert db.read(business.get) is None
    db.write_blocking(lambda c: put(c, "business", row))
    salon = db.read(business.get)
    assert salon is not None
    assert salon.opening_hours.on(date(2025, 11, 24)) == ((time(9), time(13)), (time(14), time.max))
    assert salon.opening_hours.on(date(2025, 11, 25)) == ()
    assert salon.opening_hours.on(date(2025, 11, 30)) == ()
    assert salon.closed_days == {date(2025, 12, 25)}
    assert db.read(business.staff) == db.read(business.services) == db.read(business.employees) == []


def test_customers_that_are_not_there(db: Database) -> None:
    assert db.read(lambda c: customers.get(c, CustomerId("none"))) is None


def test_identity_and_skew_are_kept(db: Database) -> None:
    identity = Identity(
        api_url="http://127.0.0.1",
        account_id=AccountId("a"),
        user_id=UserId("u"),
        name="Ana",
        email="ana@aurora.example",
        role=Role.MANAGER,
        business_name="Salon",
    )
    assert db.read(meta.identity) is None
    db.write_blocking(lambda c: meta.put_identity(c, identity))
    assert db.read(meta.identity) == identity
    assert db.read(meta.skew_s) is None
    db.write_blocking(lambda c: meta.put_skew_s(c, -259200.5))
    assert db.read(meta.skew_s) == -259200.5


def test_streams_of_a_fresh_file(db: Database) -> None:
    core = db.read(lambda c: cursors.stream(c, "core"))
    assert (core.cursor, core.complete, core.usable, core.gen) == ("", False, False, 1)
    assert db.read(cursors.as_of) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_survive_to_the_millisecond(at: datetime) -> None:
    kept = columns.instant(columns.milliseconds(at))
    assert timedelta(0) <= at - kept < timedelta(milliseconds=1)


def test_what_reaches_into_a_day_is_found_wherever_it_began(db: Database) -> None:
    def fill(conn: object) -> None:
        for name, start, hours in (("over", -1, 2), ("before", -3, 3), ("in", 1, 1), ("after", 24, 1)):
            at = NOON_MS + start * HOUR_MS
            put(conn, "bookings", {**BOOKING, "id": name, "starts_at": at, "ends_at": at + hours * HOUR_MS})
        for name, start, days in (("away", -30 * 24, 60), ("past", -48, 1), ("lunch", 2, 1), ("later", 25, 1)):
            at = NOON_MS + start * HOUR_MS
            put(conn, "blocks", {**BLOCK, "id": name, "starts_at": at, "ends_at": at + days * 24 * HOUR_MS})

    db.write_blocking(fill)
    end = NOON + timedelta(days=1)
    assert [b.booking_id for b in db.read(lambda c: bookings.overlapping(c, NOON, end))] == ["over", "in"]
    found = db.read(lambda c: blocks.overlapping(c, NOON, end))
    assert [b.block_id for b in found] == ["away", "lunch"]
    assert db.read(lambda c: blocks.get(c, BlockId("away"))) == found[0]
    assert db.read(lambda c: blocks.get(c, BlockId("none"))) is None
