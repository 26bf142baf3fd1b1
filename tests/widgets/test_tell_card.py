"""The tell card: three ways of equal weight, nothing chosen for the owner, and what is not there says why."""

from dataclasses import replace
from datetime import timedelta

import flet as ft
import pytest

from client.models.tell_draft import TellBy, TellDraft
from tests import example_data as eg
from tests.harness import Harness
from widgets.component import component
from widgets.strings import Words
from widgets.tell_card import TellActions, tell_card
from widgets.theme import layout_for

ENGLISH = Words(language="en", zone=eg.ZONE)
MARIA = TellDraft(name="Maria Gómez", phone="+1 555 0142", email="m@example.com", text="Your time is now 16:30.")


class Held(ft.Observable):
    def __init__(self, draft: TellDraft) -> None:
        self.draft = draft


@component
def card(held: Held, width: float, offline: bool) -> ft.Control:
    def keep(draft: TellDraft) -> None:
        held.draft = draft

    actions = TellActions(choose=lambda by: keep(held.draft.choose(by)), type=lambda text: keep(held.draft.type(text)))
    return tell_card(ENGLISH, layout_for(width, 844), held.draft, actions, eg.NOW, offline=offline)


def disabled(window: Harness) -> list[str]:
    return [str(button.key) for button in window.all(ft.TextButton) if button.disabled]


async def test_nothing_is_chosen_and_the_words_are_shown_before() -> None:
    async with Harness() as window:
        await window.render(card, Held(MARIA), 390, False)
        assert [window.named(f"tell.{by}").selected for by in TellBy] == [False, False, False]
        assert window.says("Maria would get: “Your time is now 16:30.”")
        assert window.find("tell.text") is None


async def test_the_text_is_the_owner_s_to_change_and_says_when_it_leaves() -> None:
    held = Held(MARIA)
    async with Harness() as window:
        await window.render(card, held, 390, False)
        await window.tap("tell.sms")
        assert window.named("tell.sms").selected is True
        assert window.says("To +1 555 0142. It leaves once the server has accepted the change, not before.")
        await window.type("tell.text", "See you at half past four!")
        assert (held.draft.text, held.draft.edited) == ("See you at half past four!", True)
        await window.type("tell.text", " ")
        assert not held.draft.decided
        assert window.says("The message has no words yet.")
        await window.tap("tell.nobody")
        assert held.draft.decided and window.says("Maria gets no message.")
        assert window.find("tell.text") is None


async def test_offline_it_says_that_it_waits() -> None:
    async with Harness() as window:
        await window.render(card, Held(MARIA.choose(TellBy.EMAIL)), 390, True)
        assert window.says("It leaves when there is a connection and the server has accepted the change.")


@pytest.mark.parametrize(
    ("minutes", "phone", "said"),
    [
        (60, "+12065550142", "Maria is expected at 13:41 and may be on the way already. A call is surer"),
        (0, None, "Maria is expected at 12:41 and may be on the way already. A message may come too late."),
        (61, "+12065550142", None),
        (-1, "+12065550142", None),
    ],
)
async def test_who_may_be_on_the_way_is_better_called(minutes: int, phone: str | None, said: str | None) -> None:
    draft = replace(MARIA, phone=phone, expected_at=eg.NOW + timedelta(minutes=minutes))
    async with Harness() as window:
        await window.render(card, Held(draft), 390, False)
        assert window.says("may be on the way") is (said is not None)
        assert said is None or window.says(said)
        assert window.says("+1 206 555 0142") is (said is not None and phone is not None)
        await window.render(card, Held(MARIA), 390, False)
        assert not window.says("may be on the way"), "of somebody who is not expected nothing is said"


@pytest.mark.parametrize(
    ("phone", "email", "off", "why"),
    [
        (None, "m@x.y", ["tell.sms"], "Maria has no phone number here."),
        ("+1 555", "", ["tell.email"], "Maria has no e-mail address here."),
        ("", None, ["tell.sms", "tell.email"], "Maria has no phone number and no e-mail address here."),
    ],
)
async def test_a_way_that_is_not_there_is_off_and_says_why(
    phone: str | None, email: str | None, off: list[str], why: str
) -> None:
    async with Harness() as window:
        await window.render(card, Held(replace(MARIA, phone=phone, email=email)), 390, False)
        assert disabled(window) == off
        assert window.says(why)


async def test_large_text_puts_the_ways_under_one_another() -> None:
    def abreast(window: Harness) -> bool:
        row = next(n for n in window.nodes() if getattr(n.control, "identifier", "") == "tell.sms").nearest(ft.Row)
        return row is not None and len(row.controls[::2]) == 3

    async with Harness() as window:
        await window.render(card, Held(MARIA), 390, False)
        assert abreast(window)
    async with Harness() as window:
        await window.render(card, Held(MARIA), 195, False)
        assert not abreast(window)


@pytest.mark.parametrize("name", ["--help", "<b>", eg.HUGE, eg.ARABIC, eg.EMOJI, "", "{who}"])
async def test_hostile_names(name: str) -> None:
    async with Harness() as window:
        await window.render(card, Held(replace(MARIA, name=name, text=name).choose(TellBy.SMS)), 390, False)
        assert not window.says("This part could not be drawn")
        assert all(len(text) < 600 for text in window.texts())
