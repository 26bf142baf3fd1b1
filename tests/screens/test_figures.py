"""The figures as an owner uses them: over periods, down to their rows, in their own order, as a table and as a file."""

import asyncio
import csv
import io
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

import flet as ft
import flet.canvas as cv
import pytest

from client.insight.market_figures import Counted
from client.insight.metrics import Metric
from client.insight.periods import Period
from client.models.ids import CallId
from client.models.tasks import TaskKind
from client.state.evidence import ROWS_A_PAGE
from client.storage import assumptions, outbox
from client.storage.database import Database
from screens.app import mount
from screens.stores import Stores
from tests import figures_book
from tests.fakes.runtime import FakeRuntime, HandClock, answering
from tests.harness import Harness
from tests.screens import figure_scenes, scenes
from tests.screens.conftest import Open
from tests.screens.figure_scenes import front_desk
from tests.screens.flaws import flaws
from tests.state.conftest import db as db

WIDE = {"width": 1440.0, "height": 900.0}


def cards(window: Harness) -> list[str]:
    """The figures on screen, in their order."""
    known = {f"figure.{metric}" for metric in Metric}
    return [name.removeprefix("figure.") for name in window.identifiers() if name in known]


def at(period: Period, **kept: str) -> Callable[[Stores], None]:
    return scenes.figures(period, **kept)


async def test_another_period_is_counted_at_once(open_app: Open) -> None:
    async with open_app(at(Period.WEEK), route="/figures") as app:
        assert app.window.says("Mon 24 Nov, 00:00–12:41, Los Angeles time")
        await app.window.tap("period.month")
        assert app.window.says("Sat 1 Nov 00:00 to Mon 24 Nov 12:41, Los Angeles time")
        assert app.window.says("Compared with 1 Oct – 24 Oct, to the same hour where the period is not over.")


async def test_two_days_that_are_typed_are_a_period(open_app: Open) -> None:
    async with open_app(at(Period.WEEK), route="/figures", **WIDE) as app:
        await app.window.tap("period.custom")
        await app.window.type("period.first", "soon")
        await app.window.tap("period.apply")
        assert app.window.says("Not a day")
        await app.window.type("period.first", "3 November")
        await app.window.type("period.last", "2025-11-09")
        await app.window.tap("period.apply")
        chosen = app.stores.figures.state.chosen
        assert (chosen.first, chosen.last) == (date(2025, 11, 3), date(2025, 11, 9))
        assert app.window.says("Mon 3 Nov 00:00 to Mon 10 Nov 00:00, Los Angeles time")


async def test_a_card_opens_its_figure_and_a_row_its_booking(open_app: Open) -> None:
    async with open_app(at(Period.MONTH), route="/figures", **WIDE) as app:
        await app.window.tap("figure.no_show_rate")
        assert str(app.stores.router.route) == "/figures/no_show_rate"
        assert app.window.says("no-shows ÷ bookings of the period that were completed or not shown up for")
        row = next(row for row in app.stores.evidence.state.rows if row.counted)
        await app.window.tap(f"evidence.{row.row_id}")
        assert app.stores.router.route.booking_id == row.row_id


async def test_back_leads_to_where_the_figure_was_opened(open_app: Open) -> None:
    async with open_app(at(Period.MONTH), route="/today", **WIDE) as app:
        await app.window.tap("figure.missed")
        assert app.window.says("incoming calls that nobody answered")
        assert app.stores.figures.state.chosen.period is Period.TODAY
        await app.window.tap("back")
        assert str(app.stores.router.route) == "/today"


async def test_rows_are_built_a_page_at_a_time(open_app: Open) -> None:
    async with open_app(at(Period.YEAR), route="/figures/answered", **WIDE) as app:
        total = app.stores.evidence.state.total
        assert total > 2 * ROWS_A_PAGE

        def rows() -> list[str]:
            return [name for name in app.window.identifiers() if name.startswith("evidence.")]

        first = rows()
        assert len(first) == ROWS_A_PAGE
        assert app.window.says(f"1–60 of {total}")
        await app.window.tap("provenance.older")
        assert app.window.says(f"61–120 of {total}")
        assert set(rows()).isdisjoint(first)
        await app.window.tap("provenance.newer")
        assert rows() == first


