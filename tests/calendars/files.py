"""Calendar files for tests, and the business they are read for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from client.calendars.imported import Imported
from client.calendars.reading import read_ics

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = (datetime(2026, 11, 25, tzinfo=BERLIN), datetime(2027, 12, 1, tzinfo=BERLIN))


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


def calendar(*parts: str, head: Sequence[str] = ()) -> bytes:
    top = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *head, ""])
    return (top + "".join(parts) + "END:VCALENDAR\r\n").encode()


def read(*parts: str, head: Sequence[str] = ()) -> Imported:
    return read_bytes(calendar(*parts, head=head))


def read_bytes(data: bytes) -> Imported:
    return read_ics(data, zone=BERLIN, window=WINDOW)


def at(text: str) -> datetime:
    """`12-01 09:00`: an instant of the winter the tests play in, in UTC."""
    year = 2026 if text.startswith(("11", "12")) else 2027
    return datetime.strptime(f"{year}-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def starts(imported: Imported) -> list[datetime]:
    return [found.starts_at for found in imported.events]


def said(imported: Imported) -> list[tuple[str, int]]:
    return [(remark.what.value, remark.line) for remark in imported.remarks]
