"""The owner's own minutes for a task of each kind, typed; kept on this device at once, and sent later."""

from collections.abc import Mapping
from typing import cast

import flet as ft

from client.editing import AssumptionsChange
from client.insight.typed_time import minutes_of
from client.models.assumptions import MOST_TASK_MINUTES, TASK_MINUTES
from client.models.tasks import TaskKind
from screens.stores import Stores
from widgets.component import component
from widgets.minutes_card import MinutesActions, minutes_card
from widgets.strings import Words


@component
def minutes_inputs(stores: Stores, words: Words, said: Mapping[TaskKind, int]) -> ft.Control:
    """`said`: what is kept.  What is typed is forgotten when it is kept, and not before."""
    drafts, set_drafts = ft.use_state(cast("dict[TaskKind, str]", {}))
    wrong, set_wrong = ft.use_state(cast("frozenset[TaskKind]", frozenset()))
    typed = {kind: drafts.get(kind, str(said.get(kind, ""))) for kind in TASK_MINUTES}

    async def save() -> None:
        found = {kind: minutes_of(text) for kind, text in typed.items()}
        bad = frozenset(kind for kind, minutes in found.items() if typed[kind].strip() and not _possible(minutes))
        set_wrong(bad)
        if not bad and await stores.edits.work.assume(AssumptionsChange(task_minutes=found)) is not None:
            set_drafts({})

    actions = MinutesActions(
        type=lambda kind, text: set_drafts({**drafts, kind: text}),
        save=save,
        types=stores.focus.types,
        rests=stores.focus.rests,
    )
    return minutes_card(words, typed, wrong, actions)


def _possible(minutes: int | None) -> bool:
    return minutes is not None and minutes <= MOST_TASK_MINUTES
