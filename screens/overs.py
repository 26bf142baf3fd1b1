"""What opens over a place: drawn when the first frame is there, because none of it is in that one."""

import asyncio
import importlib
import sys
from typing import Final

import flet as ft

from screens.stores import Stores
from widgets.component import effect, memoized
from widgets.strings import Words
from widgets.theme import Layout

SHEETS: Final = "screens.sheets"
"""The module that brings every sheet; what asks for one before it is there has it a moment later."""


@memoized
def overs(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """Nothing to see until something opens."""
    are_there, come = ft.use_state(SHEETS in sys.modules)

    async def bring() -> None:
        if not are_there:
            await stores.window.painted()
            await asyncio.to_thread(importlib.import_module, SHEETS)
            come(True)

    effect(bring, [])
    return ft.Row(_sheets(stores, words, layout) if are_there else [], spacing=0, height=0)


def _sheets(stores: Stores, words: Words, layout: Layout) -> list[ft.Control]:
    from screens.sheets import all_sheets

    return all_sheets(stores, words, layout)
