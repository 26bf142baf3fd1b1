"""One sentence about a removal that an earlier start began, and what became of it, until the owner puts it away."""

import flet as ft

from client.models.removal import Removal
from screens.stores import Stores
from widgets import notices
from widgets.component import Handler, memoized, see
from widgets.strings import Words


@memoized
def removal_notice(stores: Stores, words: Words) -> ft.Control:
    """Across every place."""
    removal = see(stores.session).state.removal
    if removal is None:
        return ft.Container(height=0)
    return removal_view(words, removal, stores.session.put_removal_away)


def removal_view(words: Words, removal: Removal, put_away: Handler, *, rounded: bool = False) -> ft.Control:
    return notices.told_once(
        "removal.put_away",
        words(f"removal.{removal.reason}.{'done' if removal.complete else 'rest'}"),
        words("action.close"),
        put_away,
        icon_name=ft.Icons.DELETE_SWEEP_OUTLINED if removal.complete else ft.Icons.AUTO_DELETE_OUTLINED,
        rounded=rounded,
    )
