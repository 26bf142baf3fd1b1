"""The labelled calls of `data/promises.txt` as rows."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from client.models.bookings import Booking, BookingStatus
from client.models.calls import Call, CallStatus, Speaker, ToolUse, Turn, TurnKind
from client.models.promises import Done, PromiseKind, PromiseState
from tests import example_data as eg

_LABEL = re.compile(r"\s*\[\[(\w+) (\w+)\]\]")
_SPEAKERS = {"C": Speaker.CALLER, "L": Speaker.ASSISTANT, "H": Speaker.HUMAN}

Label = tuple[int, PromiseKind, PromiseState]
"""Index of the turn, what is promised in it, how it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledCall:
    """`part`: own, other, unseen or fresh, as the file says.  `done`: the appointments of the call, as of `eg.NOW`."""

    number: str
    part: str
    call: Call
    turns: tuple[Turn, ...]
    labels: frozenset[Label]
    done: Done


def labelled_calls() -> list[LabelledCall]:
    text = (Path(__file__).parent / "data" / "promises.txt").read_text("utf-8")
    blocks = [block.strip() for block in text.split("\n= ")[1:]]
    return [_call(block.splitlines()) for block in blocks]


def _call(lines: list[str]) -> LabelledCall:
    number, language, part = lines[0].split()
    turns: list[Turn] = []
    labels: set[Label] = set()
    spoken = [line for line in lines[1:] if not line.startswith("B: ")]
    for index, line in enumerate(spoken):
        who, _, text = line.partition(": ")
        labels |= {(index, PromiseKind(kind), PromiseState(state)) for kind, state in _LABEL.findall(text)}
        turns.append(_turn(index, who, _LABEL.sub("", text), language))
    call = eg.call(
        f"labelled-{number}",
        status=CallStatus.ENDED,
        ended_at=eg.NOW - timedelta(hours=1),
        booking_id=None,
        turn_count=len(turns),
    )
    booked = tuple(_booking(line) for line in lines[1:] if line.startswith("B: "))
    done = Done(bookings=booked)
    return LabelledCall(number=number, part=part, call=call, turns=tuple(turns), labels=frozenset(labels), done=done)


def _booking(line: str) -> Booking:
    _, hours, status, reminder = line.split()
    starts = eg.NOW + timedelta(hours=int(hours))
    booking = eg.booking("09:00", "Somebody", "Haircut", 30, "a", status=BookingStatus(status))
    times = {"starts_at": starts, "ends_at": starts + timedelta(minutes=30)}
    return replace(booking, **times, reminder_sent=reminder == "reminded")


def _turn(index: int, who: str, text: str, language: str) -> Turn:
    if who == "T":
        name, status = text.split()
        tool = ToolUse(name=name, label=name, inputs={}, outputs={}, status=status)
        return eg.turn(index, text, Speaker.ASSISTANT, kind=TurnKind.TOOL, tool=tool, language=language)
    if who == "G":
        return eg.turn(index, "", Speaker.SYSTEM, kind=TurnKind.GAP, language=language)
    return eg.turn(index, text, _SPEAKERS[who], language=language)
