"""A time of day, a length or a day, as people type it."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

_TIME: Final = re.compile(r"^\s*(\d{1,2})(?:[:.h]?([0-5]\d))?\s*([ap])?\.?(?:m\.?)?\s*$", re.IGNORECASE | re.ASCII)
_ISO: Final = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$", re.ASCII)
_PIECES: Final = re.compile(r"\d+|[^\W\d_]+")
_LEAST_LETTERS: Final = 3
_LONG_AGO: Final = timedelta(days=60)
_MINUTES: Final = re.compile(r"^\s*(\d{1,5})\s*(?:m|min\.?|minutes?|minutos?)?\s*$", re.IGNORECASE | re.ASCII)
_HOURS: Final = re.compile(
    r"^\s*(\d{1,3})\s*(?::|h|hours?|horas?)\s*(?:([0-5]?\d)\s*(?:m|min\.?)?)?\s*$", re.IGNORECASE | re.ASCII
)


def minute_of(text: str) -> int | None:
    """The minute of the day for "17:15", "1715", "17.15", "5:15 pm" or "5pm"; None for what is no time."""
    found = _TIME.match(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 60 + minute if hour < 24 else None


def minutes_of(text: str) -> int | None:
    """How many minutes "90", "90 min", "1:30", "1h30" or "2 h" are; None for what is no length."""
    if found := _MINUTES.match(text):
        return int(found[1])
    if found := _HOURS.match(text):
        return int(found[1]) * 60 + int(found[2] or 0)
    return None


def day_of(text: str, today: date, months: Mapping[str, int]) -> date | None:
    """The day that "2025-12-01", "1 Dec", "Mon, December 1" or "1 de diciembre de 2025" is; None for what is none.

    `months`: names, in small letters, to numbers; three letters are enough.  Without a year it is the day that comes
    next, or was lately.
    """
    if iso := _ISO.match(text.strip()):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    pieces = _PIECES.findall(text.lower())
    named = [month for piece in pieces if (month := _month(piece, months))]
    numbers = [int(piece) for piece in pieces if piece.isascii() and piece.isdigit() and len(piece) <= 4]
    if len(named) != 1 or not 1 <= len(numbers) <= 2 or len(numbers) != sum(piece[0].isdigit() for piece in pieces):
        return None
    if len(numbers) == 2:
        return _day(numbers[1], named[0], numbers[0])
    for year in (today.year, today.year + 1):
        day = _day(year, named[0], numbers[0])
        if day is not None and day >= today - _LONG_AGO:
            return day
    return None


def _month(piece: str, months: Mapping[str, int]) -> int | None:
    if len(piece) < _LEAST_LETTERS:
        return None
    return next((number for name, number in months.items() if name.startswith(piece)), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
