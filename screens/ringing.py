"""Ringing somebody back: by the telephone this runs on; elsewhere the number is copied, and what rings there opens."""

import contextlib
from typing import Final

import flet as ft

from client.models.calls import Call, Outcome
from widgets import buttons, call_row, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import component
from widgets.strings import Words

TELEPHONES: Final = frozenset({ft.PagePlatform.ANDROID, ft.PagePlatform.IOS})


def link_of(phone: str) -> str:
    """The number as an address, and nothing that may stand beside it."""
    return f"tel:{_number(phone)}"


def _number(phone: str) -> str:
    return "".join(char for char in phone if char.isdigit() or char == "+")


async def _dial(phone: str) -> bool:
    """Whether the number was copied, because this device is no telephone."""
    launcher = ft.UrlLauncher()
    if ft.context.page.platform in TELEPHONES:
        await launcher.launch_url(link_of(phone))
        return False
    await ft.Clipboard().set(_number(phone))
    # A computer with nothing that rings keeps silent or refuses; the number is copied all the same.
    with contextlib.suppress(TimeoutError, RuntimeError):
        if await launcher.can_launch_url(link_of(phone)):
            await launcher.launch_url(link_of(phone))
    return True


def can_ring_back(call: Call) -> bool:
    """Whether there is a number, and somebody behind it who wanted something."""
    return bool(call.caller_phone) and call.outcome is not Outcome.SPAM


@component
def ring_back(words: Words, call: Call, identifier: str) -> ft.Control:
    """What is done first about a call that is over, or that nobody answered."""
    copied, set_copied = ft.use_state(False)
    phone = call.caller_phone or ""

    async def ring() -> None:
        set_copied(await _dial(phone))

    name = words("call.call_back_name", name=fmt.clipped(call_row.caller(words, call), 80))
    button = buttons.button(
        identifier, words("call.call_back"), ring, kind=Kind.PRIMARY, icon_name=ft.Icons.PHONE_CALLBACK, name=name
    )
    if not copied:
        return button
    told = words("call.number_copied", phone=fmt.phone_whole(phone))
    return ft.Column(
        [button, ft.Semantics(live_region=True, content=parts.muted(told, height=1.4))], spacing=4, tight=True
    )
