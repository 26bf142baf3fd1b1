"""The form of a task, new or one that waits, bound to the stores: what is to be done, of what sort, by when."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import flet as ft

from client.editing import TaskDraft
from client.insight.walltime import at_wall
from screens.stores import Stores
from screens.turn_foot import foot
from widgets import format as fmt
from widgets.sheet import Fit
from widgets.strings import Words
from widgets.turn_forms import TaskForm, task_form

TOMORROW: Final = "tomorrow"
_KEPT: Final = "kept"

_Dues = dict[str, datetime | None]


def task_in_form(
    stores: Stores,
    words: Words,
    first: TaskDraft,
    due: str | None,
    keep: Callable[[TaskDraft], Awaitable[object]],
    how_high: Fit,
    *,
    heading: str = "new_task.heading",
    sorts: bool = True,
) -> ft.Control:
    """`due`: the time that is chosen at first, None for that of the task.  `sorts`: its sort can be chosen.  A hook."""
    now = stores.ticks.server_now()
    kept: _Dues = {} if due else {_KEPT: first.due_at}
    dues = {name: at for name, at in _dues(words, now).items() if due or at != first.due_at}
    typed, set_typed = ft.use_state(first)
    chosen, choose = ft.use_state(due or _KEPT)

    def change(**changes: object) -> None:
        if "due" in changes:
            choose(str(changes["due"]))
            return
        set_typed(lambda before: replace(before, **changes))  # type: ignore[arg-type]

    async def save() -> None:
        await keep(replace(typed, details=typed.details or None, due_at={**dues, **kept}.get(chosen)))

    form = TaskForm(
        heading=words(heading),
        title=typed.title,
        kind=typed.kind if sorts else None,
        due=chosen,
        details=typed.details or "",
        when=_when(words, kept, dues, stores.ticks.now),
    )
    focus = (stores.focus.types, stores.focus.rests)
    return task_form(words, form, change, foot(stores, words, save), stores.panel.close, focus, how_high)


def _when(words: Words, kept: _Dues, dues: _Dues, now: datetime) -> dict[str, str]:
    """Each time in words, that which it has first."""
    first = {name: fmt.moment(words, at, now) if at else words("new_task.due.none") for name, at in kept.items()}
    return {**first, **{name: words(f"new_task.due.{name}") for name in dues}}


def _dues(words: Words, now: datetime) -> _Dues:
    """The times that are offered, in the business's zone."""
    today = fmt.local_day(words, now)
    evening = at_wall(today, 17 * 60, words.zone) or now
    return {
        "hour": now + timedelta(hours=1),
        "today": evening if evening > now else now + timedelta(hours=2),
        "tomorrow": at_wall(today + timedelta(days=1), 9 * 60, words.zone),
        "week": at_wall(today + timedelta(days=7), 9 * 60, words.zone),
        "none": None,
    }
