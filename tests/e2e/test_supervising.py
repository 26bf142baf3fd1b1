"""An angry caller asks for a person (J2): the owner sees why, whispers, takes over, speaks, hands back, ends, and makes
a task of it."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import PHONE, Owner, Size
from tests.programs import Stage, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ANGRY = (
    ("I am furious. My colour came out green, it is horrible.", "I am sorry to hear that. What happened?"),
    ("Nobody listened to me, they ignored me. It was awful.", "That should not have happened. How can I help?"),
    ("I hate discussing it with a machine. Give me a real person.", "I am asking the team, please stay on the line."),
    ("I asked you for a person. Give me the owner!", "I hear you. I am trying once more."),
)

LONG_CALL = {
    "call_id": "long",
    "business_type": "hair_salon",
    "turns": [
        {"speaker": speaker, "text": text}
        for said, answered in (
            *ANGRY,
            *(
                (f"I have a question, it is number {number} of my long list.", f"To number {number} the answer is yes.")
                for number in range(1, 60)
            ),
        )
        for speaker, text in (("caller", said), ("assistant", answered))
    ],
    "outcome": "info_provided",
    "extracted_data": {},
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("supervising")
    calls = folder / "calls.jsonl"
    calls.write_text(json.dumps(LONG_CALL) + "\n", encoding="utf-8")
    options = ("--no-limits", "--calls", str(calls), "--concurrent", "1", "--speed", "2")
    with stage(folder, *options, signed_in=True) as built:
        yield built


@pytest.fixture
def owner(here: Stage, new_owner: NewOwner, size: Size) -> Owner:
    """In the call that runs, once it needs somebody: by the bar on a phone, by its row on a desktop."""
    somebody = new_owner(size)
    somebody.open(here.app.url)
    if size is PHONE:
        somebody.tap(somebody.by_id("nav.bookings"))
    somebody.sees(re.compile("asked twice for a person"), timeout_s=120)
    somebody.keep("call-needs-you")
    somebody.tap(somebody.by_id("live_bar") if size is PHONE else somebody.starting_with("live.").first)
    somebody.sees_id("call.take_over")
    return somebody


def write(owner: Owner, label: str, words: str) -> None:
    owner.type_into(label, words)
    owner.tap(owner.by_id("call.send"))


def test_an_angry_caller_from_the_alarm_to_the_task(here: Stage, owner: Owner) -> None:
    sees_why(owner)
    whisper(owner)
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
    follow_up(here, owner)


def sees_why(owner: Owner) -> None:
    """The reason, the words it rests on, and what might be done, each with its own reason."""
    assert "asked twice for a person" in owner.spoken(owner.by_id("call.about"))
    owner.sees(re.compile("Give me the owner!"))
    assert "asked for a person" in owner.spoken(owner.by_id("action.person"))
    owner.keep("call-why")


def whisper(owner: Owner) -> None:
    """What is suggested stands in the box and is sent by the owner; so is what is typed."""
    owner.tap(owner.by_id("action.person"))
    owner.page.wait_for_selector('[flt-semantics-identifier="call.send"][flt-tappable]', state="attached")
    owner.tap(owner.by_id("call.send"))
    owner.sees(re.compile("Tell them I will be on the line in a minute"))
    write(owner, "Whisper to Luna…", "Offer Thursday at ten")
    owner.sees("Luna heard it.")
    owner.sees(re.compile("Offer Thursday at ten"))


def follow_up(here: Stage, owner: Owner) -> None:
    """The caller can be rung back; a task knows its call, and nobody waits any more."""
    call_id = owner.page.url.rpartition("/")[2]
    owner.tap(owner.by_id("call.about"))
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.tap(owner.scroll_to(owner.by_id("about.call_back")))
    owner.sees(re.compile("The number is copied: \\+"))
    owner.keep("call-back")
    (call,) = [call for call in here.rows("calls") if call["id"] == call_id]
    assert owner.page.evaluate("navigator.clipboard.readText()") == call["caller_phone"]
    owner.tap(owner.scroll_to(owner.by_id("about.follow_up")))
    owner.tap(owner.by_id("new_task.due.hour"))
    owner.keep("call-follow-up")
    owner.tap(owner.by_id("new_task.yes"))
    owner.sees_id("undo")
    here.until_sent(within_s=60)
    (task,) = [task for task in here.rows("tasks") if task["call_id"] == call_id]
    assert (task["state"], task["kind"]) == ("open", "callback") and task["due_at"]
    owner.keep("call-followed-up")
    if owner.size is PHONE:
        owner.tap(owner.by_id("back"))
    owner.tap(owner.by_id("nav.today"))
    owner.sees_id("today.see_day")
    owner.sees_no_id(f"live.{call_id}")
    comes_too_late(here, owner, call_id)


def comes_too_late(here: Stage, owner: Owner, call_id: str) -> None:
    """The call is over before it is opened: what came of it, and calling back first."""
    owner.open(f"{here.app.url}/calls/{call_id}")
    owner.sees_id("call.about")
    beside = None if owner.size is PHONE else owner.by_id("call.customer")
    owner.scroll_to(owner.by_id("call.call_back"), beside=beside)
    owner.keep("call-too-late")
