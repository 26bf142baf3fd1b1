"""Exports: what is written is what any calendar reads, whatever names say, and nothing about people goes along."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.calendars.reading import read_ics
from client.calendars.writing import COLUMNS, write_csv, write_ics
from client.models.bookings import Booking, BookingStatus
from client.models.business import Business, WeeklyHours
from client.models.ids import AccountId, BookingId, ResourceId, StaffId

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BUSINESS = Business(
    account_id=AccountId("a1"),
    name='Bella; "Salon", Co',
    business_type="salon",
    zone=BERLIN,
    currency="EUR",
    locale="de-DE",
    phone="+49 30 1234",
    address="High Street 1, Berlin",
    opening_hours=WeeklyHours(days=((),) * 7),
    closed_days=frozenset(),
)
BOOKING = Booking(
    booking_id=BookingId("0193b7c0-0000-7000-8000-000000000001"),
    customer_id=None,
    customer_name="Maria Gómez",
    customer_phone="+49 170 555",
    customer_email="maria@example.test",
    service_id=None,
    service_name="Colour",
    staff_id=StaffId("s1"),
    starts_at=datetime(2026, 12, 1, 15, 30, tzinfo=UTC),
    ends_at=datetime(2026, 12, 1, 17, 0, tzinfo=UTC),
    zone=BERLIN,
    status=BookingStatus.CONFIRMED,
    source="phone",
    employee_id=None,
    call_id=None,
    price_cents=8500,
    paid_cents=0,
    payment_status="unpaid",
    notes="allergic to ammonia",
    reminder_sent=False,
    created_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    confirmed_at=None,
    completed_at=None,
    cancelled_at=None,
    cancellation_reason=None,
    series_id=None,
    series_label=None,
    updated_at=None,
    updated_by=None,
    updated_call_id=None,
    version=41,
    pending=False,
)
STAFF = {StaffId("s1"): "Ana"}
ROOMS = {ResourceId("r1"): "Chair 2"}


def ics(*bookings: Booking) -> str:
    return write_ics(bookings, BUSINESS, staff=STAFF, now=NOW).decode()


def rows(*bookings: Booking) -> list[dict[str, str]]:
    text = write_csv(bookings, BUSINESS, staff=STAFF).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- .ics -----------------------------------------------------------------------------------------------------------
def test_a_booking_is_an_event_with_all_a_calendar_needs() -> None:
    lines = ics(BOOKING).split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    for line in (
        "VERSION:2.0",
        "PRODID:-//TheChattyAI//Owner app//EN",
        "DTSTART:20261201T153000Z",
        "DTEND:20261201T170000Z",
        "DTSTAMP:20261125T120000Z",
        "SEQUENCE:41",
        "STATUS:CONFIRMED",
        "SUMMARY:Colour · Maria Gómez",
        "LOCATION:High Street 1\\, Berlin",
        "UID:0193b7c0-0000-7000-8000-000000000001@bookings.thechatty.ai",
    ):
        assert line in "\r\n".join(lines).replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(
    ("status", "written"),
    [
        (BookingStatus.PENDING, "STATUS:TENTATIVE"),
        (BookingStatus.CANCELLED, "STATUS:CANCELLED"),
        (BookingStatus.COMPLETED, "STATUS:CONFIRMED"),
    ],
)
def test_the_status_is_the_calendars_word(status: BookingStatus, written: str) -> None:
    text = ics(replace(BOOKING, status=status))
    assert written in text
    assert ("TRANSP:TRANSPARENT" in text) is (status is BookingStatus.CANCELLED)


def test_the_customers_number_address_and_notes_stay_here() -> None:
    text = ics(BOOKING)
    for secret in ("555", "maria@", "ammonia", "ATTENDEE", "8500", "85.00"):
        assert secret not in text


def test_a_later_export_moves_the_event() -> None:
    moved = replace(BOOKING, starts_at=BOOKING.starts_at + timedelta(hours=1), version=57)
    both = (ics(BOOKING).replace("END:VCALENDAR\r\n", "") + ics(moved).split("\r\n", 5)[-1]).encode()
    window = (NOW, NOW + timedelta(days=30))
    imported = read_ics(both, zone=BERLIN, window=window)
    assert [found.starts_at for found in imported.events] == [moved.starts_at] and imported.twice == 1


TEXT = st.text(max_size=90).filter(lambda text: bool(text.strip()))
HOSTILE = st.sampled_from(
    ["--help", "<b>", "C:\\New\\temp", "a\r\nEND:VEVENT\r\nBEGIN:VEVENT", "\\n", "=1+1", "\u202e"]
)


@given(
    name=st.one_of(TEXT, HOSTILE),
    service=st.one_of(TEXT, HOSTILE),
    start=st.integers(0, 500_000),
    minutes=st.integers(5, 720),
    cancelled=st.booleans(),
)
def test_what_is_written_is_read_again(name: str, service: str, start: int, minutes: int, cancelled: bool) -> None:
    starts_at = NOW + timedelta(minutes=start)
    booking = replace(
        BOOKING,
        customer_name=name,
        service_name=service,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        status=BookingStatus.CANCELLED if cancelled else BookingStatus.CONFIRMED,
    )
    data = write_ics([booking], BUSINESS, staff=STAFF, now=NOW)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    imported = read_ics(data, zone=BERLIN, window=(NOW, NOW + timedelta(days=400)))
    assert not imported.remarks
    (found,) = imported.cancelled if cancelled else imported.events
    assert (found.starts_at, found.ends_at) == (booking.starts_at, booking.ends_at)
    assert found.uid.startswith(booking.booking_id)
    assert imported.name == BUSINESS.name


def test_a_backslash_before_a_capital_n_is_not_a_line_break() -> None:
    data = write_ics([replace(BOOKING, customer_name="C:\\New")], BUSINESS, staff=STAFF, now=NOW)
    (found,) = read_ics(data, zone=BERLIN, window=(NOW, NOW + timedelta(days=30))).events
    assert found.title == "Colour · C:\\New"


def test_a_version_beyond_what_calendars_count_to_is_still_written() -> None:
    assert "SEQUENCE:2147483647" in ics(replace(BOOKING, version=2**53))


def test_where_it_is_stands_beside_who_it_is_with() -> None:
    at = replace(BOOKING, resource_id=ResourceId("r1"))
    written = write_ics([at], BUSINESS, staff=STAFF, rooms=ROOMS, now=NOW).decode()
    assert "DESCRIPTION:Ana · Chair 2" in written
    alone = write_ics([replace(at, staff_id=None)], BUSINESS, staff=STAFF, rooms=ROOMS, now=NOW).decode()
    assert "DESCRIPTION:Chair 2" in alone


# --- .csv -----------------------------------------------------------------------------------------------------------
def test_a_business_with_rooms_has_a_column_of_them() -> None:
    at = replace(BOOKING, resource_id=ResourceId("r1"))
    text = write_csv([at, BOOKING], BUSINESS, staff=STAFF, rooms=ROOMS).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(found[0]) == COLUMNS
    assert [row["room"] for row in found] == ["Chair 2", ""]


def test_a_row_has_every_column_in_the_businesss_time() -> None:
    (row,) = rows(BOOKING)
    assert tuple(row) == tuple(name for name in COLUMNS if name != "room")
    assert (row["date"], row["start"], row["end"], row["minutes"]) == ("2026-12-01", "16:30", "18:00", "90")
    assert (row["customer"], row["staff"], row["price"], row["currency"]) == ("Maria Gómez", "Ana", "85.00", "EUR")
    assert (row["status"], row["booking_id"]) == ("confirmed", BOOKING.booking_id)


def test_it_begins_with_the_mark_that_excel_asks_for() -> None:
    assert write_csv([BOOKING], BUSINESS, staff=STAFF).startswith(b"\xef\xbb\xbf")


def test_a_price_that_may_not_be_seen_is_an_empty_cell() -> None:
    (row,) = rows(replace(BOOKING, price_cents=None))
    assert (row["price"], row["currency"]) == ("", "")


@given(
    st.one_of(st.text(max_size=60), st.sampled_from(["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "\x00=1"]))
)
def test_no_cell_is_a_formula(name: str) -> None:
    (row,) = rows(replace(BOOKING, customer_name=name, notes=name))
    for value in (row["customer"], row["notes"], row["phone"]):
        assert not value.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"))


def test_line_breaks_and_quotation_marks_stay_in_their_cell() -> None:
    (row,) = rows(replace(BOOKING, notes='first\nsecond, "quoted"'))
    assert row["notes"] == 'first\nsecond, "quoted"'
