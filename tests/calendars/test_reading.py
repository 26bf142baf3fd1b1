"""What an .ics file means: times and zones, repetition with its exceptions, what is left out and why."""

import pytest

from client.calendars.imported import ImportedEvent, What
from tests.calendars.files import at, event, read, read_bytes, said, starts

ONE_HOUR = ("DTSTART:20261201T090000Z", "DTEND:20261201T100000Z")


def only(*lines: str) -> ImportedEvent:
    imported = read(event(*lines))
    assert not imported.remarks
    (found,) = imported.events
    return found


# --- one event ------------------------------------------------------------------------------------------------------
def test_an_event_says_what_when_and_where_it_stands() -> None:
    found = only("UID:a@b", "SUMMARY:Dentist\\, Dr. O\\;K\\\\", "DESCRIPTION:first\\nsecond", *ONE_HOUR)
    assert (found.uid, found.occurrence, found.key) == ("a@b", "", "a@b")
    assert (found.starts_at, found.ends_at) == (at("12-01 09:00"), at("12-01 10:00"))
    assert (found.title, found.notes, found.line) == ("Dentist, Dr. O;K\\", "first\nsecond", 3)
    assert not found.all_day


def test_a_floating_time_is_the_businesss_wall_clock() -> None:
    assert only("UID:a", "DTSTART:20261201T090000", "DURATION:PT45M").starts_at == at("12-01 08:00")


@pytest.mark.parametrize("name", ["X-WR-TIMEZONE:America/New_York", "TIMEZONE-ID:Eastern Standard Time"])
def test_a_floating_time_is_on_the_clock_the_calendar_names(name: str) -> None:
    """Whole days stay those of the business, and times that say their own zone are on that."""
    imported = read(
        event("UID:a", "DTSTART:20261201T090000", "DURATION:PT45M"),
        event("UID:b", "DTSTART;TZID=Europe/London:20261202T090000", "DURATION:PT45M"),
        event("UID:c", "DTSTART;VALUE=DATE:20261203"),
        head=(name,),
    )
    assert starts(imported) == [at("12-01 14:00"), at("12-02 09:00"), at("12-02 23:00")] and not imported.remarks


def test_a_zone_of_the_calendar_that_nobody_knows_is_said() -> None:
    zone = "Mars/Olympus"
    imported = read(event("UID:a", "DTSTART:20261201T090000", "DURATION:PT45M"), head=(f"X-WR-TIMEZONE:{zone}",))
    (remark,) = imported.remarks
    assert (remark.what, remark.line, remark.name) == (What.ZONE_UNKNOWN, 3, zone)
    assert starts(imported) == [at("12-01 08:00")]


def test_a_whole_day_lasts_from_midnight_to_midnight_there() -> None:
    found = only("UID:a", "DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227")
    assert (found.starts_at, found.ends_at) == (at("12-23 23:00"), at("12-26 23:00"))
    assert found.all_day


@pytest.mark.parametrize("end", ["DTEND;VALUE=DATE:20261224", "DURATION:P1D", "X-NOTHING:1"])
def test_a_whole_day_without_a_later_end_is_one_day(end: str) -> None:
    found = only("UID:a", "DTSTART;VALUE=DATE:20261224", end)
    assert (found.starts_at, found.ends_at) == (at("12-23 23:00"), at("12-24 23:00"))


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "Eastern Standard Time",
        '"Eastern Standard Time"',
        "/mozilla.org/20050126_1/America/New_York",
        "/freeassociation.sourceforge.net/America/New_York",
    ],
)
def test_a_zone_is_known_by_its_name(zone: str) -> None:
    assert only("UID:a", f"DTSTART;TZID={zone}:20261201T090000", "DURATION:PT1H").starts_at == at("12-01 14:00")


VTIMEZONE = "\r\n".join(
    [
        "BEGIN:VTIMEZONE",
        "TZID:Our office",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0300",
        "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010101T020000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0300",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "",
    ]
)


