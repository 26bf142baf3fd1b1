"""How values lie in columns: instants as integer milliseconds, lists and objects as JSON text, enums as their words.

Reading never fails on what a newer server may have sent: an unknown word becomes UNKNOWN, an unknown zone UTC.
"""

from collections.abc import Callable, Collection
from dataclasses import fields, make_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import msgspec

from client.models.business import WEEKDAYS, HoursRange, WeeklyHours

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def constructor(kind: type[T]) -> Callable[..., T]:
    """Makes a frozen dataclass with slots of all its fields, in their order.

    Its own constructor sets each field by a call, which for a row of thirty takes longer than SQLite takes to find it.
    This one fills the same slots of a class that is not frozen, and then says what the instance is.
    """
    names = [each.name for each in fields(cast("type[Any]", kind))]
    draft = make_dataclass(kind.__name__, names, slots=True)

    def construct(*values: Any) -> T:
        made: Any = draft(*values)
        made.__class__ = kind
        return made

    return construct


def instant(ms: int) -> datetime:
    """Milliseconds since 1970 as an aware UTC instant."""
    return _EPOCH + ms * _MILLISECOND


def instant_or_none(ms: int | None) -> datetime | None:
    return None if ms is None else _EPOCH + ms * _MILLISECOND


def name_or_none(text: str | None) -> str | None:
    """None for nothing, and for a name of blanks."""
    return (text or "").strip() or None


def milliseconds(at: datetime) -> int:
    """The instant `at` as whole milliseconds since 1970, rounded down."""
    return (at - _EPOCH) // _MILLISECOND


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name, or UTC if this device does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=512)
def word(kind: type[E], value: str, unknown: E) -> E:
    """The member for `value`, or `unknown` for a word of a newer server."""
    try:
        return kind(value)
    except ValueError:
        return unknown


def json_value(text: str) -> Any:
    return msgspec.json.decode(text)


def json_text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def id_list(ids: Collection[str] | None) -> str | None:
    """For `json_each`; None: all of them."""
    return None if ids is None else json_text(sorted(ids))


@lru_cache(maxsize=256)
def weekly_hours(text: str) -> WeeklyHours:
    """`{"mon": [["09:00", "18:00"]], …}`; a missing day is closed, an unreadable range is left out."""
    hours = json_value(text)
    return WeeklyHours(days=tuple(tuple(_ranges(hours.get(day, ()))) for day in WEEKDAYS))


def _ranges(pairs: list[list[str]]) -> list[HoursRange]:
    ranges = [(wall_time(pair[0]), wall_time(pair[1])) for pair in pairs if len(pair) == 2]
    return [(opens, closes) for opens, closes in ranges if opens is not None and closes is not None]


def wall_time(text: str) -> time | None:
    """`09:30` as a time of day; `24:00` is the last moment of the day."""
    if text == "24:00":
        return time.max
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=16)
def days(text: str) -> frozenset[date]:
    """A JSON list of `YYYY-MM-DD`; what is not a day is left out."""
    return frozenset(day for day in map(_day, json_value(text)) if day is not None)


def day_or_none(text: str | None) -> date | None:
    """`YYYY-MM-DD`; None for nothing, and for what is not a day."""
    return None if text is None else _day(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
