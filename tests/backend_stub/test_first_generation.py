"""Today's deployment: its shapes as hosted_api describes them, its figures as the rows say."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from backend_stub.demo import demo_first_generation_token
from backend_stub.first_generation.figures import spans_of
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Hosted, client_of

CLIENT = {
    "businessName": "Old Salon",
    "ownerName": "Otto",
    "email": "otto@old.example",
    "phone": "+14155550199",
    "timeZone": eg.ZONE,
}


@pytest.fixture
async def old(hosted: Hosted) -> Any:
    token = demo_first_generation_token(hosted.store, hosted.clock)
    async with client_of(hosted.app, token) as http:
        yield http


async def put(hosted: Hosted, kind: str, *docs: dict[str, Any]) -> None:
    await hosted.store.write(lambda tx: tx.put_many(hosted.business.number, kind, docs))


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


async def test_health(hosted: Hosted) -> None:
    hosted.clock.jump(5)
    body = (await hosted.http.get("/health")).json()
    assert set(body) == {"status", "timestamp", "version", "uptime"}
    assert (body["status"], body["uptime"]) == ("ok", 5.0)


async def test_a_new_client_gets_credentials_that_work(hosted: Hosted) -> None:
    answer = await hosted.http.post("/api/clients", json=CLIENT)
    assert answer.status_code == 201
    client, credentials = answer.json()["client"], answer.json()["credentials"]
    assert client["workingHours"] == {"start": "09:00", "end": "17:00"}
    async with client_of(hosted.app, credentials["jwtToken"]) as http:
        assert (await http.get(f"/api/clients/{client['id']}")).json()["client"] == client
        hosted.clock.jump(366 * 86_400)
        assert (await http.get(f"/api/clients/{client['id']}")).status_code == 403
    again = await hosted.http.post("/api/clients", json=CLIENT)
    assert (again.status_code, again.json()) == (409, {"error": "Client already exists"})


@pytest.mark.parametrize("path", ["/api/calls", "/api/calls/analytics", "/api/clients/x"])
async def test_without_a_token_401_with_a_bad_one_403(hosted: Hosted, path: str) -> None:
    missing = await hosted.http.get(path)
    bad = await hosted.http.get(path, headers={"Authorization": "Bearer nonsense"})
    assert [(missing.status_code, set(missing.json())), (bad.status_code, set(bad.json()))] == [
        (401, {"error"}),
        (403, {"error"}),
    ]


async def test_free_times_are_within_hours_and_not_booked(hosted: Hosted) -> None:
    day = datetime.fromtimestamp(eg.NOON / 1000, ZoneInfo(eg.ZONE)).date() + timedelta(days=1)
    asked = {"date": day.isoformat(), "duration": 60, "count": 3}
    first = (await hosted.http.get("/get-availability", params=asked)).json()["slots"]
    nine = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(eg.ZONE))
    assert [datetime.fromisoformat(slot["start"]) - nine for slot in first] == [
        timedelta(0),
        timedelta(minutes=15),
        timedelta(minutes=30),
    ]
    starts_at = int(nine.timestamp() * 1000)
    await put(hosted, "bookings", eg.booking(staff_id=hosted.business.staff_id, starts_at=starts_at))
    second = (await hosted.http.get("/get-availability", params=asked)).json()["slots"]
    assert datetime.fromisoformat(second[0]["start"]) == nine + timedelta(hours=1)


async def test_no_times_on_a_closed_day_nor_in_the_past(hosted: Hosted) -> None:
    business = eg.business(id=hosted.business.account_id, closed_days=["2025-12-25"])
    await put(hosted, "business", business)
    for day in ("2025-12-25", "2025-11-22"):
        answer = await hosted.http.get("/get-availability", params={"date": day})
        assert answer.json() == {"slots": []}


async def test_the_clocks_going_back_and_forward_make_no_double_times(hosted: Hosted) -> None:
    """2025-11-02 and 2026-03-08 in Los Angeles; opening around the clock shows the jump."""
    around = {day: [["00:00", "23:45"]] for day in eg.WEEK}
    await put(hosted, "business", eg.business(id=hosted.business.account_id, opening_hours=around))
    await put(hosted, "staff", eg.staff(id=hosted.business.staff_id, works=around))
    answer = await hosted.http.get("/get-availability", params={"date": "2026-03-08", "duration": 15, "count": 10})
    starts = [datetime.fromisoformat(slot["start"]) for slot in answer.json()["slots"]]
    assert starts == sorted(set(starts))
    assert all(later - earlier == timedelta(minutes=15) for earlier, later in itertools.pairwise(starts))


async def test_blocked_time_is_neither_free_nor_booked(hosted: Hosted, old: httpx.AsyncClient) -> None:
    await put(hosted, "blocks", eg.block(starts_at=eg.NOON + eg.HOUR, ends_at=eg.NOON + 3 * eg.HOUR))
    today = datetime.fromtimestamp(eg.NOON / 1000, ZoneInfo(eg.ZONE)).date().isoformat()
    slots = (await old.get("/get-availability", params={"date": today, "duration": 60})).json()["slots"]
    assert [datetime.fromisoformat(slot["start"]).timestamp() * 1000 - eg.NOON for slot in slots[:2]] == [
        0,
        3 * eg.HOUR,
    ]
    asked = {"start": iso(eg.NOON + 2 * eg.HOUR), "end": iso(eg.NOON + 4 * eg.HOUR), "summary": "Cut for Ms. Vega"}
    assert (await old.post("/book-appointment", json=asked)).status_code == 409


async def test_booking_is_refused_when_everybody_is_taken(hosted: Hosted, old: httpx.AsyncClient) -> None:
    start, end = eg.NOON + eg.DAY, eg.NOON + eg.DAY + eg.HOUR
    asked = {"start": iso(start), "end": iso(end), "summary": "Cut for Ms. Vega"}
    booked = await old.post("/book-appointment", json=asked)
    assert (booked.status_code, set(booked.json())) == (200, {"success", "eventId", "htmlLink"})
    clash = await old.post("/book-appointment", json=asked | {"start": iso(start + 60_000 * 30)})
    assert (clash.status_code, set(clash.json())) == (409, {"error", "message"})
    after = await old.post("/book-appointment", json=asked | {"start": iso(end), "end": iso(end + eg.HOUR)})
    assert after.status_code == 200
    total = (await old.get(f"/api/clients/{hosted.business.account_id}/bookings")).json()["total"]
    assert total == 2


@pytest.mark.parametrize(
    ("begins", "ends", "summary"),
    [
        (iso(eg.NOON - eg.HOUR), iso(eg.NOON), "past"),
        (iso(eg.NOON + eg.HOUR), iso(eg.NOON + eg.HOUR + 60_000), "too short"),
        (iso(eg.NOON + eg.HOUR), iso(eg.NOON + 6 * eg.HOUR), "too long"),
        (iso(eg.NOON + eg.HOUR), iso(eg.NOON + 2 * eg.HOUR), "x" * 201),
        ("yesterday", "today", "no times"),
    ],
)
async def test_a_booking_is_checked(old: httpx.AsyncClient, begins: str, ends: str, summary: str) -> None:
    answer = await old.post("/book-appointment", json={"start": begins, "end": ends, "summary": summary})
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_metrics_are_sums_over_the_rows(hosted: Hosted, old: httpx.AsyncClient) -> None:
    today, yesterday = eg.NOON - eg.HOUR, eg.NOON - eg.DAY - eg.HOUR
    await put(
        hosted,
        "calls",
        eg.ended_call(started_at=today),
        eg.ended_call(started_at=today, outcome="info_provided"),
        eg.ended_call(started_at=yesterday),
    )
    await put(
        hosted,
        "bookings",
        eg.booking(starts_at=eg.NOON - 2 * eg.HOUR, created_at=yesterday, status="completed"),
        eg.booking(starts_at=eg.NOON - eg.HOUR, created_at=today - 1000, status="no_show"),
        eg.booking(starts_at=eg.NOON + 5 * eg.DAY, created_at=today),
    )
    answer = await old.get(f"/api/clients/{hosted.business.account_id}/metrics")
    metrics = answer.json()["metrics"]
    assert metrics["today"] == {"calls": 2, "bookings": 2, "revenue": 90.0, "conversionRate": 50.0}
    assert metrics["previous"]["today"] == {"calls": 1, "bookings": 1, "revenue": 0.0, "conversionRate": 100.0}
    assert set(metrics) == {"today", "week", "month", "previous"}
    year = await old.get(f"/api/clients/{hosted.business.account_id}/metrics", params={"period": "year"})
    assert year.json()["metrics"]["year"]["calls"] == 3


def test_the_period_before_is_as_long_as_the_one_under_way() -> None:
    zone = ZoneInfo(eg.ZONE)
    for period in ("today", "week", "month", "year"):
        now, before = spans_of(period, eg.NOON, zone)
        assert now.until == eg.NOON
        assert before.until <= now.since
        assert before.until - before.since == now.until - now.since


async def test_calls_have_the_old_shapes(hosted: Hosted, old: httpx.AsyncClient) -> None:
    calls = [eg.ended_call(started_at=eg.NOON - number * eg.HOUR, turn_count=3) for number in range(1, 4)]
    await put(hosted, "calls", *calls)
    words = [("caller", "Do you do perms?"), ("assistant", "We do."), ("caller", "Thanks")]
    turns = [eg.turn(calls[0]["id"], i, speaker=speaker, text=text) for i, (speaker, text) in enumerate(words)]
    await put(hosted, "turns", *turns)
    page = (await old.get("/api/calls", params={"limit": 2})).json()
    assert (page["total"], page["hasMore"], len(page["calls"])) == (3, True, 2)
    assert page["calls"][0]["id"] == calls[0]["id"]
    assert (page["calls"][0]["duration"], page["calls"][0]["cost"]) == (120, 0.3)
    rest = (await old.get("/api/calls", params={"limit": 2, "offset": 2})).json()
    assert (rest["hasMore"], len(rest["calls"])) == (False, 1)
    detail = (await old.get(f"/api/calls/{calls[0]['id']}")).json()["call"]
    assert detail["qaPairs"] == [
        {"question": "Do you do perms?", "answer": "We do.", "intent": "booking", "sequenceNumber": 1}
    ]
    assert [message["role"] for message in detail["messages"]] == ["user", "assistant", "user"]
    analytics = (await old.get("/api/calls/analytics", params={"period": "today"})).json()["analytics"]
    assert analytics == {
        "totalCalls": 3,
        "bookings": 3,
        "conversionRate": 100.0,
        "avgDuration": 120.0,
        "totalCost": 0.9,
    }


async def test_its_limit_speaks_its_own_shape(old: httpx.AsyncClient) -> None:
    answers = [await old.get("/api/calls", params={"limit": 1}) for _ in range(201)]
    assert [answer.status_code for answer in answers[-2:]] == [200, 429]
    body = answers[-1].json()
    assert set(body) == {"error", "retryAfter", "limit", "remaining", "reset"}
    assert (body["limit"], body["remaining"], answers[-1].headers["retry-after"]) == (200, 0, str(body["retryAfter"]))
