"""What people type for a time and a length, and the two odd nights."""

import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.terminal import Refusal
from desk.times import clock_of, instant_of, read_length, read_moment

TODAY, DAY = date(2026, 11, 25), date(2026, 12, 3)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("16:30", "2026-12-03 16:30"),
        ("9:05", "2026-12-03 09:05"),
        ("4:30pm", "2026-12-03 16:30"),
        ("4:30 PM", "2026-12-03 16:30"),
        ("12am", "2026-12-03 00:00"),
        ("12 pm", "2026-12-03 12:00"),
        ("tomorrow 16:30", "2026-11-26 16:30"),
        ("Today 9am", "2026-11-25 09:00"),
        ("+7d 08:00", "2026-12-02 08:00"),
        ("2026-12-01 16:30", "2026-12-01 16:30"),
        ("2026-12-01T16:30", "2026-12-01 16:30"),
        (" 2026-12-01  16:30 ", "2026-12-01 16:30"),
        ("16:30 CET", "2026-12-03 16:30"),
        ("tomorrow 4:30 pm cet", "2026-11-26 16:30"),
        ("2026-12-01T16:30 +03", "2026-12-01 16:30"),
    ],
)
def test_a_moment(text: str, meant: str) -> None:
    assert str(read_moment(text, TODAY, DAY)) == f"{meant}:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "16",
        "24:00",
        "16:60",
        "13pm",
        "0am",
        "half past",
        "tomorrow",
        "2026-02-30 10:00",
        "x 10:00",
        "١٦:٣٠",
        "9:00 today",
        "16 CET",
    ],
)
def test_no_moment(text: str) -> None:
    assert read_moment(text, TODAY, DAY) is None


@pytest.mark.parametrize(
    ("text", "minutes"), [("90m", 90), ("90", 90), ("1h", 60), ("1h30", 90), ("1h30m", 90), ("1H 5M", 65), ("0", 0)]
)
def test_a_length(text: str, minutes: int) -> None:
    assert read_length(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "h", "m", "-5", "1.5h", "long", "99999", "1h30h"])
def test_no_length(text: str) -> None:
    assert read_length(text) is None


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_hour_that_is_skipped_is_refused_and_the_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(Refusal) as refusal:
        instant_of(wall("2027-03-28T02:30"), BERLIN)
    assert refusal.value.code == "dst_gap" and "02:30" in refusal.value.sentence
    assert instant_of(wall("2027-10-31T02:30"), BERLIN) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_of_the_hour_that_comes_twice_either_can_be_asked_for_by_its_name() -> None:
    night = wall("2027-10-31T02:30")
    for text, instant in (("02:30 CEST", 0), ("2027-10-31 02:30 cet", 1), ("2027-10-31T02:30", 0)):
        found = instant_of(night, BERLIN, text)
        assert found == datetime(2027, 10, 31, instant, 30, tzinfo=UTC)
        assert clock_of(found, BERLIN) == ("02:30 CET" if instant else "02:30 CEST")
    assert clock_of(instant_of(wall("2027-10-31T03:00"), BERLIN), BERLIN) == "03:00"


@pytest.mark.parametrize("named", ["CEST", "FRI"])
def test_a_name_that_clocks_there_do_not_have_then_is_refused(named: str) -> None:
    with pytest.raises(Refusal) as refusal:
        instant_of(wall("2026-12-01T16:30"), BERLIN, f"2026-12-01 16:30 {named}")
    assert refusal.value.code == "invalid"
    assert refusal.value.sentence == f"16:30 on 01 December 2026 is CET in Europe/Berlin, not {named}."


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    read_moment(text, TODAY, DAY)
    read_length(text)


@given(st.text(max_size=40))
def test_no_name_of_a_time_breaks_it(text: str) -> None:
    with contextlib.suppress(Refusal):
        instant_of(wall("2027-10-31T02:30"), BERLIN, f"02:30 {text}")
