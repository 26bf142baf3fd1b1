"""Putting an answer right over a real database: for whom, until when, against what; and asking the same again."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from client.models.corrections import Correction, CorrectionScope
from client.storage import corrections
from client.storage.database import Database
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import HandClock
from tests.harness import Harness
from tests.screens.conftest import Open
from tests.screens.correcting_scenes import CORRECTION, HERS, OLDER, STRANGERS, open_calls, put_older
from tests.screens.flaws import flaws
from widgets.strings import catalogue

PHONE: dict[str, Any] = {"width": 390.0, "height": 844.0}
DESKTOP: dict[str, Any] = {"width": 1440.0, "height": 900.0}
RIGHT = "We open at ten on Saturdays."
FRIDAY = eg.TODAY + timedelta(days=4)


@dataclass
class Desk:
    window: Harness
    stores: Stores
    db: Database
    hand: HandClock

    async def put(self, fn: Callable[[sqlite3.Connection], object]) -> None:
        await self.db.write(fn)
        await self.window.settle()

    async def tap(self, *names: str) -> None:
        for name in names:
            await self.window.tap(name)

    def saved(self) -> Correction:
        found = [each for each in self.db.read(corrections.all) if each.correction_id != "older"]
        assert len(found) == 1, found
        return found[0]


Visit = Callable[..., Any]


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def visit(open_app: Open, tmp_path: Path, request: pytest.FixtureRequest) -> Visit:
    @asynccontextmanager
    async def visited(route: str = f"/calls/{HERS}") -> AsyncIterator[Desk]:
        opened: list[Database] = []

        def fill(stores: Stores) -> None:
            opened.append(open_calls(stores, tmp_path))

        async with open_app(fill, route=route, **request.param) as app:
            yield Desk(window=app.window, stores=app.stores, db=opened[0], hand=app.hand)
        opened[0].close()

    return visited


async def form(desk: Desk, right: str = RIGHT, turn: str = "m-1") -> None:
    await desk.tap(f"turn.{turn}", "turn.do.correct")
    await desk.window.type("correction.right", right)


async def test_for_this_client_alone(visit: Visit) -> None:
    async with visit() as desk:
        await form(desk)
        await desk.tap("correction.reach.client")
        says = (
            "When Maria Gómez asks “What time do you open on Saturdays?”, Luna will say: “We open at ten on Saturdays.”"
        )
        assert desk.window.says(f"{says} Everybody else is answered as before.")
        await desk.tap("correction.yes")
        found = desk.saved()
        assert (found.customer_id, found.last_day, found.scope) == ("c-maria", None, CorrectionScope.SAME_QUESTION)


async def test_until_a_date_that_is_picked_or_typed(visit: Visit) -> None:
    async with visit() as desk:
        await form(desk)
        await desk.tap("correction.reach.until")
        assert desk.window.says("Choose the last day.")
        await desk.tap("correction.yes")
        assert desk.window.says("Choose the last day on which it counts.") and desk.db.read(corrections.all) == []
        await desk.tap("correction.days.after", f"correction.day.{FRIDAY + timedelta(days=7)}")
        assert desk.window.says("It counts up to and including Friday 5 December 2025, then it ends by itself.")
        await desk.window.type("correction.last_day", "28 November")
        assert desk.window.says("up to and including Friday 28 November 2025")
        await desk.tap("correction.yes")
        assert (desk.saved().last_day, desk.saved().customer_id) == (FRIDAY, None)


async def test_a_day_that_is_over_is_refused_in_the_form(visit: Visit) -> None:
    async with visit() as desk:
        await form(desk)
        await desk.tap("correction.reach.until")
        await desk.window.type("correction.last_day", "20 November")
        await desk.tap("correction.yes")
        assert desk.window.says("That day is over. Choose a later one.")
        assert desk.db.read(corrections.all) == [] and desk.stores.panel.state.panel == "turn.m-1.correct"


async def test_the_record_alone(visit: Visit) -> None:
    async with visit() as desk:
        await form(desk)
        await desk.tap("correction.reach.record")
        assert desk.window.says("The record of this call changes, nothing else.")
        assert desk.window.find("correction.scope.everywhere") is None
        assert not desk.window.says("Something else is known already"), "it changes no answer"
        await desk.tap("correction.yes")
        assert desk.saved().scope is CorrectionScope.THIS_CALL
        assert desk.window.says("None of your corrections answers this.")


async def test_who_is_no_client_is_not_offered_alone(visit: Visit) -> None:
    async with visit(f"/calls/{STRANGERS}") as desk:
        await form(desk, turn="s-1")
        assert desk.window.find("correction.reach.client") is None
        assert desk.window.says("The caller is not among your clients")


async def test_an_older_answer_is_shown_with_its_source_and_ends(visit: Visit) -> None:
    async with visit() as desk:
        await desk.put(put_older)
        await form(desk)
        assert desk.window.says(f"Put right before: “{OLDER}”")
        assert desk.window.says("From the call with Jun Ortiz, Sat 22 Nov 12:41")
        assert desk.window.says(f"Now: “{RIGHT}”") and desk.window.says("From the call with Maria Gómez, 10:41")
        assert desk.window.says("Counts for everybody, always")
        assert desk.window.says("Something else is known already, see above."), "where it cannot be scrolled away"
        await desk.tap("correction.yes")
        assert desk.window.says("Choose above what becomes of the older answer.")
        assert [each.correction_id for each in desk.db.read(corrections.all)] == ["older"]
        await desk.tap("correction.against.older.ends")
        assert desk.window.says(f"No longer said: “{OLDER}”")
        assert not desk.window.says("Choose above what becomes of the older answer.")
        await desk.tap("correction.yes")
        assert desk.saved().replaces == ("older",)
        await desk.window.arrive(f"/calls/{STRANGERS}")
        assert desk.window.says("Ended: a newer answer took its place")


async def test_both_stay_where_the_owner_says_so(visit: Visit) -> None:
    async with visit() as desk:
        await desk.put(put_older)
        await form(desk)
        await desk.tap("correction.against.older.stays")
        assert desk.window.says("Where both fit, the new one is given.") and not desk.window.says("No longer said")
        await desk.tap("correction.yes")
        assert desk.saved().replaces == ()


async def test_a_narrower_answer_that_stays_goes_first(visit: Visit) -> None:
    async with visit() as desk:
        await desk.put(lambda conn: put_older(conn, customer_id="c-maria"))
        await form(desk)
        await desk.tap("correction.against.older.stays")
        assert desk.window.says("Where both fit, the older one is still given: the narrower of two goes first.")
        await desk.tap("correction.reach.client")
        assert desk.window.says("Where both fit, the new one is given.")
        await desk.tap("correction.yes")
        assert (desk.saved().replaces, desk.saved().customer_id) == ((), "c-maria")


async def test_the_price_list_and_the_opening_hours_are_shown_where_they_say_otherwise(visit: Visit) -> None:
    async with visit() as desk:
        service = eg.SERVICES[0]
        await form(desk, f"On Saturdays we open at ten, and {service.name} costs $7.")
        assert desk.window.says("Saturday: open 09:00 – 18:00") and desk.window.says("From your opening hours")
        assert desk.window.says(f"{service.name}: costs $") and desk.window.says("From your list of services")
        await desk.window.type("correction.right", "On Saturdays we open at nine.")
        assert not desk.window.says("Something else is known already")


async def test_the_same_is_asked_again_after_it_was_saved(visit: Visit) -> None:
    async with visit() as desk:
        await form(desk)
        await desk.tap("correction.reach.client", "correction.yes")
        assert desk.stores.panel.state.panel == "turn.m-1.ask"
        assert desk.window.says("Luna will say") and desk.window.says(f"“{RIGHT}”")
        assert desk.window.says("Luna will learn this when online")
        assert desk.window.says("Until then Luna answers as before.")
        assert desk.window.says("Counts for Maria Gómez alone, always")
        await desk.tap("asking.who.other")
        assert desk.window.says("None of your corrections answers this.")
        await desk.tap("asking.who.client")
        await desk.window.type("asking.question", "Do you take cards?")
        assert desk.window.says("None of your corrections answers this.")
        await desk.window.type("asking.question", " ")
        assert desk.window.says("Write a question to see what would be said.")
        await desk.tap("asking.done")
        assert desk.window.says("Luna will learn this when online"), "beside the line"


async def test_what_is_learned_is_said_now_and_can_be_taken_back(visit: Visit) -> None:
    async with visit() as desk:
        await desk.put(put_older)
        await desk.tap("turn.m-1", "turn.do.ask")
        assert desk.window.says("Luna says now") and desk.window.says(f"“{OLDER}”")
        assert desk.window.says("Learned") and not desk.window.says("Until then")
        assert desk.window.says("From the call with Jun Ortiz")
        await desk.tap("asking.take_back")
        assert desk.db.read(corrections.all) == []
        assert desk.window.says("None of your corrections answers this.")


async def test_what_has_ended_is_shown_as_ended_and_not_said(visit: Visit) -> None:
    async with visit(f"/calls/{STRANGERS}") as desk:
        await desk.put(lambda conn: put_older(conn, last_day=(eg.TODAY - timedelta(days=1)).isoformat()))
        assert desk.window.says("Ended after Sun 23 Nov 2025")
        await desk.tap("turn.s-1", "turn.do.ask")
        assert desk.window.says("None of your corrections answers this.")


async def test_it_ends_at_midnight_of_the_business_while_it_is_looked_at(visit: Visit) -> None:
    async with visit(f"/calls/{STRANGERS}") as desk:
        await desk.put(lambda conn: put_older(conn, last_day=eg.TODAY.isoformat()))
        assert desk.window.says("Learned")
        desk.hand.go(12 * 3600)
        desk.stores.tick()
        await desk.window.settle()
        assert desk.window.says("Ended after Mon 24 Nov 2025")


async def test_two_answers_to_one_line_are_both_beside_it(visit: Visit) -> None:
    async with visit(f"/calls/{STRANGERS}") as desk:
        await desk.put(put_older)
        more = {
            "id": "hers",
            "customer_id": "c-maria",
            "right": "Ask for Ana.",
            "created_at": CORRECTION["created_at"] + 1,
        }
        await desk.put(lambda conn: put_older(conn, **more))
        assert desk.window.says(f"Right: {OLDER}") and desk.window.says("Right: Ask for Ana.")
        assert desk.window.says("Counts for Maria Gómez alone, always")


async def test_nothing_is_wrong_with_it(visit: Visit) -> None:
    async with visit(f"/calls/{STRANGERS}") as desk:
        await desk.put(put_older)
        assert flaws(desk.window) == []
        await desk.window.arrive(f"/calls/{HERS}")
        await form(desk, f"On Saturdays we open at ten, and {eg.SERVICES[0].name} costs $7.")
        await desk.tap("correction.reach.until", "correction.against.older.stays")
        assert flaws(desk.window) == []
        await desk.tap(f"correction.day.{FRIDAY}", "correction.yes")
        assert desk.stores.panel.state.panel == "turn.m-1.ask" and flaws(desk.window) == []


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_word_of_it_is_in_both_languages(visit: Visit, language: str) -> None:
    async with visit() as desk:
        desk.stores.window.speaks(language)
        await desk.put(put_older)
        await form(desk)
        await desk.tap("correction.reach.until")
        said = catalogue(language)
        for key in ("correction.reach.client", "correction.against", "correction.against.stays"):
            assert desk.window.says(said[key]), key
        await desk.tap(f"correction.day.{FRIDAY}", "correction.against.older.ends", "correction.yes")
        assert desk.window.says(said["asking.rule"])