def test_a_zone_that_the_file_defines_is_used_and_forgotten_with_it() -> None:
    winter = event("UID:w", "DTSTART;TZID=Our office:20261201T090000", "DURATION:PT1H")
    summer = event("UID:s", "DTSTART;TZID=Our office:20270701T090000", "DURATION:PT1H")
    assert starts(read(VTIMEZONE, winter, summer)) == [at("12-01 07:00"), at("07-01 06:00")]
    later = read(winter)
    assert starts(later) == [at("12-01 08:00")]
    assert said(later) == [("zone_unknown", 3)] and later.remarks[0].name == "Our office"


def test_a_zone_definition_may_name_the_place_it_means() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:x/9\r\nX-LIC-LOCATION:Asia/Tokyo\r\nEND:VTIMEZONE\r\n"
    assert starts(read(zone, event("UID:a", "DTSTART;TZID=x/9:20261201T090000", "DURATION:PT1H"))) == [
        at("12-01 00:00")
    ]


def test_a_time_that_the_clock_skips_is_the_one_an_hour_on() -> None:
    assert only("UID:a", "DTSTART:20270328T023000", "DURATION:PT1H").starts_at == at("03-28 01:30")


def test_without_an_end_it_lasts_an_hour_and_that_is_said() -> None:
    imported = read(event("UID:a", "SUMMARY:Call", "DTSTART:20261201T090000Z"))
    assert [found.ends_at for found in imported.events] == [at("12-01 10:00")]
    assert said(imported) == [("no_end", 3)] and imported.remarks[0].name == "Call"


def test_without_a_uid_it_has_the_same_one_at_every_reading() -> None:
    again = [only("SUMMARY:Gym", *ONE_HOUR, f"DTSTAMP:20260101T00000{n}Z").uid for n in (0, 1)]
    assert again[0] == again[1] and again[0].startswith("sha256:")
    assert only("SUMMARY:Gym 2", *ONE_HOUR).uid != again[0]


