"""A real call, from ring to booking: the words as they are spoken, then what came of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import Owner, Size
from tests.programs import REAL_CALLS, Stage, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

OWN_CALL: dict[str, Any] = {
    "call_id": "own-1",
    "business_type": "hair_salon",
    "turns": [
        {"speaker": "caller", "text": "Hello, I would like to book a haircut for Wednesday at half past two, please."},
        {
            "speaker": "assistant",
            "text": "Of course. A haircut on Wednesday at half past two. Shall I book that for you?",
        },
        {"speaker": "caller", "text": "Yes please, that is perfect for me."},
        {"speaker": "assistant", "text": "Your appointment is confirmed. We look forward to seeing you."},
    ],
    "outcome": "booked",
    "extracted_data": {"service": "haircut", "appointment_date": "2019-03-13", "appointment_time": "14:30"},
}


def a_call() -> dict[str, Any]:
    """The shortest real call of a salon that ends in a booking; where the real ones are not at hand, one of ours."""
    if not REAL_CALLS.exists():
        return OWN_CALL
    calls = [json.loads(line) for line in REAL_CALLS.read_text(encoding="utf-8").splitlines()]
    booked = [call for call in calls if call["outcome"] == "booked" and call["business_type"] == "hair_salon"]
    return min(booked, key=lambda call: len(call["turns"]))


CALL = a_call()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("watching")
    calls: Path = folder / "calls.jsonl"
    calls.write_text(json.dumps(CALL) + "\n", encoding="utf-8")
    options = ("--no-limits", "--calls", str(calls), "--concurrent", "1", "--speed", "2.5")
    with stage(folder, *options, signed_in=True) as built:
        yield built


def a_fresh_ring(owner: Owner) -> str:
    """The id of the next call to come in, on Today."""
    before = {row.get_attribute("flt-semantics-identifier") for row in owner.starting_with("live.").all()}
    before.discard("live_bar")
    ringing = owner.page.wait_for_function(
        """before => [...document.querySelectorAll('[flt-semantics-identifier^="live."]')]
            .map(row => row.getAttribute('flt-semantics-identifier')).find(id => !before.includes(id)) || false""",
        arg=sorted(filter(None, before)),
        timeout=60_000,
    )
    return str(ringing.json_value()).removeprefix("live.")


SPOKEN_IN_PART = """words => {
    const host = document.querySelector('flt-semantics-host');
    const labels = [...host.querySelectorAll('[aria-label]')].map(part => part.getAttribute('aria-label'));
    const said = [host.innerText, ...labels].join('\\n');
    if (said.includes(words)) return 'whole';
    const parts = words.split(' ');
    for (let count = parts.length - 1; count > 1; count--)
        if (said.includes(parts.slice(0, count).join(' '))) return 'part';
    return false;
}"""


def test_a_real_call_is_watched_from_ring_to_booking(here: Stage, new_owner: NewOwner, size: Size) -> None:
    owner = new_owner(size)
    owner.open(here.app.url)
    owner.sees_id("nav.today")
    call_id = a_fresh_ring(owner)
    owner.tap(owner.by_id(f"live.{call_id}"))
    first, *rest = [turn["text"] for turn in CALL["turns"]]
    assert any(heard(owner, text) == "part" for text in rest[:8]), "no turn was seen while it was being spoken"
    owner.sees(first)
    owner.keep("call-live")
    for text in rest:
        owner.sees(text, timeout_s=40)
    owner.sees(re.compile("Checked slots"))
    owner.sees(re.compile(r"^Booked"), timeout_s=40)
    owner.keep("call-booked")
    booked(here, call_id)


def heard(owner: Owner, text: str) -> str:
    """How much of a turn there is to be seen, as soon as there is any: on a busy machine it may be the whole."""
    return owner.page.wait_for_function(SPOKEN_IN_PART, arg=text, timeout=40_000).json_value()


def booked(here: Stage, call_id: str) -> None:
    """What the owner saw is what this device has, and the booking is a real one."""
    (call,) = here.chatty("calls", "--id", call_id)["calls"]
    assert call["outcome"] == "booked" and call["summary"] and call["booking_id"]
    spoken = [turn["text"] for turn in call["turns"] if turn["kind"] == "speech"]
    assert spoken == [turn["text"] for turn in CALL["turns"]]
    listed = here.chatty("bookings", "--from", "today", "--to", "+60d")["bookings"]
    (booking,) = [booking for booking in listed if booking["booking_id"] == call["booking_id"]]
    assert booking["call_id"] == call_id
