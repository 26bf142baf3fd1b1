"""Ringing somebody: by the telephone this runs on; elsewhere the number is copied, and what rings there opens."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import flet as ft

from client.models.calls import Call, Outcome
from widgets import buttons, call_row
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import component, keyed
from widgets.reach import number_copied, reach
from widgets.strings import Words

TELEPHONES: Final = frozenset({ft.PagePlatform.ANDROID, ft.PagePlatform.IOS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """The way to ring one number.  `copied`: what of it was copied, where this device is no telephone."""

    ring: Callable[[], object]
    copied: str


def ringing(phone: str) -> Ringing:
    """For the component with the button.  A hook."""
    copied, set_copied = ft.use_state("")
    number = _number(phone)

    async def ring() -> None:
        set_copied(number if await _dial(number) else "")

    # The number of before may be the one that was copied.
    return Ringing(ring=ring, copied=number if copied == number else "")


def _number(phone: str) -> str:
    """What is dialled, and nothing that may stand beside it."""
    return "".join(char for char in phone if char.isdigit() or char == "+")


async def _dial(number: str) -> bool:
    """Whether the number was copied, because this device is no telephone."""
    launcher, link = ft.UrlLauncher(), f"tel:{number}"
    if ft.context.page.platform in TELEPHONES:
        await launcher.launch_url(link)
        return False
    await ft.Clipboard().set(number)
    # A computer with nothing that rings keeps silent or refuses; the number is copied all the same.
    with contextlib.suppress(TimeoutError, RuntimeError):
        if await launcher.can_launch_url(link):
            await launcher.launch_url(link)
    return True


def can_ring_back(call: Call) -> bool:
    """Whether there is a number, and somebody behind it who wanted something."""
    return bool(_number(call.caller_phone or "")) and call.outcome is not Outcome.SPAM


@component
def ring_back(words: Words, call: Call, identifier: str) -> ft.Control:
    """What is done first about a call that is over, or that nobody answered."""
    ringer = ringing(call.caller_phone or "")
    name = words("call.call_back_name", name=fmt.clipped(call_row.caller(words, call), 80))
    label = words("call.call_back")
    icon = ft.Icons.PHONE_CALLBACK
    button = buttons.button(identifier, label, ringer.ring, kind=Kind.PRIMARY, icon_name=icon, name=name)
    if not ringer.copied:
        return button
    return ft.Column([button, *number_copied(words, ringer.copied)], spacing=4, tight=True)


def reaching(
    words: Words, identifier: str, whom: str, name: str, phone: str | None, email: str | None
) -> list[ft.Control]:
    """Calling and writing to somebody; nothing where neither number nor address is known.  `whom`: their id."""
    if not _number(phone or "") and not email:
        return []
    return [keyed(f"reach-{whom}", _reaching, words, identifier, name, phone or "", email or "")]


@component
def _reaching(words: Words, identifier: str, name: str, phone: str, email: str) -> ft.Control:
    ringer = ringing(phone)

    async def write() -> None:
        await ft.UrlLauncher().launch_url(f"mailto:{quote(email, safe='@')}")

    on_call = ringer.ring if _number(phone) else None
    return reach(words, identifier, name, on_call=on_call, on_email=write if email else None, copied=ringer.copied)
