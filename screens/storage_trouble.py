"""Somebody is signed in, but their data on this device cannot be opened: why, and what can be done about it.

It takes the place of the places.  What goes wrong while the data is open is the strip's to say.
"""

from dataclasses import dataclass

import flet as ft

from client.models.link import Trouble
from client.models.removal import Removal
from screens.live import go
from screens.removal import removal_view
from screens.routes import Route
from screens.stores import Stores
from widgets import buttons, parts, theme
from widgets.buttons import Kind
from widgets.component import Handler, component, see
from widgets.strings import Words
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageTrouble:
    """`busy`: one of the ways out is being tried.  `asks_repair`: whether to set the file aside is being asked.

    `removal`: of another account, that an earlier start had begun.
    """

    trouble: Trouble
    busy: bool
    asks_repair: bool
    removal: Removal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageActions:
    try_again: Handler
    ask_repair: Handler
    cancel_repair: Handler
    repair: Handler
    sign_out: Handler
    put_removal_away: Handler


@component
def storage_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The screen, bound to the session and to what the link says is wrong."""
    session, link = see(stores.session).state, see(stores.link).state
    asks, set_asks = ft.use_state(False)

    async def repair() -> None:
        set_asks(False)
        await stores.session.repair_storage()

    async def leave() -> None:
        await stores.session.sign_out()
        go(stores, Route())

    shown = StorageTrouble(
        trouble=link.trouble or Trouble.UNAVAILABLE,
        busy=session.opening or session.busy is not None,
        asks_repair=asks,
        removal=session.removal,
    )
    actions = StorageActions(
        try_again=stores.session.try_storage_again,
        ask_repair=lambda: set_asks(True),
        cancel_repair=lambda: set_asks(False),
        repair=repair,
        sign_out=leave,
        put_removal_away=stores.session.put_removal_away,
    )
    return storage_view(words, layout, shown, actions)


def storage_view(words: Words, layout: Layout, shown: StorageTrouble, actions: StorageActions) -> ft.Control:
    damaged = shown.trouble is Trouble.DAMAGED
    # The strip's words promise what has not worked here: a fresh file.
    sentence = words("storage.damaged") if damaged else words(f"trouble.{shown.trouble}")
    told = shown.removal and removal_view(words, shown.removal, actions.put_removal_away, rounded=True)
    rows: list[ft.Control] = [
        *([told] if told else []),
        ft.Row([ft.Icon(ft.Icons.ERROR_OUTLINE, size=32, color=theme.DANGER)]),
        parts.heading(words("storage.title"), size=22),
        ft.Semantics(live_region=True, content=parts.text(sentence, size=15, height=1.45)),
        parts.gap(6),
        buttons.button(
            "storage.try_again",
            words("action.retry"),
            actions.try_again,
            kind=Kind.PRIMARY,
            icon_name=ft.Icons.REFRESH,
            height=theme.TARGET_TOUCH,
            busy=shown.busy,
            disabled=shown.busy,
        ),
    ]
    if damaged or shown.trouble is Trouble.KEY_MISSING:
        rows += _repair(words, shown, actions)
    rows.append(
        buttons.button(
            "storage.sign_out",
            words("more.sign_out"),
            actions.sign_out,
            icon_name=ft.Icons.LOGOUT,
            height=theme.TARGET_TOUCH,
            disabled=shown.busy,
        )
    )
    form = ft.Column(rows, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return parts.in_the_middle(ft.Container(form, width=min(420.0, layout.width - 32)))


def _repair(words: Words, shown: StorageTrouble, actions: StorageActions) -> list[ft.Control]:
    if not shown.asks_repair:
        return [
            buttons.button(
                "storage.repair",
                words("storage.repair"),
                actions.ask_repair,
                height=theme.TARGET_TOUCH,
                disabled=shown.busy,
            )
        ]
    yes = buttons.button("storage.repair_yes", words("storage.repair_yes"), actions.repair, expand=True)
    no = buttons.button("storage.repair_no", words("action.cancel"), actions.cancel_repair, expand=True)
    return [parts.text(words("storage.repair_ask"), size=14, height=1.4), ft.Row([yes, no], spacing=10)]
