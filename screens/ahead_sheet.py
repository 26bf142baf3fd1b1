"""Where a forecast, or something found in the rows, comes from: its sheet, over whatever place is there."""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import cast

import flet as ft

from client.models.forecasts import Measure
from client.models.ids import BookingId, CallId
from client.models.marks import About
from client.models.provenance import EvidenceRow, Provenance
from client.state.outlook import BusyHours, OutlookState
from client.state.patterns import PatternsState
from screens.live import go, open_call
from screens.over import lay_over
from screens.routes import Route
from screens.row_sheet import row_sheet
from screens.stores import Stores
from screens.window import FORECAST, HOURS, LENGTHS, PATTERN
from widgets import format as fmt
from widgets.component import component, see
from widgets.forecast_card import decimal, headline
from widgets.pattern_cards import anomaly_title, churn_line, opportunity_title
from widgets.provenance import Origin
from widgets.scaffold import Place
from widgets.strings import Words
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`value`: the figure as its card wrote it; `unit`: of its rows' amounts."""

    value: str
    provenance: Provenance
    unit: str = "count"


@component
def ahead_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet that is open, or nothing."""
    panel = see(stores.panel).state
    outlook, found = see(stores.outlook).state, see(stores.patterns).state
    now, link = see(stores.ticks).now, see(stores.link).state
    read = ft.use_memo(
        lambda: shown_of(stores, words, panel.panel, outlook, found), [panel.panel, outlook, found, words]
    )
    shown = cast("Shown | None", read)
    dialog: ft.DialogControl | None = None
    if shown is not None:
        origin = Origin(provenance=replace(shown.provenance, as_of=link.as_of), value=shown.value, unit=shown.unit)
        dialog = row_sheet(stores, words, layout, origin, now, partial(open_row, stores, words))
    return lay_over(stores, dialog)


def shown_of(stores: Stores, words: Words, panel: str, outlook: OutlookState, found: PatternsState) -> Shown | None:
    """What the open panel is about; None where it is about something else, or that is gone."""
    if panel.startswith(FORECAST):
        word = panel.removeprefix(FORECAST)
        coming = outlook.of(Measure(word)) if word in set(Measure) else None
        if coming is not None and coming.provenance is not None:
            return Shown(value=headline(words, coming), provenance=coming.provenance)
    if panel in (HOURS, LENGTHS) and outlook.busy is not None:
        return _hours(stores, words, panel, outlook.busy)
    if panel.startswith(PATTERN):
        about, _, subject = panel.removeprefix(PATTERN).partition(".")
        return _found(stores, words, about, subject, found)
    return None


def _hours(stores: Stores, words: Words, panel: str, busy: BusyHours) -> Shown | None:
    if panel == HOURS:
        provenance = stores.outlook.behind_hours()
        value = words("busy.expected", count=decimal(words, sum(map(sum, busy.rows))))
        return Shown(value=value, provenance=provenance) if provenance else None
    provenance = stores.outlook.behind_lengths()
    value = words("unit.minutes", minutes=decimal(words, busy.lengths.mean_minutes))
    return Shown(value=value, provenance=provenance, unit="time") if provenance else None


def _found(stores: Stores, words: Words, about: str, subject: str, found: PatternsState) -> Shown | None:
    match about:
        case About.CHURN:
            churn = next((each for each in found.churn if each.customer_id == subject), None)
            return Shown(value=churn_line(words, churn), provenance=churn.provenance) if churn else None
        case About.OPPORTUNITY:
            asked = next((each for each in found.opportunities if each.subject == subject), None)
            return Shown(value=opportunity_title(words, asked), provenance=asked.provenance) if asked else None
        case About.ANOMALY:
            unusual = next((each for each in found.anomalies if each.subject == subject), None)
            provenance = stores.patterns.unusual(unusual) if unusual else None
            if unusual is None or provenance is None:
                return None
            today = fmt.local_day(words, stores.ticks.now)
            return Shown(value=anomaly_title(words, unusual, today), provenance=provenance)
        case _:
            return None


def open_row(stores: Stores, words: Words, row: EvidenceRow) -> None:
    """To the booking, the call, or the day."""
    stores.panel.close()
    match row.kind:
        case "call":
            open_call(stores, CallId(row.row_id))
        case "day":
            go(stores, Route(place=Place.BOOKINGS, day=date.fromisoformat(row.row_id)))
        case _:
            day = fmt.local_day(words, row.at)
            go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=BookingId(row.row_id)))
