"""What a row says of a call, and the mark on the bar that leads to the one that needs the owner most."""

import pytest

from client.insight.health import Level
from tests import example_data as eg
from widgets import call_row
from widgets.scaffold import BAR_MARKS
from widgets.strings import Words

EN = Words(language="en", zone=eg.ZONE)


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ("Maria Gómez asked what balayage costs.", "Asked what balayage costs."),
        ("Maria Gómez, speaking Spanish, booked.", "Maria Gómez, speaking Spanish, booked."),
        ("New customer Maria Gómez booked.", "New customer Maria Gómez booked."),
    ],
)
def test_a_row_does_not_say_the_caller_twice(summary: str, said: str) -> None:
    assert call_row.gist(EN, eg.call(caller_name="Maria Gómez", summary=summary)) == said
    assert call_row.gist(EN, eg.call(caller_name=None, summary=summary)) == summary


def test_the_bar_tells_the_levels_apart() -> None:
    assert BAR_MARKS.keys() == set(Level)
    assert len(set(BAR_MARKS.values())) == len(Level)
