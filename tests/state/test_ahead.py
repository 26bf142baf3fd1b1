"""What is coming, and what is found in the rows, as stores over a real database say it."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from client.insight.anomalies import Measure as Unusual
from client.insight.outlook import PAST_DAYS, Standing
from client.models.account import Role
from client.models.forecasts import Measure
from client.models.marks import About
from client.state.outlook import coming
from client.state.pictures import KEPT, PictureStore
from client.storage.errors import DatabaseUnavailable
from tests import example_data as eg
from tests.state.conftest import Desk, ms, put_booking
from tests.state.test_calendars import put_staff
from tests.storage.rows import BOOKING, CALL, put


def put_forecast(conn: sqlite3.Connection, measure: Measure, *, ahead: int = 1, **changes: Any) -> None:
    """A forecast of a week that begins so many days from today."""
    days = [(eg.TODAY + timedelta(days=ahead + n)).isoformat() for n in range(7)]
    total = {"mean": 44.0, "low": 37.4, "high": 51.2, "so_far": 0.0, "from": days[0], "to": days[-1]}
    row: dict[str, Any] = {
        "id": f"f-{measure}",
        "measure": measure,
        "unit": "cents" if "revenue" in measure else "count",
        "made_at": ms(eg.at("04:00")),
        "history_from": "2024-01-01",
        "history_days": 500,
        "state": "ok",
        "needs_days": 56,
        "days": json.dumps([{"date": day, "mean": 6.3, "low": 4.0, "high": 9.0} for day in days]),
        "total": json.dumps(total),
        "grid": None,
        "record": None,
        "version": 1,
        "gen": 1,
    }
    conn.execute("DELETE FROM forecasts WHERE id = ?", (row["id"],))
    put(conn, "forecasts", {**row, **changes})


async def test_a_forecast_is_there_when_it_has_come(desk: Desk) -> None:
    assert desk.stores.outlook.state.outlooks == ()
    await desk.write(lambda conn: [put_booking(conn, "09:00", day=eg.TODAY - timedelta(days=n)) for n in (2, 40)])
    await desk.write(lambda conn: put_forecast(conn, Measure.BOOKINGS_WEEK))
    [week] = desk.stores.outlook.state.outlooks
    assert (week.standing, week.low, week.high) == (Standing.COMING, 37, 52)
    assert coming(desk.stores.outlook.state) is week
    assert len(week.past) == PAST_DAYS
    assert [each.date for each in week.past if each.value] == [eg.TODAY - timedelta(days=2)]


async def test_a_pull_that_brings_nothing_costs_nothing(desk: Desk) -> None:
    await desk.write(lambda conn: put_forecast(conn, Measure.BOOKINGS_WEEK))
    read = desk.stores.outlook.read
    reads: list[object] = []
    desk.stores.outlook.read = lambda conn: reads.append(conn) or read(conn)  # type: ignore[method-assign]
    await desk.write(lambda conn: conn.execute("UPDATE streams SET as_of = as_of + 1"))
    assert reads == []
    await desk.write(lambda conn: put_forecast(conn, Measure.BOOKINGS_WEEK, ahead=2))
    assert len(reads) == 1


async def test_what_is_over_is_not_coming_when_the_day_changes(desk: Desk) -> None:
    await desk.write(lambda conn: put_forecast(conn, Measure.BOOKINGS_WEEK, ahead=-6))
    assert [each.standing for each in desk.stores.outlook.state.outlooks] == [Standing.COMING]
    desk.hand.go(12 * 3600)
    desk.stores.tick()
    assert [each.standing for each in desk.stores.outlook.state.outlooks] == [Standing.OVER]


async def test_money_is_not_for_every_role(desk: Desk) -> None:
    await desk.write(lambda conn: put_forecast(conn, Measure.REVENUE_MONTH))
    assert desk.stores.outlook.state.of(Measure.REVENUE_MONTH) is not None
    desk.runtime.identity = replace(eg.IDENTITY, role=Role.FRONT_DESK)
    desk.stores.session.look()
    desk.stores.outlook.refresh()
    assert desk.stores.outlook.state.of(Measure.REVENUE_MONTH) is None


async def test_busy_hours_say_whether_who_works_is_enough(desk: Desk) -> None:
    grid = [[4.0 if 9 <= hour < 18 and day < 6 else 0.0 for hour in range(24)] for day in range(7)]

    def fill(conn: sqlite3.Connection) -> None:
        put_staff(conn)
        for n in range(40):
            put_booking(conn, "10:00", day=eg.TODAY - timedelta(days=n + 1))
        week = {
            "from": "2025-11-10",
            "to": "2025-11-16",
            **dict.fromkeys(("actual", "mean", "low", "high", "naive"), 40.0),
        }
        said = {"held": 2, "of": 2, "mae": 0.6, "naive_mae": 0.9, "coverage": 0.8, "better": "model"}
        hourly = {"folds": [week, {**week, "mae": 0.6, "naive_mae": 0.9}], **said}
        put_forecast(conn, Measure.BUSY_HOURS, grid=json.dumps(grid), total=None, record=json.dumps(hourly))

    await desk.write(fill)
    busy = desk.stores.outlook.state.busy
    assert busy is not None and busy.record is not None and not busy.record.of_hours
    assert [(fold.mae, fold.naive_mae) for fold in busy.record.folds] == [(None, None), (0.6, 0.9)]
    assert (busy.lengths.mean_minutes, busy.lengths.count) == (45.0, 40)
    first = busy.advice[0]
    assert (first.expected, first.room, first.working) == (8.0, 2, 120)
    await desk.write(lambda conn: put_forecast(conn, Measure.BUSY_HOURS, state="too_little", history_days=9, days="[]"))
    assert desk.stores.outlook.state.busy is None
    assert desk.stores.outlook.state.too_little is not None


def put_regular(conn: sqlite3.Connection, name: str, ago: tuple[int, ...]) -> None:
    starts = [ms(eg.at("10:00", eg.TODAY - timedelta(days=days))) for days in ago]
    for days, start in zip(ago, starts, strict=True):
        row = {"id": f"{name}-{days}", "customer_id": name, "customer_name": name, "starts_at": start}
        put(conn, "bookings", {**BOOKING, **row, "ends_at": start, "status": "completed", "price_cents": 8_500})
    figures = {"total_bookings": len(ago), "first_visit_at": min(starts), "last_visit_at": max(starts)}  # type: ignore[type-var]
    known = {"status": "active", "no_shows": 0, "language": "en", "version": 1, "gen": 1}
    put(conn, "customers", {**known, "id": name, "name": name, **figures})


def put_asking(conn: sqlite3.Connection, caller: str, ago: int) -> None:
    at = ms(eg.at("11:00", eg.TODAY - timedelta(days=ago)))
    extracted = json.dumps({"asked_for": "microblading", "offered": "no"})
    row = {"id": f"call-{caller}", "caller_name": caller, "customer_id": caller, "started_at": at, "ended_at": at}
    put(conn, "calls", {**CALL, **row, "status": "ended", "extracted": extracted})


def put_weeks(conn: sqlite3.Connection) -> None:
    """Twenty bookings on every Friday of a quarter, and none but one on the last."""
    friday = eg.TODAY - timedelta(days=3)
    put_booking(conn, "08:00", day=friday - timedelta(days=120))
    for week in range(14):
        for n in range(20 if week else 1):
            put_booking(conn, f"{9 + n // 6:02}:{n % 6}0", day=friday - timedelta(weeks=week))


async def test_what_is_found_is_what_the_rules_say(desk: Desk) -> None:
    def fill(conn: sqlite3.Connection) -> None:
        put_regular(conn, "rosa", (155, 127, 99, 70))
        put_regular(conn, "kim", (90, 62, 34, 6))
        put_asking(conn, "ben", 3)
        put_asking(conn, "hana", 9)
        put_weeks(conn)

    assert not desk.stores.patterns.state.looked
    await desk.write(fill)
    await desk.stores.patterns.look()
    found = desk.stores.patterns.state
    assert [each.name for each in found.churn] == ["rosa"]
    assert [(each.service, each.callers) for each in found.opportunities] == [("microblading", 2)]
    assert [(each.measure, each.count) for each in found.anomalies] == [(Unusual.BOOKINGS, 1)]
    provenance = desk.stores.patterns.unusual(found.anomalies[0])
    assert provenance is not None
    assert provenance.rows_counted == found.anomalies[0].count == sum(row.counted for row in provenance.rows)


async def test_who_is_booked_again_is_not_missed_any_more(desk: Desk) -> None:
    await desk.write(lambda conn: put_regular(conn, "rosa", (155, 127, 99, 70)))
    await desk.stores.patterns.look()
    assert desk.stores.patterns.state.churn
    row = {"id": "again", "customer_id": "rosa", "starts_at": ms(eg.at("10:00", eg.TODAY + timedelta(days=2)))}
    await desk.write(lambda conn: put(conn, "bookings", {**BOOKING, **row, "ends_at": row["starts_at"]}))
    assert desk.stores.patterns.state.churn == ()


def put_mark(about: About, subject: str, until: int | None = None) -> Callable[[sqlite3.Connection], None]:
    row: dict[str, Any] = {"id": f"m-{about}-{subject}", "about": about, "subject": subject, "word": "never"}
    row |= {"until": until, "by": "Ana", "created_at": ms(eg.NOW), "version": 1, "gen": 1}
    return lambda conn: put(conn, "marks", row)


async def test_what_was_silenced_is_said_no_more(desk: Desk) -> None:
    await desk.write(lambda conn: (put_regular(conn, "rosa", (155, 127, 99, 70)), put_weeks(conn)))
    await desk.stores.patterns.look()
    [unusual] = desk.stores.patterns.state.anomalies
    await desk.write(put_mark(About.CHURN, "rosa"))
    await desk.write(put_mark(About.ANOMALY, unusual.subject))
    state = desk.stores.patterns.state
    assert (state.churn, state.anomalies) == ((), ())
    await desk.write(lambda conn: conn.execute("DELETE FROM marks"))
    assert desk.stores.patterns.state.churn


async def test_what_was_put_off_comes_again(desk: Desk) -> None:
    await desk.write(lambda conn: put_regular(conn, "rosa", (155, 127, 99, 70)))
    await desk.write(put_mark(About.CHURN, "rosa", until=ms(eg.NOW + timedelta(hours=1))))
    await desk.stores.patterns.look()
    assert desk.stores.patterns.state.churn == ()
    desk.hand.go(2 * 3600)
    desk.stores.patterns.refresh()
    assert desk.stores.patterns.state.churn


async def test_while_the_past_is_missing_nothing_is_found(desk: Desk) -> None:
    await desk.write(lambda conn: put_regular(conn, "rosa", (155, 127, 99, 70)))
    await desk.write(lambda conn: conn.execute("UPDATE streams SET ccursor = NULL"))
    await desk.stores.patterns.look()
    assert not desk.stores.patterns.state.looked
    await desk.write(lambda conn: conn.execute("UPDATE streams SET ccursor = 'c'"))
    await desk.stores.patterns.look()
    assert desk.stores.patterns.state.looked


async def test_a_database_that_cannot_be_read_is_said(desk: Desk) -> None:
    def fail(_: sqlite3.Connection) -> object:
        raise DatabaseUnavailable("gone")

    desk.stores.patterns._look = fail  # type: ignore[assignment, method-assign]
    await desk.stores.patterns.look()
    assert desk.stores.patterns.state.broken


async def test_pictures_are_made_once_and_kept(tmp_path: Path) -> None:
    made: list[str] = []

    def make(name: str) -> Callable[[], bytes]:
        def draw() -> bytes:
            made.append(name)
            return name.encode()

        return draw

    store = PictureStore(lambda: tmp_path)
    for name in ("a", "b", "a"):
        await store.show(name, make(name))
    assert store.state.png == b"a"
    assert made == ["a", "b"]
    for n in range(2 * KEPT):
        await store.show(f"more-{n}", make(f"more-{n}"))
    assert len(_kept(tmp_path)) == KEPT
    await PictureStore(lambda: None).show("a", make("a"))
    assert made[-1] == "a"


def _kept(folder: Path) -> list[Path]:
    return list(folder.glob("picture-*.png"))


async def test_a_picture_that_cannot_be_made_is_said() -> None:
    def missing() -> bytes:
        raise ModuleNotFoundError("matplotlib")

    store = PictureStore(lambda: None)
    await store.show("a", missing)
    assert store.state.failed