def test_what_is_free_or_called_off_or_outside_is_only_counted() -> None:
    imported = read(
        event("UID:1", "TRANSP:TRANSPARENT", *ONE_HOUR),
        event("UID:2", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", *ONE_HOUR),
        event("UID:3", "STATUS:CANCELLED", *ONE_HOUR),
        event("UID:4", "DTSTART:20251201T090000Z", "DTEND:20251201T100000Z"),
        event("UID:5", "DTSTART:20290101T090000Z", "DTEND:20290101T100000Z"),
    )
    assert (imported.events, imported.free, imported.outside) == ((), 2, 2)
    assert [found.uid for found in imported.cancelled] == ["3"]


def test_a_calendar_that_calls_off_calls_off_all_of_it() -> None:
    imported = read(event("UID:1", *ONE_HOUR), head=["METHOD:CANCEL"])
    assert imported.events == () and len(imported.cancelled) == 1


def test_an_event_already_under_way_and_one_that_ends_as_the_span_begins() -> None:
    imported = read(
        event("UID:long", "DTSTART:20261120T090000Z", "DTEND:20261130T090000Z"),
        event("UID:over", "DTSTART:20261124T090000Z", "DTEND:20261124T230000Z"),
    )
    assert [found.uid for found in imported.events] == ["long"] and imported.outside == 1


# --- repetition -----------------------------------------------------------------------------------------------------
WEEKLY = ("UID:w", "SUMMARY:Team", "DTSTART;TZID=Europe/Berlin:20261201T090000", "DURATION:PT30M")


def test_a_rule_is_followed_by_the_wall_clock_over_both_dst_nights() -> None:
    imported = read(event(*WEEKLY, "RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=12"))
    assert [found.starts_at.hour for found in imported.events] == [8, 8, 8, 8, 7, 7, 7, 7, 7, 7, 7, 8]


def test_exceptions_additions_and_a_moved_occurrence() -> None:
    imported = read(
        event(
            *WEEKLY,
            "RRULE:FREQ=WEEKLY;UNTIL=20261222T230000Z",
            "EXDATE;TZID=Europe/Berlin:20261208T090000",
            "RDATE;TZID=Europe/Berlin:20261224T090000",
        ),
        event("UID:w", "SUMMARY:Later", "RECURRENCE-ID;TZID=Europe/Berlin:20261215T090000", *MOVED),
        event("UID:w", "STATUS:CANCELLED", "RECURRENCE-ID;TZID=Europe/Berlin:20261222T090000", *CALLED_OFF),
    )
    assert starts(imported) == [at("12-01 08:00"), at("12-16 10:00"), at("12-24 08:00")]
    assert imported.events[1].key == "w/20261215T080000Z" and imported.events[1].title == "Later"
    assert [found.occurrence for found in imported.cancelled] == ["20261222T080000Z"]


MOVED = ("DTSTART;TZID=Europe/Berlin:20261216T110000", "DURATION:PT30M")
CALLED_OFF = ("DTSTART;TZID=Europe/Berlin:20261222T090000", "DURATION:PT30M")


def test_a_rule_without_end_stops_at_the_end_of_the_span() -> None:
    imported = read(event("UID:a", "DTSTART;VALUE=DATE:16041201", "RRULE:FREQ=YEARLY"))
    assert starts(imported) == [at("11-30 23:00")]
    assert len(read(event(*WEEKLY, "RRULE:FREQ=WEEKLY")).events) == 53


def test_occurrences_keep_their_keys_between_readings_and_have_one_each() -> None:
    first, second = (read(event(*WEEKLY, "RRULE:FREQ=WEEKLY")) for _ in range(2))
    keys = [found.key for found in first.events]
    assert keys == [found.key for found in second.events] and len(set(keys)) == len(keys)


def test_the_newest_of_two_entries_for_the_same_moment_counts() -> None:
    old = event("UID:a", "SUMMARY:Old", "SEQUENCE:1", "DTSTAMP:20260101T000000Z", *ONE_HOUR)
    new = event("UID:a", "SUMMARY:New", "SEQUENCE:2", "DTSTAMP:20250101T000000Z", *ONE_HOUR)
    for order in ((old, new), (new, old)):
        imported = read(*order)
        assert [found.title for found in imported.events] == ["New"] and imported.twice == 1


def test_a_newer_entry_that_moved_out_of_the_span_takes_the_older_one_with_it() -> None:
    old = event("UID:a", "SEQUENCE:1", *ONE_HOUR)
    new = event("UID:a", "SEQUENCE:2", "DTSTART:20300101T090000Z", "DTEND:20300101T100000Z")
    assert read(old, new).events == ()


# --- the form of the file -------------------------------------------------------------------------------------------
def test_folded_lines_any_line_ends_and_any_case() -> None:
    text = "begin:vcalendar\nbegin:vevent\nuid:a\nsummary:Lo\n ng\n\t name\ndtstart:20261201T090000Z\n"
    text += "dtend:20261201T100000Z\nend:vevent\nend:vcalendar"
    for line_end in ("\n", "\r\n", "\r"):
        (found,) = read_bytes(text.replace("\n", line_end).encode()).events
        assert found.title == "Long name"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_say_what_they_are(encoding: str) -> None:
    text = "BEGIN:VCALENDAR\n" + event("UID:a", "SUMMARY:Peluquería", *ONE_HOUR) + "END:VCALENDAR"
    imported = read_bytes(text.encode(encoding))
    assert imported.events[0].title == "Peluquería" and not imported.remarks


def test_bytes_that_are_no_utf8_are_read_as_western_european_and_that_is_said() -> None:
    text = "BEGIN:VCALENDAR\n" + event("UID:a", "SUMMARY:Peluquería", *ONE_HOUR) + "END:VCALENDAR"
    imported = read_bytes(text.encode("cp1252"))
    assert imported.events[0].title == "Peluquería" and said(imported) == [("not_utf8", 0)]


def test_alarms_attachments_and_unknown_properties_do_not_matter() -> None:
    alarm = ("BEGIN:VALARM", "TRIGGER:nonsense", "DURATION:nonsense", "DTSTART:nonsense", "END:VALARM")
    found = only("UID:a", *alarm, "ATTACH;ENCODING=BASE64:" + "A" * 10_000, 'X-APPLE;X="a:b":c', "GEO:x", *ONE_HOUR)
    assert found.starts_at == at("12-01 09:00")


def test_the_calendar_says_its_name() -> None:
    assert read(head=["X-WR-CALNAME:Ana\\, private"]).name == "Ana, private"
