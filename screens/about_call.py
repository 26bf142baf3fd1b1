"""What is known about a call besides its words: the caller, the rule it is flagged by, what came of it, its price."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import flet as ft

from client.insight.health import Level, Reason
from client.insight.sentiment import mood
from client.models.calls import Call, Outcome, Turn
from client.models.ids import LeadId, TurnId
from client.models.leads import Lead
from client.models.marks import About, MarkWord
from client.models.promises import Judged
from client.state.call import CallState
from screens.customer import open_customer
from screens.live import go
from screens.ringing import can_ring_back, ring_back
from screens.routes import Route
from screens.stores import Stores
from screens.window import BLOCK, TASK, TURN
from widgets import buttons, call_row, marks, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import Handler, keyed
from widgets.customer_page import worth
from widgets.lead_page import tasks_card
from widgets.lead_row import lead_row
from widgets.promise_lines import promise_card
from widgets.scaffold import Place
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutActions:
    """What can be done about a call; None where there is nothing to open, or nobody may.

    `call_back`: the button that rings the caller, by its identifier; None where there is nobody to ring.

    `task`, `done`, `again`: about a promise that was not kept.
    """

    booking: Handler | None
    customer: Handler | None
    lead: Callable[[LeadId], object]
    call_back: Callable[[Words, str], ft.Control] | None
    follow_up: Handler | None
    block: Handler | None
    unblock: Handler | None
    task: Callable[[Judged], object]
    done: Callable[[TurnId], object]
    again: Callable[[TurnId], object]


def about_call(
    words: Words, state: CallState, now: datetime, actions: AboutActions, *, name: str = "call"
) -> list[ft.Control]:
    """The inspector's cards, top to bottom.  `name` begins the identifiers: it may be on screen twice."""
    call = state.call
    if call is None:
        return []
    out: list[ft.Control] = [_caller(words, state, call, actions.customer, name)]
    if call.is_live:
        title = "about.stands" if state.health.level is Level.STABLE else "about.why"
        out += [parts.section_label(words(title)), _why(words, state, call)]
        if call.extracted:
            out += [parts.section_label(words("about.extracted")), _extracted(words, call)]
    else:
        out += summary_cards(words, state, now, actions, name=name)
    if state.leads:
        out += [parts.section_label(words("about.leads")), _leads(words, state.leads, now, actions.lead)]
    out += [parts.section_label(words("about.consent")), _consent(words, call, now)]
    if state.sentiment:
        out += [parts.section_label(words("sentiment.title")), _sentiment(words, state)]
    return out


def summary_cards(
    words: Words, state: CallState, now: datetime, actions: AboutActions, *, name: str = "call"
) -> list[ft.Control]:
    """What came of a call that is over."""
    call = state.call
    if call is None:
        return []
    out: list[ft.Control] = []
    if call.summary:
        out.append(parts.card(parts.quote(words("about.summary"), call.summary, size=15), padding=14))
    out.append(_outcome(words, state, call, actions, name))
    if state.promises:
        card = promise_card(words, state.promises, state.settled, actions.task, actions.done, actions.again, name=name)
        out += [parts.section_label(words("promise.title")), card]
    if state.tasks:
        out += tasks_card(words, state.tasks, now)
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


def about_actions(stores: Stores, state: CallState) -> AboutActions:
    """What the owner of this window may do about the open call."""
    call, role = state.call, stores.role
    may = role is not None and role.may_supervise
    phone = call.caller_phone if call and may else None
    work = stores.edits.work
    about = stores.panel.open

    def task(judged: Judged) -> None:
        about(f"{TURN}{judged.promise.turn_id}.{TASK}")

    async def done(turn_id: TurnId) -> None:
        await work.mark(About.PROMISE, turn_id, MarkWord.DONE)

    async def again(turn_id: TurnId) -> None:
        await work.clear_mark(About.PROMISE, turn_id)

    async def unblock() -> None:
        await work.unblock_number(phone or "")

    return AboutActions(
        booking=booking_opener(stores, state),
        customer=customer_opener(stores, state),
        lead=lead_opener(stores),
        call_back=partial(_call_back, call) if call and not call.is_live and can_ring_back(call) else None,
        follow_up=(lambda: about(f"{TURN}.{TASK}")) if call else None,
        block=(lambda: about(BLOCK)) if phone else None,
        unblock=unblock if phone else None,
        task=task,
        done=done,
        again=again,
    )


def _call_back(call: Call, words: Words, identifier: str) -> ft.Control:
    return keyed(f"ring-{identifier}", ring_back, words, call, identifier)


def customer_opener(stores: Stores, state: CallState) -> Handler | None:
    """Goes to the customer who calls, if it is one."""
    customer = state.customer
    return (lambda: open_customer(stores, customer.customer_id)) if customer else None


def lead_opener(stores: Stores) -> Callable[[LeadId], object]:
    """Goes to a lead that came of the call."""
    return lambda lead_id: go(stores, Route(place=Place.LEADS, page=lead_id))


