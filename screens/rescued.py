"""One sentence over every place after the data here could not be opened: what came back, or why nothing did."""

import flet as ft

from screens.stores import Stores
from widgets import notices
from widgets.component import memoized, see
from widgets.strings import Words


@memoized
def rescued_notice(stores: Stores, words: Words) -> ft.Control:
    """Until the owner puts it away."""
    rescued = see(stores.rescued).state
    if not (rescued.changes or rescued.key_lost):
        return ft.Container(height=0)

    async def put_away() -> None:
        await stores.rescued.put_away(stores.runtime.database)

    said = words("rescued.key_lost") if rescued.key_lost else words("rescued.said", n=rescued.changes)
    close = words("action.close")
    return notices.told_once("rescued.put_away", said, close, put_away, icon_name=ft.Icons.HEALING)
