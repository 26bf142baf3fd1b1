"""What an .ics feed says about a span of time: repetitions, exceptions, zones, whole days, and what is no calendar."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend_stub.calendars.aside import read_aside
from backend_stub.calendars.reading import read
from backend_stub.calendars.times import BusyTime, Read
from backend_stub.calendars.trouble import Trouble

ZONE = "America/Los_Angeles"
HOUR = 3_600_000
DAY = 24 * HOUR
WINDOWS_ZONE = """
BEGIN:VTIMEZONE
TZID:Pacific Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0800
TZOFFSETTO:-0700
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def at(text: str, zone: str = ZONE) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


SINCE, UNTIL = at("2025-11-16"), at("2026-02-22")


def feed(*events: str, head: str = "") -> bytes:
    """A calendar of these events, each some lines; UID and SUMMARY are added where there are none."""
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *head.strip().splitlines()]
    for number, event in enumerate(events):
        lines = event.strip().splitlines()
        whole += ["BEGIN:VEVENT", *lines]
        whole += [] if "UID" in event else [f"UID:event-{number}"]
        whole += [] if "SUMMARY" in event else [f"SUMMARY:Event {number}"]
        whole += ["END:VEVENT"]
    return "\r\n".join([*whole, "END:VCALENDAR", ""]).encode()


def times(*events: str, head: str = "") -> list[BusyTime]:
    found = read(feed(*events, head=head), zone=ZoneInfo(ZONE), since_ms=SINCE, until_ms=UNTIL)
    assert not found.incomplete
    return found.times


def spans(*events: str, head: str = "") -> list[tuple[int, int]]:
    return [(time.starts_at, time.ends_at) for time in times(*events, head=head)]


@pytest.mark.parametrize(
    ("event", "starts", "minutes"),
    [
        ("DTSTART:20251124T180000Z\nDTEND:20251124T190000Z", "2025-11-24T10:00", 60),
        ("DTSTART;TZID=America/New_York:20251124T130000\nDURATION:PT45M", "2025-11-24T10:00", 45),
        ("DTSTART:20251124T100000\nDTEND:20251124T103000", "2025-11-24T10:00", 30),
        ("DTSTART;VALUE=DATE:20251124\nDTEND;VALUE=DATE:20251126", "2025-11-24", 2 * 24 * 60),
        ("DTSTART;VALUE=DATE:20251124", "2025-11-24", 24 * 60),
    ],
    ids=["utc", "another zone", "no zone", "whole days", "a day"],
)
def test_when_it_is(event: str, starts: str, minutes: int) -> None:
    assert spans(event) == [(at(starts), at(starts) + minutes * 60_000)]


def test_a_whole_day_is_as_long_as_the_day_is() -> None:
    """2026-03-08 has 23 hours in Los Angeles."""
    day = "DTSTART;VALUE=DATE:20260308\nDTEND;VALUE=DATE:20260309"
    found = read(feed(day), zone=ZoneInfo(ZONE), since_ms=SINCE, until_ms=at("2026-04-01")).times[0]
    assert found.ends_at - found.starts_at == 23 * HOUR


def test_a_series_with_its_exceptions_in_a_zone_of_its_own() -> None:
    weekly = """
        UID:weekly
        DTSTART;TZID=Pacific Standard Time:20251027T100000
        DTEND;TZID=Pacific Standard Time:20251027T110000
        RRULE:FREQ=WEEKLY;COUNT=8
        EXDATE;TZID=Pacific Standard Time:20251201T100000
    """
    moved = """
        UID:weekly
        RECURRENCE-ID;TZID=Pacific Standard Time:20251124T100000
        DTSTART;TZID=Pacific Standard Time:20251125T150000
        DTEND;TZID=Pacific Standard Time:20251125T160000
        SUMMARY:Moved
    """
    cancelled = """
        UID:weekly
        RECURRENCE-ID;TZID=Pacific Standard Time:20251208T100000
        DTSTART;TZID=Pacific Standard Time:20251208T100000
        DTEND;TZID=Pacific Standard Time:20251208T110000
        STATUS:CANCELLED
    """
    events = ["\n".join(line.strip() for line in event.strip().splitlines()) for event in (weekly, moved, cancelled)]
    found = times(*events, head=WINDOWS_ZONE)
    assert [time.starts_at for time in found] == [
        at("2025-11-17T10:00"),
        at("2025-11-25T15:00"),
        at("2025-12-15T10:00"),
    ]
    assert found[1].title == "Moved"
    (unmoved,) = [time for time in times(events[0], head=WINDOWS_ZONE) if time.starts_at == at("2025-11-24T10:00")]
    assert unmoved.key == found[1].key
    assert len({time.key for time in found}) == 3


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20251124T180000Z\nDTEND:20251124T190000Z\nSTATUS:CANCELLED",
        "DTSTART:20251124T180000Z\nDTEND:20251124T190000Z\nTRANSP:TRANSPARENT",
        "DTSTART:20251124T180000Z\nDTEND:20251124T180000Z",
        "DTSTART:20251101T180000Z\nDTEND:20251101T190000Z",
        "DTSTART:20260401T180000Z\nDTEND:20260401T190000Z",
    ],
    ids=["cancelled", "free", "no time", "long ago", "far ahead"],
)
def test_what_takes_no_time_of_the_span_is_left_out(event: str) -> None:
    found = read(feed(event), zone=ZoneInfo(ZONE), since_ms=SINCE, until_ms=UNTIL)
    assert found.times == []


