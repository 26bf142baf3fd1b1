"""What was read of a feed."""

from collections.abc import Awaitable
from typing import Protocol

import msgspec


class BusyTime(msgspec.Struct, frozen=True, kw_only=True):
    """One occurrence.  `key` tells it from all others of the feed, and stays the same when its series moves it."""

    key: str
    uid: str
    title: str
    starts_at: int
    ends_at: int


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """The busy times, earliest first.  `incomplete`: there was more, which made no sense."""

    times: list[BusyTime]
    incomplete: bool


class ReadFeed(Protocol):
    """Makes sense of a feed for a span of time.  Raises Trouble."""

    def __call__(self, data: bytes, /, *, zone: str, since_ms: int, until_ms: int) -> Awaitable[Read]: ...
