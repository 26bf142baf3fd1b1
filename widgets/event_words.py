"""What happened to leads, tasks, employees and numbers, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import flet as ft

from client.models.events import ActorKind, Event, Verb
from widgets import format as fmt
from widgets.strings import Words

_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_NAME_MAX: Final = 120

_ICONS: Final[dict[Verb, ft.IconData]] = {
    Verb.EMPLOYEE_STATE: ft.Icons.POWER_SETTINGS_NEW,
    Verb.LEAD_CREATED: ft.Icons.PERSON_ADD_ALT,
    Verb.LEAD_STAGE: ft.Icons.TRENDING_UP,
    Verb.LEAD_ASSIGNED: ft.Icons.ASSIGNMENT_IND_OUTLINED,
    Verb.LEAD_FOLLOWUP: ft.Icons.SCHEDULE,
    Verb.LEAD_REMOVED: ft.Icons.PERSON_REMOVE_OUTLINED,
    Verb.TASK_CREATED: ft.Icons.ADD_TASK,
    Verb.TASK_DONE: ft.Icons.TASK_ALT,
    Verb.TASK_DROPPED: ft.Icons.REMOVE_DONE,
    Verb.TASK_REOPENED: ft.Icons.REPLAY,
    Verb.CORRECTION_LEARNED: ft.Icons.SCHOOL_OUTLINED,
    Verb.NUMBER_BLOCKED: ft.Icons.BLOCK,
    Verb.NUMBER_UNBLOCKED: ft.Icons.LOCK_OPEN,
    Verb.UNKNOWN: ft.Icons.HISTORY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`title` with its subject; `short` without it, where the subject is on screen anyway."""

    icon: ft.IconData
    title: str
    short: str
    by: str


def said_of(words: Words, event: Event, now: datetime) -> Said:
    """The event in words.  A person and an employee are named; an employee is marked as AI by whoever shows it."""
    after = _value(words, event.verb, event.after, now)
    before = _value(words, event.verb, event.before, now)
    name = fmt.clipped(_subject(words, event), _NAME_MAX)
    gaps = {"name": name, "before": before, "after": after, "actor": fmt.clipped(event.actor, _NAME_MAX)}
    tail = ".none" if event.verb in _MAY_LACK and event.after is None else ""
    return Said(
        icon=_ICONS[event.verb],
        title=words(f"event.{event.verb}{tail}", **gaps),
        short=words(f"event.{event.verb}{tail}.short", **gaps),
        by=words("event.by_system") if event.actor_kind is ActorKind.SYSTEM else gaps["actor"],
    )


_MAY_LACK: Final = (Verb.LEAD_ASSIGNED, Verb.LEAD_FOLLOWUP)


def _subject(words: Words, event: Event) -> str:
    if event.verb in (Verb.NUMBER_BLOCKED, Verb.NUMBER_UNBLOCKED):
        return fmt.phone_masked(event.subject_name) or words("caller.unknown")
    return event.subject_name


def _value(words: Words, verb: Verb, value: str | None, now: datetime) -> str:
    """A state or a stage as the owner knows it, an instant as a moment; as it came where it is of a newer server."""
    if value is None:
        return "–"
    match verb:
        case Verb.LEAD_STAGE:
            key = f"stage.{value}"
        case Verb.EMPLOYEE_STATE:
            key = f"employee.{value}"
        case Verb.LEAD_FOLLOWUP if value.isascii() and value.isdigit():
            return fmt.moment(words, _EPOCH + timedelta(milliseconds=int(value)), now)
        case _:
            return fmt.clipped(value, _NAME_MAX)
    return words(key) if words.has(key) else fmt.clipped(value, _NAME_MAX)
