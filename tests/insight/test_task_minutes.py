"""What a task takes a person: the owner's minutes before the rule's, and both told apart in two languages."""

from zoneinfo import ZoneInfo

import pytest

from client.insight.task_minutes import RULE, TaskMinutes, told
from client.models.assumptions import MOST_TASK_MINUTES, TASK_MINUTES
from client.models.tasks import TaskKind
from widgets.strings import ENGLISH, Words

SPANISH = Words(language="es", zone=ZoneInfo("UTC"))


def test_every_kind_has_a_rule_and_a_column() -> None:
    assert set(RULE) == set(TASK_MINUTES) == set(TaskKind) - {TaskKind.UNKNOWN}
    assert all(0 < minutes <= MOST_TASK_MINUTES for minutes in RULE.values())


def test_nought_is_said_and_a_kind_nobody_knows_is_another_task() -> None:
    minutes = TaskMinutes(said={TaskKind.REMINDER: 0, TaskKind.OTHER: 7})
    assert (minutes.of(TaskKind.REMINDER), minutes.is_own(TaskKind.REMINDER)) == (0, True)
    assert (minutes.of(TaskKind.DOCUMENT), minutes.is_own(TaskKind.DOCUMENT)) == (5, False)
    assert (minutes.of(TaskKind.UNKNOWN), minutes.is_own(TaskKind.UNKNOWN)) == (7, True)
    assert (TaskMinutes().of(TaskKind.UNKNOWN), TaskMinutes().is_own(TaskKind.UNKNOWN)) == (4, False)


@pytest.mark.parametrize(
    ("said", "words", "wanted"),
    [
        ({}, ENGLISH, "Time saved is counted by rule: Round of reminders 10 min, Request for a review 3 min, "),
        (
            {TaskKind.CALLBACK: 12, TaskKind.REMINDER: 25},
            ENGLISH,
            "counted by your own minutes: Round of reminders 25 min, Call back 12 min. By rule: Request for a review 3",
        ),
        (
            {TaskKind.REMINDER: 25},
            SPANISH,
            "se cuenta con tus minutos: Ronda de recordatorios 25 min. Por regla: Petición de reseña 3 min, ",
        ),
        (dict.fromkeys(RULE, 1), ENGLISH, "minutes: Round of reminders 1 min, Request for a review 1 min, Document 1 "),
    ],
)
def test_which_minutes_are_whose(said: dict[TaskKind, int], words: Words, wanted: str) -> None:
    sentence = told(TaskMinutes(said=said), "team.rule", words)
    assert wanted in sentence
    assert ("by rule" in sentence.lower() or "por regla" in sentence.lower()) == (len(said) < len(RULE))
