"""Said versus did: what an employee promised in a call, and whether anything was done about it.

A promise is a sentence of the AI's own in which something is promised or said to be done.  It is kept when a tool of
the same call did it, or a row says so: a message, a booking, a task, a later call.  It is unkept when nothing did.
The reminder of an appointment is no message of the call: it has gone out for the appointment, or it has not by the time
that begins.  Where it cannot be known, because words are missing, a person took the call, or the reminder is still to
come, it is neither.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from client.insight.promise_words import NO_PROMISE, PROMISES
from client.models.bookings import Booking, BookingStatus
from client.models.calls import Call, Handler, Speaker, Turn, TurnKind
from client.models.promises import GRACE, Done, Judged, Promise, PromiseKind, PromiseState
from client.models.tasks import TaskState

_SENTENCE: Final = re.compile(r"(?:(?:\b(?:Dr|Mr|Mrs|Ms|St|Sr|Sra)\.)|[^.!?…])+(?:[.!?…]+|$)")
_APOSTROPHE: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})
_TAKEN_BACK: Final = re.compile(
    r"\b(?:sorry|afraid|unfortunately|apologi[sz]e)\b[^.!?]{0,90}\b(?:took|taken|gone|can't|cannot|couldn't|unable"
    r"|failed|no longer|didn't go through|not available)\b"
    r"|\b(?:that|it) (?:didn't work|didn't go through|failed)\b"
    r"|\b(?:lo siento|lamentablemente)\b[^.!?]{0,90}\b(?:no|ocupad)",
    re.IGNORECASE,
)
_DOES: Final[dict[PromiseKind, re.Pattern[str]]] = {
    PromiseKind.CANCEL: re.compile(r"cancel"),
    PromiseKind.MOVE: re.compile(r"reschedul|move|change_(?:booking|appointment)|update_(?:booking|appointment)"),
    PromiseKind.BOOKING: re.compile(
        r"^(?:book|reserve|schedule(?!_call)|(?:make|create)_(?:booking|appointment)|reschedul)"
    ),
    PromiseKind.MESSAGE: re.compile(r"^(?:send|text|email|e_mail|sms|whatsapp|message_(?:customer|caller))"),
    PromiseKind.CALL_BACK: re.compile(
        r"take_message|call_?back|follow_?up|create_task|schedule_call|notify|transfer|add_lead"
    ),
    PromiseKind.PASS_ON: re.compile(r"take_message|note|notify|task|transfer|add_lead|escalat|log|flag"),
}
"""Tools that do what is promised, by their names."""
_FREED: Final = re.compile(r"\bfree again\b|\blibres?\b", re.IGNORECASE)
"""A time of which this is said was cancelled, or its appointment moved."""
_REMINDER: Final = re.compile(r"\bremind|\brecord(?:atorio|ar)", re.IGNORECASE)
"""One of an appointment comes shortly before it, not after the call."""
_AT_ONCE: Final = re.compile(
    r"\b(?:right now|just now|right away|straight away|at once|in a (?:minute|moment|second)|as we speak"
    r"|ahora mismo|enseguida|en un (?:minuto|momento))\b"
    r"|\b(?:i|we)(?:'ve| have)(?: just| also)? (?:sent|texted|e-?mailed)"
    r"|\b(?:he|hemos) (?:enviado|mandado)\b|\bacabo de (?:enviar|mandar)",
    re.IGNORECASE,
)
"""A reminder of which this is said is a message like any other."""


def promises_in(turns: Sequence[Turn]) -> tuple[Promise, ...]:
    """What the AI employee promised, in the order in which it was said; of one kind the first of each turn."""
    found: list[Promise] = []
    for turn in turns:
        if turn.kind is TurnKind.SPEECH and turn.speaker is Speaker.ASSISTANT:
            found += _in_turn(turn)
    return tuple(found)


def judged(call: Call, turns: Sequence[Turn], done: Done, as_of: datetime | None) -> tuple[Judged, ...]:
    """Each promise of the call with how it stands.  `as_of`: up to when the rows are known, None of no time."""
    return tuple(_judged(promise, call, turns, done, as_of) for promise in promises_in(turns))


@lru_cache(maxsize=8192)
def promise_of(text: str) -> PromiseKind | None:
    """What a sentence promises.  It takes a third of a millisecond, and employees repeat themselves."""
    plain = text.translate(_APOSTROPHE)
    if NO_PROMISE.search(plain):
        return None
    return next((kind for kind, pattern in PROMISES.items() if pattern.search(plain)), None)


def _in_turn(turn: Turn) -> Iterable[Promise]:
    seen: set[PromiseKind] = set()
    for match in _SENTENCE.finditer(turn.text):
        said = match.group().strip()
        kind = promise_of(said)
        if kind is not None and kind not in seen:
            seen.add(kind)
            yield Promise(kind=kind, turn_id=turn.turn_id, index=turn.index, said=said)


def _judged(promise: Promise, call: Call, turns: Sequence[Turn], done: Done, as_of: datetime | None) -> Judged:
    coming = _reminded_of(promise, done)
    proof = _reminder_for(coming) if coming else _tool_for(promise, turns) or _row_for(promise.kind, call, done)
    if proof is not None:
        return Judged(promise=promise, state=PromiseState.KEPT, proof=proof)
    unclear = call.is_live or _is_incomplete(call, turns) or _with_person(call, turns) or _taken_back(promise, turns)
    unclear = unclear or (bool(coming) and not _went_without(coming, as_of))
    return Judged(promise=promise, state=PromiseState.UNCLEAR if unclear else PromiseState.UNKEPT)


def _reminded_of(promise: Promise, done: Done) -> Sequence[Booking]:
    """The appointments of the call, of a promise that there will be a reminder."""
    said = promise.said.translate(_APOSTROPHE)
    reminds = promise.kind is PromiseKind.MESSAGE and _REMINDER.search(said) and not _AT_ONCE.search(said)
    return done.bookings if reminds else ()


def _reminder_for(coming: Sequence[Booking]) -> str | None:
    return next((booking.booking_id for booking in coming if booking.reminder_sent), None)


def _went_without(coming: Sequence[Booking], as_of: datetime | None) -> bool:
    """Whether the last of those that stand has begun; of none that stands is anybody reminded."""
    standing = [booking.starts_at for booking in coming if booking.status is not BookingStatus.CANCELLED]
    return as_of is not None and bool(standing) and max(standing) <= as_of


def _tool_for(promise: Promise, turns: Sequence[Turn]) -> str | None:
    """The turn of a tool that did what was promised."""
    does = [_DOES[promise.kind]]
    if promise.kind is PromiseKind.CANCEL and _FREED.search(promise.said):
        does.append(_DOES[PromiseKind.MOVE])
    worked = (
        turn.turn_id
        for turn in turns
        if turn.tool is not None and turn.tool.status == "ok" and any(name.search(turn.tool.name) for name in does)
    )
    return next(worked, None)


def _row_for(kind: PromiseKind, call: Call, done: Done) -> str | None:
    cancelled = [b.booking_id for b in done.bookings if b.status is BookingStatus.CANCELLED]
    standing = [b.booking_id for b in done.bookings if b.status is not BookingStatus.CANCELLED]
    tasks = [task.task_id for task in done.tasks if task.state is not TaskState.DROPPED]
    found: Sequence[str] = {
        PromiseKind.CANCEL: cancelled,
        PromiseKind.MOVE: standing,
        PromiseKind.BOOKING: [*standing, *([call.booking_id] if call.booking_id else [])],
        PromiseKind.MESSAGE: [*done.messages],
        PromiseKind.CALL_BACK: [*done.called, *tasks],
        PromiseKind.PASS_ON: [*tasks, *done.called],
    }[kind]
    return next(iter(found), None)


def _is_incomplete(call: Call, turns: Sequence[Turn]) -> bool:
    """Words are missing: what was done may have been said or done in them."""
    missing = len(turns) < call.turn_count or any(turn.index != number for number, turn in enumerate(turns))
    return missing or any(turn.kind is TurnKind.GAP for turn in turns)


def _with_person(call: Call, turns: Sequence[Turn]) -> bool:
    return call.handler is Handler.HUMAN or any(turn.speaker is Speaker.HUMAN for turn in turns)


def _taken_back(promise: Promise, turns: Sequence[Turn]) -> bool:
    """The employee said later that it could not be done."""
    later = (turn for turn in turns if turn.index > promise.index and turn.speaker is Speaker.ASSISTANT)
    return any(_TAKEN_BACK.search(turn.text.translate(_APOSTROPHE)) for turn in later if turn.kind is TurnKind.SPEECH)


def is_due(ended_at: datetime | None, now: datetime) -> bool:
    """Whether the time that is left for what was promised in a call is over."""
    return ended_at is not None and now - ended_at >= GRACE
