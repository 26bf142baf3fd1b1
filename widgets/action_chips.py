"""What the owner might do: at most three chips, each with its reason; a tap puts its words into the whisper box."""

from collections.abc import Mapping, Sequence
from functools import partial

import flet as ft

from client.insight.actions import Action
from widgets import buttons, parts, theme
from widgets.buttons import Focus
from widgets.component import Handler
from widgets.strings import Words


def action_chips(
    words: Words,
    actions: Sequence[Action],
    on_use: Handler,
    on_dismiss: Handler,
    on_why: Handler,
    *,
    wide: bool,
    boxes: Mapping[str, Focus],
) -> ft.Control:
    """Verb and reason on each, how sure the rule is, and a way to say that it is not useful.

    `boxes`: how the keyboard is brought to a chip, by its id.
    """
    chips = [_chip(words, action, on_use, on_dismiss, boxes.get(action.action_id)) for action in actions]
    label = parts.muted(words("action.suggested"))
    why = buttons.button("action.why", words("action.why"), on_why, kind=buttons.Kind.LINK)
    if wide:
        return ft.Row([label, *chips, why], spacing=8, wrap=True, run_spacing=6)
    return ft.Column([label, ft.Row([*chips, why], spacing=8, scroll=ft.ScrollMode.HIDDEN)], spacing=4, tight=True)


def _chip(words: Words, action: Action, on_use: Handler, on_dismiss: Handler, focus: Focus | None) -> ft.Control:
    gaps = dict(action.gaps)
    verb = words(f"action.{action.kind}", **gaps)
    reason = words(f"action.{action.kind}.reason", **gaps)
    sure = words(f"likelihood.{action.likelihood}")
    body = ft.Column(
        [
            parts.text(verb, size=13, weight=parts.W600, color=theme.AI_TEXT),
            parts.muted(words("action.because", reason=reason, sure=sure), size=12),
        ],
        spacing=0,
        tight=True,
    )
    use = buttons.pressable(
        f"action.{action.kind}",
        words("action.spoken", verb=verb, reason=reason, sure=sure),
        body,
        lambda: on_use(action),
        padding=ft.Padding.only(left=12, right=4, top=6, bottom=6),
        focus=focus,
    )
    dismiss = buttons.icon_button(
        f"action.{action.kind}.dismiss",
        words("action.not_useful", verb=verb),
        ft.Icons.CLOSE,
        partial(on_dismiss, action.action_id),
        size=16,
    )
    return ft.Container(ft.Row([use, dismiss], spacing=0, tight=True), bgcolor=theme.AI_GROUND, border_radius=10)
