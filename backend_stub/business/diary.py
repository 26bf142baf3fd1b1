"""Who is free when: the diary of one day, in bits of 15 minutes for each member of staff."""

from collections.abc import Sequence
from functools import lru_cache

from backend_stub.business.premises import UNIT_MINUTES, Premises, Worker, start_mask

ALL = -1
"""Every start there is."""


class Openings:
    """The possible starts of each worker on each weekday, worked out once."""

    def __init__(self, premises: Premises) -> None:
        self._masks = [
            [
                {units: start_mask(worker, premises, weekday, units) for units in _lengths(premises)}
                for weekday in range(7)
            ]
            for worker in premises.workers
        ]

    def starts(self, worker: int, weekday: int, units: int) -> int:
        return self._masks[worker][weekday][units]


def _lengths(premises: Premises) -> set[int]:
    return {-(-service.minutes // UNIT_MINUTES) for service in premises.kind.services}


class Diary:
    """One day.  A booking keeps its worker, and its room, busy for its length and the buffer after it."""

    def __init__(self, openings: Openings, workers: tuple[Worker, ...], rooms: int, weekday: int) -> None:
        self._openings = openings
        self._weekday = weekday
        self._busy = [0] * len(workers)
        self._full = [0] * rooms

    def works(self, worker: int) -> bool:
        return bool(self._openings.starts(worker, self._weekday, 1))

    def starts_in(self, rooms: Sequence[int], length: int) -> int:
        """The starts (bits) at which one of these rooms is free for so long; all of them where there need be none."""
        if not rooms:
            return ALL
        taken = ALL
        for room in rooms:
            if not self._full[room]:
                return ALL
            taken &= _spread(self._full[room], length)
        return ~taken

    def room_at(self, rooms: Sequence[int], start: int, length: int, first: int) -> int | None:
        """A room that is free then, beginning with the one at the place `first`; None where there need be none."""
        span = ((1 << length) - 1) << start
        turned = (*rooms[first % len(rooms) :], *rooms[: first % len(rooms)]) if rooms else ()
        return next((room for room in turned if not self._full[room] & span), None)

    def nearest(self, worker: int, wanted: int, units: int, buffer: int, starts: int) -> int | None:
        """The free start of `starts` nearest to `wanted`, both in units after midnight; None on a full day."""
        free = self._openings.starts(worker, self._weekday, units) & starts
        if free and self._busy[worker]:
            free &= ~_spread(self._busy[worker], units + buffer)
        if not free:
            return None
        later = free >> wanted
        after = wanted + (later & -later).bit_length() - 1 if later else None
        before = (free & ((1 << wanted) - 1)).bit_length() - 1
        if after is None:
            return before
        return before if before >= 0 and wanted - before < after - wanted else after

    def take(self, worker: int, room: int | None, start: int, length: int) -> None:
        self._busy[worker] |= ((1 << length) - 1) << start
        if room is not None:
            self._full[room] |= ((1 << length) - 1) << start


@lru_cache(maxsize=65536)
def _spread(busy: int, length: int) -> int:
    """Every start from which `length` units would touch something busy."""
    blocked, covered = busy, 1
    while covered < length:
        step = min(covered, length - covered)
        blocked |= blocked >> step
        covered += step
    return blocked
