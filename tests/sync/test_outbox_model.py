"""The ways of a change (queued, sent, acked, refused, settled), all of them: every state two devices and a server can
get into is visited, what must be true is asked in each, and from each everybody comes to rest without further faults.

`CHATTY_ALL=1 pytest tests/sync/test_outbox_model.py` visits a million states, in some ten minutes.
"""

import os
import sys
from typing import Any

import pytest

from tests.sync.outbox_space import Freedom, Space
from tests.sync.test_push_histories import MISTAKES, planted

SMALL = {
    "three changes, lost and repeated": (Freedom(repeats=True), 10_000),
    "the server is put back": (Freedom(edits=(1, 1), server_put_back=True), 20_000),
    "the phone's file is put back": (Freedom(edits=(1, 1), files_put_back=1), 20_000),
    "the server puts one off": (Freedom(edits=(2, 0), deferrals=1, repeats=True), 2_500),
}
LARGE = {
    "three changes, one is put off": (Freedom(deferrals=1), 25_000),
    "three changes, the server is put back": (Freedom(server_put_back=True), 280_000),
    "two changes of one row, the phone's file is put back": (Freedom(edits=(2, 0), files_put_back=1), 28_000),
}
CHOSEN = SMALL | LARGE if os.environ.get("CHATTY_ALL") else SMALL


@pytest.mark.parametrize("name", CHOSEN)
def test_every_state_is_right_and_leads_to_rest(name: str, record_property: Any) -> None:
    freedom, least = CHOSEN[name]
    states, ways = Space(freedom).walk()
    record_property("states", states)
    sys.stdout.write(f"{name}: {states:,} states, {ways:,} ways between them\n")
    assert states >= least


@pytest.mark.parametrize(
    ("mistake", "freedom"),
    [
        ("the server does not compare what comes under a number", Freedom(edits=(1, 0), files_put_back=1)),
        ("the server answers a repetition with nothing but its number", Freedom(edits=(1, 1))),
        ("it is settled as soon as it is answered", Freedom(edits=(1, 0))),
        ("what was put off does not hold its row when it is sent again", Freedom(edits=(2, 0), deferrals=1)),
        ("an older epoch's answers are never asked for again", Freedom(edits=(1, 0), server_put_back=True)),
    ],
)
def test_a_mistake_is_met_on_the_way(mistake: str, freedom: Freedom) -> None:
    with pytest.raises(AssertionError, match=r" after | rest"):
        Space(freedom, planted(MISTAKES[mistake])).walk()
