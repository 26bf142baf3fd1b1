"""The one door to `icalendar` and `recurring-ical-events`, which have no types worth the name: components are Any here.

Also what they raise over input that means nothing.  They document ValueError and let the others through from deep
inside; fuzzing found them.  Nothing broader is caught, so that a mistake of ours is still seen.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import icalendar
import recurring_ical_events  # pyright: ignore[reportMissingTypeStubs]
from icalendar.prop import vText
from icalendar.timezone import tzp

LIBRARY = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, AssertionError, RecursionError)

_icalendar = cast(Any, icalendar)
_recurring = cast(Any, recurring_ical_events)
_zones = cast(Any, tzp)


class Text(vText):
    """`icalendar` writes a backslash before a capital N as a line break; this writes what stands there."""

    def to_ical(self) -> bytes:
        text = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n").encode()


def new_calendar() -> Any:
    return _icalendar.Calendar()


def new_event() -> Any:
    return _icalendar.Event()


def address(uri: str, name: str) -> Any:
    value = _icalendar.vCalAddress(uri)
    value.params["CN"] = name
    return value


def parse_event(text: str) -> Any:
    return _icalendar.Event.from_ical(text)


def occurrences(events: Sequence[Any], start: datetime, end: datetime) -> list[Any]:
    """Copies of the events, one for each time they happen between the two instants; all have one UID."""
    calendar = new_calendar()
    for event in events:
        calendar.add_component(event)
    return _recurring.of(calendar).between(start, end)


# --- zones that a file defines; the library keeps them for the whole process ----------------------------------------
def forget_zones() -> None:
    _zones.use_default()


def keep_zone(text: str, name: str) -> bool:
    """Make the VTIMEZONE of `text` known under the name it has; whether that went well."""
    _icalendar.Timezone.from_ical(text)
    return _zones.timezone(name) is not None
