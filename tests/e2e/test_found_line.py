"""A call is found by words that were said in it and opens at their line, online and offline."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import PHONE, Owner, Size
from tests.programs import Stage, hosted_program, rows_in, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

LABEL = "Search every word said"
SAID = "Do you have the heliotrope rinse that my sister had in Lisbon?"
HEAD = 70
"""Pixels at the top that are the call's head."""


def long_call(lines: int, found_at: int) -> dict[str, Any]:
    """A call of so many lines by each side, in one of which something is said that is said nowhere else."""
    asked = [SAID if n == found_at else f"I have a question, it is number {n} of my list." for n in range(lines)]
    turns = [
        {"speaker": speaker, "text": text}
        for n, said in enumerate(asked)
        for speaker, text in (("caller", said), ("assistant", f"To number {n} of your list the answer is yes."))
    ]
    return {
        "call_id": "long",
        "business_type": "hair_salon",
        "turns": turns,
        "outcome": "info_provided",
        "extracted_data": {},
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The call was held before, and the telephone is silent."""
    folder = tmp_path_factory.mktemp("found")
    hold(folder, long_call(75, 55))
    with stage(folder, "--no-limits", "--no-calls", signed_in=True) as built:
        yield built


def hold(folder: Path, call: dict[str, Any]) -> None:
    """The hosted API plays this call, fast, until it is over."""
    calls = folder / "calls.jsonl"
    calls.write_text(json.dumps(call) + "\n", encoding="utf-8")
    hosted = hosted_program(folder / "hosted", "--calls", str(calls), "--concurrent", "1", "--speed", "200")
    hosted.start()
    try:
        until = time.monotonic() + 120
        while not held(folder / "hosted"):
            assert time.monotonic() < until, "the long call does not end"
            time.sleep(0.5)
    finally:
        hosted.stop()


ARRIVES_WITHIN = 60
"""Looks, of an eighth of a second at least: a slow client lays the list out before it moves it."""


def held(store: Path) -> tuple[str, str] | None:
    """The first call that is over in which it was said, and its line."""
    turns = [turn for turn in rows_in(store, "turns") if turn["text"] == SAID]
    over = {call["id"] for call in rows_in(store, "calls") if call["ended_at"]}
    return next(((turn["call_id"], turn["id"]) for turn in turns if turn["call_id"] in over), None)


def finds(owner: Owner, here: Stage, words: str) -> tuple[str, str]:
    """Looks for the words and opens the call by its row."""
    known = held(here.store)
    assert known is not None
    call_id, turn_id = known
    owner.tap(owner.by_id("nav.calls"))
    owner.page.wait_for_url(lambda address: address.endswith("/calls"))
    owner.at_rest("calls.")
    owner.type_into(LABEL, words)
    owner.sees_one_of("call.", timeout_s=60)
    owner.tap(owner.scroll_to(owner.by_id(f"call.{call_id}"), beside=owner.by_id("calls.filter")))
    return call_id, turn_id


def stands_at(owner: Owner, turn_id: str) -> None:
    """The line is on screen, clear of what stands above and below, and marked."""
    line = owner.by_id(f"turn.{turn_id}")
    owner.sees("Found here")
    y = 0.0
    for _ in range(ARRIVES_WITHIN):
        _, y = owner.middle(line)
        if HEAD < y < owner.size.height - 60:
            break
    else:
        raise AssertionError(f"the line is at {y}")
    assert owner.page.url.find(f"at={turn_id}") > 0


def test_a_found_line_is_on_screen_online_and_offline(here: Stage, new_owner: NewOwner, size: Size) -> None:
    owner = new_owner(size)
    owner.open(here.app.url)
    _, turn_id = finds(owner, here, "heliotrope rinse lisbon")
    stands_at(owner, turn_id)
    owner.keep("found-line")
    owner.turn_wheel(600, x=owner.middle(owner.by_id(f"turn.{turn_id}"))[0])
    owner.page.wait_for_timeout(1500)
    assert not owner.by_id(f"turn.{turn_id}").count(), "the owner reads on, and is not brought back"

    here.network.cut()
    try:
        owner.sees(re.compile("Offline"))
        if size is PHONE:
            owner.tap(owner.by_id("back"))
        owner.tap(owner.sees_id("calls.clear"))
        _, turn_id = finds(owner, here, "lisbon heliotrope")
        stands_at(owner, turn_id)
    finally:
        here.network.mend()
    owner.hears_no_more(re.compile("Offline"), timeout_s=60)
