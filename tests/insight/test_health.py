"""Who needs the owner: each rule, and the order they win in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from client.insight.health import (
    Level,
    LiveCall,
    Reason,
    asks_for_person,
    by_need,
    call_health,
)
from client.models.calls import CallStatus, Handler, Speaker, Turn
from tests import example_data as eg


@pytest.mark.parametrize(
    "text",
    [
        "Can I please speak to the owner?",
        "I want to talk to a real person.",
        "Put me through to the manager",
        "Let me speak with a human, please",
        "I don't want to talk to a robot",
        "Could you transfer me to your supervisor?",
        "The owner, please.",
        "Quiero hablar con una persona",
        "¿Me puede comunicar con la dueña?",
        "Páseme con el encargado, por favor",
        "Necesito hablar con el gerente",
    ],
)
def test_asking_for_a_person(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'd like an appointment for two persons on Friday",
        "Is it a unisex salon?",
        "My person of choice is Mia",
        "Quisiera una cita para mañana",
        "Somos tres personas",
        "",
    ],
)
def test_not_asking_for_a_person(text: str) -> None:
    assert not asks_for_person(text)


def health(*turns: Turn, **changes: object) -> tuple[Level, Reason, int]:
    found = call_health(eg.call(**changes), turns, eg.NOW - timedelta(seconds=200))
    return found.level, found.reason, len(found.evidence)


ASK = "Can I speak to the owner?"


def test_once_is_watched_and_twice_needs_you() -> None:
    assert health(eg.turn(0, ASK)) == (Level.WATCH, Reason.ASKED_ONCE, 1)
    assert health(eg.turn(0, ASK), eg.turn(2, ASK)) == (Level.NEEDS_YOU, Reason.ASKED_TWICE, 2)


def test_the_assistant_s_words_are_not_the_caller_s() -> None:
    offered = eg.turn(0, "Would you like to speak to the owner? Is it an emergency?", Speaker.ASSISTANT)
    assert health(offered, offered) == (Level.STABLE, Reason.CALM, 0)


def test_upset_and_asked_once_needs_you() -> None:
    upset = [eg.turn(i, "This is terrible", sentiment=-0.6) for i in (0, 1)]
    assert health(*upset) == (Level.WATCH, Reason.UPSET, 2)
    assert health(*upset, eg.turn(2, ASK)) == (Level.NEEDS_YOU, Reason.UPSET_AND_ASKED, 3)


def test_long_ago_words_are_forgiven() -> None:
    upset = [eg.turn(i, "This is terrible", sentiment=-0.6) for i in (0, 1)]
    calm = [eg.turn(i, "Fine", sentiment=0.3) for i in range(2, 8)]
    assert health(*upset, *calm)[1] is Reason.CALM


def test_tools_that_fail() -> None:
    once, twice = eg.tool(0, "Booking failed", status="failed"), eg.tool(1, "Booking failed", status="failed")
    assert health(once)[:2] == (Level.WATCH, Reason.TOOL_FAILED)
    assert health(once, twice)[:2] == (Level.NEEDS_YOU, Reason.TOOL_FAILED_TWICE)


def test_an_emergency_wins_over_everything() -> None:
    asked = [eg.turn(i, ASK) for i in (0, 1)]
    assert health(*asked, eg.turn(2, "It is an emergency"))[1] is Reason.EMERGENCY


def test_an_emergency_that_the_service_understood_needs_you_too() -> None:
    marked = {"intent": "emergency", "escalation_reason": "Emergency: a reaction to hair colour"}
    told = eg.turn(0, "I had my colour done and it feels all wrong")
    assert health(told, **marked)[:2] == (Level.NEEDS_YOU, Reason.EMERGENCY_MARKED)
    assert health(told, intent="emergency")[:2] == (Level.WATCH, Reason.EMERGENCY_MARKED), "nobody is asked for yet"


def test_a_person_on_the_call_settles_it() -> None:
    assert health(eg.turn(0, ASK), eg.turn(1, ASK), handler=Handler.HUMAN)[:2] == (Level.STABLE, Reason.WITH_PERSON)


def test_ringing_is_watched_and_a_mark_of_the_server_too() -> None:
    assert health(status=CallStatus.RINGING)[:2] == (Level.WATCH, Reason.RINGING)
    assert health(escalation_reason="asked for a person")[:2] == (Level.WATCH, Reason.ESCALATED)


def test_waiting_counts_from_the_last_word() -> None:
    last = eg.turn(0, "Hello?")
    assert last.ended_at is not None
    quiet, soon = last.ended_at + timedelta(seconds=12), last.ended_at + timedelta(seconds=11)
    assert call_health(eg.call(), (last,), quiet).reason is Reason.SILENCE
    assert call_health(eg.call(), (last,), soon).reason is Reason.CALM
    running = eg.tool(0, "Checking", status="running", ended_at=None)
    assert call_health(eg.call(), (running,), running.started_at + timedelta(seconds=10)).reason is Reason.TOOL_SLOW


def test_who_needs_the_owner_comes_first_then_the_longest() -> None:
    def live(call_id: str, level: Level, minutes: int) -> LiveCall:
        call = eg.call(call_id, started_at=eg.NOW - timedelta(minutes=minutes))
        state = call_health(call, (), eg.NOW)
        return LiveCall(call=call, health=replace(state, level=level))

    calls = [
        live("long", Level.STABLE, 30),
        live("watched", Level.WATCH, 1),
        live("needs", Level.NEEDS_YOU, 2),
        live("needs longer", Level.NEEDS_YOU, 9),
    ]
    assert [item.call.call_id for item in by_need(calls)] == ["needs longer", "needs", "watched", "long"]
