"""The line of how a call is going over time, from the words alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from client.insight.growing import caller_turns, first_changed, same_start
from client.models.calls import Turn
from client.models.ids import TurnId

WINDOW: Final = 3
"""A point is the mean of this many of the caller's scored turns, itself the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """`value` −1..1; `turn_id` is the newest turn in it."""

    turn_id: TurnId
    value: float


class Mood(StrEnum):
    """How a value is called."""

    PLEASED = "pleased"
    CALM = "calm"
    UNEASY = "uneasy"
    UPSET = "upset"


class SentimentLine:
    """The line of one call that grows: a point is worked out again only when a turn in it or before it changed."""

    def __init__(self) -> None:
        self._turns: tuple[Turn, ...] = ()
        self._scored: list[tuple[int, float]] = []
        self._points: list[Point] = []

    def of(self, turns: Sequence[Turn]) -> tuple[Point, ...]:
        """One point for each scored turn of the caller; turns without a score (Spanish, tools) make none."""
        turns = tuple(turns)
        same = same_start(self._turns, turns)
        changed = first_changed(self._turns, turns, same)
        while changed is not None and self._scored and self._scored[-1][0] >= changed:
            self._scored.pop()
            self._points.pop()
        for turn in caller_turns(turns[same:]):
            if turn.sentiment is not None:
                self._scored.append((turn.index, turn.sentiment))
                window = [value for _, value in self._scored[-WINDOW:]]
                self._points.append(Point(turn_id=turn.turn_id, value=sum(window) / len(window)))
        self._turns = turns
        return tuple(self._points)


def mood(value: float) -> Mood:
    if value >= 0.35:
        return Mood.PLEASED
    if value > -0.1:
        return Mood.CALM
    return Mood.UNEASY if value > -0.3 else Mood.UPSET
