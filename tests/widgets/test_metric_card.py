"""A figure on a card: what stands beside what."""

from collections.abc import Iterator

import flet as ft
import pytest

from client.insight.metrics import Metric
from tests import example_data as eg
from widgets import theme
from widgets.figure_words import Delta
from widgets.metric_card import Face, metric_card
from widgets.strings import Words

EN = Words(language="en", zone=eg.ZONE)


def inside(control: ft.BaseControl) -> Iterator[ft.BaseControl]:
    yield control
    for name in ("content", "controls"):
        found = getattr(control, name, None) or []
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, ft.BaseControl):
                yield from inside(each)


def row_of(value: str, *, wide: bool) -> list[ft.BaseControl]:
    """What stands in one row with the value."""
    face = Face(
        metric=Metric.VELOCITY,
        label="Conversion velocity",
        value=value,
        change=Delta(words="from 1 lead", ink=theme.MUTED),
        line=(1.0, 3.0, 2.0),
        said="",
        ink=theme.PRIMARY,
        apart=False,
    )
    card = metric_card(EN, face, lambda: None, lambda: None, wide=wide, stale=False)
    rows = [row for row in inside(card) if isinstance(row, ft.Row)]
    shown = next((row for row in rows if any(_says(each, value) for each in inside(row))), None)
    return list(shown.controls) if shown else []


def _says(control: ft.BaseControl, value: str) -> bool:
    return isinstance(control, ft.Text) and control.value == value


@pytest.mark.parametrize("value", ["93 h", "10 h 57 min", "$1,234,567"])
def test_where_there_is_room_the_line_stands_beside_a_figure_however_long_it_is(value: str) -> None:
    assert len(row_of(value, wide=True)) == 2
    assert row_of(value, wide=False) == []
