"""Real pointers and keys over the grids: a mouse drags, a finger scrolls with a stroke and drags after a long press.

What is moved are bookings of days so far ahead that nothing else stands there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import DESKTOP, PHONE, Owner
from tests.programs import Stage, forenoon_zone, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

FAR_AHEAD = 50
"""Days; the demo business has no booking as far ahead as that."""
OF_THE_FIRST = 3
"""So many people have a column on a phone without turning."""
EDGE = 4
LOW = 760
"""On a phone, near the lower edge of the grid."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("moving"), "--no-limits", "--no-calls", signed_in=True) as built:
        yield built


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A day of nobody's, and somebody who works from half past eleven to eight on it."""

    here: Stage
    day: date
    person: str

    def book(self, name: str, clock: str, *told: str) -> str:
        """An hour of theirs; what its card is called."""
        asked = ("--client", name, "--service", "Women's haircut", "--for", "60m", "--staff", self.person, *told)
        added = self.here.chatty("bookings", "add", *asked, "--at", f"{self.day} {clock}")
        return f"booking.{added['booking']['booking_id']}"

    def at_the_server(self, card: str) -> tuple[str, int]:
        """When it begins and how many minutes it takes, once all changes are there."""
        self.here.until_sent(within_s=60)
        (row,) = [row for row in self.here.rows("bookings") if row["id"] == card.removeprefix("booking.")]
        begins = datetime.fromtimestamp(row["starts_at"] / 1000, ZoneInfo(forenoon_zone()))
        assert begins.date() == self.day
        return f"{begins:%H:%M}", (row["ends_at"] - row["starts_at"]) // 60_000


@pytest.fixture(scope="module")
def quiet(here: Stage) -> Callable[[], Quiet]:
    """Another day each time."""
    days = quiet_days(here)
    return lambda: next(days)


def quiet_days(here: Stage) -> Iterator[Quiet]:
    (business,) = here.rows("business")
    people = sorted(here.rows("staff"), key=lambda row: row["name"])[:OF_THE_FIRST]
    today = datetime.now(UTC).astimezone(ZoneInfo(forenoon_zone())).date()
    for ahead in range(FAR_AHEAD, 2 * FAR_AHEAD):
        day = today + timedelta(days=ahead)
        who = next((row["name"] for row in people if works_late(row, day)), None)
        if who and str(day) not in business["closed_days"]:
            yield Quiet(here=here, day=day, person=who)


def works_late(person: dict[str, Any], day: date) -> bool:
    return person["works"][f"{day:%a}".lower()] == [["11:30", "20:00"]]


def open_at(owner: Owner, quiet: Quiet, name: str) -> Locator:
    """The card of that name, on its day, once what was booked is sent: it is drawn in another way then."""
    owner.open(f"{quiet.here.app.url}/bookings/{quiet.day}")
    owner.sees_id("nav.today")
    quiet.here.until_sent(within_s=60)
    if owner.size is PHONE:
        owner.tap(owner.by_id("view.day"))
    return owner.by_id(name)


def box_of(card: Locator) -> tuple[float, float, float]:
    """The middle of its width, its top and its height."""
    box = card.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"], box["height"]


def an_hour(card: Locator) -> float:
    """Pixels, by the card of one, which leaves some air."""
    return box_of(card)[2] + 2


def stands(card: Locator, begins: str, minutes: int = 60) -> None:
    length = {60: "1 h", 65: "1 h 5 min"}.get(minutes, f"{minutes} min")
    expect(card).to_have_text(re.compile(rf"^{begins}, .*, {length}, "))


def later(clock: str, minutes: float) -> str:
    total = int(clock[:2]) * 60 + int(clock[3:]) + round(minutes)
    return f"{total // 60:02d}:{total % 60:02d}"


def drag(owner: Owner, start: tuple[float, float], down: float, picture: str = "") -> None:
    """With the mouse: in one go, or so slowly that there is a picture of it."""
    x, y = start
    owner.page.mouse.move(x, y)
    owner.page.mouse.down()
    for step in range(1, 11):
        owner.page.mouse.move(x, y + down * step / 10)
        if picture:
            owner.page.wait_for_timeout(50)
    if picture:
        owner.keep(picture)
    owner.page.mouse.up()


def test_a_mouse_drags_a_card_and_undo_brings_it_back(new_owner: NewOwner, quiet: Callable[[], Quiet]) -> None:
    day = quiet()
    name = day.book("Nora Quist", "13:00")
    owner = new_owner(DESKTOP)
    card = open_at(owner, day, name)
    start = owner.middle(card)
    drag(owner, start, an_hour(card) / 2, "moving-mouse")
    owner.sees(re.compile("Moved Nora Quist .*13:30"))
    stands(card, "13:30")
    owner.tap(owner.by_id("undo"))
    stands(card, "13:00")
    assert owner.middle(card) == start
    assert day.at_the_server(name) == ("13:00", 60)


