"""The sheet that is open while the owner wants to sign out, bound to the stores."""

from dataclasses import replace

import flet as ft

from client.insight.outbox import as_it_stands
from client.state.link import is_stale
from screens.live import go, open_outbox
from screens.over import lay_over
from screens.routes import Route
from screens.saving import saved
from screens.stores import Stores
from widgets.component import component, see
from widgets.leaving_sheet import Leaving, LeavingActions, confirms, leaving_sheet
from widgets.sheet import fit, sheet
from widgets.strings import Words
from widgets.theme import Layout


@component
def leaving_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """Nothing while nobody wants to leave."""
    state, identity = see(stores.leaving).state, see(stores.session).state.identity
    staff, now = see(stores.business).state.staff, see(stores.ticks).now
    connected = not is_stale(see(stores.link).state)
    state = replace(state, lines=tuple(as_it_stands(line, connected=connected) for line in state.lines))
    how_high = fit()
    dialog: ft.DialogControl | None = None
    if state.is_open and identity is not None:
        leaving = Leaving(state=state, business=identity.business_name, staff=staff, now=now)
        content = leaving_sheet(words, leaving, _actions(stores, words), how_high)
        dialog = sheet(layout, content, stores.leaving.close)
    return lay_over(stores, dialog)


def _actions(stores: Stores, words: Words) -> LeavingActions:
    async def export() -> None:
        written = await stores.leaving.write_file()
        if written is None:
            return
        if await saved(written.name, written.data):
            stores.leaving.did_save(written.name)

    async def discard() -> None:
        if confirms(words, stores.leaving.state.typed):
            await leave(True)

    async def leave(discard: bool = False) -> None:
        if await stores.leaving.leave(discard=discard):
            go(stores, Route())

    def to_outbox() -> None:
        stores.leaving.close()
        open_outbox(stores)

    return LeavingActions(
        send=stores.leaving.send,
        export=export,
        outbox=to_outbox,
        type=stores.leaving.type,
        discard=discard,
        sign_out=leave,
        close=stores.leaving.close,
        focus=stores.focus.types,
        blur=stores.focus.rests,
    )
