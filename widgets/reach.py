"""How somebody is reached with what this device has: its telephone and its post."""

import flet as ft

from widgets import buttons, parts
from widgets import format as fmt
from widgets.component import Handler
from widgets.strings import Words


def reach(
    words: Words,
    identifier: str,
    name: str,
    *,
    on_call: Handler | None,
    on_email: Handler | None,
    copied: str = "",
) -> ft.Control:
    """A button each; None where the number or the address is not known.

    `copied`: the number that was copied, because nothing here rings by itself.  `identifier` begins the buttons' own.
    """
    named = fmt.clipped(name, 80)
    row: list[ft.Control] = []
    if on_call:
        said, label = words("customer.call_spoken", name=named), words("customer.call")
        row.append(buttons.button(f"{identifier}.call", label, on_call, icon_name=ft.Icons.CALL, name=said))
    if on_email:
        said, label = words("customer.email_spoken", name=named), words("customer.email")
        row.append(buttons.button(f"{identifier}.email", label, on_email, icon_name=ft.Icons.MAIL_OUTLINED, name=said))
    return ft.Column(
        [ft.Row(row, spacing=8, run_spacing=8, wrap=True), *number_copied(words, copied)], spacing=4, tight=True
    )


def number_copied(words: Words, phone: str) -> list[ft.Control]:
    """Says so, to the ear too; nothing where none was."""
    if not phone:
        return []
    told = words("call.number_copied", phone=fmt.phone_whole(phone))
    return [ft.Semantics(live_region=True, content=parts.muted(told, height=1.4))]
