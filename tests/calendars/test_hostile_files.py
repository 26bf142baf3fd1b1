"""Files that are broken, enormous or made to hurt: what is sound is read, the rest is said, and it ends in time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.calendars.imported import Limits, What
from client.calendars.reading import read_ics
from tests.calendars.files import BERLIN, WINDOW, calendar, event, read, read_bytes, said

GOOD = event("UID:good", "SUMMARY:Good", "DTSTART:20261201T090000Z", "DTEND:20261201T100000Z")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", What.NOT_A_CALENDAR),
        (b"   \r\n", What.NOT_A_CALENDAR),
        (b"this is a shopping list", What.NOT_A_CALENDAR),
        (b"<html>BEGIN</html>", What.NOT_A_CALENDAR),
        (b"\x89PNG\r\n\x1a\n\x00\x00", What.NOT_A_CALENDAR),
        (b"BEGIN:VCALENDAR\x00", What.NOT_A_CALENDAR),
        (b"PK\x03\x04calendar", What.PACKED),
        (b"\x1f\x8b\x08calendar", What.PACKED),
        (b"x" * (10 * 1024 * 1024 + 1), What.TOO_BIG),
    ],
    ids=lambda value: value.value if isinstance(value, What) else "",
)
def test_what_is_no_calendar_file_is_refused_whole(data: bytes, what: What) -> None:
    imported = read_bytes(data)
    assert imported.refusal and imported.refusal.what is what and imported.events == ()


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (("SUMMARY:x",), What.NO_START),
        (("DTSTART:",), What.NO_START),
        (("DTSTART:tomorrow",), What.UNREADABLE),
        (("DTSTART:20261399T250000Z",), What.UNREADABLE),
        (("DTSTART:99999999T000000Z", "RRULE:FREQ=DAILY"), What.UNREADABLE),
        (("DTSTART:20261201T090000Z", "DTEND:20261201T080000Z"), What.ENDS_BEFORE),
        (("DTSTART:20261201T090000Z", "DURATION:-PT1H"), What.ENDS_BEFORE),
        (("DTSTART:20261201T090000Z", "DTEND:20261201T090000Z"), What.NO_LENGTH),
        (("DTSTART:20261201T090000Z", "DURATION:P99999999999D"), What.UNREADABLE),
        (("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=FORTNIGHTLY"), What.RULE_UNREADABLE),
        (("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;INTERVAL=0"), What.RULE_UNREADABLE),
        (("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;INTERVAL=-1"), What.RULE_UNREADABLE),
        (("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY"), What.RULE_TOO_OFTEN),
        (("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=MINUTELY;COUNT=9"), What.RULE_TOO_OFTEN),
        (("DTSTART:00010101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"), What.RULE_TOO_LONG),
        (
            ("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
            What.RULE_NEVER,
        ),
        (("DTSTART:20261201T090000Z", "DURATION:PT1H", *["RRULE:FREQ=DAILY"] * 11), What.RULE_TOO_OFTEN),
        (
            (
                "DTSTART:20261201T090000Z",
                "DURATION:PT1H",
                "RRULE:FREQ=DAILY;BYMINUTE=" + ",".join(map(str, range(60))),
            ),
            What.RULE_TOO_OFTEN,
        ),
    ],
    ids=lambda value: value.value if isinstance(value, What) else value[-1][:40],
)
def test_one_bad_event_is_named_and_the_others_are_read(lines: tuple[str, ...], what: What) -> None:
    begun = time.monotonic()
    imported = read(event("UID:bad", "SUMMARY:Bad", *lines), GOOD)
    assert said(imported) == [(what.value, 3)] and what.left_out
    assert imported.remarks[0].name == ("x" if lines[0] == "SUMMARY:x" else "Bad") or what is What.NO_START
    assert [found.uid for found in imported.events] == ["good"]
    assert time.monotonic() - begun < 5


def test_a_file_cut_in_the_middle_gives_what_came_whole() -> None:
    whole = calendar(GOOD, event("UID:b", "SUMMARY:Half", "DTSTART:20261202T090000Z", "DTEND:20261202T100000Z"))
    imported = read_bytes(whole[: whole.index(b"DTEND:20261202")])
    assert [found.uid for found in imported.events] == ["good"]
    assert said(imported) == [("cut_off", 9)] and imported.remarks[0].name == "Half"


def test_a_zone_definition_that_never_ends_is_not_followed() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Trap\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:+0000\r\n"
        "TZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    begun = time.monotonic()
    imported = read(zone, event("UID:a", "DTSTART;TZID=Trap:20261201T090000", "DURATION:PT1H"))
    assert said(imported) == [("zone_unknown", 12)] and time.monotonic() - begun < 2


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "Europe", "x" * 5000, "a\\nb", "Z\u202e"])
def test_a_zone_name_is_never_a_path(name: str) -> None:
    imported = read(event("UID:a", f"DTSTART;TZID={name}:20261201T090000", "DURATION:PT1H"))
    assert [what for what, _ in said(imported)] == ["zone_unknown"] and len(imported.events) == 1


def test_ten_megabytes_end_in_time_with_the_first_events_and_a_word_about_the_rest() -> None:
    one = event(
        "UID:{}", "SUMMARY:Busy", "DTSTART:20261201T090000Z", "DTEND:20261201T100000Z", "DESCRIPTION:" + "x" * 200
    )
    data = calendar(*(one.replace("{}", str(n)) for n in range(30_000)))
    assert 8_000_000 < len(data) < 10 * 1024 * 1024
    begun = time.monotonic()
    imported = read_bytes(data)
    assert len(imported.events) == 2000 and [what for what, _ in said(imported)] == ["too_many"]
    assert time.monotonic() - begun < 20


def test_one_line_of_megabytes_is_cut_not_choked_on() -> None:
    folded = "SUMMARY:" + "\r\n ".join(["x" * 70] * 60_000)
    begun = time.monotonic()
    (found,) = read(event("UID:a", folded, "DTSTART:20261201T090000Z", "DTEND:20261201T100000Z")).events
    assert len(found.title) == 120 and time.monotonic() - begun < 5


def test_a_thousand_endless_rules_stop_at_the_limit() -> None:
    bombs = [event(f"UID:{n}", "DTSTART:20000101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY") for n in range(1000)]
    imported = read(*bombs)
    assert len(imported.events) == 2000 and [what for what, _ in said(imported)] == ["too_many"]


def test_when_the_time_is_over_the_rest_is_counted() -> None:
    clock = iter(range(100))
    data = calendar(*(GOOD.replace("UID:good", f"UID:{n}") for n in range(20)))
    imported = read_ics(
        data, zone=BERLIN, window=WINDOW, limits=Limits(seconds=5), monotonic=lambda: float(next(clock))
    )
    assert len(imported.events) == 5
    assert [(remark.what, remark.n) for remark in imported.remarks] == [(What.TOO_SLOW, 15)]


def test_remarks_are_bounded_and_the_rest_is_counted() -> None:
    imported = read(*(event(f"UID:{n}", "SUMMARY:no start") for n in range(500)))
    assert len(imported.remarks) == 201
    assert (imported.remarks[-1].what, imported.remarks[-1].n) == (What.MORE, 300)


@pytest.mark.parametrize("name", ["--help", "<b>bold</b>", "\u202eesrever", "💇" * 300, "x" * 10_000, "=1+1", "a\\nb"])
def test_titles_are_one_line_of_at_most_120_characters(name: str) -> None:
    (found,) = read(event("UID:a", f"SUMMARY:{name}", "DTSTART:20261201T090000Z", "DTEND:20261201T100000Z")).events
    assert 0 < len(found.title) <= 120 and found.title.isprintable()


# --- whatever is in it ----------------------------------------------------------------------------------------------
WORDS = st.sampled_from(
    [
        *("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VTIMEZONE", "END:VTIMEZONE"),
        *("BEGIN:VALARM", "END:VALARM", "BEGIN:STANDARD", "END:STANDARD", "UID:a", "UID:", "SEQUENCE:x", "TZID:Z1"),
        *("DTSTART:20261201T090000", "DTSTART;VALUE=DATE:20261201", "DTSTART;TZID=Z1:20261201T090000", "DTSTART:2026"),
        *("DTEND:20261201T100000Z", "DTEND;VALUE=DATE:20261203", "DURATION:PT1H", "DURATION:P1W", "DURATION:-P1D"),
        *("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY;BYDAY=MO,-1TU;WKST=XX", "RRULE:FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO"),
        *("RRULE:FREQ=DAILY;UNTIL=20261210", "RRULE:;;;", "RRULE:FREQ=YEARLY;COUNT=0", "RRULE:FREQ=DAILY;BYHOUR=99"),
        *("RDATE:20261205T090000Z", "RDATE;VALUE=PERIOD:20261205T090000Z/PT2H", "EXDATE:20261201T090000Z", "EXDATE:"),
        *("RECURRENCE-ID:20261201T090000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000", "RECURRENCE-ID:x"),
        *(
            "TZOFFSETFROM:+0100",
            "TZOFFSETTO:nonsense",
            "STATUS:CANCELLED",
            "TRANSP:TRANSPARENT",
            "SUMMARY:=x",
            " folded",
        ),
        *('DTSTART;TZID="a:b;c":20261201T090000', 'DTSTART;X="unclosed:20261201T090000Z', ":", ";", "SUMMARY", "\t"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(WORDS, st.text(max_size=30)), max_size=40))
def test_no_arrangement_of_lines_breaks_it(lines: list[str]) -> None:
    imported = read_bytes("\r\n".join(["BEGIN:VCALENDAR", *lines]).encode("utf-8", "surrogatepass"))
    assert len({found.key for found in imported.events}) == len(imported.events)
    for found in imported.events:
        assert found.starts_at < found.ends_at and found.starts_at < WINDOW[1] and found.ends_at > WINDOW[0]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    read_bytes(data)
    read_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + data + b"\r\nEND:VEVENT\r\n")
