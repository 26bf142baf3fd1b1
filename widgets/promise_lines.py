"""Said versus did on screen: a promise with how it stands, in a card of the call, under its line, and on Today."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import flet as ft

from client.models.ids import TurnId
from client.models.promises import Judged, OpenPromise, PromiseState
from widgets import buttons, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.parts import Tone
from widgets.strings import Words

_LOOKS: Final = {
    PromiseState.KEPT: (Tone.POSITIVE, ft.Icons.CHECK),
    PromiseState.UNKEPT: (Tone.DANGER, ft.Icons.ERROR_OUTLINE),
    PromiseState.UNCLEAR: (Tone.NEUTRAL, ft.Icons.HELP_OUTLINE),
}


def promise_chip(words: Words, judged: Judged, *, settled: bool = False) -> ft.Control:
    """What was promised, and whether it was kept."""
    tone, icon = _LOOKS[judged.state]
    if settled:
        return parts.chip(words("promise.settled"), Tone.NEUTRAL, ft.Icons.CHECK)
    what = words(f"promise.kind.{judged.promise.kind}")
    return parts.chip(words(f"promise.{judged.state}", what=what), tone, icon)


def promise_card(
    words: Words,
    promises: Sequence[Judged],
    settled: frozenset[str],
    on_task: Callable[[Judged], object],
    on_done: Callable[[TurnId], object],
    on_again: Callable[[TurnId], object],
    *,
    name: str,
) -> ft.Control:
    """Each promise of the call with its words; what can be done about one that was not kept; and the rule."""
    rows: list[ft.Control] = []
    for judged in promises:
        turn_id, done = judged.promise.turn_id, judged.promise.turn_id in settled
        rows.append(ft.Row([promise_chip(words, judged, settled=done)]))
        rows.append(parts.text(words("promise.said", text=fmt.clipped(judged.promise.said, 240)), size=13, height=1.4))
        if judged.state is not PromiseState.UNKEPT:
            continue
        key = f"{name}.promise.{turn_id}.{judged.promise.kind}"
        if done:
            takes_up = partial(on_again, turn_id)
            rows.append(ft.Row([buttons.button(f"{key}.again", words("promise.again"), takes_up, kind=Kind.LINK)]))
            continue
        makes, closes = partial(on_task, judged), partial(on_done, turn_id)
        task = buttons.button(f"{key}.task", words("promise.task"), makes, icon_name=ft.Icons.ADD_TASK)
        close = buttons.button(f"{key}.done", words("promise.done"), closes, kind=Kind.LINK)
        rows.append(ft.Row([task, close], spacing=8, run_spacing=6, wrap=True))
    rows.append(parts.muted(words("promise.rule"), size=12, height=1.45))
    return parts.card(ft.Column(rows, spacing=6, tight=True), padding=12)


def promise_title(words: Words, promise: OpenPromise) -> str:
    """Who was promised what."""
    name = promise.caller_name or fmt.phone_tail(promise.caller_phone) or words("caller.unknown")
    return words("promise.waits", name=fmt.clipped(name, 60), what=words(f"promise.kind.{promise.kind}"))


def promise_why(words: Words, promise: OpenPromise, now: datetime) -> str:
    """By whom, in which words, when."""
    when = fmt.moment(words, promise.started_at, now)
    return words("promise.waits_why", employee=promise.employee_name, text=fmt.clipped(promise.said, 120), when=when)
