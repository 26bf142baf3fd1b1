"""What was set aside, on screen over a real database: every sort in a sentence, brought back, with no signal too."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.editing.marks import account_of
from client.models.ids import CallId, TurnId, named_id
from client.models.link import LinkState
from client.models.marks import About
from client.state.aside import PAGE
from client.storage import marks
from client.storage.database import Database
from screens.routes import Route, parse
from tests import example_data as eg
from tests.screens import salon
from tests.screens.conftest import App, opened
from tests.screens.flaws import flaws
from tests.screens.test_leads import SIZES
from tests.state.conftest import ms, put_call, put_turn
from tests.storage.rows import put
from widgets.scaffold import Place

CALL = eg.call("call-x", caller_name="Noor Haddad", ended_at=eg.NOW)
TURN = replace(eg.turn(0, "I will call you back today."), call_id=CALL.call_id)


def put_mark(conn: sqlite3.Connection, about: About, subject: str, word: str = "never", **more: Any) -> None:
    row = {
        "id": named_id(account_of(conn), about, subject),
        "about": about,
        "subject": subject,
        "word": word,
        "until": None,
        "by": "Ana",
    }
    put(conn, "marks", row | {"created_at": ms(eg.NOW), "version": 1, "gen": 1} | more)


def put_all(conn: sqlite3.Connection) -> None:
    """One mark of every sort, and three that hide nothing or that nobody here knows."""
    put_call(conn, CALL)
    put_turn(conn, TURN)
    made = (CALL.call_id, TURN.turn_id, "call_back", 0, TURN.text, "unkept", None, ms(CALL.started_at))
    conn.execute("INSERT INTO call_promises VALUES (?, ?, ?, ?, ?, ?, ?, ?)", made)
    put_mark(conn, About.SUGGESTION, f"offer_slot.{TURN.turn_id}", "not_useful")
    put_mark(conn, About.SUGGESTION, "price.gone", "not_useful")
    put_mark(conn, About.CHURN, "c-maria")
    put_mark(conn, About.CHURN, "c-gone")
    put_mark(conn, About.OPPORTUNITY, "balayage")
    put_mark(conn, About.ANOMALY, "no_shows:2025-11-21")
    put_mark(conn, About.PROMISE, TURN.turn_id, "done")
    put_mark(conn, About.NEEDS_YOU, "change:7", "later", until=ms(eg.at("18:00")))
    put_mark(conn, About.NEEDS_YOU, "opportunity:perms", "done")
    put_mark(conn, About.NEEDS_YOU, "calendar:gone", "later", until=ms(eg.NOW) - 1)  # type: ignore[operator]
    put_mark(conn, About.UNKNOWN, "a newer thing")


@asynccontextmanager
async def aside(
    folder: Path, fill_more: Any = put_all, route: str = "/aside", **size: float
) -> AsyncIterator[tuple[App, Database]]:
    kept: list[Database] = []

    def fill(stores: Any) -> None:
        kept.append(salon.open_salon(stores, folder))
        kept[0].write_blocking(fill_more)
        stores.attach()

    async with opened(fill, route=route, **size) as app:
        yield app, kept[0]
        app.stores.close()
    kept[0].close()


def rows(app: App) -> list[str]:
    back = [i for i in app.window.identifiers() if i.startswith("aside.") and i.endswith(".back")]
    return [i.removeprefix("aside.").removesuffix(".back") for i in back]


@SIZES
async def test_each_is_told_in_a_sentence(tmp_path: Path, size: dict[str, float]) -> None:
    async with aside(tmp_path, **size) as (app, _):
        for said in (
            "Suggested in the call of Noor Haddad: offer a free time",
            "Suggested in a call that is no longer here: give the price",
            "Maria Gómez: past their own rhythm",
            "A regular past their rhythm, who is no longer here",
            "Callers ask for balayage, which is not offered",
            "Unusual: No-shows of the day, Friday 21 November",
            "Noor Haddad was promised a call back: “I will call you back today.”",
            "A change of yours that is not in effect",
            "Callers ask for perms, which is not offered",
            "Put off until 18:00",
            "Not useful, said",
            "Done with,",
            "Ana",
        ):
            assert app.window.says(said), said
        assert len(rows(app)) == 9, "what is over, and what a newer app knows, is left out"
        assert flaws(app.window) == []


@SIZES
async def test_all_of_it_is_brought_back_with_no_signal(tmp_path: Path, size: dict[str, float]) -> None:
    async with aside(tmp_path, **size) as (app, db):
        app.stores.link.show(eg.link(LinkState.OFFLINE))
        for each in rows(app):
            await app.window.tap(f"aside.{each}.back")
        assert rows(app) == [] and app.window.says("Nothing is set aside")
        assert {mark.subject for mark in db.read(marks.all)} == {"calendar:gone", "a newer thing"}
        assert app.stores.waiting.state.waiting == 9
        await app.window.press_key("U")
        assert len(rows(app)) > 0, "there is a way back"


async def test_what_it_rests_on_is_opened_at_its_line(tmp_path: Path) -> None:
    async with aside(tmp_path) as (app, _):
        await app.window.tap(f"aside.promise.{TURN.turn_id}.open")
        route = app.stores.router.route
        assert (route.call_id, route.turn_id) == (CallId("call-x"), TurnId(TURN.turn_id))


async def test_it_is_reached_from_more_and_from_what_is_coming(tmp_path: Path) -> None:
    async with aside(tmp_path, route="/more") as (app, _):
        await app.window.tap("nav.aside")
        assert app.stores.router.route == Route(place=Place.ASIDE)
        await app.window.arrive("/ahead")
        assert app.window.says("9 things set aside")
        await app.window.tap("ahead.aside")
        assert app.stores.router.route == Route(place=Place.ASIDE) and app.window.page.route == "/aside"


async def test_many_are_shown_a_page_at_a_time(tmp_path: Path) -> None:
    def many(conn: sqlite3.Connection) -> None:
        for n in range(PAGE + 7):
            put_mark(conn, About.OPPORTUNITY, f"service {n}", created_at=ms(eg.NOW) - n)  # type: ignore[operator]

    async with aside(tmp_path, many) as (app, _):
        assert rows(app) == [f"opportunity.service {n}" for n in range(PAGE)]
        await app.window.tap("aside.more")
        assert len(rows(app)) == PAGE + 7 and app.window.find("aside.more") is None


async def test_nothing_is_set_aside_and_in_spanish(tmp_path: Path) -> None:
    async with aside(tmp_path, lambda _: None) as (app, _):
        assert app.window.says("Nothing is set aside")
        await app.stores.preferences.choose_language("es")
        await app.window.settle()
        assert app.window.says("No hay nada apartado")


@pytest.mark.parametrize("address", ["/aside", "/aside/anything"])
def test_addresses(address: str) -> None:
    assert parse(address) == Route(place=Place.ASIDE)


async def test_a_day_in_the_middle_of_a_sentence_begins_as_its_language_has_it(tmp_path: Path) -> None:
    async with aside(tmp_path, width=1440.0, height=900.0) as (app, _):
        await app.stores.preferences.choose_language("es")
        await app.window.settle()
        assert app.window.says("viernes 21 de noviembre") and not app.window.says("Viernes")