async def test_rows_are_read_only_while_the_sheet_or_the_page_shows_them(open_app: Open) -> None:
    async with open_app(at(Period.WEEK), route="/figures", **WIDE) as app:
        evidence = app.stores.evidence
        await app.window.tap("figure.answered.info")
        assert evidence.state.under is not None
        await app.window.tap("provenance.close")
        assert evidence.state.under is None
        await app.window.tap("figure.answered.info")
        assert evidence.state.under is not None
    async with open_app(at(Period.WEEK), route="/figures", **WIDE) as app:
        evidence = app.stores.evidence
        await app.window.tap("figure.answered.info")
        await app.window.tap("provenance.open")
        assert evidence.state.under is not None and evidence.state.rows
        await app.window.tap("back")
        assert evidence.state.under is None


async def test_what_is_left_out_is_shown_when_asked_for(open_app: Open) -> None:
    async with open_app(at(Period.TODAY), route="/figures/answered", **WIDE) as app:
        assert "evidence.call-spam" not in app.window.identifiers()
        await app.window.tap("provenance.rows.whole")
        assert "evidence.call-spam" in app.window.identifiers()
        assert app.window.says("Spam")


async def test_a_rate_or_a_mean_stands_with_its_number_of_rows_also_where_it_is_compared(open_app: Open) -> None:
    async with open_app(at(Period.MONTH), route="/figures") as app:
        figures = {figure.metric: figure for figure in app.stores.figures.state.figures}
        for metric in (Metric.ANSWER_RATE, Metric.NO_SHOW_RATE):
            figure = figures[metric]
            assert figure.before is not None
            provenance = figure.figure.provenance
            of = f" · {provenance.rows_counted} of {provenance.rows_seen} {provenance.row_noun}"
            assert of in (app.window.named(f"figure.{metric}").label or "")
        for metric, noun in ((Metric.AVERAGE_VALUE, "bookings"), (Metric.RESPONSE, "calls")):
            of = f" · from {figures[metric].figure.provenance.rows_counted} {noun}. "
            assert of in (app.window.named(f"figure.{metric}").label or "")
        use = figures[Metric.UTILISATION]
        assert use.before is not None
        assert re.search(r" · [\d,.]+ of [\d,.]+ hours\. ", app.window.named("figure.utilisation").label or "")


async def test_what_cost_nothing_and_what_was_refunded_is_said(open_app: Open) -> None:
    async with open_app(at(Period.MONTH), route="/figures/revenue_completed", **WIDE) as app:
        assert app.window.says("refunded booking") and app.window.says("at a price of 0")
        await app.window.tap("provenance.rows.whole")
        rows = {row.why for row in app.stores.evidence.state.rows}
        assert {"Refunded", "Price 0"} <= rows


async def test_all_rows_are_saved_whatever_page_is_shown(open_app: Open) -> None:
    async with open_app(at(Period.YEAR), route="/figures/answered", **WIDE) as app:
        await app.window.tap("provenance.save")
        file = next(arguments for name, arguments in app.window.calls if name == "save_file")
        assert file["file_name"] == "calls-answered-2025-01-01.csv"
        lines = file["src_bytes"].decode().splitlines()
        assert lines[0] == "id,kind,at,title,detail,counted,why,amount"
        assert sum(",true," in line for line in lines) == app.stores.evidence.state.total


async def test_a_share_of_hours_says_how_many_were_worked_and_who_worked_them(open_app: Open) -> None:
    async with open_app(at(Period.MONTH), route="/figures/utilisation", **WIDE) as app:
        figure = app.stores.evidence.state.figure
        assert figure is not None and figure.figure.provenance.hours is not None
        assert app.window.says(" booked of ") and app.window.says(" worked: ")
        await app.window.tap("provenance.save")
        file = next(arguments for name, arguments in app.window.calls if name == "save_file")
        rows = list(csv.DictReader(io.StringIO(file["src_bytes"].decode())))
        booked, worked = (sum(float(r["amount"] or 0) for r in rows if r["counted"] == it) for it in ("true", "base"))
        assert {row["kind"] for row in rows if row["counted"] == "base"} == {"shift"}
        assert booked / worked == pytest.approx(figure.figure.value)


