"""Where a sum over the board of the leads comes from: its sheet."""

import flet as ft

from client.insight.lead_sums import SUMS
from client.models.ids import LeadId
from client.models.provenance import EvidenceRow
from screens.live import go
from screens.over import lay_over
from screens.routes import Route
from screens.row_sheet import row_sheet
from screens.stores import Stores
from screens.window import LEAD_SUM
from widgets.component import component, effect, see
from widgets.figure_words import value_text
from widgets.provenance import Origin
from widgets.scaffold import Place
from widgets.strings import Words
from widgets.theme import Layout


def open_sum(stores: Stores, which: str) -> None:
    stores.panel.open(f"{LEAD_SUM}{which}")


@component
def lead_sum_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet of the sum that is open, or nothing."""
    panel, now = see(stores.panel).state.panel, see(stores.ticks).now
    named = panel.removeprefix(LEAD_SUM) if panel.startswith(LEAD_SUM) else ""
    which = named if named in SUMS else None
    effect(lambda: stores.leads.sum_up(which), [which])
    figure = see(stores.leads).state.figure
    if which is None or figure is None:
        return lay_over(stores, None)

    def to_row(row: EvidenceRow) -> None:
        stores.panel.close()
        go(stores, Route(place=Place.LEADS, page=LeadId(row.row_id)))

    value = value_text(words, figure.unit, figure.value)
    origin = Origin(provenance=figure.provenance, value=value, unit=figure.unit)
    return lay_over(stores, row_sheet(stores, words, layout, origin, now, to_row))
