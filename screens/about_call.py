"""What is known about a call besides its words: the caller, the rule it is flagged by, what came of it, its price."""

from datetime import datetime

import flet as ft

from client.insight.health import Level, Reason
from client.insight.sentiment import mood
from client.models.calls import Call, Outcome, Turn
from client.state.call import CallState
from screens.live import go
from screens.routes import Route
from screens.stores import Stores
from widgets import buttons, call_row, marks, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.scaffold import Place
from widgets.strings import Words


def about_call(words: Words, state: CallState, now: datetime, *, on_booking: Handler | None) -> list[ft.Control]:
    """The inspector's cards, top to bottom."""
    call = state.call
    if call is None:
        return []
    out: list[ft.Control] = [_caller(words, state, call)]
    if call.is_live:
        title = "about.stands" if state.health.level is Level.STABLE else "about.why"
        out += [parts.section_label(words(title)), _why(words, state, call)]
        if call.extracted:
            out += [parts.section_label(words("about.extracted")), _extracted(words, call)]
    else:
        out += summary_cards(words, state, on_booking=on_booking)
    out += [parts.section_label(words("about.consent")), _consent(words, call, now)]
    if state.sentiment:
        out += [parts.section_label(words("sentiment.title")), _sentiment(words, state)]
    return out


def summary_cards(words: Words, state: CallState, *, on_booking: Handler | None) -> list[ft.Control]:
    """What came of a call that is over."""
    call = state.call
    if call is None:
        return []
    out: list[ft.Control] = []
    if call.summary:
        out.append(parts.card(parts.quote(words("about.summary"), call.summary, size=15), padding=14))
    out.append(_outcome(words, state, call, on_booking))
    if call.extracted:
        out += [parts.section_label(words("about.extracted")), _extracted(words, call)]
    return out


def booking_opener(stores: Stores, state: CallState) -> Handler | None:
    """Goes to the booking that was made in the call, if one was."""
    booking = state.booking
    if booking is None:
        return None
    day = booking.starts_at.astimezone(booking.zone).date()
    return lambda: go(stores, Route(place=Place.BOOKINGS, day=day, booking_id=booking.booking_id))


def rule_text(words: Words, reason: Reason) -> str:
    return words(f"health.rule.{reason}")