async def test_the_cards_are_arranged_and_the_order_is_kept(open_app: Open) -> None:
    async with open_app(at(Period.MONTH), route="/figures") as app:
        await app.window.tap("figures.arrange")
        await app.window.tap("arrange.missed.up")
        await app.window.tap("arrange.hours.hide")
        await app.window.tap("figures.arrange")
        assert cards(app.window)[:2] == ["missed", "answered"]
        assert "hours" not in cards(app.window)
        kept = [arguments["value"] for name, arguments in app.window.calls if name == "set"]
        assert kept[-1].startswith("missed,answered") and "-hours" in kept[-1]
        await app.window.tap("figures.arrange")
        await app.window.tap("arrange.hours.show")
        await app.window.tap("figures.arrange")
        assert "hours" in cards(app.window)


async def test_a_kept_figure_of_a_newer_version_is_passed_over(open_app: Open) -> None:
    async with open_app(at(Period.MONTH, kept="joy,missed,-peace"), route="/figures") as app:
        assert cards(app.window)[:2] == ["missed", "answered"]
        assert len(cards(app.window)) == len(Metric)


async def test_the_table_is_sorted_by_any_column_and_saved(open_app: Open) -> None:
    async with open_app(at(Period.MONTH, look="table"), route="/figures", **WIDE) as app:
        own = cards(app.window)
        await app.window.tap("figures.sort.name")
        rising = cards(app.window)
        assert sorted(own) == sorted(rising) and rising[0] == "answer_rate"
        await app.window.tap("figures.sort.name")
        assert cards(app.window) == rising[::-1]
        await app.window.tap("figures.sort.name")
        assert cards(app.window) == own
        await app.window.tap("figures.save")
        file = next(arguments for name, arguments in app.window.calls if name == "save_file")
        assert file["file_name"] == "figures-month-2025-11-01.csv"
        assert b"revenue_completed,cents," in file["src_bytes"]
        use = next(
            row for row in csv.DictReader(io.StringIO(file["src_bytes"].decode())) if row["figure"] == "utilisation"
        )
        assert float(use["hours_booked"]) / float(use["hours_worked"]) == pytest.approx(float(use["value"]), rel=1e-4)


async def test_a_phone_has_cards_whatever_was_chosen_on_a_desktop(open_app: Open) -> None:
    async with open_app(at(Period.MONTH, look="table"), route="/figures") as app:
        assert cards(app.window) and "figures.sort.name" not in app.window.identifiers()


@pytest.mark.parametrize(("width", "name"), [(390.0, "nav.figures"), (1440.0, "nav.figures")])
async def test_the_way_to_the_figures(open_app: Open, width: float, name: str) -> None:
    async with open_app(route="/more", width=width, height=900) as app:
        await app.window.tap(name)
        assert str(app.stores.router.route) == "/figures"
        await app.window.settle()
        assert "figures.list" in [str(node.control.key) for node in app.window.nodes()]


async def test_money_is_not_for_every_role(open_app: Open) -> None:
    async with open_app(front_desk, route="/figures") as app:
        assert "revenue_booked" not in cards(app.window) and "missed" in cards(app.window)


async def test_the_chart_is_a_table_when_asked_for(open_app: Open) -> None:
    async with open_app(at(Period.WEEK), route="/figures/answered", **WIDE) as app:
        assert app.window.all(cv.Canvas)
        await app.window.tap("figure.points")
        assert app.window.says("17 Nov")
        assert not app.window.all(cv.Canvas)


async def test_figures_are_read_only_while_somebody_looks(open_app: Open) -> None:
    async with open_app(at(Period.WEEK), route="/figures") as app:
        reads = 0
        read = app.stores.figures.read

        def counted(conn: object) -> object:
            nonlocal reads
            reads += 1
            return read(conn)  # type: ignore[arg-type]

        app.stores.figures.read = counted  # type: ignore[method-assign,assignment]
        app.stores.figures.refresh()
        assert reads == 1
        await app.window.tap("nav.today")
        app.stores.figures.refresh()
        assert reads == 1


