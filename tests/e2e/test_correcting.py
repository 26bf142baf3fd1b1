"""A wrong answer is put right (J6): for whom and until when, against what is known already, without a connection too;
then the same is asked again."""

import re
import time
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import Owner, Size
from tests.programs import Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

BUDGET_S = 20
RIGHT = "We open at ten on Saturdays."
BETTER = "We open at half past ten on Saturdays."


def a_question_answered(here: Stage, *, of_client: bool = False) -> dict[str, Any]:
    """What an employee answered a caller, or a client, in the newest call with such an answer that is over."""
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for turn in here.rows("turns"):
        if turn["kind"] == "speech":
            turns[turn["call_id"]].append(turn)
    over = [call for call in here.rows("calls") if call["ended_at"] and turns[call["id"]]]
    over = [call for call in over if call["customer_id"] or not of_client]
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
    owner.sees("Ask again")
    owner.sees(re.compile(f"“{re.escape(RIGHT)}”"))
    owner.sees(re.compile("will learn this when online"))
    took = time.monotonic() - began
    owner.keep("correcting-asked")
    owner.tap(owner.by_id("asking.done"))
    owner.sees_no_id("asking.done")
    owner.sees(re.compile("will learn this when online"))
    owner.keep("correcting-waits")
    assert took < BUDGET_S, f"it took {took:.0f} s"
    assert here.rows("corrections") == []
    edited_where_it_waits(owner)

    here.network.mend()
    owner.sees(re.compile("Learned"), timeout_s=60)
    owner.hears_no_more(re.compile("will learn this when online"))
    owner.sees(re.compile(re.escape(f"Right: {BETTER}")))
    owner.keep("correcting-learned")
    here.until_sent(within_s=60)
    (learned,) = here.rows("corrections")
    told = (learned["turn_id"], learned["right"], learned["scope"], learned["state"])
    assert told == (answer["id"], BETTER, "everywhere", "learned")
    assert learned["wrong"] == answer["text"]


def edited_where_it_waits(owner: Owner) -> None:
    """From its line in the outbox, in the form in which it was made, with what it says."""
    owner.tap(owner.by_id("strip.open"))
    owner.tap(owner.starting_with("change.").first)
    owner.tap(owner.page.locator('[flt-semantics-identifier$=".edit"]').first)
    owner.sees("Correct this answer")
    owner.keep("correcting-again")
    owner.type_into("The right answer", BETTER)
    owner.tap(owner.by_id("correction.yes"))
    owner.sees_no_id("correction.yes")


def test_what_is_known_already_is_shown_with_its_source_and_the_owner_decides(
    here: Stage, new_owner: NewOwner, size: Size
) -> None:
    owner = new_owner(size)
    owner.open(here.app.url)
    owner.tap(owner.by_id("nav.calls"))
    answer = a_question_answered(here, of_client=True)
    client = next(call for call in here.rows("calls") if call["id"] == answer["call_id"])
    owner.tap(owner.scroll_to(owner.by_id(f"call.{answer['call_id']}")))

    put_right(owner, answer, "Always this.")
    owner.tap(owner.by_id("correction.yes"))
    owner.sees("Ask again")
    owner.tap(owner.by_id("asking.done"))
    owner.sees_no_id("asking.done")
    here.until_sent(within_s=60)

    put_right(owner, answer, "Until then this.")
    owner.sees("Something else is known already")
    owner.sees(re.compile("Put right before: “Always this.”"))
    owner.sees(re.compile(f"From the call with {re.escape(client['caller_name'])}"))
    owner.tap(owner.by_id("correction.reach.until"))
    owner.tap(owner.by_id("correction.days.after"))
    owner.tap(owner.starting_with("correction.day.").last)
    owner.sees(re.compile("It counts up to and including .*, then it ends by itself."))
    owner.keep("correcting-against")
    owner.tap(owner.scroll_to(owner.starting_with("correction.against.").last, step=120))
    owner.sees(re.compile("Where both fit, the new one is given."))
    owner.tap(owner.by_id("correction.yes"))
    owner.sees(re.compile("“Until then this.”"))
    owner.keep("correcting-asked-again")
    owner.tap(owner.by_id("asking.done"))
    owner.sees_no_id("asking.done")
    here.until_sent(within_s=60)

    put_right(owner, answer, "Hers alone.")
    owner.tap(owner.by_id("correction.reach.client"))
    owner.tap(owner.by_id("correction.yes"))
    owner.sees("Choose above what becomes of the older answer.")
    for row in here.rows("corrections"):
        stays = row["last_day"] is not None
        choice = owner.by_id(f"correction.against.{row['id']}.{'stays' if stays else 'ends'}")
        owner.tap(owner.scroll_to(choice, step=120))
    owner.sees(re.compile("Everybody else is answered as before."))
    owner.tap(owner.by_id("correction.yes"))
    owner.sees(re.compile("“Hers alone.”"))
    owner.tap(owner.by_id("asking.who.other"))
    owner.sees(re.compile("“Until then this.”"))
    here.until_sent(within_s=60)
    always, until, hers = sorted(here.rows("corrections"), key=lambda row: row["created_at"])
    assert (always["customer_id"], always["last_day"], always["replaces"]) == (None, None, [])
    assert until["last_day"] is not None and until["replaces"] == []
    assert (hers["customer_id"], hers["last_day"], hers["replaces"]) == (client["customer_id"], None, [always["id"]])


def put_right(owner: Owner, answer: dict[str, Any], right: str) -> None:
    owner.tap(owner.scroll_to(owner.by_id(f"turn.{answer['id']}")))
    owner.tap(owner.by_id("turn.do.correct"))
    owner.type_into("The right answer", right)
