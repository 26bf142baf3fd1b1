"""Typing while a call runs: a box that has the keyboard keeps it, and every letter arrives, however fast it comes."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.driver import DESKTOP, Owner, Seat, Size
from tests.e2e.test_supervising import LONG_CALL
from tests.programs import Stage, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

REACTION_MS = 250
"""Nobody types sooner after a tap; what is typed in the very frames in which a box gets the keyboard, Flutter's web
client may lose.
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("typing")
    calls = folder / "calls.jsonl"
    calls.write_text(json.dumps(LONG_CALL) + "\n", encoding="utf-8")
    with stage(folder, "--no-limits", "--calls", str(calls), "--concurrent", "1", signed_in=True) as built:
        yield built


@pytest.fixture
def owner(here: Stage, seat: Seat) -> Owner:
    """With a call that runs, among the bookings."""
    somebody = seat.owner(here.app.url)
    somebody.tap(somebody.by_id("nav.today"))
    somebody.sees_one_of("live.")
    somebody.tap(somebody.by_id("nav.bookings"))
    somebody.at_rest("bookings.")
    return somebody


def box(owner: Owner, label: str) -> Locator:
    return owner.page.locator(f':is(input,textarea)[aria-label^="{label}"]').first


def rests_on(owner: Owner, identifier: str) -> None:
    """The pointer, for longer than a tip waits, and away again."""
    x, y = owner.middle(owner.by_id(identifier))
    owner.page.mouse.move(x, y)
    owner.page.wait_for_timeout(800)
    owner.page.mouse.move(owner.size.width / 2, owner.size.height / 2)
    owner.page.wait_for_timeout(400)


def test_the_search_box_takes_the_keyboard_and_keeps_it(owner: Owner, size: Size) -> None:
    owner.tap(owner.by_id("bookings.search"))
    search = box(owner, "Name, number or service")
    expect(search).to_be_focused()
    owner.page.keyboard.type("ma", delay=30)
    owner.sees_one_of("search.customer.")
    expect(search).to_have_value("ma")
    if size is DESKTOP:
        rests_on(owner, "agenda.next")
        rests_on(owner, "search.close")
    expect(search).to_be_focused()
    owner.page.keyboard.type("r")
    expect(search).to_have_value("mar")
    for _ in range(3):
        owner.tap(search)
        owner.page.wait_for_timeout(500)
        expect(search).to_be_focused()


def test_every_letter_of_a_form_arrives(owner: Owner) -> None:
    owner.tap(owner.by_id("bookings.new"))
    for label, words in (
        ("Client: name or number", "Maria Fernanda Gomez de la Vega"),
        ("Notes", "Brings her own colour, as last time."),
    ):
        field = owner.scroll_to(box(owner, label), beside=owner.by_id("form.save"))
        owner.tap(field)
        expect(field).to_be_focused()
        owner.page.wait_for_timeout(REACTION_MS)
        owner.page.keyboard.type(words, delay=12)
        owner.page.wait_for_timeout(1500)
        expect(field).to_be_focused()
        expect(field).to_have_value(words)
