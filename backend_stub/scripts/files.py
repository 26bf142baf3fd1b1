"""Reads call files: one conversation a line, in the form the hosted API records them.

`call_id, business_type, turns[{speaker: caller|assistant, text}], outcome, extracted_data{…}`.
"""

import json
import re
from pathlib import Path
from typing import Any, cast

from backend_stub.scripts.form import OUTCOMES, CallScript, Line, NotACallFile

FITTING = {"salon": "hair_salon", "dentist": "dentist", "clinic": "doctor"}
_PERSON = re.compile(r"\b(real person|human|representative|the owner|the manager|a manager|an? actual person)\b", re.I)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAX_BYTES = 256 * 1024 * 1024


def load_calls(path: Path, business_type: str) -> list[CallScript]:
    """The calls of a file that fit the kind of business (all when none does), in order.

    Raises NotACallFile, with a sentence the owner of the file understands; the first bad line decides.
    """
    scripts = [_script(path, number, line) for number, line in _lines(path)]
    if not scripts:
        raise NotACallFile(path, 0, "The file holds no calls.")
    wanted = FITTING.get(business_type)
    return [s for s in scripts if s.business_type == wanted] or scripts


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise NotACallFile(path, 0, "The file is larger than 256 MB, so it is not a call file.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotACallFile(path, 0, "The file is not text in UTF-8.") from error
    except FileNotFoundError as error:
        raise NotACallFile(path, 0, "There is no such file.") from error
    except OSError as error:
        raise NotACallFile(path, 0, "The file cannot be read.") from error
    # Not splitlines(): a JSON string may hold U+2028, which is no end of a line here.
    return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _script(path: Path, number: int, line: str) -> CallScript:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotACallFile(path, number, "The line is not JSON.") from error
    if not isinstance(found, dict):
        raise NotACallFile(path, number, "The line is not an object with a call.")
    call = cast(dict[str, Any], found)
    for key in ("call_id", "business_type", "outcome"):
        if not isinstance(call.get(key), str) or not call[key].strip():
            raise NotACallFile(path, number, f"The call has no “{key}”.")
    outcome: str = call["outcome"]
    if outcome not in OUTCOMES:
        raise NotACallFile(path, number, f"“{outcome[:40]}” is not an outcome of a call.")
    extracted: object = call.get("extracted_data") or {}
    if not isinstance(extracted, dict):
        raise NotACallFile(path, number, "“extracted_data” is not an object.")
    data = cast(dict[str, Any], extracted)
    return CallScript(
        script_id=call["call_id"],
        origin="file",
        business_type=call["business_type"],
        language="es" if call.get("language") == "es" else "en",
        caller="any",
        intent="booking" if outcome in ("booked", "booking_failed") else "question",
        outcome=outcome,
        steps=_turns(path, number, call.get("turns")),
        extracted=data,
        summary={},
        followup=outcome == "booking_failed",
        consent="not_asked",
        agreed_time=_agreed_time(data.get("appointment_time")),
        agreed_date=_agreed_date(data.get("appointment_date")),
        words={},
    )


def _turns(path: Path, number: int, turns: object) -> tuple[Line, ...]:
    if not isinstance(turns, list) or not turns:
        raise NotACallFile(path, number, "The call has no turns.")
    return tuple(_turn(path, number, turn) for turn in cast(list[object], turns))


def _turn(path: Path, number: int, turn: object) -> Line:
    if not isinstance(turn, dict):
        raise NotACallFile(path, number, "A turn is not an object.")
    said = cast(dict[str, Any], turn)
    speaker, text = said.get("speaker"), said.get("text")
    if speaker not in ("caller", "assistant"):
        raise NotACallFile(path, number, "A turn is spoken neither by the caller nor by the assistant.")
    if not isinstance(text, str) or not text.strip():
        raise NotACallFile(path, number, "A turn has no words.")
    wants = "The caller asked for a person" if speaker == "caller" and _PERSON.search(text) else None
    return Line(speaker=speaker, variants=(text.strip(),), wants_person=wants)


def _agreed_time(value: object) -> str | None:
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"{int(found[1]):02d}:{found[2]}" if found else None


def _agreed_date(value: object) -> str | None:
    return value if isinstance(value, str) and _DATE.fullmatch(value) else None
