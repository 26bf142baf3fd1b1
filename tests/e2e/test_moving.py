"""Real pointers and keys over the grids: a mouse drags, a finger scrolls with a stroke and drags after a long press."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import NewOwner, open_a_day_with_bookings
from tests.e2e.driver import DESKTOP, PHONE, Owner
from tests.programs import Stage, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

WHEN = re.compile(r"^(\d\d:\d\d), ")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("moving"), "--no-limits", "--no-calls", signed_in=True) as built:
        yield built


def foot(card: Locator) -> float:
    """Where it ends: of one that is scrolled under the head only the rest is there."""
    box = card.bounding_box()
    assert box
    return box["y"] + box["height"]


def begins(owner: Owner, card: Locator) -> str:
    found = WHEN.match(owner.spoken(card))
    assert found, owner.spoken(card)
    return found[1]


def later(clock: str, minutes: int) -> str:
    total = int(clock[:2]) * 60 + int(clock[3:]) + minutes
    return f"{total // 60:02d}:{total % 60:02d}"


def said(owner: Owner) -> str:
    """What the bar says of the drop, whose client is not told of it: a time that cannot be had says why."""
    save = owner.by_id("form.save")
    expect(owner.by_id("undo.said").or_(save).first).to_be_attached()
    if save.count():
        owner.tap(owner.scroll_to(owner.by_id("tell.nobody"), beside=save))
        owner.tap(save)
    owner.sees_id("undo.said")
    return owner.spoken(owner.by_id("undo.said"))


def test_a_mouse_drags_a_card_and_undo_brings_it_back(new_owner: NewOwner, here: Stage) -> None:
    owner = new_owner(DESKTOP)
    owner.open(here.app.url)
    owner.sees_id("nav.today")
    card = owner.scroll_to(open_a_day_with_bookings(owner))
    was = begins(owner, card)
    x, y = owner.middle(card)
    owner.page.mouse.move(x, y)
    owner.page.mouse.down()
    owner.page.mouse.move(x, y + 16, steps=4)
    owner.page.mouse.move(x, y + 32, steps=4)
    owner.keep("moving-mouse")
    owner.page.mouse.up()
    if "Moved" not in said(owner):
        assert begins(owner, card) == was, "what cannot be had changes nothing"
        return
    expect(card).to_have_text(re.compile(rf"^(?!{was})"))
    owner.tap(owner.by_id("undo"))
    expect(card).to_have_text(re.compile(f"^{was}"))


def test_the_keyboard_moves_a_card_and_gets_it_back(new_owner: NewOwner, here: Stage) -> None:
    owner = new_owner(DESKTOP)
    owner.open(here.app.url)
    owner.sees_id("nav.today")
    card = owner.scroll_to(open_a_day_with_bookings(owner))
    was = begins(owner, card)
    card.focus()
    owner.page.keyboard.press("m")
    owner.sees(re.compile("Arrow keys move it by 5 minutes"))
    for key in ("ArrowDown", "ArrowDown"):
        owner.page.keyboard.press(key)
    owner.sees(re.compile(later(was, 10)))
    owner.keep("moving-keys")
    owner.page.keyboard.press("Escape")
    owner.sees_no_id("grid.moving")
    expect(card).to_have_text(re.compile(f"^{was}"))
    owner.page.keyboard.press("m")
    owner.sees(re.compile("Arrow keys move it by 5 minutes"))


@pytest.fixture
def finger(browser: Browser, here: Stage) -> Iterator[Owner]:
    """Somebody with a phone that knows only fingers."""
    owner = Owner(browser, PHONE, touch=True)
    owner.open(here.app.url)
    owner.sees_id("nav.today")
    owner.tap(owner.by_id("nav.bookings"))
    owner.tap(owner.by_id("view.day"))
    yield owner
    owner.close()


def test_a_finger_scrolls_with_a_stroke_and_drags_after_a_long_press(finger: Owner) -> None:
    card = open_a_day_with_bookings(finger)
    was = begins(finger, card)
    x, y = finger.middle(card)
    ended = foot(card)
    finger.stroke((x, y), (x, y - 80))
    finger.middle(card)
    assert foot(card) < ended - 40, "a stroke scrolls"
    assert begins(finger, card) == was
    finger.stroke((x, y), (x, y + 80))
    x, y = finger.middle(card)
    finger.stroke((x, y), (x, y + 64), pressed_ms=900, picture="moving-finger")
    if "Moved" in said(finger):
        expect(card).to_have_text(re.compile(rf"^(?!{was})"))
    else:
        assert begins(finger, card) == was
