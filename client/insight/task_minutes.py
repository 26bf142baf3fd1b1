"""What a task takes a person: as the owner has said of its kind, else by the app's rule; which of them is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from client.insight.day import Say
from client.models.assumptions import Assumptions
from client.models.tasks import TaskKind

RULE: Final[dict[TaskKind, int]] = {
    TaskKind.REMINDER: 10,
    TaskKind.REVIEW_REQUEST: 3,
    TaskKind.DOCUMENT: 5,
    TaskKind.CALLBACK: 6,
    TaskKind.FOLLOW_UP: 8,
    TaskKind.OTHER: 4,
}
"""Where the owner has said nothing.  In the order in which the kinds are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMinutes:
    """`said`: the owner's own, by kind.  A kind that only a newer server knows counts as another task."""

    said: Mapping[TaskKind, int] = field(default_factory=dict[TaskKind, int], hash=False)

    def of(self, kind: TaskKind) -> int:
        known = _known(kind)
        return self.said.get(known, RULE[known])

    def is_own(self, kind: TaskKind) -> bool:
        """Whether the owner has said it."""
        return _known(kind) in self.said


def minutes_by(said: Assumptions | None) -> TaskMinutes:
    """As the owner has said, if this device may know."""
    return TaskMinutes(said=said.task_minutes) if said else TaskMinutes()


def told(minutes: TaskMinutes, key: str, say: Say) -> str:
    """The sentence `key` of the catalogue, `key.both` or `key.own`: which minutes are the owner's, which the rule's."""
    own = [kind for kind in RULE if minutes.is_own(kind)]
    rest = [kind for kind in RULE if not minutes.is_own(kind)]
    tail = ".own" if not rest else ".both" if own else ""
    return say(f"{key}{tail}", own=_listed(minutes, own, say), rule=_listed(minutes, rest, say))


def _listed(minutes: TaskMinutes, kinds: list[TaskKind], say: Say) -> str:
    """A reminder round 10 min, a review asked for 3 min, …"""
    return ", ".join(f"{say(f'task.kind.{kind}')} {say('unit.minutes', minutes=minutes.of(kind))}" for kind in kinds)


def _known(kind: TaskKind) -> TaskKind:
    return kind if kind in RULE else TaskKind.OTHER
