"""A wrong answer is put right (J6): in a call of before, without a connection, and learned when there is one again."""

import re
import time
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import Size
from tests.programs import Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

BUDGET_S = 20
RIGHT = "We open at ten on Saturdays."


def a_question_answered(here: Stage) -> dict[str, Any]:
    """What an employee answered a caller, in the newest call with such an answer that is over."""
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for turn in here.rows("turns"):
        if turn["kind"] == "speech":
            turns[turn["call_id"]].append(turn)
    over = [call for call in here.rows("calls") if call["ended_at"] and turns[call["id"]]]
    for call in sorted(over, key=lambda call: call["started_at"], reverse=True):
        for before, turn in pairwise(sorted(turns[call["id"]], key=lambda turn: turn["index"])):
            if (before["speaker"], turn["speaker"]) == ("caller", "assistant"):
                return turn
    raise AssertionError("nobody asks anything")


def test_a_wrong_answer_is_corrected_offline_and_learned_with_the_network(
    here: Stage, new_owner: NewOwner, size: Size
) -> None:
    owner = new_owner(size)
    owner.open(here.app.url)
    owner.tap(owner.by_id("nav.calls"))
    answer = a_question_answered(here)
    owner.tap(owner.scroll_to(owner.by_id(f"call.{answer['call_id']}")))
    turn = owner.scroll_to(owner.by_id(f"turn.{answer['id']}"))
    here.network.cut()
    owner.sees(re.compile("Offline"))

    began = time.monotonic()
    owner.tap(turn)
    owner.tap(owner.by_id("turn.do.correct"))
    owner.sees_id("correction.scope.same_question")
    owner.sees("Write the right answer to see what will be said.")
    owner.type_into("The right answer", RIGHT)
    owner.tap(owner.by_id("correction.scope.everywhere"))
    owner.sees(re.compile(f"From then on .* says, wherever it comes up: “{re.escape(RIGHT)}”"))
    owner.sees("Saved on this device and sent when there is a connection; it is shown as waiting until then.")
    owner.keep("correcting-form")
    owner.tap(owner.by_id("correction.yes"))
    owner.sees("Waits to be learned")
    took = time.monotonic() - began
    owner.keep("correcting-waits")
    assert took < BUDGET_S, f"it took {took:.0f} s"
    assert here.rows("corrections") == []

    here.network.mend()
    owner.sees(re.compile("Learned"), timeout_s=60)
    owner.hears_no_more("Waits to be learned")
    owner.sees(re.compile(re.escape(f"Right: {RIGHT}")))
    owner.keep("correcting-learned")
    here.until_sent(within_s=60)
    (learned,) = here.rows("corrections")
    told = (learned["turn_id"], learned["right"], learned["scope"], learned["state"])
    assert told == (answer["id"], RIGHT, "everywhere", "learned")
    assert learned["wrong"] == answer["text"]
