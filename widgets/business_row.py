"""A business that is signed in on this device, as a row to choose it by."""

import flet as ft

from client.models.account import Identity
from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.strings import Words

NAME_MAX = 200


def business_row(words: Words, who: Identity, on_choose: Handler, *, shown: bool, disabled: bool = False) -> ft.Control:
    """The business, and as whom; the one that is `shown` has a tick."""
    business, role = fmt.clipped(who.business_name, NAME_MAX), words(f"role.{who.role}")
    as_whom = f"{fmt.clipped(who.name, NAME_MAX)} · {role}"
    content = ft.Row(
        [
            parts.avatar(fmt.initials(who.business_name), size=40),
            ft.Column([parts.strong(business, lines=1), parts.muted(as_whom)], spacing=1, tight=True, expand=True),
            *([ft.Icon(ft.Icons.CHECK, size=20, color=theme.AI_TEXT)] if shown else []),
        ],
        spacing=12,
    )
    return buttons.pressable(
        f"business.{who.account_id}.{who.user_id}",
        words("businesses.shown" if shown else "businesses.other", name=business, role=role),
        content,
        on_choose,
        padding=ft.Padding.symmetric(horizontal=8, vertical=10),
        radius=theme.RADIUS,
        selected=shown,
        bgcolor=theme.AI_GROUND if shown else None,
        disabled=disabled,
    )
