"""The businesses that are signed in on this device: which one is shown, and one more."""

import flet as ft

from client.models.account import Identity
from client.state.session import SessionState
from screens.live import go
from screens.routes import Route
from screens.stores import Stores
from widgets import buttons, parts
from widgets.business_row import business_row
from widgets.sheet import Fit, body, titled
from widgets.strings import Words


def businesses(stores: Stores, words: Words, session: SessionState, how_high: Fit) -> ft.Control:
    """What the sheet holds."""

    async def choose(identity: Identity) -> None:
        stores.panel.close()
        if identity != session.identity:
            await stores.session.switch(identity)
            go(stores, Route())

    def add() -> None:
        stores.panel.close()
        stores.session.add_another()

    shown = [session.identity] if session.identity else []
    rows: list[ft.Control] = [
        business_row(words, each, lambda each=each: choose(each), shown=each == session.identity)
        for each in (*shown, *session.others)
    ]
    head = ft.Row(
        [
            ft.Container(parts.heading(words("businesses.title"), size=18), expand=True),
            buttons.icon_button("panel.close", words("action.close"), ft.Icons.CLOSE, stores.panel.close),
        ]
    )
    more = buttons.button("businesses.add", words("businesses.add"), add, icon_name=ft.Icons.ADD)
    rows += [parts.gap(2), ft.Row([more]), parts.muted(words("businesses.apart"), height=1.4)]
    return titled(head, body(rows, how_high, key="businesses.list", spacing=6))
