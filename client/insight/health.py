"""How a call in progress is going, and who needs the owner most.

Judged from the words of the transcript alone, never from the tone of a voice, by rules short enough to be read aloud;
the sentence for every rule is in the catalogue under `health.rule.*`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Final

from client.insight.emergencies import tells_emergency
from client.insight.growing import caller_turns, first_changed, forget_from, same_start
from client.models.calls import Call, CallStatus, Handler, Turn, TurnKind
from client.models.ids import CallId, TurnId

NEGATIVE: Final = -0.3
"""A caller's turn at or below this is a negative one; the scale is −1 to 1."""

SILENCE: Final = timedelta(seconds=12)
TOOL_PATIENCE: Final = timedelta(seconds=10)
RECENT_TURNS: Final = 6
EMERGENCY_INTENT: Final = "emergency"
"""A call's `intent` where the service takes it for one."""


class Level(IntEnum):
    """How much a call needs a person; higher is sooner."""

    STABLE = 0
    WATCH = 1
    NEEDS_YOU = 2


class Reason(StrEnum):
    """The rule that decided the level, strongest first."""

    EMERGENCY = "emergency"
    EMERGENCY_MARKED = "emergency_marked"
    ASKED_TWICE = "asked_twice"
    UPSET_AND_ASKED = "upset_and_asked"
    WITH_PERSON = "with_person"
    TOOL_FAILED_TWICE = "tool_failed_twice"
    ASKED_ONCE = "asked_once"
    ESCALATED = "escalated"
    TOOL_FAILED = "tool_failed"
    UPSET = "upset"
    TOOL_SLOW = "tool_slow"
    SILENCE = "silence"
    RINGING = "ringing"
    CALM = "calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`evidence` are the turns the rule rests on, oldest first; empty where it rests on the call itself."""

    level: Level
    reason: Reason
    evidence: tuple[TurnId, ...] = ()


