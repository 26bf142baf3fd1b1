"""What is an emergency by its words, and what in the calls that are made every day is none."""

import itertools
import json
import string

import pytest

from backend_stub.calls_player import own_scripts
from backend_stub.scripts import Line
from client.insight.emergencies import tells_emergency
from client.models.calls import Speaker
from tests.insight.labelled_calls import labelled_calls
from tests.programs import REAL_CALLS

KINDS = ("salon", "dentist", "clinic", "garage")
EMERGENCY = "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "This is an emergency, my son can't breathe",
        "I am bleeding and it won't stop",
        "There is a gas leak in the kitchen",
        "My tooth got knocked out: he knocked my tooth out",
        "My scalp is burning and my eyelids are swelling up",
        "Should I call 911?",
        "Somebody get an ambulance",
        "She fainted in your chair",
        "My face is swelling",
        "her lips and tongue are all swollen",
        "My brakes failed on the highway",
        "the brakes just gave out",
        "He is not breathing",
        "Mom collapsed, she won't wake up",
        "There's smoke coming from the engine",
        "I've got burning skin on my neck, the skin is blistering",
        "I think it's a heart attack",
        "Es una emergencia, no puede respirar",
        "Hay olor a gas en la cocina",
        "Me arde el cuero cabelludo y se me hinchan los párpados",
        "Tiene la cara hinchada",
        "¿Llamo al 911?",
        "Llamen a una ambulancia",
        "Se ha desmayado",
        "Me fallaron los frenos",
        "Los frenos me fallaron en la autopista",
        "Sale humo del motor",
        "No respira",
        "Siente opresión en el pecho",
    ],
)
def test_an_emergency(text: str) -> None:
    assert tells_emergency(text)


@pytest.mark.parametrize(
    "text",
    [
        "It's not an emergency, I just want to book",
        "No es una emergencia",
        "I need a cut urgently",
        "Nobody answers the emergency number on your website",
        "Nadie contesta en el número de emergencia",
        "I nearly fainted when I saw the price",
        "My brake pads are gone, can you put in new ones?",
        "The brakes failed inspection",
        "My brake light went out",
        "The gum is not swollen any more",
        "My face isn't swollen",
        "There is no need to call an ambulance",
        "I'd like the face massage, and a burning question: do you do nails?",
        "Call me at 555 0112",
        "La cara no está hinchada",
        "Los frenos rechinan",
        "",
    ],
)
def test_no_emergency(text: str) -> None:
    assert not tells_emergency(text)


def caller_turns(kind: str, *, emergency: bool) -> list[list[str]]:
    """What the caller may say in each of their turns in our own scripts, with the words of the kind."""
    turns: list[list[str]] = []
    for script in own_scripts(kind):
        if (script.intent == EMERGENCY) is emergency:
            said = [step for step in script.steps if isinstance(step, Line) and step.speaker == "caller"]
            turns += [
                [text for variant in step.variants for text in filled(variant, script.words)]
                for step in (said[:1] if emergency else said)
            ]
    return turns


def filled(text: str, words: dict[str, tuple[str, ...]]) -> list[str]:
    named = [name for _, name, _, _ in string.Formatter().parse(text) if name in words]
    facts = {name: name for _, name, _, _ in string.Formatter().parse(text) if name}
    chosen = itertools.product(*(words[name] for name in named))
    return [text.format(**(facts | dict(zip(named, values, strict=True)))) for values in chosen]


@pytest.mark.parametrize("kind", KINDS)
def test_every_emergency_of_our_scripts_is_told_by_its_first_words(kind: str) -> None:
    (first,) = caller_turns(kind, emergency=True)
    assert len(first) == 4
    assert [text for text in first if not tells_emergency(text)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_other_calls_of_our_scripts_raise_no_alarm(kind: str) -> None:
    said = [text for turn in caller_turns(kind, emergency=False) for text in turn]
    assert len(said) > 50
    assert [text for text in said if tells_emergency(text)] == []


def test_the_calls_in_which_something_is_promised_raise_no_alarm() -> None:
    said = [turn.text for each in labelled_calls() for turn in each.turns if turn.speaker is Speaker.CALLER]
    assert len(said) > 100
    assert [text for text in said if tells_emergency(text)] == []


@pytest.mark.skipif(not REAL_CALLS.exists(), reason="the shared call file is not beside the checkout")
def test_recorded_calls_raise_no_false_alarm() -> None:
    calls = [json.loads(line) for line in REAL_CALLS.read_text("utf-8").splitlines()]
    said = [turn["text"] for call in calls for turn in call["turns"] if turn["speaker"] == "caller"]
    assert len(said) > 1000
    (alarm,) = [text for text in said if tells_emergency(text)]
    assert alarm.startswith("I had an allergic reaction")
