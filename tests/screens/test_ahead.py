"""What is coming, in a window over a real database: opened to its rows, acted on, silenced and brought back."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft
import flet.canvas as cv
import pytest

from client.models.forecasts import Measure
from client.models.link import LinkState
from client.models.provenance import EvidenceRow
from client.state.typed_booking import Doing
from client.storage import marks, outbox, tasks
from client.storage.database import Database
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import ahead_scenes, salon
from tests.screens.conftest import App, opened
from tests.screens.flaws import flaws
from tests.state.conftest import put_booking
from tests.state.test_ahead import put_asking, put_forecast, put_regular, put_weeks
from widgets import theme
from widgets.forecast_chart import Ahead, Axis, forecast_chart
from widgets.scaffold import Place

SIZES = pytest.mark.parametrize("width", [390.0, 1440.0], ids=["phone", "desktop"])


@asynccontextmanager
async def ahead(folder: Path, width: float = 390.0, route: str = "/ahead") -> AsyncIterator[tuple[App, Database]]:
    """The salon with a regular who stays away, a service asked for twice, and an odd Friday."""
    database: Database | None = None

    def fill(stores: Stores) -> None:
        nonlocal database
        database = salon.open_salon(stores, folder)
        database.write_blocking(lambda conn: put_regular(conn, "rosa", (155, 127, 99, 70)))
        database.write_blocking(lambda conn: [put_asking(conn, who, 3) for who in ("ben", "hana")])
        database.write_blocking(put_weeks)
        database.write_blocking(lambda conn: put_forecast(conn, Measure.BOOKINGS_WEEK))

    async with opened(fill, route=route, width=width, height=900.0) as app:
        assert database is not None
        app.stores.attach()
        await app.stores.patterns.look()
        await app.window.settle()
        yield app, database
        app.stores.close()
        database.close()


async def until(app: App, holds: Callable[[], bool]) -> None:
    """Let threads and the window work until it holds."""
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.to_thread(bool)
            await app.window.settle()


@SIZES
async def test_a_forecast_opens_to_where_it_comes_from(tmp_path: Path, width: float) -> None:
    async with ahead(tmp_path, width) as (app, _):
        assert app.window.says("37 to 52 bookings")
        await app.window.tap("forecast.about.bookings_week")
        assert app.window.says("closed days, which nobody has to foretell")


async def test_a_closed_day_is_a_gap_in_the_drawing_and_said() -> None:
    async with opened(ahead_scenes.ahead, route="/ahead", width=1440.0) as app:
        week = app.stores.outlook.state.of(Measure.BOOKINGS_WEEK)
        assert week is not None and len(week.closed) == 4
        assert any("On 4 of these days the business is closed: gaps with a tick." in (s or "") for s in _labels(app))
        shapes = [shape for canvas in app.window.all(cv.Canvas) for shape in canvas.shapes]
        assert all(isinstance(shape, (cv.Path, cv.Line, cv.Circle, cv.Rect)) for shape in shapes)
        await app.window.tap("forecast.table.bookings_week")
        assert app.window.says("closed")


def test_a_line_ends_before_a_closed_day_and_begins_after_it() -> None:
    axis = Axis(first="", ahead="", top="9")
    drawn = forecast_chart([3.0, 4.0, None, 5.0, 6.0], [None, SOME, SOME], axis, label="", width=200, height=80)
    whole = forecast_chart([3.0, 4.0, 0.0, 5.0, 6.0], [SOME, SOME, SOME], axis, label="", width=200, height=80)
    lines, one_line = (_lines(each) for each in (drawn, whole))
    assert [len(line) for line in lines] == [2, 2] and [len(line) for line in one_line] == [5]
    bottom = max(y for line in one_line for _, y in line)
    assert all(y < bottom for line in lines for _, y in line), "nothing goes down to the ground"


SOME = Ahead(mean=5.0, low=3.0, high=8.0)


def _lines(chart: ft.Control) -> list[list[tuple[float, float]]]:
    """The whole lines of what came."""
    assert isinstance(chart, ft.Semantics) and isinstance(chart.content, ft.Column)
    stack = chart.content.controls[0]
    assert isinstance(stack, ft.Stack) and isinstance(stack.controls[0], cv.Canvas)
    paths = [shape for shape in stack.controls[0].shapes if isinstance(shape, cv.Path)]
    ink = [each for each in paths if each.paint and each.paint.color == theme.TEXT]
    return [[(e.x, e.y) for e in path.elements if isinstance(e, (cv.Path.MoveTo, cv.Path.LineTo))] for path in ink]


async def test_a_row_of_its_record_opens_the_days() -> None:
    async with opened(ahead_scenes.ahead, route="/ahead", width=1440.0) as app:
        await app.window.tap("forecast.about.bookings_week")
        first = eg.TODAY.replace(day=17)
        assert app.window.says("foretold")
        await app.window.tap(f"evidence.{first.isoformat()}")
        assert (app.stores.router.route.place, app.stores.router.route.day) == (Place.BOOKINGS, first)


async def test_a_drawing_is_a_table_when_asked() -> None:
    async with opened(ahead_scenes.ahead, route="/ahead") as app:
        assert not app.window.says("4 to 10")
        await app.window.tap("forecast.table.bookings_week")
        assert app.window.says("Tue 25 Nov")
        await app.window.tap("forecast.table.bookings_week")
        assert not app.window.says("Expected in each")


async def test_the_busy_hours_are_drawn_once_and_told_in_words() -> None:
    async with opened(ahead_scenes.ahead, route="/ahead") as app:
        await until(app, lambda: app.stores.pictures.state.png is not None)
        png = app.stores.pictures.state.png
        assert png is not None and png.startswith(b"\x89PNG")
        assert any("Busiest: Saturday" in (label or "") for label in _labels(app))
        await app.window.tap("busy.table")
        assert app.window.says("expected, most at")
        assert app.window.says("An hour's usual miss in the last 8 weeks: ±0.7")
        assert app.window.says("The same hour of the week before would miss ±1.1")


async def test_a_better_guess_of_the_hours_and_no_record_of_them_are_said() -> None:
    async with opened(ahead_scenes.ahead, route="/ahead") as app:
        busy = app.stores.outlook.state.busy
        assert busy is not None
        worse = replace(busy, record=ahead_scenes.hour_record(better="naive"))
        app.stores.outlook.state = replace(app.stores.outlook.state, busy=worse)
        await app.window.settle()
        assert app.window.says("is the better guess here: it would miss ±0.5, this ±0.7")
        older = replace(busy, record=ahead_scenes.record())
        app.stores.outlook.state = replace(app.stores.outlook.state, busy=older)
        await app.window.settle()
        assert app.window.says("It has no record yet"), "the week's misses are not those of an hour"


@SIZES
async def test_who_stays_away_is_booked_again(tmp_path: Path, width: float) -> None:
    async with ahead(tmp_path, width) as (app, _):
        assert app.window.says("Usually here every 28 days, now away for 70")
        await app.window.tap("churn.book.rosa")
        await app.window.settle()
        assert app.stores.router.route.doing is Doing.NEW
        assert app.stores.form.state.typed.customer_id == "rosa"


async def test_a_service_that_was_renamed_is_booked_again_under_its_new_name(tmp_path: Path) -> None:
    async with ahead(tmp_path) as (app, db):
        await db.write(lambda conn: conn.execute("UPDATE bookings SET service_id = 'sv-0' WHERE customer_id = 'rosa'"))
        await db.write(lambda conn: conn.execute("UPDATE services SET name = 'Colour and care' WHERE id = 'sv-0'"))
        await app.stores.patterns.look()
        await app.window.settle()
        app.stores.panel.open("pattern.churn.rosa")
        await app.window.settle()
        assert app.window.says("Colour and cut"), "the rows say what it was called"
        app.stores.panel.close()
        await app.window.settle()
        await app.window.tap("churn.book.rosa")
        await app.window.settle()
        assert app.stores.form.state.typed.service_id == "sv-0"
        assert app.window.says("Colour and care")


@SIZES
async def test_what_is_silenced_is_gone_and_can_be_brought_back(tmp_path: Path, width: float) -> None:
    async with ahead(tmp_path, width) as (app, db):
        await app.window.tap("churn.never.rosa")
        await until(app, lambda: not app.window.says("Usually here every 28 days"))
        [mark] = db.read(marks.all)
        assert (mark.about, mark.subject, mark.word, mark.pending) == ("churn", "rosa", "never", True)
        await app.window.tap("ahead.aside")
        await app.window.tap("aside.churn.rosa.back")
        await until(app, lambda: db.read(marks.all) == [])
        await app.window.arrive("/ahead")
        assert app.window.says("Usually here every 28 days")
        assert db.read(marks.all) == []


async def test_silence_is_undone_from_the_bar(tmp_path: Path) -> None:
    async with ahead(tmp_path) as (app, db):
        await app.window.tap("opportunity.never.microblading")
        await until(app, lambda: app.stores.patterns.state.opportunities == ())
        await until(app, lambda: app.window.find("undo") is not None)
        await app.window.tap("undo")
        await until(app, lambda: len(app.stores.patterns.state.opportunities) == 1)
        assert db.read(marks.all) == []


async def test_a_service_asked_for_is_noted_for_later(tmp_path: Path) -> None:
    async with ahead(tmp_path) as (app, db):
        assert app.window.says("2 callers asked about microblading")
        await app.window.tap("opportunity.note.microblading")
        await until(app, lambda: bool(db.read(tasks.open)))
        [noted] = db.read(tasks.open)
        assert (noted.title, noted.details) == (
            "Think about offering microblading",
            "2 callers asked for it in the last 90 days.",
        )
        assert db.read(outbox.waiting) == 1


@SIZES
async def test_an_unusual_day_opens_to_its_rows(tmp_path: Path, width: float) -> None:
    async with ahead(tmp_path, width) as (app, _):
        [odd] = app.stores.patterns.state.anomalies
        await app.window.tap(f"anomaly.open.{odd.subject}")
        assert app.window.says("Their median is 20")
        app.stores.panel.close()
        await app.window.settle()
        await app.window.tap(f"anomaly.day.{odd.subject}")
        assert app.stores.router.route.day == odd.day


def is_there(db: Database, row: EvidenceRow) -> bool:
    sql = f"SELECT count(*) FROM {'calls' if row.kind == 'call' else 'bookings'} WHERE id = ?"
    return db.read(lambda conn: conn.execute(sql, (row.row_id,)).fetchone()) == (1,)


@SIZES
async def test_every_row_of_what_was_found_opens_its_thing(tmp_path: Path, width: float) -> None:
    async with ahead(tmp_path, width) as (app, db):
        found = app.stores.patterns.state
        [churn], [asked], [odd] = found.churn, found.opportunities, found.anomalies
        unusual = app.stores.patterns.unusual(odd)
        assert unusual is not None
        for subject, provenance in (
            ("churn.rosa", churn.provenance),
            ("opportunity.microblading", asked.provenance),
            (f"anomaly.{odd.subject}", unusual),
        ):
            assert provenance.rows
            for row in provenance.rows:
                await app.window.arrive("/ahead")
                app.stores.panel.open(f"pattern.{subject}")
                await app.window.settle()
                await app.window.tap(f"evidence.{row.row_id}")
                for sheet in list(app.window.page._dialogs.controls):
                    await app.window.fire(sheet, "dismiss")
                route = app.stores.router.route
                assert row.row_id == (route.call_id if row.kind == "call" else route.booking_id)
                assert is_there(db, row), f"{row.kind} {row.row_id} is not there"


@SIZES
async def test_today_says_what_is_coming(tmp_path: Path, width: float) -> None:
    async with ahead(tmp_path, width, route="/today") as (app, _):
        assert app.window.says("2 callers asked about microblading")
        assert not app.window.find("needs_you.churn:rosa"), "it has been said for longer than a week"
        await app.window.tap("forecast.open")
        assert app.stores.router.route.place is Place.AHEAD


def _labels(app: App) -> list[Any]:
    return [getattr(control, "label", None) for control in app.window.controls()]


@SIZES
async def test_what_was_found_lately_stands_in_the_review_once_and_is_done_or_later(
    tmp_path: Path, width: float
) -> None:
    async with ahead(tmp_path, width, route="/review") as (app, db):
        app.stores.link.show(eg.link(LinkState.OFFLINE))
        await app.window.settle()
        key = "review.opportunity:microblading"
        [odd] = app.stores.patterns.state.lately(eg.NOW, eg.TODAY).anomalies
        assert app.window.identifiers().count(key) == 1
        assert app.window.says("2 callers asked about microblading") and app.window.find(
            f"review.anomaly:{odd.subject}"
        )
        assert app.window.says("At most three of each")
        await app.window.tap(f"{key}.done")
        await until(app, lambda: app.window.find(key) is None)
        [mark] = db.read(marks.all)
        assert (mark.about, mark.subject, mark.word) == ("needs_you", "opportunity:microblading", "done")
        assert app.stores.patterns.state.opportunities, "it stays on its own page"
        await app.window.tap(f"review.anomaly:{odd.subject}.next_week")
        await until(app, lambda: app.window.find(f"review.anomaly:{odd.subject}") is None)
        assert app.stores.waiting.state.waiting == 2
        await app.window.arrive("/today")
        assert not app.window.says("2 callers asked about microblading"), "done with on Today too"
        await app.window.arrive("/aside")
        assert app.window.says("Callers ask for microblading, which is not offered")


async def test_what_was_found_is_opened_to_its_rows_from_the_review(tmp_path: Path) -> None:
    async with ahead(tmp_path, route="/review") as (app, _):
        await app.window.tap("review.opportunity:microblading")
        assert app.stores.router.route.place is Place.AHEAD
        assert app.stores.panel.state.panel == "pattern.opportunity.microblading"
        assert app.window.find("provenance.close") is not None


@SIZES
@pytest.mark.parametrize("which", ["busy", "staffing"])
async def test_the_hours_open_the_bookings_they_are_made_of(tmp_path: Path, width: float, which: str) -> None:
    async with ahead(tmp_path, width) as (app, db):
        db.write_blocking(put_hours)
        await app.window.settle()
        await app.window.tap(f"{which}.info")
        assert app.window.says("20 of 22 bookings" if which == "staffing" else "21 of 22 bookings")
        assert app.window.says("1 cancelled booking") and flaws(app.window) == []
        if which == "busy":
            assert app.window.says("28 expected") and app.window.says("Mon 10:00")
        else:
            busy = app.stores.outlook.state.busy
            assert busy is not None and busy.lengths.count == 20
            assert app.window.says("1 no-show") and app.window.says(f"{busy.lengths.mean_minutes:g} min")
        newest = f"b-{eg.TODAY - timedelta(days=1)}-10:00"
        await app.window.tap(f"evidence.{newest}")
        assert app.stores.router.route.booking_id == newest


def put_hours(conn: sqlite3.Connection) -> None:
    """Bookings of twenty-two days, one of them cancelled and one missed, and hours foretold from them."""
    conn.execute("DELETE FROM bookings")
    for n, status in enumerate(["completed"] * 20 + ["cancelled", "no_show"]):
        put_booking(conn, "10:00", status, eg.TODAY - timedelta(days=n + 1))
    hours = [[4.0 if hour == 10 else 0.0 for hour in range(24)] for _ in range(7)]
    put_forecast(conn, Measure.BUSY_HOURS, grid=json.dumps(hours), total=None)


async def test_what_is_said_of_no_short_hours_stands_where_the_rest_of_its_card_does() -> None:
    async with opened(ahead_scenes.enough, route="/ahead") as app:
        card = app.window.keyed("ahead.staffing")
        assert isinstance(card, ft.Container) and isinstance(card.content, ft.Column)
        assert app.window.says("No hours that are surely short of people")
        edges = [line.padding for line in card.content.controls if isinstance(line, ft.Container) and line.padding]
        assert all(isinstance(edge, ft.Padding) and edge.left == 0 for edge in edges)