# --- market position --------------------------------------------------------------------------------------------------
MARKET = "/figures/market"


async def test_nothing_is_compared_before_the_owner_has_said_anything(open_app: Open) -> None:
    async with open_app(figure_scenes.of(figures_book.untold, Period.MONTH), route=MARKET) as app:
        assert app.window.says("Nothing is shown here before you say what these are for your business.")
        assert not app.window.says("Difference")
        await app.window.type("market.wage", "soon")
        await app.window.tap("market.save")
        assert app.window.says("Not an amount")


BAD_MINUTES = ("-5", "soon", "9999999999", "481", "12.5", "1,5", "٣", "9 h")
NO_MINUTES = "Whole minutes from 0 to 480; empty for the rule"


@pytest.mark.parametrize(("width", "beside"), [(390.0, False), (1440.0, True)])
async def test_the_inputs_stand_beside_the_sums_where_there_is_room(open_app: Open, width: float, beside: bool) -> None:
    scene = figure_scenes.of(figures_book.told, Period.MONTH)
    async with open_app(scene, route=MARKET, width=width, height=900.0) as app:
        listing = next(each for each in app.window.all(ft.ListView) if each.key == "market.list")
        assert (len(listing.controls) == 2) is beside and flaws(app.window) == []
        assert app.window.says("Your inputs") and app.window.says("Somebody at the desk")


@pytest.mark.parametrize(
    "name",
    [
        "talk.talk",
        "talk.charged",
        "missed.missed",
        "pace.answered",
        "during",
        "asked",
        "content_asked",
        "content_other",
    ],
)
async def test_each_counted_number_opens_its_calls(open_app: Open, name: str) -> None:
    async with open_app(figure_scenes.of(figures_book.told, Period.MONTH), route=MARKET, **WIDE) as app:
        said = app.window.named(f"market.{name}").label or ""
        await app.window.tap(f"market.{name}")
        word = name.rpartition(".")[2]
        if word in set(Counted):
            # The rows are read on a thread.
            await app.stores.market.show(Counted(word))
            await app.window.settle()
        assert app.window.says("Left out") and app.window.says("As of") and flaws(app.window) == []
        counted = app.stores.market.state.figure
        if counted is None:
            (figure, rows) = app.stores.evidence.state.figure, app.stores.evidence.state.rows
            assert figure is not None and rows and f"{figure.figure.value:.0f}" in said
        else:
            assert counted.provenance.as_of is not None
            first = counted.provenance.rows[0]
            await app.window.tap(f"evidence.{first.row_id}")
            assert app.stores.router.route.call_id == first.row_id
            await app.window.settle()
            assert app.stores.market.state.figure is None


async def test_the_calls_of_an_open_number_follow_what_comes(db: Database) -> None:
    async with own(db, lambda conn: figures_book.say(conn, 2_200, 40.0, 4_500)) as window:
        await window.tap("market.period.month")
        await window.tap("market.talk.talk")
        await _appears(window, "evidence.h-")
        last = max(figures_book.past_calls(), key=lambda call: call.started_at)
        more = replace(last, call_id=CallId("just-in"), started_at=last.started_at + timedelta(minutes=1))
        await db.write(lambda conn: figures_book.fill_calls(conn, [more]))
        await _appears(window, "evidence.just-in")


async def _appears(window: Harness, name: str) -> None:
    """What is read on a thread comes a moment later."""
    for _ in range(200):
        if any(each.startswith(name) for each in window.identifiers()):
            return
        await asyncio.sleep(0.01)
        await window.settle()
    raise AssertionError(f"there is no {name}")