def _leads(words: Words, leads: Sequence[Lead], now: datetime, on_lead: Callable[[LeadId], object]) -> ft.Control:
    rows = [lead_row(words, lead, now, lambda lead_id=lead.lead_id: on_lead(lead_id), selected=False) for lead in leads]
    return parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4)


def rule_text(words: Words, reason: Reason) -> str:
    return words(f"health.rule.{reason}")


def _caller(words: Words, state: CallState, call: Call, on_customer: Handler | None, identifier: str) -> ft.Control:
    name = call_row.caller(words, call)
    lines: list[str] = []
    customer = state.customer
    if customer:
        lines += worth(words, customer)
    masked = fmt.phone_masked(call.caller_phone)
    texts: list[ft.Control] = [parts.strong(fmt.clipped(name, 200))]
    if lines:
        texts.append(parts.muted(" · ".join(lines)))
    if masked:
        texts.append(parts.muted(masked))
    if customer and customer.notes:
        texts.append(parts.muted(fmt.clipped(customer.notes, 400), italic=True))
    row: list[ft.Control] = [
        parts.avatar(fmt.initials(name), size=40),
        ft.Column(texts, spacing=1, tight=True, expand=True),
    ]
    if on_customer is None:
        return ft.Row(row, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)
    row.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=theme.MUTED))
    spoken = words(
        "customer.open_spoken", name=fmt.clipped(name, 80), told=", ".join([*lines, masked or ""]).strip(", ")
    )
    face = ft.Row(row, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)
    return buttons.pressable(
        f"{identifier}.customer", spoken, face, on_customer, padding=ft.Padding.symmetric(vertical=6)
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


def _outcome(words: Words, state: CallState, call: Call, actions: AboutActions, name: str) -> ft.Control:
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
    if call.satisfaction is not None:
        rows.append(_fact(words, "about.satisfaction", words("about.satisfaction_of", n=call.satisfaction)))
    if state.booking and actions.booking:
        when = f"{fmt.day_short(words, fmt.local_day(words, state.booking.starts_at))} "
        when += fmt.clock_time(words, state.booking.starts_at)
        rows.append(
            ft.Row(
                [
                    buttons.button(
                        "call.booking",
                        words("about.open_booking", when=when, service=fmt.clipped(state.booking.service_name, 60)),
                        actions.booking,
                        kind=Kind.LINK,
                        icon_name=ft.Icons.EVENT,
                        wraps=True,
                        expand=True,
                    )
                ]
            )
        )
    rows += _deeds(words, state, actions, name)
    return parts.card(ft.Column(rows, spacing=6, tight=True), padding=12)


def _deeds(words: Words, state: CallState, actions: AboutActions, name: str) -> list[ft.Control]:
    """What can be done about the call as a whole."""
    row: list[ft.Control] = []
    if actions.call_back and state.blocked is None:
        row.append(actions.call_back(words, f"{name}.call_back"))
    if actions.follow_up:
        row.append(
            buttons.button(
                f"{name}.follow_up", words("about.make_task"), actions.follow_up, icon_name=ft.Icons.ADD_TASK
            )
        )
    if state.blocked is None and actions.block:
        row.append(buttons.button(f"{name}.block", words("blocking.ask"), actions.block, icon_name=ft.Icons.BLOCK))
    out: list[ft.Control] = [ft.Row(row, spacing=8, run_spacing=6, wrap=True)] if row else []
    if state.blocked is not None and actions.unblock:
        key = "blocking.waiting" if state.blocked.pending else "blocking.on"
        undo = buttons.button(f"{name}.unblock", words("blocking.undo"), actions.unblock, kind=Kind.LINK)
        chip = parts.chip(words(key), parts.Tone.NEUTRAL, ft.Icons.BLOCK)
        out.append(ft.Row([chip, undo], spacing=8, run_spacing=6, wrap=True))
    return out


def _charge(words: Words, call: Call) -> str:
    amount = fmt.money(words, call.charge_cents or 0, exact=True)
    if call.billed_seconds is None:
        return amount
    length = fmt.duration_clock(call.billed_seconds)
    if call.rate_cents is None or not call.rounding_s:
        return words("about.charge_for", amount=amount, length=length)
    rate = fmt.money(words, call.rate_cents, exact=True)
    started = -(-call.billed_seconds // call.rounding_s)
    return words("about.charge_sum", amount=amount, length=length, started=started, rate=rate, seconds=call.rounding_s)


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
    rows += _recording(words, call)
    return parts.card(ft.Column(rows, spacing=4, tight=True), padding=12)


def _recording(words: Words, call: Call) -> list[ft.Control]:
    """Whether there is audio of the call, and by which answer of the caller's."""
    recording = call.recording
    if recording is None:
        return []
    key = f"recording.{recording.state}" + (f".{recording.reason}" if recording.reason else "")
    said = words(key) if words.has(key) else words("recording.none")
    kept = recording.state == "kept"
    icon = ft.Icons.MIC_NONE if kept else ft.Icons.MIC_OFF_OUTLINED
    line = [parts.icon(icon, size=16), parts.text(said, size=13, height=1.4, expand=True)]
    return [parts.hairline(), ft.MergeSemantics(ft.Row(line, spacing=8))]


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
