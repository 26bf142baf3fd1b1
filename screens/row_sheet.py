"""The sheet of a figure that has its rows with it, over whatever place is there."""

from collections.abc import Callable
from datetime import datetime

import flet as ft

from client.models.provenance import EvidenceRow
from screens.figure_hand import file_state
from screens.saving import saved
from screens.stores import Stores
from widgets.provenance import EvidenceActions, Origin, as_csv, evidence_in, file_name, provenance_sheet
from widgets.sheet import sheet
from widgets.strings import Words
from widgets.theme import Layout


def row_sheet(
    stores: Stores,
    words: Words,
    layout: Layout,
    origin: Origin,
    now: datetime,
    on_row: Callable[[EvidenceRow], object],
) -> ft.DialogControl:
    """Its rows can be opened, copied and saved."""
    provenance = origin.provenance

    async def copy() -> None:
        await ft.Clipboard().set(as_csv(provenance.rows))
        stores.panel.did_copy()

    async def save() -> None:
        if await saved(file_name(words, provenance), as_csv(provenance.rows).encode()):
            stores.panel.did_save()

    content = provenance_sheet(
        words,
        origin,
        evidence_in(provenance),
        now,
        EvidenceActions(on_row=on_row, on_copy=copy, on_save=save),
        file=file_state(stores.panel.state),
        on_close=stores.panel.close,
    )
    height = layout.height * (0.8 if layout.is_phone else 0.72)
    return sheet(layout, ft.Container(content, height=height), stores.panel.close)
