"""Our own call scripts: the data files of `data/`, with the words of each kind of business of `words/`.

A script is one JSON file.  Its `turns` are, in order, `{"luna": [variants]}`, `{"caller": [variants]}`,
`{"tool": name, "inputs": {…}, "outputs": {…}|"live"}` or `{"gap": seconds}`, each with an optional `"if"`.
"""

import json
import string
from functools import cache
from pathlib import Path
from typing import Any

from backend_stub.scripts.form import OUTCOMES, CallScript, Gap, Line, NotACallFile, Step, ToolStep

KINDS = ("salon", "dentist", "clinic", "garage")
FACTS = frozenset({"booked", "taken", "free", "full", "known", "unknown", "held", "not_held"})
LIVE_TOOLS = frozenset(
    {
        "find_customer",
        "check_availability",
        "book_appointment",
        "find_booking",
        "reschedule_booking",
        "cancel_booking",
        "look_up_price",
        "look_up_hours",
        "add_lead",
    }
)
TOOLS = LIVE_TOOLS | {"send_text", "transfer_request", "take_message", "flag_spam"}
SPOKEN_FACTS = frozenset(
    {
        "business",
        "employee",
        "owner",
        "caller",
        "caller_first",
        "service",
        "a_service",
        "price",
        "minutes",
        "other_service",
        "a_other_service",
        "other_price",
        "staff",
        "slot",
        "slot_2",
        "slot_3",
        "when",
        "held_service",
        "held_slot",
        "held_staff",
        "hours_today",
        "hours_week",
        "closed_soon",
    }
)
"""What is filled in when the call is played, beside the words of the kind."""

_HERE = Path(__file__).parent


def own_scripts(kind: str) -> list[CallScript]:
    """Our scripts for a kind of business, in the order they are played.  Raises ValueError for an unknown kind."""
    return list(_own_scripts(kind))


@cache
def _own_scripts(kind: str) -> tuple[CallScript, ...]:
    if kind not in KINDS:
        raise ValueError(f"no kind of business called {kind!r}")
    words = {key: tuple(value) for key, value in _read(_HERE / "words" / f"{kind}.json").items()}
    return tuple(_script(path, kind, words) for path in sorted((_HERE / "data").glob("*.json")))


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NotACallFile(path, 0, f"The script is not JSON: {error}.") from error


def _script(path: Path, kind: str, words: dict[str, tuple[str, ...]]) -> CallScript:
    data = _read(path)
    if data["outcome"] not in OUTCOMES:
        raise NotACallFile(path, 0, f"“{data['outcome']}” is not an outcome of a call.")
    summary = {"": data["summary"]} if isinstance(data["summary"], str) else data["summary"]
    script = CallScript(
        script_id=path.stem.split("-", 1)[1],
        origin="own",
        business_type=kind,
        language=data.get("language", "en"),
        caller=data["caller"],
        direction=data.get("direction", "inbound"),
        intent=data["intent"],
        outcome=data["outcome"],
        steps=tuple(_step(path, turn) for turn in data["turns"]),
        extracted=data["extracted"],
        summary=summary,
        followup=data.get("followup", False),
        consent=data.get("consent", "given"),
        words=words,
    )
    _check_words(path, script)
    return script


def _step(path: Path, turn: dict[str, Any]) -> Step:
    when: str | None = turn.get("if")
    if when is not None and when not in FACTS:
        raise NotACallFile(path, 0, f"“{when}” is not a fact a turn can depend on.")
    match turn:
        case {"gap": seconds}:
            return Gap(seconds=float(seconds), when=when)
        case {"tool": name}:
            return _tool(path, turn, name, when)
        case {"luna": variants}:
            return Line(speaker="assistant", variants=tuple(variants), when=when)
        case {"caller": variants}:
            return Line(
                speaker="caller",
                variants=tuple(variants),
                when=when,
                wants_person=turn.get("wants_person"),
                low_confidence=tuple(turn.get("unsure", ())),
            )
        case _:
            raise NotACallFile(path, 0, "A turn is neither words, nor a tool, nor a gap.")


def _tool(path: Path, turn: dict[str, Any], name: str, when: str | None) -> ToolStep:
    live = turn["outputs"] == "live"
    if name not in (LIVE_TOOLS if live else TOOLS):
        raise NotACallFile(path, 0, f"“{name}” is not a tool that can be used here.")
    return ToolStep(
        name=name,
        inputs=turn.get("inputs", {}),
        outputs=None if live else turn["outputs"],
        failed=turn.get("failed", False),
        when=when,
    )


def placeholders(script: CallScript) -> set[str]:
    """Every `{word}` the script uses, in what is said, in its tools, its summary and what it extracts."""
    texts: list[str] = [*script.summary.values(), *_texts(script.extracted)]
    for step in script.steps:
        match step:
            case Line():
                texts += [*step.variants, step.wants_person or ""]
            case ToolStep():
                texts += [*_texts(step.inputs), *_texts(step.outputs or {})]
            case Gap():
                pass
    texts += [text for name in _names(texts) for text in script.words.get(name, ())]
    return _names(texts)


def _names(texts: list[str]) -> set[str]:
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def _texts(values: dict[str, Any]) -> list[str]:
    return [value for value in values.values() if isinstance(value, str)]


def _check_words(path: Path, script: CallScript) -> None:
    unknown = placeholders(script) - SPOKEN_FACTS - set(script.words)
    if unknown:
        raise NotACallFile(path, 0, f"No words for {', '.join(sorted(unknown))} of a {script.business_type}.")
    if not any(isinstance(step, Line) for step in script.steps) and script.outcome != "missed":
        raise NotACallFile(path, 0, "Nobody says anything.")