async def test_minutes_that_cannot_be_are_named_below_their_box_and_nothing_is_kept(db: Database) -> None:
    async with own(db, lambda conn: figures_book.say(conn, None, None, None, callback_minutes=9)) as window:
        assert not window.says(NO_MINUTES)
        for bad in BAD_MINUTES:
            await window.type("minutes.reminder", bad)
            await window.tap("minutes.save")
            assert window.texts().count(NO_MINUTES) == 1, bad
            assert db.read(outbox.waiting) == 0
        await window.type("minutes.document", "many")
        await window.type("minutes.other", "7")
        await window.tap("minutes.save")
        assert window.texts().count(NO_MINUTES) == 2, "each of them"
        for name in ("reminder", "document"):
            await window.type(f"minutes.{name}", " ")
        await window.tap("minutes.save")
        await window.settle()
        said = db.read(assumptions.get)
        assert said is not None and said.task_minutes == {TaskKind.CALLBACK: 9, TaskKind.OTHER: 7}
        assert not window.says(NO_MINUTES)


async def test_minutes_are_kept_shown_as_they_are_and_taken_back(db: Database) -> None:
    async with own(db, lambda conn: figures_book.say(conn, None, None, 4_500, reminder_minutes=25)) as window:
        await window.type("minutes.callback", "1 h 15 min")
        await window.type("minutes.reminder", "")
        await window.tap("minutes.save")
        await window.settle()
        assert (value(window, "callback"), value(window, "reminder")) == ("75", "")
        assert window.says("Kept on this device; it is sent when there is a connection.")
        said = db.read(assumptions.get)
        assert said is not None and (said.task_minutes, said.missed_call_value_cents) == ({TaskKind.CALLBACK: 75}, 4500)
        await window.tap("undo")
        await window.settle()
        assert (value(window, "callback"), value(window, "reminder")) == ("", "25")
        assert db.read(outbox.waiting) == 0


async def test_what_the_rule_says_stands_below_each_box(open_app: Open) -> None:
    async with open_app(figure_scenes.of(figures_book.minutes_told, Period.MONTH), route=MARKET, **WIDE) as app:
        assert app.window.says("Nothing is shown here before you say"), "minutes alone make none of these sums"
        box = app.window.keyed("minutes.reminder")
        assert isinstance(box, ft.TextField) and (box.label, box.value) == ("Round of reminders", "25")
        assert isinstance(box.helper, ft.Text) and box.helper.value == "10 min by rule"
        assert value(app.window, "review_request") == "0", "nought is said, not empty"
        assert app.window.says("Time saved counts these. An empty field counts by the rule below it.")


def value(window: Harness, kind: str) -> str:
    box = window.keyed(f"minutes.{kind}")
    assert isinstance(box, ft.TextField)
    return box.value


@asynccontextmanager
async def own(db: Database, fill: Callable[[sqlite3.Connection], object]) -> AsyncIterator[Harness]:
    """A window at the inputs, over a database in which something can be kept."""
    db.write_blocking(lambda conn: figures_book.fill_calls(conn, figures_book.past_calls()))
    db.write_blocking(fill)
    hand = HandClock()
    async with Harness(width=390, height=844, route=MARKET) as window:
        runtime = FakeRuntime(clock=hand.clock(), api=answering(scenes.no_server, hand.clock()), database=db)
        stores = Stores.build(runtime)
        await window.run(lambda page: mount(page, stores))
        yield window
        stores.close()
        await runtime.api.aclose()


async def test_each_sum_stands_there_line_by_line(open_app: Open) -> None:
    async with open_app(figure_scenes.of(figures_book.told, Period.MONTH), route=MARKET, **WIDE) as app:
        position = app.stores.market.state.position
        assert position is not None
        missed = position.taken.missed
        assert app.window.says(f"{missed} missed × $45 each")
        assert app.window.says(f"${missed * 45:,}.00")
        assert app.window.says("min of talk ÷ 60 × $22 an hour")


async def test_what_the_owner_says_is_kept_and_counted_at_once(db: Database) -> None:
    async with own(db, lambda conn: figures_book.say(conn, None, None, None)) as window:
        await window.type("market.value", "45")
        await window.tap("market.save")
        await window.settle()
        assert window.says("missed × $45 each")
        assert window.says("Kept on this device; it is sent when there is a connection.")