def test_a_quick_mouse_draws_the_lower_edge_of_a_card_to_where_it_lets_go(
    new_owner: NewOwner, quiet: Callable[[], Quiet]
) -> None:
    day = quiet()
    name = day.book("Nora Quist", "13:00")
    owner = new_owner(DESKTOP)
    card = open_at(owner, day, name)
    owner.middle(card)
    x, top, height = box_of(card)
    drag(owner, (x, top + height - EDGE), an_hour(card) / 2)
    stands(card, "13:00", 90)
    assert day.at_the_server(name) == ("13:00", 90)


def test_a_mouse_that_drops_a_card_on_another_one_is_told_whose_that_is(
    new_owner: NewOwner, quiet: Callable[[], Quiet]
) -> None:
    day = quiet()
    name = day.book("Nora Quist", "13:00")
    day.book("Sol Abney", "15:00")
    owner = new_owner(DESKTOP)
    card = open_at(owner, day, name)
    drag(owner, owner.middle(card), 2 * an_hour(card), "moving-taken")
    owner.sees(re.compile("has Sol Abney then, 15:00 – 16:00"))
    owner.sees_no_id("undo")
    stands(card, "13:00")
    assert day.at_the_server(name) == ("13:00", 60)


def test_the_keyboard_moves_a_card_and_gets_it_back(new_owner: NewOwner, quiet: Callable[[], Quiet]) -> None:
    day = quiet()
    name = day.book("Nora Quist", "13:00")
    owner = new_owner(DESKTOP)
    card = open_at(owner, day, name)
    owner.middle(card)
    card.focus()
    press = owner.page.keyboard.press
    press("m")
    owner.sees(re.compile("Arrow keys move it by 5 minutes"))
    press("ArrowDown")
    press("ArrowDown")
    owner.sees(re.compile("13:10"))
    owner.keep("moving-keys")
    press("Escape")
    owner.sees_no_id("grid.moving")
    stands(card, "13:00")
    press("m")
    owner.sees(re.compile("Arrow keys move it by 5 minutes"))
    press("ArrowDown")
    owner.sees(re.compile("13:05"))
    press("Enter")
    owner.sees(re.compile("Moved Nora Quist .*13:05"))
    stands(card, "13:05")
    press("l")
    owner.sees(re.compile("Changing how long"))
    press("ArrowDown")
    owner.sees(re.compile("1 h 5 min"))
    press("Enter")
    stands(card, "13:05", 65)
    assert day.at_the_server(name) == ("13:05", 65)


@pytest.fixture
def finger(browser: Browser) -> Iterator[Owner]:
    """Somebody with a phone that knows only fingers."""
    owner = Owner(browser, PHONE, touch=True)
    yield owner
    owner.close()


def test_a_finger_scrolls_with_a_stroke_and_drags_after_a_long_press(finger: Owner, quiet: Callable[[], Quiet]) -> None:
    day = quiet()
    name = day.book("Bea Lorca", "13:00", "--phone", "+1 206 555 0143")
    card = open_at(finger, day, name)
    x, y = finger.middle(card)
    finger.stroke((x, y), (x, y - 80))
    assert finger.middle(card)[1] < y - 40, "a stroke scrolls"
    stands(card, "13:00")
    at = finger.middle(card)
    finger.stroke(at, (at[0], at[1] + an_hour(card)), pressed_ms=900, picture="moving-finger")
    save = finger.sees_id("form.save")
    finger.tap(finger.scroll_to(finger.by_id("tell.nobody"), beside=save))
    finger.tap(save)
    finger.sees(re.compile("Moved Bea Lorca .*14:00"))
    stands(card, "14:00")
    assert day.at_the_server(name) == ("14:00", 60)


def test_a_card_stays_under_the_finger_when_it_takes_the_grid_along(finger: Owner, quiet: Callable[[], Quiet]) -> None:
    day = quiet()
    name = day.book("Nora Quist", "13:00")
    card = open_at(finger, day, name)
    x, y = finger.middle(card)
    an_hour_high = an_hour(card)
    finger.stroke((x, y), (x, LOW), pressed_ms=900, picture="moving-along")
    finger.sees(re.compile("Moved Nora Quist"))
    begins, _ = day.at_the_server(name)
    went = later("13:00", (LOW - y) / an_hour_high * 60)
    assert begins >= later(went, 30), "by as much farther as the grid came along"