def test_the_span_is_exact_also_for_what_has_no_zone() -> None:
    edges = [
        "DTSTART:20251115T230000\nDTEND:20251116T000000",
        "DTSTART:20251115T230000\nDTEND:20251116T000100",
        "DTSTART:20260221T235900\nDTEND:20260222T010000",
        "DTSTART:20260222T000000\nDTEND:20260222T010000",
    ]
    assert [starts for starts, _ in spans(*edges)] == [at("2025-11-15T23:00"), at("2026-02-21T23:59")]


def test_what_never_ends_is_cut_to_the_span_and_a_fortnight_is_not() -> None:
    assert spans("DTSTART:20000101T000000Z\nDTEND:20400101T000000Z") == [(SINCE, UNTIL)]
    holiday = "DTSTART;VALUE=DATE:20251110\nDTEND;VALUE=DATE:20251124"
    assert spans(holiday) == [(at("2025-11-10"), at("2025-11-24"))]


def test_events_without_a_uid_are_all_kept_and_stay_the_same() -> None:
    events = ["UID:\nDTSTART:20251124T180000Z\nDTEND:20251124T190000Z"]
    events.append(events[0].replace("190000", "200000"))
    found, turned = times(*events), times(*reversed(events))
    assert {time.ends_at - time.starts_at for time in found} == {HOUR, 2 * HOUR}
    assert len({time.key for time in found}) == 2
    assert [len(time.uid) for time in turned] == [64, 64]


def test_titles_are_one_plain_line() -> None:
    event = (
        "DTSTART:20251124T180000Z\nDTEND:20251124T190000Z\nSUMMARY:" + "<b>Ana\\n --help\\, مريم</b> \x07 " + "x" * 200
    )
    (time,) = times(event)
    assert time.title.startswith("<b>Ana --help, مريم</b> xxx") and len(time.title) == 120


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff garbage", b"<html>Not found</html>", b"BEGIN:VCALENDAR", b"BEGIN:VEVENT\r\nEND:VEVENT"]
)
def test_what_is_no_calendar_is_trouble(data: bytes) -> None:
    with pytest.raises(Trouble, match="unreadable"):
        read(data, zone=ZoneInfo(ZONE), since_ms=SINCE, until_ms=UNTIL)


@pytest.mark.parametrize(
    "bad",
    [
        "DTSTART:soon\nDTEND:20251124T190000Z",
        "DTSTART:20251124T180000Z\nDTEND:20251124T190000Z\nRRULE:FREQ=SOMETIMES",
        "DTEND:20251124T190000Z",
    ],
)
def test_an_event_that_makes_no_sense_is_told_and_the_others_stay(bad: str) -> None:
    good = "DTSTART:20251125T180000Z\nDTEND:20251125T190000Z"
    found = read(feed(bad, good), zone=ZoneInfo(ZONE), since_ms=SINCE, until_ms=UNTIL)
    assert found.incomplete
    assert at("2025-11-25T10:00") in [time.starts_at for time in found.times]


def test_too_much_is_trouble() -> None:
    daily = feed("DTSTART:20251116T180000Z\nDURATION:PT5M\nRRULE:FREQ=DAILY;COUNT=10")
    span = {"since_ms": SINCE, "until_ms": UNTIL}
    assert len(read(daily, zone=ZoneInfo(ZONE), **span, most=10).times) == 10
    with pytest.raises(Trouble, match="too_many"):
        read(daily, zone=ZoneInfo(ZONE), **span, most=9)


async def test_it_can_be_read_aside_and_ended_when_it_takes_too_long() -> None:
    span = {"zone": ZONE, "since_ms": SINCE, "until_ms": UNTIL}
    calm = feed("DTSTART:20251124T180000Z\nDTEND:20251124T190000Z")
    endless = feed("DTSTART:19000101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY")

    async def trouble(data: bytes, longest_s: float) -> str:
        with pytest.raises(Trouble) as told:
            await read_aside(data, **span, longest_s=longest_s)
        return told.value.code

    answers = await asyncio.gather(read_aside(calm, **span), trouble(endless, 2.0), trouble(b"garbage", 60.0))
    assert isinstance(answers[0], Read) and len(answers[0].times) == 1
    assert answers[1:] == ["too_slow", "unreadable"]


def test_the_span_of_a_test_is_what_it_seems() -> None:
    assert datetime.fromtimestamp(SINCE / 1000, UTC) == datetime(2025, 11, 16, 8, tzinfo=UTC)
