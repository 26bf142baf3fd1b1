"""Times, lengths and days as people type them."""

from datetime import date

import pytest

from client.insight.typed_time import day_of, minute_of, minutes_of
from tests import example_data as eg
from widgets.pen import Pen
from widgets.strings import Words


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


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        (" 90 min ", 90),
        ("45m", 45),
        ("1:30", 90),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("2h", 120),
        ("2 hours", 120),
        ("0", 0),
        ("24h", 1440),
        ("99999", 99_999),
    ],
)
def test_lengths(text: str, minutes: int) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "soon", "-5", "1h75", "9" * 9, "1.5", "٩٠", "h", "30 s"])
def test_what_is_no_length(text: str) -> None:
    assert minutes_of(text) is None


PENS = [Pen(lambda language=language: Words(language=language, zone=eg.ZONE)) for language in ("en", "es")]


@pytest.mark.parametrize("pen", PENS, ids=["en", "es"])
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-12-01", date(2025, 12, 1)),
        ("1 Dec", date(2025, 12, 1)),
        ("Mon, December 1", date(2025, 12, 1)),
        ("1 de diciembre de 2026", date(2026, 12, 1)),
        ("3 ene", date(2026, 1, 3)),
        ("20 October", date(2025, 10, 20)),
        ("29 Feb 2028", date(2028, 2, 29)),
    ],
)
def test_days_in_either_language(pen: Pen, text: str, day: date) -> None:
    assert pen.day_of(text, eg.TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "1/12",
        "12",
        "29 Feb 2027",
        "31 Nov",
        "1 Dec 2 Nov",
        "2025-13-01",
        "--help",
        "<b>",
        "1 de",
        "9" * 5000,
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert PENS[0].day_of(text, eg.TODAY) is None


@pytest.mark.parametrize("pen", PENS, ids=["en", "es"])
def test_what_the_pen_writes_it_can_read(pen: Pen) -> None:
    for day in (eg.TODAY, date(2026, 1, 1), date(2024, 2, 29), date(2099, 12, 30)):
        assert pen.day_of(pen.day(day, eg.TODAY), eg.TODAY) == day
    assert [minute_of(pen.clock(minute)) for minute in (0, 545, 750, 1439)] == [0, 545, 750, 1439]


def test_a_month_needs_three_letters() -> None:
    assert day_of("1 De", eg.TODAY, {"december": 12}) is None
