"""Every screen for everyone: axe finds nothing in the semantics tree, and every control has a name."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e import driver
from tests.e2e.conftest import open_a_day_with_bookings, turn_to_the_next_days
from tests.e2e.driver import DESKTOP, PHONE, Owner, Seat, Size
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
        # A row that the edge of what scrolls cuts off is measured as what is left of it; TOO_SMALL leaves those out and
        # those beyond the window, which are cut where a list stops to draw ahead.
        "target-size": {"enabled": False},
    },
}

CALL_ROW = re.compile(r"^call\.[0-9a-f-]{36}$")
A_DAY = re.compile(r"/bookings/[0-9-]{10}$")

NAMELESS = """() => [...document.querySelectorAll(
        'flt-semantics-host :is([role=button],[role=link],[role=checkbox],[role=switch],[role=tab],[role=slider],'
        + '[role=menuitem],[role=radio],input,textarea)')]
    .filter(control => !(control.getAttribute('aria-label') || control.innerText || '').trim())
    .map(control => control.outerHTML.slice(0, 300))"""

TOO_SMALL = """() => [...document.querySelectorAll('flt-semantics-host [flt-tappable]')].filter(control => {
    const box = control.getBoundingClientRect();
    if (box.top >= innerHeight || box.bottom <= 0) return false;
    for (let outer = control.parentElement; outer?.matches('flt-semantics'); outer = outer.parentElement) {
        const edge = outer.getBoundingClientRect();
        // What scrolls is hidden, too, for a moment after a pointer did something; nothing else of Flutter's is.
        const scrolls = /scroll|auto|hidden/.test(getComputedStyle(outer).overflowY);
        if (scrolls && (box.top <= edge.top + 1 || box.bottom >= edge.bottom - 1)) return false;
        const sideways = /scroll|hidden/.test(getComputedStyle(outer).overflowX);
        if (sideways && (box.left <= edge.left + 1 || box.right >= edge.right - 1)) return false;
    }
    return Math.min(box.width, box.height) < 23.99;
}).map(control => {
    const box = control.getBoundingClientRect();
    const said = control.getAttribute('aria-label') || control.innerText;
    return `${control.getAttribute('flt-semantics-identifier')} (${said}): ${box.width} x ${box.height}`;
})"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("access")
    calls = folder / "calls.jsonl"
    calls.write_text(json.dumps(LONG_CALL) + "\n", encoding="utf-8")
    options = ("--no-limits", "--calls", str(calls), "--concurrent", "1", "--speed", "0.4")
    with stage(folder, *options, signed_in=True, forecasts=True) as built:
        yield built


Way = Callable[[Owner], None]


