"""Histories in memory of what lies between a change and its answer, and the test of them: planted mistakes are found.

`CHATTY_SEEDS=5000 pytest tests/sync/test_push_histories.py` runs more of them.
"""

import os
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sync.apply
from backend_stub import runs
from backend_stub.push import results
from client.api.errors import ApiError
from client.storage import answers, sending
from tests.sync.histories import History, run
from tests.sync.push_model import Parts

SEEDS = int(os.environ.get("CHATTY_SEEDS", "60"))
A_GROUP = 20
ONCE_WRONG = (2636, 5258, 10196, 10418)
"""Servers that went back: another copy of the file had used the numbers of answers that were forgotten; a pull was
under way, whose cursor did not tell.  Then a copy of the file that put a note to a change which the other one had sent,
with a message in it; and one with nothing to send, whose number another copy had used after the server went back."""
ENOUGH = 150
"""Within so many histories each mistake has to be found."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """`kind`: the histories that it has to be found in."""

    module: ModuleType
    right: str
    wrong: str
    kind: str = ""


MISTAKES = {
    "an answer is not asked for again though the server forgot it": Mistake(
        answers, "    _forget(conn, forgotten)\n", "    forgotten = []\n"
    ),
    "of an answer that was forgotten the conflicts stay": Mistake(
        answers, "        conflicts.forget(conn, change_id)\n", ""
    ),
    "what a forgotten answer refused is not in effect again": Mistake(
        answers,
        "for kind, row_id in dict.fromkeys((kind, row_id) for _, kind, row_id in answered):",
        "for kind, row_id in ():",
    ),
    "the epoch of an answer does not matter when it settles": Mistake(
        answers, 'if json_value(row[3]).get("epoch") == core.epoch]', "]"
    ),
    "it is settled in the middle of a pull": Mistake(
        answers,
        "    if not core.complete:\n        return 0\n",
        "",
    ),
    "it is settled as soon as it is answered": Mistake(
        answers, "state = 'acked' AND ver <= ?\", (core.seq,)", "state = 'acked'\""
    ),
    "a conflict is not kept": Mistake(answers, "    for clash in verdict.clashes:\n", "    for clash in ():\n"),
    "what was refused stays in effect": Mistake(
        answers,
        "        outbox.leave_out(conn, whole)\n    effective.rebase(conn, change.kind, change.row_id)\n",
        "        outbox.leave_out(conn, whole)\n",
    ),
    "what was put off is asked again under the same number": Mistake(
        answers, "SET {UNNUMBERED}, next_try = ? ", "SET next_try = ? "
    ),
    "numbers that do not connect are not noticed": Mistake(answers, "if lowest > reply.last_mid + 1:", "if False:"),
    "a number that is another's is taken for an answer": Mistake(
        answers,
        "case _:\n            _start_again(conn, reply.client_id, verdict.mid, reply.new_id)",
        "case _:\n            pass",
    ),
    "after a mismatch the numbers go on": Mistake(
        answers, "        new_client_id(conn, new_id)\n\n\ndef", "        pass\n\n\ndef"
    ),
    "an older epoch's answers are never asked for again": Mistake(
        answers, "    _forget(conn, [row[:3]", "    _forget(conn, [][:0] and [row[:3]"
    ),
    "only what waits is held, and not what was made after it": Mistake(
        sending, "row[0] + 1) > row[0])", "row[0] + 1) != row[0])"
    ),
    "a number is given twice": Mistake(sending, '        meta.put(conn, "next_mid", str(next_mid))\n', ""),
    "what overtakes is sent": Mistake(sending, "if again and again[0][1]:", "if False:"),
    "what was set aside does not hold its row": Mistake(sending, "OR state = 'parked' OR", "OR"),
    "a new change goes before those without an answer": Mistake(
        sending, "    room.fill(change for change, _ in _until_overtaking(again))\n", ""
    ),
    "the server does not look whether it has a number": Mistake(results, "if actor.mid <= last:", "if False:"),
    "the server answers a repetition with nothing but its number": Mistake(
        results,
        "if self.is_mismatch else text",
        """if self.is_mismatch else '{"mid":%d,"status":"ok","version":1}' % self.actor.mid""",
    ),
    "the server does not compare what comes under a number": Mistake(results, "known != digest", "False"),
    "the server goes on after a mismatch": Mistake(results, "if text is None or turn.is_mismatch:", "if text is None:"),
    "the server takes a number out of turn": Mistake(results, "if actor.mid > last + 1:", "if False:"),
    "what was put off does not hold its row in the batch": Mistake(
        results, "        self.put_off[row_id] = retry_after_s\n", ""
    ),
    "what was put off does not hold its row when it is sent again": Mistake(
        results, "        if not self.is_mismatch and (retry", "        if False and (retry"
    ),
    "the server does not look at what a device has heard": Mistake(
        results, "if transact(lambda tx: batch.forgot(tx.connection)):", "if False:", "forgetful"
    ),
    "what is known to be forgotten is not asked again": Mistake(
        answers, "    if reply.forgot:\n", "    if False:\n", "forgetful"
    ),
    "a page that says so is taken like any other": Mistake(
        sync.apply, "if any(page.forgot for page in pages):", "if False:", "forgetful"
    ),
    "a seq that came again is taken for the one of before": Mistake(
        runs, " and run_of(connection, account, before.seq) == before.run", "", "forgetful"
    ),
    "the count is not kept": Mistake(
        results, "DO UPDATE SET last_mid = excluded.last_mid", "DO UPDATE SET last_mid = client.last_mid"
    ),
}


FOUND_BY = {
    "an answer is not asked for again though the server forgot it": 337,
    "of an answer that was forgotten the conflicts stay": 53,
    "what a forgotten answer refused is not in effect again": 53,
    "it is settled in the middle of a pull": 25,
    "an older epoch's answers are never asked for again": 16,
    "what overtakes is sent": 56,
    "the server goes on after a mismatch": 107,
    "the server takes a number out of turn": 211,
    "what is known to be forgotten is not asked again": 63,
    "the server does not look at what a device has heard": 452,
    "a page that says so is taken like any other": 181,
    "what was put off does not hold its row in the batch": 56,
    "what was put off does not hold its row when it is sent again": 70,
}
"""Seeds whose histories notice, as the histories are now: they are looked at first."""


@pytest.mark.parametrize("group", range(0, SEEDS, A_GROUP))
def test_histories_end_at_rest_and_nothing_is_lost_or_done_twice(group: int) -> None:
    for seed in range(group, min(group + A_GROUP, SEEDS)):
        try:
            run(seed)
        except AssertionError as error:
            raise AssertionError(f"python -m tests.sync.histories {seed}: {error}") from error


@pytest.mark.parametrize("group", range(0, SEEDS, A_GROUP))
def test_servers_that_go_back_without_a_word_lose_nothing_either(group: int) -> None:
    for seed in range(group, min(group + A_GROUP, SEEDS)):
        try:
            run(seed, kind="forgetful")
        except AssertionError as error:
            raise AssertionError(f"python -m tests.sync.histories {seed} forgetful: {error}") from error


@pytest.mark.parametrize("seed", ONCE_WRONG)
def test_a_history_that_was_once_wrong_is_right(seed: int) -> None:
    run(seed)


def test_everything_that_can_happen_does() -> None:
    """Weather is chance, but not over many histories."""
    hit = sum((run(seed) for seed in range(40)), Counter[str]())
    wanted = {*History.FATES, *(each.replace("_", " ") for each in History.WEIGHTS)}
    wanted -= {"send", "pull", "wait", "copy file", "copy server", "put file back", "put server back", "retry"}
    wanted -= {"put server back quietly"}
    wanted |= {"file put back", "server put back", "server put back quietly", "retry queued"}
    assert wanted <= hit.keys(), wanted - hit.keys()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found(name: str, record_property: Any) -> None:
    mistake = MISTAKES[name]
    parts = planted(mistake)
    for seed in (FOUND_BY.get(name, 0), *range(ENOUGH)):
        try:
            run(seed, parts, mistake.kind)
        except (AssertionError, sqlite3.Error, ApiError, TypeError, ValueError):
            record_property("seed", seed)
            return
    raise AssertionError(f"no history of {ENOUGH} notices")


def planted(mistake: Mistake) -> Parts:
    module = _with(mistake.module, mistake.right, mistake.wrong)
    if mistake.module is sending:
        return Parts(sending=module)
    if mistake.module is results:
        return Parts(results=module)
    if mistake.module is runs:
        return Parts(runs=module)
    if mistake.module is sync.apply:
        return Parts(apply=module)
    # Pulls settle what was answered, so they need the same mistake.
    pulls = _with(sync.apply, "", "")
    vars(pulls)["answers"] = module
    return Parts(answers=module, apply=pulls)


def _with(module: ModuleType, right: str, wrong: str) -> ModuleType:
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    assert not right or source.count(right) == 1, right
    copy = ModuleType(f"planted.{module.__name__}")
    # Dataclasses look their module up by name.
    vars(copy)["__name__"] = module.__name__
    exec(source.replace(right, wrong), vars(copy))
    return copy
