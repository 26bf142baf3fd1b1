"""The one place that says how a state of the trade looks: its word, its tone, its icon."""

from dataclasses import dataclass
from typing import Final

import flet as ft

from client.insight.health import Level
from client.insight.outbox import Standing
from client.models.bookings import Booking, BookingStatus
from client.models.business import EmployeeState
from client.models.calls import Outcome
from client.models.leads import LeadStage
from widgets import parts
from widgets.parts import Tone
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`key` is the word's key in the catalogue."""

    key: str
    tone: Tone
    icon: ft.IconData | None = None

    def chip(self, words: Words) -> ft.Control:
        return parts.chip(words(self.key), self.tone, self.icon)


LEVELS: Final[dict[Level, Mark]] = {
    Level.NEEDS_YOU: Mark(key="health.needs_you", tone=Tone.DANGER, icon=ft.Icons.PRIORITY_HIGH),
    Level.WATCH: Mark(key="health.watch", tone=Tone.WARNING, icon=ft.Icons.VISIBILITY_OUTLINED),
    Level.STABLE: Mark(key="health.stable", tone=Tone.POSITIVE, icon=ft.Icons.CHECK),
}

OUTCOMES: Final[dict[Outcome, Mark]] = {
    Outcome.BOOKED: Mark(key="outcome.booked", tone=Tone.POSITIVE, icon=ft.Icons.EVENT_AVAILABLE),
    Outcome.BOOKING_FAILED: Mark(key="outcome.booking_failed", tone=Tone.WARNING, icon=ft.Icons.EVENT_BUSY),
    Outcome.INFO_PROVIDED: Mark(key="outcome.info_provided", tone=Tone.AI, icon=ft.Icons.INFO_OUTLINE),
    Outcome.HUNG_UP: Mark(key="outcome.hung_up", tone=Tone.NEUTRAL, icon=ft.Icons.CALL_END),
    Outcome.VOICEMAIL: Mark(key="outcome.voicemail", tone=Tone.NEUTRAL, icon=ft.Icons.VOICEMAIL),
    Outcome.TRANSFERRED: Mark(key="outcome.transferred", tone=Tone.AI, icon=ft.Icons.PHONE_FORWARDED),
    Outcome.COMPLAINT: Mark(key="outcome.complaint", tone=Tone.DANGER, icon=ft.Icons.REPORT_OUTLINED),
    Outcome.SPAM: Mark(key="outcome.spam", tone=Tone.NEUTRAL, icon=ft.Icons.BLOCK),
    Outcome.MISSED: Mark(key="outcome.missed", tone=Tone.DANGER, icon=ft.Icons.PHONE_MISSED),
    Outcome.UNKNOWN: Mark(key="outcome.unknown", tone=Tone.NEUTRAL),
}

STATUSES: Final[dict[BookingStatus, Mark]] = {
    BookingStatus.PENDING: Mark(key="booking.pending", tone=Tone.WARNING, icon=ft.Icons.HELP_OUTLINE),
    BookingStatus.CONFIRMED: Mark(key="booking.confirmed", tone=Tone.POSITIVE, icon=ft.Icons.CHECK),
    BookingStatus.COMPLETED: Mark(key="booking.completed", tone=Tone.NEUTRAL, icon=ft.Icons.DONE_ALL),
    BookingStatus.CANCELLED: Mark(key="booking.cancelled", tone=Tone.NEUTRAL, icon=ft.Icons.EVENT_BUSY),
    BookingStatus.NO_SHOW: Mark(key="booking.no_show", tone=Tone.DANGER, icon=ft.Icons.PERSON_OFF_OUTLINED),
    BookingStatus.UNKNOWN: Mark(key="booking.unknown", tone=Tone.NEUTRAL),
}

CLASH: Final = Mark(key="booking.clash", tone=Tone.DANGER, icon=ft.Icons.ERROR_OUTLINE)
WAITING: Final = Mark(key="booking.waiting", tone=Tone.NEUTRAL, icon=ft.Icons.SYNC)

