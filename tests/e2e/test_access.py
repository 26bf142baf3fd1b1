"""Every screen for everyone: axe finds nothing in the semantics tree, and every control has a name."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e.conftest import open_a_day_with_bookings
from tests.e2e.driver import Owner, Size
from tests.e2e.test_supervising import LONG_CALL
from tests.programs import Stage, app_program, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {
        # Words are painted on a canvas; what axe would measure is the transparent text over it. The contrast of the
        # colours is computed from the tokens in tests/widgets.
        "color-contrast": {"enabled": False},
        # Flutter's own page forbids zooming in its viewport tag; the app scales its text instead.
        "meta-viewport": {"enabled": False},
        # The page's scrolling elements only mirror Flutter's own scrolling, which takes the arrow and page keys itself.
        "scrollable-region-focusable": {"enabled": False},
        # A row that the edge of what scrolls cuts off is measured as what is left of it; TOO_SMALL leaves those out.
        "target-size": {"enabled": False},
    },
}

NAMELESS = """() => [...document.querySelectorAll(
        'flt-semantics-host :is([role=button],[role=link],[role=checkbox],[role=switch],[role=tab],[role=slider],'
        + '[role=menuitem],[role=radio],input,textarea)')]
    .filter(control => !(control.getAttribute('aria-label') || control.innerText || '').trim())
    .map(control => control.outerHTML.slice(0, 200))"""

TOO_SMALL = """() => [...document.querySelectorAll('flt-semantics-host [flt-tappable]')].filter(control => {
    const box = control.getBoundingClientRect();
    for (let outer = control.parentElement; outer; outer = outer.parentElement) {
        const edge = outer.getBoundingClientRect();
        const scrolls = /scroll|auto/.test(getComputedStyle(outer).overflowY);
        if (scrolls && (box.top <= edge.top + 1 || box.bottom >= edge.bottom - 1)) return false;
    }
    return box.width < 24 || box.height < 24;
}).map(control => control.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("access")
    calls = folder / "calls.jsonl"
    calls.write_text(json.dumps(LONG_CALL) + "\n", encoding="utf-8")
    with stage(folder, "--no-limits", "--calls", str(calls), "--concurrent", "1", signed_in=True) as built:
        yield built


def today(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.today"))
    owner.sees_id("today.see_day")


def provenance(owner: Owner) -> None:
    today(owner)
    owner.tap(owner.scroll_to(owner.by_id("figure.answered")))
    owner.sees_id("provenance.copy")


def calls(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.calls"))
    owner.starting_with("call.").first.wait_for(state="attached")


def live_call(owner: Owner) -> None:
    today(owner)
    owner.tap(owner.starting_with("live.").first)
    owner.sees_id("call.take_over")


def bookings(owner: Owner) -> None:
    open_a_day_with_bookings(owner)


def booking(owner: Owner) -> None:
    owner.tap(open_a_day_with_bookings(owner))
    owner.sees("Timeline")


def more(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.more"))
    owner.sees_id("more.sign_out")


PLACES = (today, provenance, calls, live_call, bookings, booking, more)


@pytest.fixture(scope="module")
def owner(here: Stage, browser: Browser, size: Size) -> Iterator[Owner]:
    """One at each size for all places: what is looked at does not change anything."""
    somebody = Owner(browser, size)
    somebody.open(here.app.url)
    somebody.sees_id("nav.today")
    yield somebody
    somebody.close()


@pytest.fixture(autouse=True)
def at_the_start(here: Stage, owner: Owner) -> None:
    if not owner.by_id("nav.today").count():
        owner.open(here.app.url)


def anybody_can_use(owner: Owner) -> None:
    assert owner.page.evaluate(NAMELESS) == []
    assert owner.page.evaluate(TOO_SMALL) == []
    found = Axe().run(owner.page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_axe_finds_nothing_and_every_control_has_a_name(owner: Owner, place: Callable[[Owner], None]) -> None:
    place(owner)
    owner.keep(f"place-{place.__name__}")
    anybody_can_use(owner)


def test_the_sign_in_screen_too(tmp_path: Path, browser: Browser, size: Size, here: Stage) -> None:
    app = app_program(here.network.url, tmp_path)
    app.start()
    stranger = Owner(browser, size)
    try:
        stranger.open(app.url)
        stranger.sees_id("sign_in.demo")
        anybody_can_use(stranger)
    finally:
        stranger.close()
        app.stop()
