"""One sentence over every place after the data here could not be opened: what came back, or why nothing did."""

import flet as ft

from screens.stores import Stores
from widgets import buttons, parts, theme
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
    sentence = parts.text(said, size=14, height=1.4, color=theme.ON_POSITIVE_GROUND)
    return ft.Container(
        ft.Row(
            [
                ft.Icon(ft.Icons.HEALING, size=18, color=theme.ON_POSITIVE_GROUND),
                ft.Container(ft.Semantics(live_region=True, content=sentence), expand=True),
                buttons.icon_button("rescued.put_away", words("action.close"), ft.Icons.CLOSE, put_away),
            ],
            spacing=10,
        ),
        bgcolor=theme.POSITIVE_GROUND,
        padding=ft.Padding.only(left=18, right=6, top=4, bottom=4),
    )
