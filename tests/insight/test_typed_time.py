"""Times as people type them."""

import pytest

from client.insight.typed_time import minute_of


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("17:15", 1035),
        ("1715", 1035),
        ("17.15", 1035),
        ("17h15", 1035),
        ("9", 540),
        (" 9:05 ", 545),
        ("905", 545),
        ("5:15 pm", 1035),
        ("5pm", 1020),
        ("5 p.m.", 1020),
        ("12 am", 0),
        ("12:30 PM", 750),
        ("00:00", 0),
        ("23:59", 1439),
    ],
)
def test_times(text: str, minute: int) -> None:
    assert minute_of(text) == minute


@pytest.mark.parametrize(
    "text", ["", " ", "24:00", "25", "17:60", "13 pm", "0 am", "soon", "-1", "1:2:3", "١٧", "9" * 9, "17:15x"]
)
def test_what_is_no_time(text: str) -> None:
    assert minute_of(text) is None
