"""The employee at the telephones: who is not answered when she is held or off, and her sentence about now."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import pytest

from backend_stub.calls_player import CallsPlayer, Person, learned, own_scripts
from tests.backend_stub.calls_desk import MemoryDesk, Row, VirtualClock
from tests.backend_stub.row_shapes import complaints
from tests.backend_stub.test_calls_player import NOW_MS, history

ANA = Person(user_id="u-ana", name="Ana Beltrán")


@dataclass
class Telephones:
    player: CallsPlayer
    desk: MemoryDesk
    clock: VirtualClock
    running: "asyncio.Future[None]"

    @property
    def calls(self) -> list[Row]:
        calls = [row for row in self.desk.rows["calls"].values() if row["started_at"] >= NOW_MS]
        return sorted(calls, key=lambda call: call["started_at"])

    @property
    def luna(self) -> Row:
        return next(row for row in self.desk.employees() if row["kind"] == "reception")

    @property
    def sentences(self) -> list[str]:
        """What her row said, commit by commit."""
        return [row["doing"] for rows in self.desk.commits for kind, row in rows if kind == "employees"]

    def put(self, **changes: object) -> None:
        self.desk.rows["employees"][self.luna["id"]] = self.luna | changes

    async def until(self, holds: Callable[[], bool]) -> None:
        await self.clock.run(self.running, until=holds, at_most_s=900)
        assert holds()


@asynccontextmanager
async def telephones(*script_ids: str, concurrent: int = 1, **luna: object) -> AsyncIterator[Telephones]:
    clock = VirtualClock(NOW_MS)
    desk = MemoryDesk(history("salon"), clock)
    by_id = {script.script_id: script for script in own_scripts("salon")}
    player = CallsPlayer(
        scripts=[by_id[name] for name in script_ids],
        desk=desk,
        clock=clock.player_clock,
        speed=1,
        concurrent=concurrent,
        seed=2,
        rounds=1,
    )
    employee = next(row for row in desk.employees() if row["kind"] == "reception")
    desk.rows["employees"][employee["id"]] = employee | luna
    running = asyncio.ensure_future(player.run())
    try:
        yield Telephones(player=player, desk=desk, clock=clock, running=running)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


NOT_ANSWERING: Sequence[dict[str, object]] = (
    {"state": "off"},
    {"state": "held", "held_until": None},
    {"state": "held", "held_until": NOW_MS + 3_600_000},
)


@pytest.mark.parametrize("luna", NOT_ANSWERING)
async def test_calls_ring_out_while_she_does_not_answer(luna: dict[str, object]) -> None:
    async with telephones("payment", **luna) as at:
        await at.clock.run(at.running)
        [call] = at.calls
        assert not complaints("calls", call)
        assert (call["status"], call["outcome"], call["answered_at"]) == ("ended", "missed", None)
        assert 20_000 <= call["ended_at"] - call["started_at"] <= 25_000
        assert call["charge_cents"] == 0 and call["requires_followup"] and call["turn_count"] == 0
        assert "nobody answered" in call["summary"] and call["intent"] is None and call["extracted"] == {}
        assert at.sentences == ["Not answering calls"]
        assert ("held" in call["summary"] and "own phone" in call["summary"]) == (luna["state"] == "held")


@pytest.mark.parametrize("luna", [{"state": "on"}, {"state": "trouble"}, {"state": "held", "held_until": NOW_MS - 1}])
async def test_otherwise_she_answers(luna: dict[str, object]) -> None:
    async with telephones("wrong-number", **luna) as at:
        await at.until(lambda: any(call["status"] == "live" for call in at.calls))


async def test_she_rings_nobody_while_she_is_off() -> None:
    async with telephones("voicemail", "wrong-number", state="off") as at:
        await at.clock.run(at.running)
        assert [(call["direction"], call["outcome"]) for call in at.calls] == [("inbound", "missed")]


async def test_a_person_may_take_a_call_that_she_does_not_answer() -> None:
    async with telephones("payment", state="held") as at:
        await at.until(lambda: bool(at.calls))
        await at.clock.run(at.running, at_most_s=10)
        assert at.calls[0]["status"] == "ringing"
        await at.player.whisper(at.calls[0]["id"], "She is a regular", ANA)
        await at.clock.run(at.running, at_most_s=2)
        assert at.calls[0]["status"] == "ringing", "a whisper does not end the ringing"
        await at.player.take_over(at.calls[0]["id"], ANA)
        await at.until(lambda: at.calls[0]["handler"] == "human")
        assert at.calls[0]["status"] == "live" and at.calls[0]["answered_at"]


async def test_the_call_she_has_goes_on_when_she_is_put_on_hold() -> None:
    async with telephones("payment", "wrong-number") as at:
        await at.until(lambda: any(call["status"] == "live" for call in at.calls))
        at.put(state="held")
        await at.clock.run(at.running)
        assert [call["outcome"] for call in at.calls] == ["info_provided", "missed"]
        assert at.sentences == ["On 1 call", "Not answering calls"]
        assert at.luna["state"] == "held"


async def test_her_sentence_is_true_as_calls_begin_and_end_and_written_only_when_it_changes() -> None:
    scripts = ("payment", "wrong-number", "spam", "payment", "wrong-number")
    async with telephones(*scripts, concurrent=3) as at:
        most = 0
        while not at.running.done():
            await at.clock.run(at.running, at_most_s=1)
            ringing_or_live = len(at.desk.live_calls())
            most = max(most, ringing_or_live)
            words = f"On {ringing_or_live} call{'' if ringing_or_live == 1 else 's'}"
            assert at.luna["doing"] == (words if ringing_or_live else "Waiting for the next call")
        assert most == 3 and len(at.calls) == 5
        assert all(one != other for one, other in zip(at.sentences, at.sentences[1:], strict=False))


async def test_she_goes_on_by_herself_when_the_time_is_over() -> None:
    async with telephones("payment", "wrong-number", state="held", held_until=NOW_MS + 15_000) as at:
        await at.clock.run(at.running)
        assert [call["outcome"] for call in at.calls] == ["missed", "hung_up"]
        assert (at.luna["state"], at.luna["held_until"]) == ("on", None)


async def test_a_blocked_number_is_not_answered() -> None:
    async with telephones("payment") as at:
        await at.until(lambda: bool(at.calls))
        number = at.calls[0]["caller_phone"]
    async with telephones("payment") as at:
        at.desk.blocked.add(number)
        await at.clock.run(at.running)
        [call] = at.calls
        assert not complaints("calls", call)
        assert (call["outcome"], call["answered_at"], call["turn_count"], call["charge_cents"]) == ("spam", None, 0, 0)
        assert "blocked" in call["summary"] and not call["requires_followup"] and call["satisfaction"] is None


WRONG = (
    "I have to disappoint you: nail art is not something we offer at the moment. "
    "The closest on our list is a manicure, at 40 dollars, about 45 minutes."
)


def put_right(scope: str, question: str | None = None, wrong: str = WRONG) -> Row:
    said: Row = {"question": question, "wrong": wrong, "right": "Yes, from 30 dollars.", "scope": scope}
    return said | {"id": "c-1", "created_at": 1, "customer_id": None, "last_day": None, "replaces": []}


NOT_OFFERED = (
    "I have to disappoint you: {unlisted} is not something we offer at the moment. The closest on our list is "
    "{a_service}, at {price}, about {minutes} minutes.",
    "We don't offer {unlisted} right now, I'm sorry. What we do have is {a_service} for {price}.",
)
OTHERWISE = "We don't offer nail art right now, I'm sorry. What we do have is a colour for 90 dollars."


@pytest.mark.parametrize(
    ("scope", "asked", "said", "changed"),
    [
        ("same_question", "nail art", OTHERWISE, True),
        ("everywhere", "nail art", OTHERWISE, True),
        ("this_call", "nail art", OTHERWISE, False),
        ("same_question", "beard dye", OTHERWISE.replace("nail art", "beard dye"), False),
        ("everywhere", "beard dye", WRONG, True),
    ],
)
def test_the_right_answer_is_given_when_the_same_is_asked(scope: str, asked: str, said: str, changed: bool) -> None:
    told = learned.answer(said, NOT_OFFERED, frozenset({asked}), [put_right(scope)])
    assert (told == "Yes, from 30 dollars.") == changed


def test_the_newest_correction_counts_and_a_short_line_is_like_too_many() -> None:
    newer = put_right("everywhere") | {"id": "c-2", "right": "Not on Mondays.", "created_at": 2}
    counting = learned.counting([put_right("everywhere"), newer], None, date(2025, 11, 23))
    assert learned.answer(OTHERWISE, NOT_OFFERED, frozenset(), counting) == "Not on Mondays."
    assert learned.answer("Let me see.", ("Let me see.",), frozenset(), [put_right("same_question", wrong="See.")]) == (
        "Let me see."
    )
    assert learned.things_in("Do you do {unlisted}, says {caller}?", {"unlisted": "Nail art", "caller": "Bo"}) == {
        "nail art"
    }


@pytest.mark.parametrize(
    ("more", "customer", "day", "counts"),
    [
        ({}, None, 23, True),
        ({"customer_id": "maria"}, "maria", 23, True),
        ({"customer_id": "maria"}, "ben", 23, False),
        ({"customer_id": "maria"}, None, 23, False),
        ({"last_day": "2025-11-24"}, None, 24, True),
        ({"last_day": "2025-11-24"}, None, 25, False),
    ],
)
def test_for_whom_and_until_when_an_answer_counts(more: Row, customer: str | None, day: int, counts: bool) -> None:
    rows = [put_right("everywhere") | more]
    assert learned.counting(rows, customer, date(2025, 11, day)) == (rows if counts else [])


def test_the_narrowest_goes_first_and_what_was_replaced_is_ended() -> None:
    always = put_right("everywhere") | {"created_at": 9}
    dated = put_right("everywhere") | {"id": "c-2", "last_day": "2025-12-24"}
    hers = put_right("everywhere") | {"id": "c-3", "customer_id": "maria"}
    assert learned.counting([always, dated, hers], "maria", date(2025, 11, 23)) == [hers, dated, always]
    newer = put_right("everywhere") | {"id": "c-4", "created_at": 10, "replaces": ["c-1", "c-2"]}
    assert learned.counting([always, dated, newer], None, date(2025, 11, 23)) == [newer]


async def test_what_counts_for_one_client_is_not_said_to_another() -> None:
    async with telephones("holiday-hours") as at:
        await at.clock.run(at.running)
        hours = next(turn for turn in at.desk.turns_of(at.calls[0]["id"]) if "closed" in turn["text"])
    right = "We are open every day until the 24th."
    for customer_id, said_so in (("nobody", 0), (None, 1)):
        async with telephones("holiday-hours") as at:
            row = put_right("same_question", wrong=hours["text"]) | {"right": right, "customer_id": customer_id}
            at.desk.put_right = [row]
            await at.clock.run(at.running)
            assert [turn["text"] for turn in at.desk.turns_of(at.calls[0]["id"])].count(right) == said_so


async def test_a_learned_correction_changes_the_next_call_that_asks_it() -> None:
    async with telephones("holiday-hours") as at:
        await at.clock.run(at.running)
        hours = next(turn for turn in at.desk.turns_of(at.calls[0]["id"]) if "closed" in turn["text"])
    right = "We are open every day until the 24th."
    async with telephones("holiday-hours", "payment") as at:
        at.desk.put_right = [put_right("same_question", wrong=hours["text"]) | {"right": right}]
        await at.clock.run(at.running)
        first, second = (at.desk.turns_of(call["id"]) for call in at.calls)
        said = [turn["text"] for turn in first if turn["speaker"] == "assistant" and turn["kind"] == "speech"]
        assert said.count(right) == 1 and not any("we're closed" in text for text in said)
        assert all(turn["text"] != right for turn in second)
