"""How many minutes a task of each kind takes a person, as the owner says it; what the rule says stands below."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import flet as ft

from client.insight.task_minutes import RULE
from client.models.assumptions import MOST_TASK_MINUTES
from client.models.tasks import TaskKind
from widgets import buttons, fields, parts
from widgets.buttons import Kind
from widgets.component import Handler
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesActions:
    type: Callable[[TaskKind, str], object]
    save: Handler
    types: Handler
    rests: Handler


def minutes_card(
    words: Words, typed: Mapping[TaskKind, str], wrong: Collection[TaskKind], actions: MinutesActions
) -> ft.Control:
    """A box for each kind, each of which may stay empty.  `wrong`: those in which no such minutes are."""
    said = words("minutes.wrong", most=MOST_TASK_MINUTES)
    boxes: list[ft.Control] = [
        fields.field(
            f"minutes.{kind}",
            words(f"task.kind.{kind}"),
            typed[kind],
            lambda text, kind=kind: actions.type(kind, text),
            helper=words("minutes.rule", minutes=by_rule),
            error=said if kind in wrong else None,
            keyboard=ft.KeyboardType.NUMBER,
            on_submit=actions.save,
            on_focus=actions.types,
            on_blur=actions.rests,
            max_length=12,
        )
        for kind, by_rule in RULE.items()
    ]
    save = buttons.button("minutes.save", words("market.save"), actions.save, kind=Kind.PRIMARY)
    body = parts.muted(words("minutes.body"), size=14, height=1.4)
    return parts.card(
        ft.Column([parts.strong(words("minutes.title")), body, *boxes, ft.Row([save])], spacing=12, tight=True)
    )
