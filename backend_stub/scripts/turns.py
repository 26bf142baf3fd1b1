"""Documents of the rows a call consists of, in the contract's form without `version`."""

import math
import random
from collections.abc import Iterable
from typing import Any, Literal

from backend_stub.scripts.wording import CENTS_A_MINUTE, CHARGED_BY_S, TOOL_LABELS, charge, tool_sentence
from backend_stub.sentiment import score

Row = dict[str, Any]
Speaker = Literal["caller", "assistant", "human", "system"]
ASKED_AFTER = frozenset({"booked", "booking_failed", "info_provided", "transferred", "complaint"})
"""After calls of these outcomes the caller is sent a text that asks how it was."""


def speech_turn(
    *,
    turn_id: str,
    call_id: str,
    index: int,
    speaker: Speaker,
    name: str | None,
    text: str,
    started_at: int,
    ended_at: int,
    language: str,
    unsure: Iterable[str] = (),
) -> Row:
    """Something said, scored.  `unsure`: the parts of the text the recogniser was not sure of."""
    return _turn(turn_id, call_id, index, "speech", speaker, name, text, started_at, ended_at, language) | {
        "sentiment": score(text, language),
        "low_confidence": [[at, at + len(part)] for part in unsure if (at := text.find(part)) >= 0],
    }


def tool_turn(
    *,
    turn_id: str,
    call_id: str,
    index: int,
    name: str,
    tool: str,
    inputs: Row,
    outputs: Row,
    status: Literal["running", "ok", "failed"],
    started_at: int,
    ended_at: int | None,
    language: str,
) -> Row:
    """A tool the employee `name` used; its text is the one-line sentence of what it did."""
    text = tool_sentence(tool, inputs, outputs, status)
    return _turn(turn_id, call_id, index, "tool", "assistant", name, text, started_at, ended_at, language) | {
        "tool": {
            "name": tool,
            "label": TOOL_LABELS.get(tool, tool),
            "inputs": inputs,
            "outputs": outputs,
            "status": status,
        }
    }


def note_turn(
    *, turn_id: str, call_id: str, index: int, note: str, name: str | None, text: str, at: int, language: str
) -> Row:
    """A mark of supervision, never heard by the caller.  `name`: the person who did it."""
    return _turn(turn_id, call_id, index, "note", "system", name, text, at, at, language) | {"note": note}


def gap_turn(*, turn_id: str, call_id: str, index: int, started_at: int, ended_at: int, language: str) -> Row:
    """Words that were not received."""
    text = f"— {math.ceil((ended_at - started_at) / 1000)} s not received —"
    return _turn(turn_id, call_id, index, "gap", "system", None, text, started_at, ended_at, language)


def _turn(
    turn_id: str,
    call_id: str,
    index: int,
    kind: str,
    speaker: str,
    name: str | None,
    text: str,
    started_at: int,
    ended_at: int | None,
    language: str,
) -> Row:
    return {
        "id": turn_id,
        "call_id": call_id,
        "index": index,
        "kind": kind,
        "speaker": speaker,
        "name": name,
        "text": text,
        "started_at": started_at,
        "ended_at": ended_at,
        "sentiment": None,
        "language": language,
        "low_confidence": [],
        "tool": None,
        "note": None,
    }


def new_call(
    *,
    call_id: str,
    phone: str | None,
    customer: Row | None,
    name: str | None,
    direction: str,
    employee: Row,
    started_at: int,
    intent: str | None,
    language: str,
) -> Row:
    """The header of a call that has just begun to ring."""
    return {
        "id": call_id,
        "caller_phone": phone,
        "customer_id": customer["id"] if customer else None,
        "caller_name": name,
        "direction": direction,
        "employee_id": employee["id"],
        "employee_name": employee["name"],
        "started_at": started_at,
        "answered_at": None,
        "ended_at": None,
        "status": "ringing",
        "handler": "ai",
        "handler_user_id": None,
        "handler_name": None,
        "outcome": None,
        "intent": intent,
        "summary": None,
        "extracted": {},
        "sentiment": None,
        "language": language,
        "escalation_reason": None,
        "requires_followup": False,
        "booking_id": None,
        "consent": {"state": "not_asked", "said_at": None, "text": None},
        "charge_cents": None,
        "billed_seconds": None,
        "flags": [],
        "turn_count": 0,
        "satisfaction": None,
        "recording": None,
        "rate_cents": None,
        "rounding_s": None,
    }


def ended(call: Row, *, at: int, outcome: str) -> Row:
    """The header of a call that ends at `at`: outcome, length and charge.  The rest is the caller's to add."""
    answered: int | None = call["answered_at"]
    seconds = math.ceil(max(0, at - answered) / 1000) if answered is not None else 0
    cents, billed = charge(seconds, outcome)
    return call | {
        "status": "ended",
        "ended_at": at,
        "outcome": outcome,
        "handler": "ai" if call["handler_user_id"] is None else "human",
        "charge_cents": cents,
        "billed_seconds": billed,
        "rate_cents": CENTS_A_MINUTE if cents else None,
        "rounding_s": CHARGED_BY_S if cents else None,
    }


def recording_of(consent: Row) -> Row:
    """No audio is kept here at all, so there is none of any call; why not is for the caller's consent to say."""
    return {"state": "none", "reason": consent["state"] if consent["state"] != "given" else "off"}


def satisfaction_of(call: Row, rng: random.Random) -> int | None:
    """What the caller answered to the text that asks for 1 to 5 after the call; two in three do not answer."""
    if call["outcome"] not in ASKED_AFTER or call["caller_phone"] is None or rng.random() > 1 / 3:
        return None
    return min(5, max(1, round(rng.gauss(4.2 + 1.6 * (call["sentiment"] or 0.0), 0.7))))


def mean_sentiment(turns: Iterable[Row]) -> float | None:
    """The mean of the caller's scored turns, None when none could be scored."""
    scores = [turn["sentiment"] for turn in turns if turn["speaker"] == "caller" and turn["sentiment"] is not None]
    return round(sum(scores) / len(scores), 4) if scores else None