def _caller(words: Words, state: CallState, call: Call) -> ft.Control:
    name = call_row.caller(words, call)
    lines: list[str] = []
    customer = state.customer
    if customer:
        lines.append(words("customer.visits", n=customer.total_bookings))
        if customer.lifetime_cents is not None:
            lines.append(fmt.money(words, customer.lifetime_cents))
        if customer.first_visit_at:
            lines.append(words("customer.since", year=customer.first_visit_at.astimezone(words.zone).year))
    masked = fmt.phone_masked(call.caller_phone)
    texts: list[ft.Control] = [parts.strong(fmt.clipped(name, 200))]
    if lines:
        texts.append(parts.muted(" · ".join(lines)))
    if masked:
        texts.append(parts.muted(masked))
    if customer and customer.notes:
        texts.append(parts.muted(fmt.clipped(customer.notes, 400), italic=True))
    return ft.Row(
        [parts.avatar(fmt.initials(name), size=40), ft.Column(texts, spacing=1, tight=True, expand=True)],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _why(words: Words, state: CallState, call: Call) -> ft.Control:
    mark = marks.LEVELS[state.health.level]
    rows: list[ft.Control] = [
        ft.Row([mark.chip(words)]),
        parts.text(rule_text(words, state.health.reason), size=13, height=1.45),
    ]
    began = call.answered_at or call.started_at
    for turn in state.evidence[-4:]:
        at = fmt.duration_clock((turn.started_at - began).total_seconds())
        rows.append(parts.muted(words("about.evidence", text=fmt.clipped(_shown(turn), 140), time=at), height=1.4))
    if state.health.reason in (Reason.ESCALATED, Reason.EMERGENCY_MARKED) and call.escalation_reason:
        rows.append(parts.muted(words("about.server_says", reason=fmt.clipped(call.escalation_reason, 200))))
    return parts.card(ft.Column(rows, spacing=6, tight=True), padding=12)


def _shown(turn: Turn) -> str:
    """What was said, as it was said; of a tool, without whole phone numbers."""
    return fmt.phones_masked(turn.text) if turn.tool else turn.text


def _sentiment(words: Words, state: CallState) -> ft.Control:
    first, last = state.sentiment[0], state.sentiment[-1]
    said = words(
        "sentiment.from_to",
        first=words(f"mood.{mood(first.value)}"),
        last=words(f"mood.{mood(last.value)}"),
        n=len(state.sentiment),
    )
    return parts.card(
        ft.Column(
            [parts.text(said, size=13, height=1.45), parts.muted(words("sentiment.rule"), size=12, height=1.45)],
            spacing=6,
            tight=True,
        ),
        padding=12,
    )


def _outcome(words: Words, state: CallState, call: Call, on_booking: Handler | None) -> ft.Control:
    began = f"{fmt.day_short(words, fmt.local_day(words, call.started_at))} {fmt.clock_time(words, call.started_at)}"
    rows: list[ft.Control] = [
        ft.Row([marks.OUTCOMES[call.outcome or Outcome.UNKNOWN].chip(words)]),
        _fact(words, "about.when", began),
    ]
    if call.ended_at:
        rows.append(_fact(words, "about.length", fmt.duration_clock(call_row.seconds(call, call.ended_at))))
    rows.append(_fact(words, "about.answered_by", call.handler_name or call.employee_name))
    if call.intent:
        rows.append(_fact(words, "about.intent", call_row.intent(words, call.intent)))
    if call.charge_cents is not None:
        rows.append(_fact(words, "about.charge", _charge(words, call)))
    if call.requires_followup:
        rows.append(ft.Row([parts.chip(words("about.followup"), parts.Tone.WARNING, ft.Icons.FLAG_OUTLINED)]))
    if state.booking and on_booking:
        when = f"{fmt.day_short(words, fmt.local_day(words, state.booking.starts_at))} "
        when += fmt.clock_time(words, state.booking.starts_at)
        rows.append(
            ft.Row(
                [
                    buttons.button(
                        "call.booking",
                        words("about.open_booking", when=when, service=fmt.clipped(state.booking.service_name, 60)),
                        on_booking,
                        kind=Kind.LINK,
                        icon_name=ft.Icons.EVENT,
                        wraps=True,
                        expand=True,
                    )
                ]
            )
        )
    return parts.card(ft.Column(rows, spacing=6, tight=True), padding=12)


def _charge(words: Words, call: Call) -> str:
    amount = fmt.money(words, call.charge_cents or 0, exact=True)
    if call.billed_seconds is None:
        return amount
    return words("about.charge_for", amount=amount, length=fmt.duration_clock(call.billed_seconds))


def _extracted(words: Words, call: Call) -> ft.Control:
    rows = [_pair(name, value) for name, value in fmt.told(words, call.extracted)]
    return parts.card(ft.Column(rows, spacing=6, tight=True), padding=12)


def _consent(words: Words, call: Call, now: datetime) -> ft.Control:
    consent = call.consent
    key = f"consent.{consent.state}"
    said = words(key) if words.has(key) else consent.state
    rows: list[ft.Control] = [parts.text(said, size=13, height=1.4)]
    if consent.text:
        rows.append(parts.muted(f"“{fmt.clipped(consent.text, 200)}”", height=1.4))
    if consent.said_at:
        rows.append(parts.muted(fmt.moment(words, consent.said_at, now), size=12))
    return parts.card(ft.Column(rows, spacing=4, tight=True), padding=12)


def _fact(words: Words, key: str, value: str) -> ft.Control:
    return _pair(words(key), value)


def _pair(label: str, value: str) -> ft.Control:
    return ft.MergeSemantics(
        ft.Row(
            [
                parts.muted(label, width=96),
                parts.text(value, size=14, expand=True, color=theme.TEXT, selectable=True),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    )
