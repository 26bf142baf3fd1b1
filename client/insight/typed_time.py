"""A time of day as people type it."""

import re
from typing import Final

_TIME: Final = re.compile(r"^\s*(\d{1,2})(?:[:.h]?([0-5]\d))?\s*([ap])?\.?(?:m\.?)?\s*$", re.IGNORECASE | re.ASCII)


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
