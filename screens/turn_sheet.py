"""The sheet about one turn of the open call, or about the call: what can be done, and the forms of it."""

from typing import Final

import flet as ft

from client.editing import TaskDraft
from client.models.calls import Call, Speaker, Turn
from client.models.ids import TurnId
from client.models.tasks import TaskKind
from screens.correcting import ask, correct
from screens.over import lay_over
from screens.stores import Stores
from screens.task_in_form import TOMORROW, task_in_form
from screens.turn_foot import PLACE, foot
from screens.window import ASK, BLOCK, CORRECT, TASK, TURN
from widgets import call_row
from widgets import format as fmt
from widgets.component import component, keyed, see
from widgets.sheet import Fit, fit, sheet
from widgets.strings import Words
from widgets.theme import Layout
from widgets.turn_forms import (
    Choice,
    block_form,
    turn_menu,
)

_FORMS: Final = (TASK, CORRECT, ASK)


@component
def turn_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet, while it is open."""
    panel, state = see(stores.panel).state.panel, see(stores.call).state
    how_high = fit()
    content: ft.Control | None = None
    if state.call is not None and panel == BLOCK:
        content = keyed("block", _block, stores, words, state.call, how_high)
    elif state.call is not None and panel.startswith(TURN):
        turn_id, _, doing = panel.removeprefix(TURN).rpartition(".")
        turn = stores.call.turn(TurnId(turn_id if doing in _FORMS else f"{turn_id}.{doing}".strip(".")))
        if doing == TASK:
            content = keyed(f"sheet-{panel}", _task, stores, words, state.call, turn, how_high)
        elif turn is not None and doing == CORRECT:
            content = keyed(f"sheet-{panel}", correct, stores, words, state.call, turn, how_high)
        elif turn is not None and doing == ASK:
            content = keyed(f"sheet-{panel}", ask, stores, words, state.call, turn, how_high)
        elif turn is not None:
            content = keyed(f"sheet-{panel}", _menu, stores, words, state.call, turn, how_high)
    return lay_over(stores, sheet(layout, content, stores.panel.close, width=520) if content is not None else None)


@component
def _menu(stores: Stores, words: Words, call: Call, turn: Turn, how_high: Fit) -> ft.Control:
    work, panel = stores.edits.work, stores.panel
    is_flagged = any(flag.turn_id == turn.turn_id for flag in call.flags)

    async def flag() -> None:
        panel.close()
        if is_flagged:
            await work.take_flag_away(call.call_id, turn.turn_id)
        else:
            await work.flag(call.call_id, turn.turn_id)

    async def copy() -> None:
        panel.close()
        await ft.Clipboard().set(turn.text)

    key = "turn.unflag" if is_flagged else "turn.flag"
    choices = [Choice(name="flag", label=words(key), icon=ft.Icons.FLAG_OUTLINED, do=flag)]
    if turn.speaker is Speaker.ASSISTANT:
        for name, icon in ((CORRECT, ft.Icons.EDIT_NOTE), (ASK, ft.Icons.QUESTION_ANSWER_OUTLINED)):
            opens = f"{TURN}{turn.turn_id}.{name}"
            choices.append(
                Choice(name=name, label=words(f"turn.{name}"), icon=icon, do=lambda to=opens: panel.open(to))
            )
    choices += [
        Choice(
            name="task",
            label=words("turn.task"),
            icon=ft.Icons.ADD_TASK,
            do=lambda: panel.open(f"{TURN}{turn.turn_id}.{TASK}"),
        ),
        Choice(name="copy", label=words("turn.copy"), icon=ft.Icons.CONTENT_COPY, do=copy),
    ]
    return turn_menu(words, turn.text, choices, panel.close, how_high)


@component
def _task(stores: Stores, words: Words, call: Call, turn: Turn | None, how_high: Fit) -> ft.Control:
    name = fmt.clipped(call_row.caller(words, call), 80)
    first = TaskDraft(
        title=words("new_task.title_for", name=name),
        kind=TaskKind.CALLBACK if call.caller_phone else TaskKind.FOLLOW_UP,
        details=fmt.clipped(turn.text, 400) if turn else None,
        customer_id=call.customer_id,
        call_id=call.call_id,
        turn_id=turn.turn_id if turn else None,
    )

    async def keep(draft: TaskDraft) -> None:
        if await stores.edits.work.create_task(draft, place=PLACE):
            stores.panel.close()

    return task_in_form(stores, words, first, TOMORROW, keep, how_high)


@component
def _block(stores: Stores, words: Words, call: Call, how_high: Fit) -> ft.Control:
    reason, set_reason = ft.use_state("")
    phone = call.caller_phone or ""

    async def save() -> None:
        if await stores.edits.work.block_number(phone, reason or None, place=PLACE):
            stores.panel.close()

    name = fmt.clipped(call_row.caller(words, call), 80)
    focus = (stores.focus.types, stores.focus.rests)
    ending = foot(stores, words, save)
    return block_form(words, phone, name, reason, set_reason, ending, stores.panel.close, focus, how_high)
