"""The owner's hand in a running call: whisper, take over and speak, hand back, end."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import Owner, Size
from tests.programs import Stage, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

LONG_CALL = {
    "call_id": "long",
    "business_type": "hair_salon",
    "turns": [
        turn
        for number in range(1, 60)
        for turn in (
            {"speaker": "caller", "text": f"I have a question, it is number {number} of my long list."},
            {
                "speaker": "assistant",
                "text": f"The answer to number {number} is yes. What else can I do?",
            },
        )
    ],
    "outcome": "info_provided",
    "extracted_data": {},
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("supervising")
    calls = folder / "calls.jsonl"
    calls.write_text(json.dumps(LONG_CALL) + "\n", encoding="utf-8")
    with stage(folder, "--no-limits", "--calls", str(calls), "--concurrent", "1", signed_in=True) as built:
        yield built


@pytest.fixture
def owner(here: Stage, new_owner: NewOwner, size: Size) -> Owner:
    """In the call that runs."""
    somebody = new_owner(size)
    somebody.open(here.app.url)
    somebody.tap(somebody.starting_with("live.").first)
    somebody.sees(re.compile("question, it is number"))
    return somebody


def write(owner: Owner, label: str, words: str) -> None:
    owner.type_into(label, words)
    owner.tap(owner.by_id("call.send"))


def test_whisper_take_over_speak_hand_back_and_end(owner: Owner) -> None:
    write(owner, "Whisper to Luna…", "Offer Thursday at ten")
    owner.sees("Luna heard it.")
    owner.sees(re.compile("Offer Thursday at ten"))
    owner.hold(owner.by_id("call.take_over"), re.compile("finishing the sentence|You have this call"))
    owner.sees(re.compile("You have this call"))
    write(owner, "Say to the caller…", "Hello, this is Ana herself")
    owner.sees(re.compile("Hello, this is Ana herself"))
    owner.keep("call-taken-over")
    owner.tap(owner.by_id("call.hand_back"))
    owner.type_into("Note for Luna", "They want Thursday")
    owner.tap(owner.by_id("ask.yes"))
    owner.sees_id("call.take_over")
    owner.sees(re.compile("They want Thursday"))
    owner.tap(owner.by_id("call.end"))
    owner.sees("End this call?")
    owner.tap(owner.by_id("ask.yes"))
    owner.sees_no_id("call.end")
    owner.sees_id("call.about")
