"""What lies over a place: a sheet or a question of some component, shown while it is there, which takes the keys."""

from dataclasses import dataclass
from typing import cast

import flet as ft

from screens.stores import Stores
from widgets.component import Handler, effect, handler


@dataclass(slots=True, eq=False)
class _Over:
    """`turn` counts how often it came."""

    is_open: bool = False
    turn: int = 0


def lay_over(stores: Stores, dialog: ft.DialogControl | None) -> ft.Control:
    """Show `dialog` while there is one; letters are no commands then, whatever has the keyboard.  A hook.

    A client says that a dialog is gone when it has left the screen, and by then the next one may be there: who closes
    on that word hears it only of what is shown still.
    """
    over = cast(_Over, ft.use_ref(_Over).current)
    is_open = dialog is not None
    over.turn += is_open and not over.is_open
    over.is_open = is_open
    stores.focus.covers(over, is_open)
    effect(_nothing, [], cleanup=lambda: stores.focus.covers(over, False))
    if dialog is not None and dialog.on_dismiss is not None:
        dialog.on_dismiss = handler(_while_shown(over, cast(Handler, dialog.on_dismiss)))
    ft.use_dialog(dialog)
    return ft.Container(width=0, height=0)


def _while_shown(over: _Over, closed: Handler) -> Handler:
    turn = over.turn

    def gone(e: object) -> object:
        return closed(e) if over.is_open and over.turn == turn else None

    return gone


def _nothing() -> None:
    """What is laid over is laid while it is drawn."""
