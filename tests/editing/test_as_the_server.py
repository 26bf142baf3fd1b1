"""What this device calls open the hosted API calls open too: a time is not shown as saved and refused afterwards."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_stub.availability import is_open
from client.insight.diary import Diary, House, Why
from client.models.ids import StaffId
from client.storage.columns import milliseconds, weekly_hours
from tests import example_data as eg

MIA = StaffId("s-mia")
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kathmandu", "UTC")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def wall(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[list[str]]]:
    """Hours of a week on the half hour, some of them touching one another or midnight."""
    week: dict[str, list[list[str]]] = {}
    for day in _DAYS:
        marks = sorted(draw(st.sets(st.sampled_from([0, 8, 9, 13, 14, 18, 22, 24]), max_size=4)))
        seam = draw(st.booleans())
        pairs = itertools.pairwise(marks) if seam else zip(marks[::2], marks[1::2], strict=False)
        week[day] = [[wall(first * 60), wall(last * 60)] for first, last in pairs]
    return week


@given(
    opening=weeks(),
    works=weeks(),
    zone=st.sampled_from(ZONES),
    # The clocks of none of the zones are changed in these days: between them the wall says two things at once.
    day=st.dates(date(2026, 5, 1), date(2026, 9, 30)),
    start=st.integers(0, 24 * 12).map(lambda steps: steps * 5),
    minutes=st.integers(1, 144).map(lambda steps: steps * 5),
    closed=st.booleans(),
)
def test_both_agree_on_what_is_open(
    opening: dict[str, Any], works: dict[str, Any], zone: str, day: date, start: int, minutes: int, closed: bool
) -> None:
    here = ZoneInfo(zone)
    closed_days = frozenset({day}) if closed else frozenset[date]()
    starts_at = (datetime(day.year, day.month, day.day, tzinfo=here) + timedelta(minutes=start)).astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=minutes)
    diary = Diary(
        house=House(
            business=replace(
                eg.BUSINESS, zone=here, opening_hours=weekly_hours(json.dumps(opening)), closed_days=closed_days
            ),
            staff=(replace(eg.STAFF["s-mia"], works=weekly_hours(json.dumps(works))),),
            services=(),
        ),
        bookings=(),
        blocks=(),
        since=starts_at,
        until=ends_at,
        now=starts_at,
    )
    obstacles = {obstacle.why for obstacle in diary.obstacles(MIA, starts_at, ends_at)}
    business = {
        "time_zone": zone,
        "opening_hours": opening,
        "closed_days": [each.isoformat() for each in closed_days],
    }
    served = is_open(business, {"works": works}, starts_at=milliseconds(starts_at), ends_at=milliseconds(ends_at))
    assert served == (not obstacles & {Why.CLOSED, Why.STAFF_OFF})


@pytest.mark.parametrize(
    ("start", "hours", "expected"), [("22:00", 4, True), ("22:00", 6, False), ("12:30", 1, True), ("01:00", 1, True)]
)
def test_the_server_keeps_open_over_midnight_and_over_a_seam(start: str, hours: int, expected: bool) -> None:
    week = dict.fromkeys(_DAYS, (("00:00", "03:00"), ("09:00", "13:00"), ("13:00", "24:00")))
    business = {"time_zone": eg.ZONE.key, "opening_hours": week, "closed_days": []}
    starts_at = milliseconds(eg.at(start))
    assert is_open(business, None, starts_at=starts_at, ends_at=starts_at + hours * 3_600_000) == expected