STANDINGS: Final[dict[Standing, Mark]] = {
    Standing.WAITING: Mark(key="standing.waiting", tone=Tone.NEUTRAL),
    Standing.SENDING: Mark(key="standing.sending", tone=Tone.NEUTRAL, icon=ft.Icons.SYNC),
    Standing.UNANSWERED: Mark(key="standing.waiting", tone=Tone.NEUTRAL),
    Standing.SENT: Mark(key="standing.sent", tone=Tone.NEUTRAL, icon=ft.Icons.CHECK),
    Standing.REFUSED: Mark(key="standing.refused", tone=Tone.DANGER),
    Standing.CLASH: Mark(key="standing.clash", tone=Tone.DANGER),
    Standing.SET_ASIDE: Mark(key="standing.set_aside", tone=Tone.WARNING),
}

EMPLOYEES: Final[dict[EmployeeState, Mark]] = {
    EmployeeState.ON: Mark(key="employee.on", tone=Tone.POSITIVE),
    EmployeeState.HELD: Mark(key="employee.held", tone=Tone.WARNING),
    EmployeeState.OFF: Mark(key="employee.off", tone=Tone.NEUTRAL),
    EmployeeState.TROUBLE: Mark(key="employee.trouble", tone=Tone.DANGER, icon=ft.Icons.ERROR_OUTLINE),
    EmployeeState.UNKNOWN: Mark(key="employee.unknown", tone=Tone.NEUTRAL),
}

STAGES: Final[dict[LeadStage, Mark]] = {
    LeadStage.NEW: Mark(key="stage.new", tone=Tone.AI, icon=ft.Icons.FIBER_MANUAL_RECORD_OUTLINED),
    LeadStage.CONTACTED: Mark(key="stage.contacted", tone=Tone.AI, icon=ft.Icons.CHAT_OUTLINED),
    LeadStage.QUALIFIED: Mark(key="stage.qualified", tone=Tone.AI, icon=ft.Icons.STAR_OUTLINE),
    LeadStage.CONVERTED: Mark(key="stage.converted", tone=Tone.POSITIVE, icon=ft.Icons.CHECK_CIRCLE_OUTLINE),
    LeadStage.LOST: Mark(key="stage.lost", tone=Tone.NEUTRAL, icon=ft.Icons.CANCEL_OUTLINED),
    LeadStage.UNQUALIFIED: Mark(key="stage.unqualified", tone=Tone.NEUTRAL, icon=ft.Icons.DO_NOT_DISTURB_ON_OUTLINED),
    LeadStage.UNKNOWN: Mark(key="stage.unknown", tone=Tone.NEUTRAL),
}

INTERESTS: Final[dict[str, Mark]] = {
    "hot": Mark(key="interest.hot", tone=Tone.WARNING, icon=ft.Icons.LOCAL_FIRE_DEPARTMENT_OUTLINED),
    "warm": Mark(key="interest.warm", tone=Tone.AI, icon=ft.Icons.WB_SUNNY_OUTLINED),
    "cold": Mark(key="interest.cold", tone=Tone.NEUTRAL, icon=ft.Icons.AC_UNIT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """An AI employee's tile: white on its ground holds 4.5:1."""

    icon: ft.IconData
    ground: str


GLYPHS: Final[dict[str, Glyph]] = {
    "phone": Glyph(icon=ft.Icons.CALL, ground="#6C5CE7"),
    "funnel": Glyph(icon=ft.Icons.FILTER_ALT, ground="#0F7A5C"),
    "checklist": Glyph(icon=ft.Icons.CHECKLIST, ground="#B54708"),
}
OTHER_GLYPH: Final = Glyph(icon=ft.Icons.AUTO_AWESOME, ground="#5B6478")


def waiting_icon(words: Words) -> ft.Control:
    """Of a row that is not settled, where there is no room for a chip."""
    return parts.icon(ft.Icons.SYNC, size=15, label=words(WAITING.key))


def status_of(booking: Booking) -> Mark | None:
    """The mark a list shows: none for the ordinary state, so that the others are seen."""
    if booking.pending:
        return WAITING
    return None if booking.status is BookingStatus.CONFIRMED else STATUSES[booking.status]
