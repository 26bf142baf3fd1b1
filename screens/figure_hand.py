"""What can be done with a figure: open it, see where it comes from, turn its rows, go to one, take them away."""

from dataclasses import replace

import flet as ft

from client.insight.metrics import Metric
from client.insight.periods import Chosen
from client.models.ids import BookingId, CallId
from client.models.provenance import EvidenceRow
from client.state.evidence import EvidenceState
from screens.live import go, open_call
from screens.routes import Route
from screens.saving import saved
from screens.stores import Stores
from screens.window import PanelState
from widgets import format as fmt
from widgets.period_switch import PeriodActions
from widgets.provenance import Evidence, EvidenceActions, FileState, as_csv, file_name
from widgets.scaffold import Place
from widgets.strings import Words


def open_figure(stores: Stores, metric: Metric, chosen: Chosen) -> None:
    """The figure's page over the place that is there."""
    stores.figures.choose(chosen)
    stores.panel.close()
    go(stores, replace(stores.router.route, figure=metric.value))


def open_provenance(stores: Stores, metric: Metric, chosen: Chosen) -> None:
    """The sheet that says where the figure comes from."""
    stores.evidence.open(metric, chosen)
    stores.panel.open_figure(metric)


def period_actions(stores: Stores) -> PeriodActions:
    """The period is one for all figures."""
    return PeriodActions(choose=stores.figures.choose, types=stores.focus.types, rests=stores.focus.rests)


def evidence_of(state: EvidenceState) -> Evidence:
    whole = state.under.whole if state.under else False
    return Evidence(rows=state.rows, first=state.first, total=state.total, whole=whole)


def file_state(panel: PanelState) -> FileState:
    return FileState(copied=panel.copied, saved=panel.saved, saving=panel.saving)


def evidence_actions(stores: Stores, words: Words) -> EvidenceActions:
    """What the rows under the open figure do."""

    def to_row(row: EvidenceRow) -> None:
        stores.panel.close()
        _go_to(stores, words, row)

    async def copy() -> None:
        await ft.Clipboard().set(as_csv(await stores.evidence.every_row()))
        stores.panel.did_copy()

    async def save() -> None:
        figure = stores.evidence.state.figure
        if figure is None:
            return
        stores.panel.is_saving(True)
        try:
            name, rows = file_name(words, figure.figure.provenance), as_csv(await stores.evidence.every_row())
            if await saved(name, rows.encode()):
                stores.panel.did_save()
        finally:
            stores.panel.is_saving(False)

    return EvidenceActions(
        on_row=to_row,
        on_page=lambda by: stores.evidence.newer() if by < 0 else stores.evidence.older(),
        on_whole=stores.evidence.show_whole,
        on_copy=copy,
        on_save=save,
    )


def _go_to(stores: Stores, words: Words, row: EvidenceRow) -> None:
    match row.kind:
        case "call":
            open_call(stores, CallId(row.row_id))
        case "booking":
            day = fmt.local_day(words, row.begins or row.at)
            go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=BookingId(row.row_id)))
        case _:
            go(stores, Route(place=Place.LEADS, page=row.row_id))
