"""Leads on screen over a real database: the board, the stages of a phone, one lead with its reasons and its history."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from client.models.lead_board import LeadFilter
from client.storage.database import Database
from screens.routes import Route, parse
from tests import example_data as eg
from tests.screens import salon
from tests.screens.conftest import App, Open
from tests.screens.flaws import flaws
from tests.screens.team_rows import put_lead, put_many_leads, put_pipeline
from tests.screens.test_large_text import grow
from tests.state.conftest import put_call
from widgets.scaffold import Place

DESKTOP = {"width": 1440.0, "height": 900.0}
PHONE = {"width": 390.0, "height": 844.0}
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@asynccontextmanager
async def leads(
    open_app: Open, folder: Path, route: str = "/leads", *, many: int = 0, **size: float
) -> AsyncIterator[App]:
    kept: list[Database] = []

    def fill(stores: Any) -> None:
        kept.append(salon.open_salon(stores, folder))
        kept[0].write_blocking(put_pipeline)
        kept[0].write_blocking(lambda conn: put_call(conn, eg.PAST[0]))
        kept[0].write_blocking(lambda conn: put_many_leads(conn, many))
        stores.attach()

    async with open_app(fill, route=route, **size) as app:
        yield app
    kept[0].close()


def rows(app: App) -> list[str]:
    found = [i.removeprefix("lead.") for i in app.window.identifiers() if i.startswith("lead.")]
    return [i for i in found if i.startswith(("lead-", "many-")) and not i.endswith(".move")]


async def test_the_board_has_a_column_a_stage(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **DESKTOP) as app:
        assert app.window.says("7 leads") and app.window.says("$1,060 in the pipeline")
        for head in ("NEW · 2", "CONTACTED · 1", "QUALIFIED · 1", "WON · 1"):
            assert app.window.says(head)
        assert app.window.says("Follow-up was due 09:41"), "what is overdue says so in words"
        assert "lead-eva" not in rows(app)
        await app.window.tap("leads.over")
        assert "lead-eva" in rows(app) and app.window.says("NOT A FIT · 1")
        assert flaws(app.window) == []


@SIZES
async def test_who_has_only_blanks_for_a_name_is_said_to_have_none(
    open_app: Open, tmp_path: Path, size: dict[str, float]
) -> None:
    async with leads(open_app, tmp_path, **size) as app:
        database = app.runtime.database
        assert database is not None
        blank = {"stage": "new", "interest": "hot", "created_at": eg.NOW - timedelta(minutes=5)}
        await database.write(lambda conn: put_lead(conn, "lead-blank", "   ", **blank))
        await database.write(lambda conn: put_call(conn, replace(eg.PAST[0], caller_name=" \t ", caller_phone=None)))
        await app.window.settle()
        assert (app.window.named("lead.lead-blank").label or "").startswith("No name, ")
        assert app.window.says("No name")
        await app.window.tap("leads.sum.new")
        assert ", No name · " in (app.window.named("evidence.lead-blank").label or "")
        await app.window.tap("provenance.close")
        if size is DESKTOP:
            assert app.window.named("lead.lead-blank.move").label == "Another stage for No name"
            await app.window.tap("lead.lead-blank.move")
            assert app.window.find("lead_stage.close") is not None
        await app.window.arrive("/leads/lead-blank")
        assert app.window.says("No name")
        await app.window.arrive("/review")
        assert app.window.says("Answer No name")
        await app.window.arrive("/calls")
        assert app.window.says("Unknown caller")


@SIZES
@pytest.mark.parametrize(
    ("which", "says"),
    [("pipeline", "3 of 4 leads"), ("shown", "7 of 7 leads"), ("new", "1 of 2 leads")],
    ids=["pipeline", "shown", "new"],
)
async def test_every_sum_opens_its_leads(
    open_app: Open, tmp_path: Path, size: dict[str, float], which: str, says: str
) -> None:
    async with leads(open_app, tmp_path, **size) as app:
        await app.window.tap(f"leads.sum.{which}")
        figure = app.stores.leads.state.figure
        assert figure is not None and app.window.says(says) and flaws(app.window) == []
        assert app.window.says("1 without a value") is (which != "shown")
        counted = [row for row in figure.provenance.rows if row.counted]
        assert figure.value == (len(counted) if which == "shown" else sum(row.amount or 0 for row in counted))
        await app.window.tap("evidence.lead-tom")
        assert app.stores.router.route.page == "lead-tom" and app.stores.leads.state.figure is None


async def test_a_sum_says_what_the_filter_hides(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **DESKTOP) as app:
        await app.window.type("leads.search", "kerat")
        await app.window.tap("leads.sum.pipeline")
        assert app.window.says("1 of 1 lead") and app.window.says("3 that are not shown now")
        figure, said = app.stores.leads.state.figure, app.window.named("leads.sum.pipeline").label or ""
        assert figure is not None and figure.value is not None and f"${figure.value / 100:,.0f}" in said


async def test_on_a_phone_one_stage_is_open(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **PHONE) as app:
        assert rows(app) == ["lead-ida", "lead-tom"]
        await app.window.tap("leads.stage.qualified")
        assert rows(app) == ["lead-noor"]
        await app.window.tap("leads.stage.lost")
        assert rows(app) == ["lead-eva"]
        assert flaws(app.window) == []


async def test_a_phone_finds_them_under_more(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, "/more", **PHONE) as app:
        await app.window.tap("nav.leads")
        assert app.window.page.route == "/leads"
        assert app.window.named("nav.more").selected is True
        await app.window.tap("leads.back")
        assert app.window.page.route == "/more"


@SIZES
async def test_one_lead_with_everything_known_of_it(open_app: Open, tmp_path: Path, size: dict[str, float]) -> None:
    async with leads(open_app, tmp_path, "/leads/lead-noor", **size) as app:
        says = app.window.says
        assert says("88") and says("Asked for a price and a date in the first message")
        assert says("Bridal party of four, Saturday 6 December") and says("$640") and says("over $500")
        assert getattr(app.window.keyed("lead.notes"), "value", "") == "Wants Mia. Prefers texts."
        assert says("Call Noor about the veil")
        assert says("From New to Qualified") and says("Now with Mia") and says("Came in")
        assert flaws(app.window) == []
        await app.window.tap("call.call-booked")
        assert app.stores.router.route == Route(place=Place.CALLS, call_id=eg.PAST[0].call_id)


async def test_search_filters_and_order(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **DESKTOP) as app:
        await app.window.type("leads.search", "kerat")
        assert rows(app) == ["lead-tom"]
        await app.window.type("leads.search", "zzz")
        assert app.window.says("No lead is like that")
        await app.window.tap("leads.clear")
        await app.window.tap("leads.filters")
        await app.window.tap("leads.due.overdue")
        assert rows(app) == ["lead-noor"]
        assert app.stores.leads.state.chosen == LeadFilter(overdue=True)
        await app.window.tap("leads.due.all")
        await app.window.tap("leads.order.score")
        assert rows(app)[:2] == ["lead-tom", "lead-ida"]
        assert app.window.says("The best score first.")


async def test_five_thousand_leads_build_a_screenful(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, many=5000, **PHONE) as app:
        assert app.window.says("5,002") and len(rows(app)) <= 30
        listing = app.window.keyed("leads_in.new")
        event = {"event_type": "update", "pixels": 150_000.0, "min_scroll_extent": 0, "max_scroll_extent": 400_000.0}
        await app.window.fire(listing, "scroll", {**event, "viewport_dimension": 700.0})
        seen = rows(app)
        assert len(seen) <= 30
        assert len(seen) > 10 and all(i.startswith("many-") for i in seen)
        spacer = app.window.keyed("leads_in.new.before")
        assert isinstance(spacer, ft.Container) and (spacer.height or 0) > 140_000


async def test_the_board_builds_at_most_sixty(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, many=5000, **DESKTOP) as app:
        app.stores.runtime.database.write_blocking(  # type: ignore[union-attr]
            lambda conn: conn.execute("UPDATE leads SET stage = 'contacted' WHERE score < 30")
        )
        await app.window.settle()
        assert 20 < len(rows(app)) <= 60


async def test_a_file_of_them_is_saved(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **DESKTOP) as app:
        app.window.replies["save_file"] = "/somewhere/leads.csv"
        await app.window.tap("leads.export")
        (call,) = [arguments for name, arguments in app.window.calls if name == "save_file"]
        assert call["file_name"] == "leads 2025-11-24.csv"
        assert b"Noor Haddad" in call["src_bytes"] and b"Eva Lang" in call["src_bytes"]


async def test_front_desk_sees_no_money(open_app: Open, tmp_path: Path) -> None:
    """The server sends none to that role; the columns are empty."""
    async with leads(open_app, tmp_path, "/leads/lead-noor", **DESKTOP) as app:
        await app.runtime.database.write(  # type: ignore[union-attr]
            lambda conn: conn.execute("UPDATE leads SET value_cents = NULL, budget = NULL")
        )
        await app.window.settle()
        assert not any("$" in said for said in app.window.texts())


async def test_no_leads_yet_is_said_and_so_is_one_that_is_gone(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, "/leads/lead-gone", **PHONE) as app:
        assert app.window.says("This lead is not on this device")
        await app.runtime.database.write(lambda conn: conn.execute("DELETE FROM leads"))  # type: ignore[union-attr]
        await app.window.tap("back")
        assert app.window.says("No leads yet")


async def test_large_text_and_names_without_end(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **PHONE) as app:
        await app.runtime.database.write(  # type: ignore[union-attr]
            lambda conn: put_lead(conn, "lead-long", "Wilhelmina " * 40, needs="Everything " * 200)
        )
        await grow(app.window, 2.0)
        assert "lead-long" in rows(app)
        assert flaws(app.window) == []


async def test_a_change_under_it_is_drawn(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **DESKTOP) as app:
        await app.runtime.database.write(  # type: ignore[union-attr]
            lambda conn: conn.execute("UPDATE leads SET stage = 'contacted', dirty = 1 WHERE id = 'lead-tom'")
        )
        await app.window.settle()
        assert app.window.says("CONTACTED · 2")
        spoken = app.window.named("lead.lead-tom").label or ""
        assert spoken.endswith("Waiting")


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/leads", Route(place=Place.LEADS)),
        ("/leads/l-1", Route(place=Place.LEADS, page="l-1")),
        ("/leads/../x", Route(place=Place.LEADS)),
    ],
)
def test_addresses(address: str, route: Route) -> None:
    assert parse(address) == route
    assert parse(str(route)) == route


# --- what the owner does ----------------------------------------------------------------------------------------------
async def test_another_stage_is_chosen_on_the_board_and_can_be_taken_back(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **DESKTOP) as app:
        await app.window.tap("lead.lead-tom.move")
        await app.window.tap("lead_stage.stage.contacted")
        assert app.stores.panel.state.panel == "", "it closes by itself"
        assert stage(app, "lead-tom") == ("contacted", 1)
        assert (app.window.named("lead.lead-tom").label or "").endswith("Waiting")
        assert app.window.says("CONTACTED · 2")
        await app.window.press_key("U")
        assert stage(app, "lead-tom") == ("new", 0)


async def test_a_card_is_dragged_into_another_column(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **DESKTOP) as app:
        source = next(d for d in app.window.all(ft.Draggable) if d.data == "lead-tom")
        target = app.window.all(ft.DragTarget)[2]
        await app.window.fire(target, "accept", {"src_id": source._i, "l": {"x": 1, "y": 1}, "g": {"x": 1, "y": 1}})
        assert stage(app, "lead-tom") == ("qualified", 1)


async def test_keys_take_the_open_lead_to_the_next_stage(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, "/leads/lead-kim", **DESKTOP) as app:
        await app.window.press_key("Arrow Right", shift=True)
        assert stage(app, "lead-kim") == ("qualified", 1)
        await app.window.press_key("Arrow Left", shift=True)
        assert stage(app, "lead-kim") == ("contacted", 0), "together they are nothing"
        await app.window.press_key("N")
        assert app.window.page.route == "/leads/new"


@SIZES
async def test_won_says_what_it_was_worth_and_lost_why(open_app: Open, tmp_path: Path, size: dict[str, float]) -> None:
    async with leads(open_app, tmp_path, "/leads/lead-noor", **size) as app:
        await app.window.tap("lead.stage.converted")
        assert stage(app, "lead-noor") == ("qualified", 0), "it is asked first"
        await app.window.type("lead.value", "12 dollars")
        assert app.window.says("That is no amount.") or app.window.keyed("lead.won").disabled
        await app.window.type("lead.value", "720.50")
        await app.window.tap("lead.won")
        assert stage(app, "lead-noor") == ("converted", 1)
        assert read(app, "SELECT value_cents FROM leads WHERE id = 'lead-noor'") == 72_050
        await app.window.tap("lead.stage.lost")
        await app.window.tap("lead.lost_why.price")
        await app.window.tap("lead.lost")
        assert stage(app, "lead-noor") == ("lost", 1)
        assert app.window.says("Too expensive")


async def test_the_next_follow_up_by_a_tap_or_typed(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, "/leads/lead-tom", **PHONE) as app:
        await app.window.tap("lead.followup.tomorrow")
        assert app.window.says("Next follow-up Tue 25 Nov 09:00")
        await app.window.tap("lead.followup.other")
        await app.window.type("lead.followup.day", "2 Dec")
        await app.window.type("lead.followup.time", "noonish")
        assert app.window.says("A day such as 2 Dec, and a time such as 14:30.")
        await app.window.type("lead.followup.time", "16:15")
        await app.window.tap("lead.followup.save")
        assert app.window.says("Next follow-up Tue 2 Dec 16:15")
        await app.window.tap("lead.followup.none")
        assert app.window.says("No follow-up planned")


async def test_it_is_handed_over_noted_on_and_valued(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, "/leads/lead-tom", **PHONE) as app:
        await app.window.tap("lead.assigned.0")
        assert read(app, "SELECT assigned_to FROM leads WHERE id = 'lead-tom'") == eg.IDENTITY.name
        await app.window.type("lead.notes", "Has a sister.")
        await app.window.tap("lead.notes.drop")
        assert app.window.find("lead.notes.save") is None
        await app.window.type("lead.notes", "Has two sisters.")
        await app.window.tap("lead.notes.save")
        assert read(app, "SELECT notes FROM leads WHERE id = 'lead-tom'") == "Has two sisters."
        await app.window.type("lead.worth", "90")
        await app.window.tap("lead.worth.save")
        assert read(app, "SELECT value_cents FROM leads WHERE id = 'lead-tom'") == 9_000


async def test_one_is_entered_by_hand_without_a_connection(open_app: Open, tmp_path: Path) -> None:
    async with leads(open_app, tmp_path, **PHONE) as app:
        await app.window.tap("leads.new")
        await app.window.tap("lead.new.save")
        assert app.window.says("It needs a name."), "said at its field, and nothing is kept"
        await app.window.type("lead.new.name", "Rosa Vega")
        await app.window.type("lead.new.needs", "Curls, before Christmas")
        await app.window.type("lead.new.value", "180")
        await app.window.tap("lead.new.save")
        assert app.window.says("Rosa Vega") and app.window.says("Added by hand")
        assert app.stores.waiting.state.waiting == 1
        await app.window.tap("strip.open")
        assert app.window.says("Rosa Vega")


def stage(app: App, lead_id: str) -> tuple[str, int]:
    """Where it is, and whether that waits to be sent."""
    database = app.runtime.database
    assert database is not None
    sql = "SELECT stage, dirty FROM leads WHERE id = ?"
    return database.read(lambda conn: conn.execute(sql, (lead_id,)).fetchone())


def read(app: App, sql: str) -> Any:
    database = app.runtime.database
    assert database is not None
    return database.read(lambda conn: conn.execute(sql).fetchone()[0])