def today(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.today"))
    owner.sees_id("today.see_day")


def provenance(owner: Owner) -> None:
    owner.tap(owner.scroll_to(owner.by_id("figure.answered.info")))
    owner.sees_id("provenance.copy")


def calls(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.calls"))
    owner.starting_with("call.").first.wait_for(state="attached")


def live_call(owner: Owner) -> None:
    owner.tap(owner.starting_with("live.").first)
    owner.sees_id("call.take_over")


def bookings(owner: Owner) -> None:
    """Of a day that has some."""
    if not (A_DAY.search(owner.page.url) and owner.starting_with("booking.").count()):
        open_a_day_with_bookings(owner)


def booking(owner: Owner) -> None:
    owner.tap(owner.scroll_to(owner.starting_with("booking.").first))
    owner.sees("Timeline")


def new_booking(owner: Owner) -> None:
    """With everything unfolded and everything said to be missing."""
    owner.tap(owner.by_id("bookings.new"))
    owner.tap(owner.sees_one_of("form.service."))
    owner.sees_one_of("form.day.")
    owner.tap(owner.by_id("form.save"))
    owner.sees("It needs a name.")


def moving(owner: Owner) -> None:
    owner.tap(owner.by_id("booking.move"))
    owner.sees_one_of("picker.slot.")


def agenda(owner: Owner) -> None:
    owner.tap(owner.by_id("view.agenda"))
    owner.sees_id("agenda.next")


def search(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.bookings"))
    owner.at_rest("bookings.")
    owner.tap(owner.by_id("bookings.search"))
    owner.type_into("Name, number or service", "ma")
    owner.sees_one_of("search.customer.")


def customer(owner: Owner) -> None:
    owner.at_rest("search.customer.")
    owner.tap(owner.starting_with("search.customer.").first)
    owner.sees("Everything so far")


def place(owner: Owner, name: str) -> None:
    """One of the rail's places, or on a phone of those under More."""
    if not owner.by_id(f"nav.{name}").count():
        owner.tap(owner.by_id("nav.more"))
        owner.sees_id(f"nav.{name}")
    owner.tap(owner.by_id(f"nav.{name}"))


def leads(owner: Owner) -> None:
    place(owner, "leads")
    owner.sees_id("leads.search")
    owner.tap(owner.by_id("leads.filters"))
    owner.sees_id("leads.order.score")


def lead(owner: Owner) -> None:
    place(owner, "leads")
    owner.tap(owner.sees_one_of("lead."))
    owner.sees_id("lead.stage.new")


def team(owner: Owner) -> None:
    place(owner, "team")
    owner.sees_one_of("employee.")


def employee(owner: Owner) -> None:
    owner.tap(owner.sees_one_of("employee."))
    owner.sees("What was done")


def ahead(owner: Owner) -> None:
    place(owner, "ahead")
    owner.sees_id("forecast.about.bookings_week", timeout_s=90)


def past_call(owner: Owner) -> None:
    """The newest that is over."""
    over = next(row for row in owner.at_rest("call.") if CALL_ROW.match(row))
    owner.tap(owner.by_id(over))
    owner.scroll_to(owner.starting_with("turn.").first)


def turn_menu(owner: Owner) -> None:
    """Of a line of the employee's, who has one of the first two."""
    for at in range(2):
        owner.tap(owner.scroll_to(owner.starting_with("turn.").nth(at)))
        owner.sees_id("turn.do.flag")
        if owner.by_id("turn.do.correct").count():
            return
        owner.tap(owner.by_id("turn.close"))
        owner.sees_no_id("turn.do.flag")
    raise AssertionError("nobody answers in this call")


def correction(owner: Owner) -> None:
    owner.tap(owner.by_id("turn.do.correct"))
    owner.sees_id("correction.yes")


def dated_correction(owner: Owner) -> None:
    correction(owner)
    owner.tap(owner.by_id("correction.reach.until"))
    owner.sees_id("correction.days.after")


def asking(owner: Owner) -> None:
    owner.tap(owner.by_id("turn.do.ask"))
    owner.sees_id("asking.done")


def calls_found(owner: Owner) -> None:
    """Words that were said are looked for, among the calls that ended in a booking."""
    owner.type_into("Search every word said", "haircut")
    owner.sees(re.compile("found: "))
    owner.tap(owner.by_id("calls.filter"))
    owner.tap(owner.by_id("filter.outcome.booked"))
    owner.tap(owner.by_id("filter.show"))
    owner.sees_no_id("filter.show")
    owner.sees(re.compile("found: "))


def conditions(owner: Owner) -> None:
    owner.tap(owner.by_id("calls.filter"))
    owner.sees_id("filter.show")


def figures(owner: Owner) -> None:
    place(owner, "figures")
    owner.sees_id("figure.answered")


def figure(owner: Owner) -> None:
    owner.tap(owner.by_id("figure.answered"))
    owner.sees_one_of("figure.period.")


def market(owner: Owner) -> None:
    owner.tap(owner.scroll_to(owner.by_id("figures.market")))
    owner.sees_id("market.save")


def activity(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.more"))
    owner.tap(owner.by_id("nav.activity"))
    owner.sees_one_of("activity.")


def review(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.more"))
    owner.tap(owner.by_id("nav.review"))
    owner.sees_one_of("review.")


def more(owner: Owner) -> None:
    owner.tap(owner.by_id("nav.more"))
    owner.sees_id("more.sign_out")


BEYOND: dict[Way, Way] = {
    provenance: today,
    live_call: today,
    new_booking: bookings,
    booking: bookings,
    moving: booking,
    agenda: bookings,
    customer: search,
    employee: team,
    figure: figures,
    market: figures,
    past_call: calls,
    turn_menu: past_call,
    dated_correction: turn_menu,
    asking: turn_menu,
    conditions: calls,
    calls_found: calls,
}
"""From where a place is reached; the others are from anywhere."""

PLACES = (
    today,
    live_call,
    provenance,
    calls,
    past_call,
    turn_menu,
    dated_correction,
    asking,
    conditions,
    calls_found,
    bookings,
    new_booking,
    booking,
    moving,
    agenda,
    search,
    customer,
    leads,
    lead,
    team,
    employee,
    ahead,
    activity,
    review,
    figures,
    market,
    figure,
    more,
)
"""Each after the one that it lies beyond, where there is such a one."""


class Walk:
    """One owner at each size for all places, who goes on from where they are: looking does not change anything."""

    def __init__(self, seat: Seat, url: str) -> None:
        self._seat = seat
        self._url = url
        self._at: Way | None = None

    def anywhere(self) -> Owner:
        self._at = None
        return self._seat.owner(self._url)

    def to(self, where: Way) -> Owner:
        owner = self._on_the_way_to(where)
        self._at = None
        where(owner)
        self._at = where
        return owner

    def _on_the_way_to(self, where: Way) -> Owner:
        before = BEYOND.get(where)
        if before is None:
            return self.anywhere()
        stays = self._seat.stays() if self._at is before else None
        return stays or self.to(before)


@pytest.fixture(scope="module")
def walk(browser: Browser, size: Size, here: Stage) -> Iterator[Walk]:
    """Places are looked at when they stand still, so nobody waits for what moves on the way."""
    seat = Seat(browser, size, still=True)
    yield Walk(seat, here.app.url)
    seat.leave()


def anybody_can_use(owner: Owner) -> None:
    assert owner.page.evaluate(NAMELESS) == []
    assert owner.page.evaluate(TOO_SMALL) == []
    found = Axe().run(owner.page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("where", PLACES, ids=lambda where: where.__name__)
def test_axe_finds_nothing_and_every_control_has_a_name(walk: Walk, where: Way) -> None:
    owner = walk.to(where)
    owner.keep(f"place-{where.__name__}")
    anybody_can_use(owner)


@pytest.mark.parametrize("view", ["day", "week"])
def test_the_grids_too_wherever_they_are_scrolled_to(walk: Walk, size: Size, view: str) -> None:
    """Three days or weeks: short bookings, crowds, closed days."""
    owner = walk.anywhere()
    owner.tap(owner.by_id("nav.bookings"))
    owner.page.wait_for_url(lambda address: address.endswith("/bookings"))
    owner.sees_id("view.day")
    if size is PHONE and view == "week":
        owner.sees_no_id("view.week")
        return
    owner.tap(owner.by_id(f"view.{view}"))
    seen = 0
    for turn in range(3):
        turn_to_the_next_days(owner)
        owner.keep(f"grid-{view}-{turn}")
        anybody_can_use(owner)
        owner.turn_wheel(135)
        owner.keep(f"grid-{view}-{turn}-scrolled")
        anybody_can_use(owner)
        seen += owner.starting_with("booking.").count()
    assert seen, "no booking was looked at"


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


def test_a_page_that_hangs_is_replaced(browser: Browser, here: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps a processor busy, so it is not waited for as long as elsewhere."""
    monkeypatch.setattr(driver, "ANSWER_TIMEOUT_MS", 3000)
    seat = Seat(browser, DESKTOP)
    first = seat.owner(here.app.url)
    assert seat.owner(here.app.url) is first
    first.page.evaluate("() => { setTimeout(() => { for (;;); }, 50); }")
    first.page.wait_for_timeout(500)
    assert seat.owner(here.app.url) is not first
    seat.leave()
