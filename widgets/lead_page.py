"""A lead as a page: the score with its reasons, what is known, the call it came from, and what was done so far."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import flet as ft

from client.models.calls import Call
from client.models.leads import Lead
from client.models.tasks import Task, TaskState
from widgets import format as fmt
from widgets import marks, parts, theme
from widgets.call_row import past_row
from widgets.component import Handler
from widgets.lead_row import followup, wish
from widgets.strings import Words
from widgets.theme import Layout

NOTE_MAX: Final = 2000
_TEXT_MAX: Final = 300


def summary(words: Words, lead: Lead, now: datetime) -> str:
    """From the website · since Mon 3 Nov."""
    when = fmt.day_named(words, fmt.local_day(words, lead.created_at), fmt.local_day(words, now))
    return words("lead.summary", source=source(words, lead.source), when=when)


def source(words: Words, value: str) -> str:
    key = f"lead.source.{value}"
    return words(key) if words.has(key) else fmt.label_of(words, value)


def chips(words: Words, lead: Lead) -> ft.Control:
    """Where it stands: stage, interest, whether a change waits."""
    row = [marks.STAGES[lead.stage].chip(words)]
    if lead.is_open and lead.interest in marks.INTERESTS:
        row.append(marks.INTERESTS[lead.interest].chip(words))
    if lead.pending:
        row.append(marks.WAITING.chip(words))
    return ft.Row(row, spacing=6, wrap=True, run_spacing=6)


def score_card(words: Words, lead: Lead) -> ft.Control:
    """The score and everything it was made of, as the server says it."""
    number = parts.text(str(lead.score), size=30, weight=parts.W600, height=1.2)
    of = parts.muted(words("lead.score_of"), size=13)
    rows: list[ft.Control] = [
        ft.Row([number, of], spacing=8, vertical_alignment=ft.CrossAxisAlignment.END),
        ft.ProgressBar(
            value=min(1.0, max(0.0, lead.score / 100)),
            color=theme.PRIMARY,
            bgcolor=theme.SURFACE_2,
            height=4,
            border_radius=4,
            semantics_label=words("lead.score", n=lead.score),
        ),
    ]
    rows += [_reason(reason) for reason in lead.score_reasons] or [parts.muted(words("lead.no_reasons"))]
    return parts.card(ft.Column(rows, spacing=6, tight=True), padding=14)


def _reason(reason: str) -> ft.Control:
    text = parts.text(fmt.clipped(reason, _TEXT_MAX), size=14, expand=True, height=1.35)
    dot = ft.Container(parts.icon(ft.Icons.CIRCLE, size=6), padding=ft.Padding.only(top=7))
    return ft.Row([dot, text], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)


def facts(words: Words, layout: Layout, lead: Lead, now: datetime) -> ft.Control:
    """What is known of it, named."""
    rows: list[tuple[str, str]] = [("lead.needs", wish(words, lead)), ("lead.followup", followup(words, lead, now))]
    if lead.needs and lead.interested_services:
        rows.insert(1, ("lead.services", ", ".join(lead.interested_services)))
    if lead.value_cents is not None:
        rows.append(("lead.value", fmt.money(words, lead.value_cents)))
    if lead.budget:
        rows.append(("lead.budget", lead.budget))
    if lead.timeline:
        rows.append(("lead.timeline", _timeline(words, lead.timeline)))
    rows.append(("lead.assigned", lead.assigned_to or words("lead.nobody")))
    if lead.lost_reason:
        rows.append(("lead.lost_because", lead.lost_reason))
    if lead.phone:
        rows.append(("booking.phone", fmt.phone_whole(lead.phone)))
    if lead.email:
        rows.append(("booking.email", lead.email))
    if lead.tags:
        rows.append(("lead.tags", ", ".join(lead.tags)))
    told = [parts.fact(words(k), fmt.clipped(v, _TEXT_MAX), layout, label_width=96, size=14) for k, v in rows]
    return parts.card(ft.Column(told, spacing=8, tight=True), padding=14)


def _timeline(words: Words, value: str) -> str:
    key = f"lead.when.{value}"
    return words(key) if words.has(key) else fmt.label_of(words, value)


def call_card(words: Words, call: Call, on_open: Handler) -> list[ft.Control]:
    """The way back to the call it came from."""
    return [parts.section_label(words("lead.call_of")), parts.card(past_row(words, call, on_open), padding=4)]


def tasks_card(words: Words, tasks: Sequence[Task], now: datetime) -> list[ft.Control]:
    """What is to be done about it, and what was."""
    if not tasks:
        return []
    rows = parts.divided([_task(words, task, now) for task in tasks])
    return [parts.section_label(words("lead.tasks")), parts.card(ft.Column(rows, spacing=0, tight=True), padding=4)]


def _task(words: Words, task: Task, now: datetime) -> ft.Control:
    done = task.state is TaskState.DONE
    late = task.is_overdue(now)
    ink = theme.DANGER if late else theme.MUTED
    when = words("task.no_date")
    if done and task.done_at:
        when = words("task.done_at", when=fmt.moment(words, task.done_at, now))
    elif task.due_at:
        when = words("task.overdue" if late else "task.due", when=fmt.moment(words, task.due_at, now))
    told: list[ft.Control] = [
        parts.text(fmt.clipped(task.title, 200), size=14, struck=done),
        parts.text(when, size=12, color=ink),
    ]
    icon = ft.Icons.TASK_ALT if done else ft.Icons.RADIO_BUTTON_UNCHECKED
    row = ft.Row(
        [
            parts.icon(icon, size=18),
            ft.Column(told, spacing=1, tight=True, expand=True),
            *([marks.waiting_icon(words)] if task.pending else []),
        ],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.MergeSemantics(ft.Container(row, padding=ft.Padding.symmetric(horizontal=10, vertical=9)))
