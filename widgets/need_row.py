"""One thing that needs the owner: what, why it stands where it stands, and done or later by a swipe or a button."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import flet as ft

from client.insight.anomalies import Anomaly
from client.insight.churn import Churn
from client.insight.health import LiveCall
from client.insight.needs import Need, Sort
from client.insight.opportunities import Opportunity
from client.insight.outbox import ChangeLine
from client.models.bookings import Calendar
from client.models.leads import Lead
from client.models.promises import OpenPromise
from client.models.tasks import Task
from widgets import buttons, call_row, change_words, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.component import handler
from widgets.needs_you import why_it_waits
from widgets.pattern_cards import anomaly_line, anomaly_title, churn_line, churn_title, opportunity_title
from widgets.promise_lines import promise_title, promise_why
from widgets.strings import Words

_ICONS: Final = {
    Sort.CALLER: (ft.Icons.CALL, theme.DANGER),
    Sort.CHANGE: (ft.Icons.EVENT_BUSY, theme.DANGER),
    Sort.PROMISE: (ft.Icons.RECORD_VOICE_OVER_OUTLINED, theme.DANGER),
    Sort.CALLBACK: (ft.Icons.PHONE_CALLBACK, theme.WARNING),
    Sort.HOT_LEAD: (ft.Icons.LOCAL_FIRE_DEPARTMENT_OUTLINED, theme.WARNING),
    Sort.FOLLOW_UP: (ft.Icons.SCHEDULE, theme.WARNING),
    Sort.CALENDAR: (ft.Icons.SYNC_PROBLEM, theme.DANGER),
    Sort.TASK: (ft.Icons.TASK_ALT, theme.MUTED),
    Sort.CHURN: (ft.Icons.PERSON_SEARCH_OUTLINED, theme.PRIMARY),
    Sort.OPPORTUNITY: (ft.Icons.LIGHTBULB_OUTLINE, theme.PRIMARY),
    Sort.ANOMALY: (ft.Icons.INSIGHTS, theme.PRIMARY),
}
_NAME_MAX: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedActions:
    """`finish`: it is done; `wait`: until tomorrow morning, or where `week` until next Monday."""

    open: Callable[[Need], object]
    finish: Callable[[Need], Awaitable[object]]
    wait: Callable[[Need, bool], Awaitable[object]]


def title_of(words: Words, need: Need, who: str | None, now: datetime) -> str:
    """What it is.  `who`: the member of staff a change is about."""
    match need.thing:
        case LiveCall() as call:
            return words("needs.caller", name=fmt.clipped(call_row.caller(words, call.call), _NAME_MAX))
        case ChangeLine() as line:
            return change_words.to_do(words, line.deed, who, now)
        case OpenPromise() as promise:
            return promise_title(words, promise)
        case Lead() as lead:
            key = "needs.hot_lead" if need.sort is Sort.HOT_LEAD else "needs.follow_up"
            return words(key, name=fmt.named(words, lead.name, _NAME_MAX))
        case Task() as task:
            return fmt.clipped(task.title, 200)
        case Calendar() as calendar:
            return words("calendars.more_trouble", name=fmt.clipped(calendar.name, _NAME_MAX))
        case Churn() as churn:
            return words("churn.label", name=churn_title(churn))
        case Opportunity() as asked:
            return opportunity_title(words, asked)
        case Anomaly() as odd:
            return anomaly_title(words, odd, fmt.local_day(words, now))


def why_of(words: Words, need: Need, now: datetime) -> str:
    """Why it is here and what its waiting means, and whether a change of it waits to be sent."""
    why = _why(words, need, now)
    waits = any(task.pending for task in need.tasks)
    match need.thing:
        case Lead(pending=True) | Task(pending=True) | Calendar(pending=True):
            waits = True
        case _:
            pass
    return f"{why} · {words('grid.not_sent')}" if waits else why


def _why(words: Words, need: Need, now: datetime) -> str:
    since = fmt.moment(words, need.since, now)
    match need.thing:
        case LiveCall() as call:
            return call_row.reason(words, call)
        case ChangeLine() as line:
            return why_it_waits(words, line, now)
        case OpenPromise() as promise:
            return promise_why(words, promise, now)
        case Lead() as lead:
            wish = f"{lead.needs} · " if lead.needs else ""
            return f"{wish}{words(f'needs.why.{need.sort.name.lower()}', when=since)}"
        case Churn() as churn:
            return churn_line(words, churn)
        case Opportunity() as asked:
            day = fmt.day_named(words, fmt.local_day(words, asked.last_at), fmt.local_day(words, now))
            return words("opportunity.last", day=day)
        case Anomaly() as odd:
            return anomaly_line(words, odd)
        case _:
            return words(f"needs.why.{need.sort.name.lower()}", when=since)


def need_row(
    words: Words, need: Need, who: str | None, now: datetime, actions: NeedActions, *, selected: bool, wide: bool
) -> ft.Control:
    """A swipe to the right is done, one to the left is tomorrow.  `wide`: the buttons for that have room beside it."""
    icon, ink = _ICONS[need.sort]
    title, why = title_of(words, need, who, now), why_of(words, need, now)
    told: list[ft.Control] = [parts.strong(title, lines=3), parts.muted(why, lines=4, height=1.35)]
    face = ft.Row(
        [
            ft.Icon(icon, size=20, color=ink),
            ft.Column(told, spacing=1, expand=True, tight=True),
            parts.icon(ft.Icons.CHEVRON_RIGHT),
        ],
        spacing=12,
    )
    key = f"review.{need.subject}"
    row = buttons.pressable(
        key,
        words("needs_you.spoken", what=title, why=why),
        face,
        lambda: actions.open(need),
        padding=ft.Padding.symmetric(horizontal=12, vertical=10),
        selected=selected or None,
    )
    ways = _ways(words, need, title, key, actions)
    if wide:
        laid: ft.Control = ft.Row([ft.Container(row, expand=True), *ways], spacing=2)
    else:
        below = ft.Container(ft.Row(ways, spacing=2, run_spacing=2, wrap=True), padding=ft.Padding.only(left=36))
        laid = ft.Column([row, *([below] if ways else [])], spacing=0, tight=True)
    ground = theme.AI_GROUND if selected else theme.SURFACE
    body = ft.Container(laid, bgcolor=ground, border_radius=theme.RADIUS_SMALL)
    return _swiped(words, need, body, key, actions)


def brief_row(words: Words, need: Need, now: datetime, on_open: Callable[[], object]) -> ft.Control:
    """The same on Today: what and why, and the way to it."""
    icon, ink = _ICONS[need.sort]
    title, why = title_of(words, need, None, now), why_of(words, need, now)
    told: list[ft.Control] = [parts.strong(title, lines=3), parts.muted(why, lines=3)]
    row = ft.Row(
        [
            ft.Icon(icon, size=20, color=ink),
            ft.Column(told, spacing=1, expand=True, tight=True),
            parts.icon(ft.Icons.CHEVRON_RIGHT),
        ],
        spacing=12,
    )
    padding = ft.Padding.symmetric(horizontal=12, vertical=11)
    name = words("needs_you.spoken", what=title, why=why)
    return buttons.pressable(f"needs_you.{need.subject}", name, row, on_open, padding=padding)


def _ways(words: Words, need: Need, title: str, key: str, actions: NeedActions) -> list[ft.Control]:
    out: list[ft.Control] = []
    named = fmt.clipped(title, 60)

    def way(name: str, act: Callable[[], object], icon: ft.IconData | None = None) -> ft.Control:
        label = words(f"review.{name}")
        said = words("review.of", what=label, name=named)
        return buttons.button(f"{key}.{name}", label, act, kind=Kind.LINK, icon_name=icon, name=said)

    if need.can_finish:
        out.append(way("done", partial(actions.finish, need), ft.Icons.CHECK))
    if need.can_wait:
        out.append(way("tomorrow", partial(actions.wait, need, False)))
        out.append(way("next_week", partial(actions.wait, need, True)))
    return out


def _swiped(words: Words, need: Need, body: ft.Control, key: str, actions: NeedActions) -> ft.Control:
    """The row goes when what was done with it has been written, not with the finger: so it comes back by itself."""
    if not need.can_wait:
        return body

    async def swiped(e: ft.DismissibleDismissEvent) -> None:
        await e.control.confirm_dismiss(False)
        if e.direction is ft.DismissDirection.START_TO_END:
            if need.can_finish:
                await actions.finish(need)
        else:
            await actions.wait(need, False)

    return ft.Dismissible(
        body,
        key=f"{key}.swipe",
        dismiss_direction=ft.DismissDirection.HORIZONTAL if need.can_finish else ft.DismissDirection.END_TO_START,
        background=_under(words("review.done"), ft.Icons.CHECK, ft.Alignment.CENTER_LEFT),
        secondary_background=_under(words("review.tomorrow"), ft.Icons.SCHEDULE, ft.Alignment.CENTER_RIGHT),
        on_confirm_dismiss=handler(swiped),
    )


def _under(label: str, icon: ft.IconData, where: ft.Alignment) -> ft.Control:
    """What is seen under the finger; the buttons say it to the ear."""
    said = ft.Row(
        [ft.Icon(icon, size=20, color=theme.AI_TEXT), parts.text(label, size=14, color=theme.AI_TEXT)], tight=True
    )
    return ft.Semantics(
        exclude_semantics=True,
        content=ft.Container(
            said, bgcolor=theme.AI_GROUND, alignment=where, padding=ft.Padding.symmetric(horizontal=16)
        ),
    )
