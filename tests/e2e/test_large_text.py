"""Today, Bookings and a correction in Chromium, text at twice its size, set as the browser sets its own font size."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator

from tests.e2e.conftest import open_a_day_with_bookings
from tests.e2e.driver import PHONE, Owner
from tests.e2e.test_access import calls, correction, past_call, turn_menu
from tests.e2e.test_supervising import LONG_CALL
from tests.programs import stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Owner]:
    """On a phone, with the text of everything made twice as large while the app is open."""
    folder = tmp_path_factory.mktemp("large")
    calls = folder / "calls.jsonl"
    calls.write_text(json.dumps(LONG_CALL) + "\n", encoding="utf-8")
    with stage(folder, "--no-limits", "--calls", str(calls), "--concurrent", "1", signed_in=True) as here:
        somebody = Owner(browser, PHONE)
        somebody.open(here.app.url)
        somebody.sees_id("nav.today")
        somebody.page.evaluate("document.documentElement.style.fontSize = '200%'")
        yield somebody
        somebody.close()


def width_of(target: Locator) -> float:
    box = target.bounding_box()
    assert box
    return box["width"]


def over_the_edge(owner: Owner) -> list[str]:
    """Controls that reach over the edge of the screen."""
    return owner.page.evaluate(
        """width => [...document.querySelectorAll('flt-semantics-host [flt-tappable]')]
            .filter(control => { const box = control.getBoundingClientRect();
                                 return box.left < -1 || box.right > width + 1; })
            .map(control => control.outerHTML.slice(0, 200))""",
        PHONE.width,
    )


def test_on_today_the_figures_stand_under_one_another(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.today"))
    first = owner.scroll_to(owner.by_id("figure.answered"))
    assert width_of(first) > PHONE.width * 0.85
    owner.keep("large-text-today")
    assert over_the_edge(owner) == []


def test_on_bookings_every_row_is_whole(owner: Owner) -> None:
    row = open_a_day_with_bookings(owner)
    assert re.search(r"\d\d?:\d\d", owner.spoken(row))
    owner.keep("large-text-bookings")
    assert over_the_edge(owner) == []


def test_an_answer_is_put_right_and_asked_again_within_the_edges(owner: Owner) -> None:
    for step in (calls, past_call, turn_menu, correction):
        step(owner)
    owner.type_into("The right answer", "We open at ten on Saturdays, and a haircut is $7.")
    owner.keep("large-text-correction")
    assert over_the_edge(owner) == []
    owner.turn_wheel(300)
    owner.tap(owner.by_id("correction.reach.until"))
    owner.sees_id("correction.days.after")
    owner.turn_wheel(200)
    owner.tap(owner.starting_with("correction.day.").last)
    owner.keep("large-text-correction-day")
    assert over_the_edge(owner) == []
    owner.tap(owner.by_id("correction.yes"))
    owner.sees_id("asking.done")
    owner.keep("large-text-asking")
    assert over_the_edge(owner) == []
