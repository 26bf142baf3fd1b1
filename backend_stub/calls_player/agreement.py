"""What a call from a file agreed to: where its tools belong between the turns, and on which near day it falls."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from backend_stub.scripts.form import CallScript, Line, Step, ToolStep

_DONE = re.compile(
    r"\b(booked|confirmed|scheduled|reserved|all set|successful(ly)?|success|made the (appointment|reservation)|"
    r"has been (made|set)|is set|are set|reservation is|done)\b",
    re.I,
)
_ASKING = re.compile(
    r"\?|\b(confirm that|please confirm|confirming|verify|correct|right|check (and|the)|make sure)\b", re.I
)
_SORRY = re.compile(r"\b(sorry|unable|couldn't|could not|wasn't able|not able|unavailable|failed|fail)\b", re.I)
_WEEKS = 8
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def with_tools(script: CallScript) -> tuple[Step, ...]:
    """The call's turns with the tools the employee must have used: a look at the diary before it reads the details
    back, the booking after the caller's word and before it says that it is done.
    """
    steps = list(script.steps)
    if script.outcome not in ("booked", "booking_failed") or script.agreed_time is None:
        return tuple(steps)
    inputs = {"time": script.agreed_time, "asked_for": script.agreed_date}
    booked = script.outcome == "booked"
    done = _told(steps, _DONE if booked else _SORRY)
    book = ToolStep(
        name="book_appointment",
        inputs=inputs,
        outputs=None if booked else {"result": "the diary did not answer", "reason": "calendar_unavailable"},
        failed=not booked,
    )
    steps.insert(done, book)
    steps.insert(_read_back(steps, done), ToolStep(name="check_availability", inputs=inputs, outputs=None))
    return tuple(steps)


def _spoken_by_assistant(step: Step) -> str | None:
    return step.variants[0] if isinstance(step, Line) and step.speaker == "assistant" else None


def _told(steps: list[Step], words: re.Pattern[str]) -> int:
    """The turn in which the employee tells how the booking went: one that says so, else the last but one it says."""
    spoken = [(n, text) for n, step in enumerate(steps) if (text := _spoken_by_assistant(step)) and n > 1]
    plain = [n for n, text in spoken if words.search(text) and not _ASKING.search(text)]
    if plain:
        return plain[0] if words is _SORRY else _first_of_the_end(plain)
    loose = [n for n, text in spoken if words.search(text)]
    if loose:
        return loose[-1]
    return spoken[-2][0] if len(spoken) > 1 else len(steps) - 1


def _first_of_the_end(found: list[int]) -> int:
    """Of "it is booked … yes, it is booked" the first; an early "done" long before does not count."""
    end = found[-1]
    return min(n for n in found if end - n <= 4)


def _read_back(steps: list[Step], done: int) -> int:
    """The employee's turn before the caller's last word on it, where the details are read back."""
    earlier = [n for n in range(done - 1, 0, -1) if _spoken_by_assistant(steps[n])]
    return earlier[0] if earlier else done


def near_days(
    business: Mapping[str, Any],
    able: Sequence[Mapping[str, Any]],
    *,
    agreed: str | None,
    wall: str,
    minutes: int,
    today: date,
) -> list[date]:
    """The days on which a call of `agreed` (any year) may take place at `wall` time, best first, none before tomorrow.

    The first coming day of the same weekday within 14 days on which the business is open and somebody of `able` is at
    work for `minutes` from then on, else the next such day; after it the same weekday of the following weeks.
    """

    def possible(day: date) -> bool:
        return is_open(business, day, wall, minutes) and any(at_work(person, day, wall, minutes) for person in able)

    coming = [day for n in range(1, 15) if possible(day := today + timedelta(days=n))]
    if not coming:
        return []
    weekday = date.fromisoformat(agreed).weekday() if agreed else coming[0].weekday()
    first = next((day for day in coming if day.weekday() == weekday), coming[0])
    return [day for n in range(_WEEKS) if possible(day := first + timedelta(weeks=n))]


def is_open(business: Mapping[str, Any], day: date, wall: str, minutes: int) -> bool:
    """Whether the business is open on the day for so many minutes from that wall time."""
    return day.isoformat() not in business["closed_days"] and _within(business["opening_hours"], day, wall, minutes)


def at_work(person: Mapping[str, Any], day: date, wall: str, minutes: int) -> bool:
    """Whether a member of staff works on the day for so many minutes from that wall time."""
    return bool(person["active"]) and _within(person["works"], day, wall, minutes)


def _within(week: Mapping[str, list[list[str]]], day: date, wall: str, minutes: int) -> bool:
    end = int(wall[:2]) * 60 + int(wall[3:]) + minutes
    until = f"{end // 60:02d}:{end % 60:02d}"
    return any(begins <= wall and until <= ends for begins, ends in week.get(_WEEKDAYS[day.weekday()], []))
