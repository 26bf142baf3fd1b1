"""What the owner might do about a call in progress: at most three suggestions, each with its reason and its turn.

A suggestion is offered text for a whisper, never something that happens by itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from client.insight.emergencies import tells_emergency
from client.insight.growing import caller_turns
from client.insight.health import NEGATIVE, asks_for_person
from client.models.business import Service
from client.models.calls import Call, Handler, Speaker, Turn, TurnKind
from client.models.ids import TurnId

AT_MOST: Final = 3
LATELY: Final = 40
"""Suggestions rest on this many newest turns."""


class ActionKind(StrEnum):
    """What is suggested, most pressing first."""

    EMERGENCY = "emergency"
    PERSON = "person"
    SORRY = "sorry"
    OFFER_SLOT = "offer_slot"
    PRICE = "price"
    CALL_BACK = "call_back"
    ASK_NAME = "ask_name"


class Likelihood(StrEnum):
    """How sure the rule is."""

    LIKELY = "likely"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`gaps` fill the sentences `action.<kind>`, `.reason` and `.whisper` of the catalogue."""

    kind: ActionKind
    turn_id: TurnId
    likelihood: Likelihood
    gaps: tuple[tuple[str, str], ...] = ()

    @property
    def action_id(self) -> str:
        return f"{self.kind}.{self.turn_id}"


_PRICE: Final = re.compile(
    r"\bhow much\b|\bprices?\b|\bcosts?\b|\bcharge\b|\bcu[aá]nto (?:cuesta|vale|sale|es|cobran)\b|\bprecios?\b",
    re.IGNORECASE,
)
# A wall time, with its day where it stands before it: "15:30", "Wed Dec 2, 11:30".
_TIME: Final = re.compile(r"(?:\b[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2},? )?\b(?:[01]?\d|2[0-3]):[0-5]\d\b")
_CLOCK_LENGTH: Final = 5


def next_actions(
    call: Call,
    turns: Sequence[Turn],
    services: Sequence[Service],
    money: Callable[[int], str],
    dismissed: frozenset[str] = frozenset(),
) -> tuple[Action, ...]:
    """The suggestions for a live call handled by an AI employee, most pressing first; none once a person has it.

    `money` writes cents; `dismissed` are ids of suggestions the owner found not useful.
    """
    if not call.is_live or call.handler is not Handler.AI:
        return ()
    turns = turns[-LATELY:]
    said = caller_turns(turns)
    rules = (
        _emergency(said),
        _person(said),
        _sorry(said),
        _slot(turns),
        _price(said, services, money),
        _call_back(turns),
        _name(call, said),
    )
    return tuple(a for a in rules if a is not None and a.action_id not in dismissed)[:AT_MOST]


def _emergency(said: Sequence[Turn]) -> Action | None:
    return _about(ActionKind.EMERGENCY, _last(said, lambda t: tells_emergency(t.text)), Likelihood.LIKELY)


def _person(said: Sequence[Turn]) -> Action | None:
    return _about(ActionKind.PERSON, _last(said, lambda t: asks_for_person(t.text)), Likelihood.LIKELY)


def _sorry(said: Sequence[Turn]) -> Action | None:
    recent = said[-2:]
    return _about(
        ActionKind.SORRY,
        _last(recent, lambda t: t.sentiment is not None and t.sentiment <= NEGATIVE),
        Likelihood.LIKELY,
    )


def _slot(turns: Sequence[Turn]) -> Action | None:
    """A free time that was found and not spoken of since."""
    for at in range(len(turns) - 1, -1, -1):
        tool = turns[at].tool
        if tool is None or tool.status != "ok":
            continue
        if "book" in tool.name:
            return None
        times = list(dict.fromkeys(_clock_times(tool.outputs)))
        if not times:
            continue
        later = " ".join(t.text for t in turns[at + 1 :] if t.speaker is Speaker.ASSISTANT)
        fresh = [t for t in times if t[-_CLOCK_LENGTH:].strip() not in later]
        if not fresh:
            return None
        gaps = (("time", fresh[0]),)
        return Action(kind=ActionKind.OFFER_SLOT, turn_id=turns[at].turn_id, likelihood=Likelihood.LIKELY, gaps=gaps)
    return None


def _price(said: Sequence[Turn], services: Sequence[Service], money: Callable[[int], str]) -> Action | None:
    asked = _last(said[-3:], lambda t: _PRICE.search(t.text) is not None)
    if asked is None:
        return None
    text = asked.text.casefold()
    match = next((s for s in services if s.active and s.name.casefold() in text), None)
    if match is None:
        return None
    gaps = (("service", match.name), ("price", money(match.price_cents)))
    return Action(kind=ActionKind.PRICE, turn_id=asked.turn_id, likelihood=Likelihood.LIKELY, gaps=gaps)


def _call_back(turns: Sequence[Turn]) -> Action | None:
    failed = _last(turns, lambda t: t.tool is not None and t.tool.status == "failed")
    return _about(ActionKind.CALL_BACK, failed, Likelihood.MAYBE)


def _name(call: Call, said: Sequence[Turn]) -> Action | None:
    if call.caller_name or call.customer_id or len(said) < 3:
        return None
    return _about(ActionKind.ASK_NAME, said[-1], Likelihood.MAYBE)


def _about(kind: ActionKind, turn: Turn | None, likelihood: Likelihood) -> Action | None:
    return Action(kind=kind, turn_id=turn.turn_id, likelihood=likelihood) if turn else None


def _last(turns: Sequence[Turn], holds: Callable[[Turn], bool]) -> Turn | None:
    return next((t for t in reversed(turns) if t.kind is not TurnKind.NOTE and holds(t)), None)


def _clock_times(value: Any) -> Iterator[str]:
    """Every wall time in a tool's outputs, with its day if it is given."""
    if isinstance(value, str):
        yield from _TIME.findall(value)
    elif isinstance(value, dict):
        yield from _in_all(cast(dict[str, Any], value).values())
    elif isinstance(value, list | tuple):
        yield from _in_all(cast(Sequence[Any], value))


def _in_all(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _clock_times(value)