_PERSON: Final = re.compile(
    r"\b(?:speak|talk|transfer(?:red)?|connect(?:ed)?|put me through|get me|let me have|want|need|give me|call)\b"
    r"[^.?!]{0,40}\b(?:owner|manager|supervisor|boss|human|person|representative|some(?:body|one) real|real agent)\b"
    r"|\b(?:real|actual|living|live) (?:person|human|being)\b"
    r"|\bsomebody who works there\b|\bsomeone who works there\b"
    r"|\b(?:not|don'?t want|stop talking)\b[^.?!]{0,30}\b(?:robot|machine|bot|computer|recording)\b"
    r"|\b(?:owner|manager|supervisor),? please\b"
    r"|\b(?:hablar|comun[ií](?:car|que)\w*|p[aá]s(?:ar|e|a)\w*|p[oó]n(?:er|ga)\w*|quiero|necesito|deme|d[eé])\b"
    r"[^.?!]{0,40}\b(?:dueñ[oa]|encargad[oa]|gerente|jef[ea]|persona|humano|responsable|supervisora?)\b"
    r"|\bpersona (?:real|de verdad)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def asks_for_person(text: str) -> bool:
    return _PERSON.search(text) is not None


class Heard:
    """What the rules look for in the turns of one call: what the caller said, and among it alarms and wishes; tools
    that failed.  `of` looks only at the turns that changed since it was asked last.
    """

    def __init__(self) -> None:
        self.turns: tuple[Turn, ...] = ()
        self.said: list[Turn] = []
        self.alarms: list[Turn] = []
        self.asked: list[Turn] = []
        self.failed: list[Turn] = []

    def of(self, turns: Sequence[Turn]) -> "Heard":
        """Of these turns, which are in order of index; itself, brought up to date."""
        turns = tuple(turns)
        same = same_start(self.turns, turns)
        changed = first_changed(self.turns, turns, same)
        if changed is not None:
            for kept in (self.said, self.alarms, self.asked, self.failed):
                forget_from(kept, changed)
            self._look_at(turns[same:])
        self.turns = turns
        return self

    def _look_at(self, turns: Sequence[Turn]) -> None:
        said = caller_turns(turns)
        self.said += said
        self.alarms += (t for t in said if tells_emergency(t.text))
        self.asked += (t for t in said if asks_for_person(t.text))
        self.failed += (t for t in turns if t.tool is not None and t.tool.status == "failed")


def call_health(call: Call, turns: Sequence[Turn], now: datetime, heard: Heard | None = None) -> Health:
    """The first rule that holds, strongest first.  `turns` in order of index, and empty for a role without transcripts.

    `now` is on the server's clock.  `heard` is what was heard so far of this call, so that it is not listened to anew.
    """
    if call.handler is Handler.HUMAN:
        return Health(level=Level.STABLE, reason=Reason.WITH_PERSON)
    if call.status is CallStatus.RINGING:
        return Health(level=Level.WATCH, reason=Reason.RINGING)
    heard = (heard or Heard()).of(turns)
    return (
        _from_words(heard)
        or _marked_emergency(call)
        or _from_tools(heard, twice=True)
        or _asked_once(heard)
        or _from_server(call)
        or _from_tools(heard, twice=False)
        or _upset(heard)
        or _waiting(turns, now)
        or Health(level=Level.STABLE, reason=Reason.CALM)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """A call in progress with its health."""

    call: Call
    health: Health


def by_need(live: Iterable[LiveCall]) -> tuple[LiveCall, ...]:
    """Who needs the owner most first; among equals the longest call."""

    def order(item: LiveCall) -> tuple[int, datetime, CallId]:
        return (-item.health.level, item.call.started_at, item.call.call_id)

    return tuple(sorted(live, key=order))


def _marked_emergency(call: Call) -> Health | None:
    """People in need rarely say the word; the service understands more of a call than the rules here do."""
    if call.escalation_reason and call.intent == EMERGENCY_INTENT:
        return Health(level=Level.NEEDS_YOU, reason=Reason.EMERGENCY_MARKED)
    return None


def _from_words(heard: Heard) -> Health | None:
    alarms = _ids(heard.alarms)
    if alarms:
        return Health(level=Level.NEEDS_YOU, reason=Reason.EMERGENCY, evidence=alarms)
    asked = _ids(heard.asked)
    if len(asked) >= 2:
        return Health(level=Level.NEEDS_YOU, reason=Reason.ASKED_TWICE, evidence=asked)
    negative = _ids(_recent_negative(heard.said))
    if asked and len(negative) >= 2:
        evidence = tuple(dict.fromkeys((*asked, *negative)))
        return Health(level=Level.NEEDS_YOU, reason=Reason.UPSET_AND_ASKED, evidence=evidence)
    return None


def _asked_once(heard: Heard) -> Health | None:
    asked = _ids(heard.asked)
    return Health(level=Level.WATCH, reason=Reason.ASKED_ONCE, evidence=asked) if asked else None


def _from_server(call: Call) -> Health | None:
    if call.escalation_reason:
        return Health(level=Level.WATCH, reason=Reason.ESCALATED)
    if call.intent == EMERGENCY_INTENT:
        return Health(level=Level.WATCH, reason=Reason.EMERGENCY_MARKED)
    return None


def _from_tools(heard: Heard, *, twice: bool) -> Health | None:
    failed = _ids(heard.failed)
    if twice:
        reason, level = Reason.TOOL_FAILED_TWICE, Level.NEEDS_YOU
        return Health(level=level, reason=reason, evidence=failed) if len(failed) >= 2 else None
    return Health(level=Level.WATCH, reason=Reason.TOOL_FAILED, evidence=failed) if failed else None


def _upset(heard: Heard) -> Health | None:
    negative = _ids(_recent_negative(heard.said))
    return Health(level=Level.WATCH, reason=Reason.UPSET, evidence=negative) if len(negative) >= 2 else None


def _waiting(turns: Sequence[Turn], now: datetime) -> Health | None:
    last = next((t for t in reversed(turns) if t.kind in (TurnKind.SPEECH, TurnKind.TOOL)), None)
    if last is None:
        return None
    if last.tool is not None and last.tool.status == "running":
        slow = now - last.started_at >= TOOL_PATIENCE
        return Health(level=Level.WATCH, reason=Reason.TOOL_SLOW, evidence=(last.turn_id,)) if slow else None
    quiet = last.ended_at is not None and now - last.ended_at >= SILENCE
    return Health(level=Level.WATCH, reason=Reason.SILENCE, evidence=(last.turn_id,)) if quiet else None


def _recent_negative(said: Sequence[Turn]) -> list[Turn]:
    return [t for t in said[-RECENT_TURNS:] if t.sentiment is not None and t.sentiment <= NEGATIVE]


def _ids(turns: Iterable[Turn]) -> tuple[TurnId, ...]:
    return tuple(t.turn_id for t in turns)
