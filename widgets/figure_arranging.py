"""Which figures are shown and in which order: a list with a step up, a step down and a way to put each away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from client.insight.metrics import Metric
from widgets import buttons, parts
from widgets.buttons import Kind
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangeActions:
    move: Callable[[Metric, int], object]
    hide: Callable[[Metric], object]
    show: Callable[[Metric], object]


def arranging(words: Words, shown: Sequence[Metric], put_away: Sequence[Metric], actions: ArrangeActions) -> ft.Control:
    """Both lists, those shown first."""
    rows = [
        _shown(words, metric, actions, first=place == 0, last=place == len(shown) - 1)
        for place, metric in enumerate(shown)
    ]
    away = [_put_away(words, metric, actions) for metric in put_away]
    groups: list[ft.Control] = [
        parts.section_label(words("arrange.shown")),
        parts.card(ft.Column(parts.divided(rows) or [parts.muted(words("arrange.none_shown"))], spacing=0, tight=True)),
    ]
    if away:
        groups.append(parts.section_label(words("arrange.put_away")))
        groups.append(parts.card(ft.Column(parts.divided(away), spacing=0, tight=True)))
    return ft.Column(groups, spacing=8, tight=True)


def _shown(words: Words, metric: Metric, actions: ArrangeActions, *, first: bool, last: bool) -> ft.Control:
    name = words(f"figure.{metric}")
    up, down = (
        buttons.icon_button(
            f"arrange.{metric}.{way}",
            words(f"arrange.{way}", name=name),
            ft.Icons.ARROW_UPWARD if by < 0 else ft.Icons.ARROW_DOWNWARD,
            lambda by=by: actions.move(metric, by),
            disabled=first if by < 0 else last,
        )
        for way, by in (("up", -1), ("down", 1))
    )
    away = buttons.icon_button(
        f"arrange.{metric}.hide",
        words("arrange.hide", name=name),
        ft.Icons.VISIBILITY_OFF_OUTLINED,
        lambda: actions.hide(metric),
    )
    return ft.Row([parts.text(name, size=15, expand=True), up, down, away], spacing=0)


def _put_away(words: Words, metric: Metric, actions: ArrangeActions) -> ft.Control:
    name = words(f"figure.{metric}")
    back = buttons.button(
        f"arrange.{metric}.show",
        words("arrange.show"),
        lambda: actions.show(metric),
        kind=Kind.LINK,
        name=words("arrange.show_name", name=name),
    )
    return ft.Row([parts.muted(name, size=15, expand=True), back], spacing=8)
