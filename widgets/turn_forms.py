"""What can be done about a turn or a call: flag it, make a task of it, block a number; and what its forms share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import flet as ft

from client.models.tasks import TaskKind
from widgets import buttons, fields, parts, theme
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import Handler
from widgets.sheet import Fit, body, titled
from widgets.strings import Words

KINDS: Final = (TaskKind.FOLLOW_UP, TaskKind.CALLBACK, TaskKind.OTHER)

Focus = tuple[Handler, Handler]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that can be done: its name, its words, its icon."""

    name: str
    label: str
    icon: ft.IconData
    do: Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Foot:
    """What ends a form: saving it, and why that did not work.  `note`: what is to be known before.  `offline`: what is
    saved waits for a connection."""

    save: Handler
    fault: str = ""
    note: str = ""
    offline: bool = False


def turn_menu(words: Words, quoted: str, choices: list[Choice], on_close: Handler, how_high: Fit) -> ft.Control:
    """The words, and each thing that can be done about them as a row."""
    rows: list[ft.Control] = [parts.quote(words("turn.said"), fmt.clipped(quoted, 400), size=14)]
    for each in choices:
        face = ft.Row([parts.icon(each.icon), parts.text(each.label, size=15, expand=True)], spacing=14)
        name = f"turn.do.{each.name}"
        rows.append(
            buttons.pressable(name, each.label, face, each.do, padding=ft.Padding.symmetric(horizontal=8, vertical=12))
        )
    return titled(head(words, words("turn.title"), on_close), body(rows, how_high, key="turn-menu", spacing=4))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskForm:
    """`kind` None where it cannot be chosen.  `when`: the times that can be, each in words; `due`: the name of one."""

    heading: str
    title: str
    kind: TaskKind | None
    due: str
    details: str
    when: Mapping[str, str]


def task_form(
    words: Words,
    form: TaskForm,
    on_change: Callable[..., object],
    foot: Foot,
    on_close: Handler,
    focus: Focus,
    how_high: Fit,
) -> ft.Control:
    """What is to be done, of what sort, by when.  `on_change` takes the fields by their names."""
    kinds = [Option(name=kind.value, label=words(f"new_task.kind.{kind}"), chosen=kind is form.kind) for kind in KINDS]
    dues = [Option(name=name, label=label, chosen=name == form.due) for name, label in form.when.items()]
    rows: list[ft.Control] = [
        fields.field(
            "new_task.title",
            words("new_task.title"),
            form.title,
            lambda text: on_change(title=text),
            max_length=200,
            on_focus=focus[0],
            on_blur=focus[1],
        ),
        *([choice(words("new_task.kind"), "new_task.kind", kinds, _to_kind(on_change))] if form.kind else []),
        choice(words("new_task.due"), "new_task.due", dues, lambda name: on_change(due=name)),
        fields.field(
            "new_task.details",
            words("new_task.details"),
            form.details,
            lambda text: on_change(details=text),
            lines=3,
            max_length=2000,
            on_focus=focus[0],
            on_blur=focus[1],
        ),
    ]
    return form_sheet(words, "new_task", rows, foot, on_close, how_high, heading=form.heading)


def _to_kind(on_change: Callable[..., object]) -> Callable[[str], object]:
    return lambda name: on_change(kind=TaskKind(name))


def block_form(
    words: Words,
    phone: str,
    name: str,
    reason: str,
    on_reason: Callable[[str], object],
    foot: Foot,
    on_close: Handler,
    focus: Focus,
    how_high: Fit,
) -> ft.Control:
    """Asks first, says what follows, and that it can be taken back.  `name`: empty where nobody knows whose it is."""
    masked = fmt.phone_masked(phone) or phone
    told = words("blocking.body", phone=masked, name=name) if name else words("blocking.body_alone", phone=masked)
    rows: list[ft.Control] = [
        parts.text(told, size=14, height=1.45),
        fields.field(
            "blocking.reason",
            words("blocking.reason"),
            reason,
            on_reason,
            max_length=500,
            on_focus=focus[0],
            on_blur=focus[1],
        ),
    ]
    return form_sheet(words, "blocking", rows, foot, on_close, how_high)


def form_sheet(
    words: Words,
    form: str,
    rows: list[ft.Control],
    foot: Foot,
    on_close: Handler,
    how_high: Fit,
    *,
    heading: str = "",
) -> ft.Control:
    """`form` begins the keys of its heading and its button.  `heading`: where it is another one."""
    under: list[ft.Control] = []
    if foot.fault:
        said = parts.text(foot.fault, size=13, color=theme.DANGER, height=1.4)
        under.append(ft.Semantics(live_region=True, content=said))
    elif foot.note:
        under.append(parts.text(foot.note, size=13, height=1.4))
    if foot.offline and not foot.fault:
        under.append(parts.muted(words("turn.offline"), height=1.4))
    yes = buttons.button(f"{form}.yes", words(f"{form}.yes"), foot.save, kind=Kind.PRIMARY)
    no = buttons.button(f"{form}.no", words("action.cancel"), on_close)
    under.append(ft.Row([no, yes], spacing=8, run_spacing=8, wrap=True, alignment=ft.MainAxisAlignment.END))
    end = ft.Column(under, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return titled(
        head(words, heading or words(f"{form}.heading"), on_close),
        body(rows, how_high, key="turn-form", spacing=14),
        end,
    )


def head(words: Words, title: str, on_close: Handler) -> ft.Control:
    return ft.Row(
        [
            ft.Container(parts.heading(title, size=18), expand=True),
            buttons.icon_button("turn.close", words("action.close"), ft.Icons.CLOSE, on_close),
        ]
    )


def quoted(label: str, said: str) -> ft.Control:
    return ft.MergeSemantics(
        ft.Column([parts.muted(label), parts.text(fmt.clipped(said, 400), size=14, height=1.4)], spacing=2, tight=True)
    )
