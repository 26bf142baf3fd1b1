"""Supervision: whisper, take over, say, hand back, end — and everything that may come in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from backend_stub.calls_player import CallOver, CallsPlayer, CallTaken, NotHandling, Person, own_scripts
from backend_stub.calls_player.replies import answer_to_human, line_from_whisper, taking_back
from tests.backend_stub.calls_desk import MemoryDesk, Row, VirtualClock
from tests.backend_stub.test_calls_player import NOW_MS, check_commits, check_partials, history

ANA = Person(user_id="u-ana", name="Ana Beltrán")
MARCUS = Person(user_id="u-marcus", name="Marcus Webb")


@dataclass
class Line:
    """One telephone line on which one call is being played."""

    player: CallsPlayer
    desk: MemoryDesk
    clock: VirtualClock
    running: "asyncio.Future[None]"

    @property
    def call(self) -> Row:
        [call] = [row for row in self.desk.rows["calls"].values() if row["started_at"] >= NOW_MS]
        return call

    @property
    def turns(self) -> list[Row]:
        return self.desk.turns_of(self.call["id"])

    @property
    def texts(self) -> list[str]:
        return [turn["text"] for turn in self.turns]

    @property
    def notes(self) -> list[str]:
        return [turn["note"] for turn in self.turns if turn["note"]]

    async def until(self, holds: Callable[[], bool], at_most_s: float = 900) -> None:
        await self.clock.run(self.running, until=holds, at_most_s=at_most_s)
        assert holds(), self.texts

    async def until_turn(self, index: int) -> None:
        """Until the turn after that many has begun to be spoken."""
        await self.until(lambda: any(f["index"] == index and len(f["text"].split()) > 2 for f in self.desk.frames))

    async def finish(self) -> None:
        await self.clock.run(self.running)
        await self.running
        check_commits(self.desk)
        check_partials(self.desk)
        assert self.call["status"] == "ended"
        assert [turn["index"] for turn in self.turns] == list(range(self.call["turn_count"]))


@asynccontextmanager
async def line(script_id: str, *, kind: str = "salon", speed: float = 1.0) -> AsyncIterator[Line]:
    clock = VirtualClock(NOW_MS)
    desk = MemoryDesk(history(kind), clock)
    scripts = [script for script in own_scripts(kind) if script.script_id == script_id]
    player = CallsPlayer(
        scripts=scripts, desk=desk, clock=clock.player_clock, speed=speed, concurrent=1, seed=2, rounds=1
    )
    running = asyncio.ensure_future(player.run())
    try:
        on_line = Line(player=player, desk=desk, clock=clock, running=running)
        await clock.run(running, until=desk.live_calls)
        yield on_line
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_whisper_is_a_note_and_the_next_thing_the_employee_says_comes_of_it() -> None:
    async with line("payment") as on:
        await on.until_turn(1)
        asked_at = on.clock.now_ms()
        seq = await on.player.whisper(on.call["id"], "Offer her 20 % off the first visit", ANA)
        assert seq == len(on.desk.commits)
        note = on.turns[-1]
        assert (note["kind"], note["note"], note["speaker"], note["name"]) == ("note", "whisper", "system", "Ana")
        assert note["text"] == "Offer her 20 % off the first visit" and note["sentiment"] is None
        await on.until(lambda: any("20 % off" in t["text"] and t["speaker"] == "assistant" for t in on.turns))
        said = [turn for turn in on.turns if turn["kind"] == "speech" and turn["index"] > note["index"]]
        line_of_it = next(turn for turn in said if turn["speaker"] == "assistant")
        assert "20 % off the first visit" in line_of_it["text"] and "her" not in line_of_it["text"].split()
        assert line_of_it["started_at"] - asked_at < 12_000
        await on.finish()
        assert not any(turn["text"] == note["text"] for turn in on.turns if turn["kind"] == "speech")
        assert on.call["outcome"] == "info_provided" and on.call["handler"] == "ai"


async def test_whispers_wait_their_turn_and_all_are_said() -> None:
    async with line("payment") as on:
        await on.until_turn(2)
        await on.player.whisper(on.call["id"], "Tell them we close at eight", ANA)
        await on.player.whisper(on.call["id"], "Apologise for the noise on the line", MARCUS)
        await on.finish()
        said = " ".join(turn["text"] for turn in on.turns if turn["speaker"] == "assistant")
        assert "Let me add: we close at eight." in said and "I am really sorry about the noise on the line." in said


async def test_a_take_over_connects_within_three_seconds_and_the_script_stops() -> None:
    async with line("angry-wants-person") as on:
        await on.until(lambda: len(on.turns) >= 6)
        await on.until_turn(len(on.turns))
        asked_at = on.clock.now_ms()
        await on.player.take_over(on.call["id"], ANA)
        assert on.call["handler"] == "ai" and on.notes == ["connecting"]
        await on.until(lambda: on.call["handler"] == "human")
        assert 1000 <= on.clock.now_ms() - asked_at <= 3500
        assert (on.call["handler_user_id"], on.call["handler_name"]) == ("u-ana", "Ana Beltrán")
        connecting, take_over = (next(t for t in on.turns if t["note"] == n) for n in ("connecting", "take_over"))
        assert on.turns[connecting["index"] - 1]["text"].endswith(" —")
        handing = [t for t in on.turns if connecting["index"] < t["index"] < take_over["index"]]
        assert [t["speaker"] for t in handing] == ["assistant"] and "Ana" in handing[0]["text"]
        before = len(on.turns)
        await on.clock.run(on.running, at_most_s=15)
        assert len(on.turns) == before, "nobody speaks while the person has the call and says nothing"


async def test_the_caller_answers_the_person_and_says_goodbye() -> None:
    async with line("angry-wants-person") as on:
        await on.until(lambda: len(on.turns) >= 4)
        await on.player.take_over(on.call["id"], ANA)
        await on.until(lambda: on.call["handler"] == "human")
        for words in ("Hi, this is Ana, the owner.", "I am so sorry. The next visit is free.", "What time suits you?"):
            before = len(on.turns)
            await on.player.say(on.call["id"], words, ANA)
            human = on.turns[before]
            assert (human["speaker"], human["name"], human["text"]) == ("human", "Ana", words)
            await on.until(lambda before=before: len(on.turns) == before + 2)
            assert on.turns[-1]["speaker"] == "caller"
        await on.player.say(on.call["id"], "Thank you, goodbye!", ANA)
        await on.finish()
        assert on.call["outcome"] == "transferred" and on.call["handler"] == "human"
        assert not on.call["requires_followup"], "the owner has spoken to them"
        assert "Ana" in on.call["summary"]


async def test_silence_is_asked_into_and_ends_the_call_after_ten_minutes() -> None:
    async with line("payment") as on:
        await on.until_turn(1)
        await on.player.take_over(on.call["id"], ANA)
        await on.until(lambda: on.call["handler"] == "human")
        began = on.clock.now_ms()
        await on.finish()
        assert 590_000 < on.clock.now_ms() - began < 640_000
        assert on.call["outcome"] == "hung_up" and on.call["requires_followup"]
        asked = [t["text"] for t in on.turns if t["speaker"] == "caller" and t["started_at"] > began]
        assert asked[0].startswith("Hello?") and len(asked) == 4 and "another time" in asked[-1]


async def test_a_person_who_takes_over_a_whispered_call_is_not_talked_over() -> None:
    async with line("payment") as on:
        await on.until_turn(1)
        await on.player.take_over(on.call["id"], ANA)
        await on.until(lambda: on.call["handler"] == "human")
        await on.player.whisper(on.call["id"], "Mention the parking lot", ANA)
        await on.clock.run(on.running, at_most_s=15)
        assert not any("parking" in t["text"] for t in on.turns if t["kind"] == "speech")
        await on.player.hand_back(on.call["id"], None, ANA)
        await on.finish()
        assert any("parking lot" in t["text"] for t in on.turns if t["speaker"] == "assistant")


async def test_hand_back_goes_on_where_it_was_acknowledging_the_note() -> None:
    async with line("regular-rebooks") as on:
        await on.until(lambda: any(t["tool"] and t["tool"]["name"] == "check_availability" for t in on.turns))
        await on.until_turn(6)
        await on.player.take_over(on.call["id"], ANA)
        await on.until(lambda: on.call["handler"] == "human")
        await on.player.say(on.call["id"], "Hi, this is Ana. I just wanted to say hello.", ANA)
        await on.until(lambda: on.turns[-1]["speaker"] == "caller")
        await on.player.hand_back(on.call["id"], "She gets the usual price.", ANA)
        assert on.call["handler"] == "ai" and on.call["handler_user_id"] is None and on.call["handler_name"] is None
        back = on.turns[-1]
        assert (back["note"], back["text"]) == ("hand_back", "She gets the usual price.")
        await on.finish()
        after = next(t for t in on.turns if t["index"] > back["index"] and t["speaker"] == "assistant")
        assert "Thank you, Ana. This is Luna again." in after["text"]
        assert "Ana has told me what the two of you settled." in after["text"]
        assert "usual price" not in after["text"], "what one person notes for another is not read to the caller"
        assert on.notes == ["connecting", "take_over", "hand_back"]
        assert on.call["outcome"] == "booked" and on.call["booking_id"], "the script went on to its booking"


async def test_end_closes_the_call_at_once_with_the_words_said_so_far() -> None:
    async with line("payment") as on:
        await on.until_turn(2)
        seq = await on.player.end(on.call["id"], ANA)
        assert seq == len(on.desk.commits)
        assert on.call["status"] == "ended" and on.call["outcome"] == "hung_up" and on.call["ended_at"]
        assert on.turns[-1]["note"] == "ended" and on.turns[-2]["text"].endswith(" —")
        last = len(on.desk.commits)
        await on.finish()
        assert all(kind == "employees" for rows in on.desk.commits[last:] for kind, _ in rows)


@pytest.mark.parametrize("taken", [False, True])
async def test_whoever_ends_a_call_is_named_and_the_caller_is_not_asked_how_it_was(
    taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend_stub.calls_player.closing.satisfaction_of", lambda *_: 4)
    async with line("payment") as on:
        await on.until_turn(2)
        if taken:
            await on.player.take_over(on.call["id"], ANA)
            await on.until(lambda: on.call["handler"] == "human")
        await on.player.end(on.call["id"], ANA)
        name = on.call["caller_name"] or "the caller"
        cut = f"Ana ended the call with {name} before it was finished."
        assert (on.call["summary"] == cut) is not taken and on.call["satisfaction"] is None
        assert (on.call["extracted"] == {}) is not taken


async def test_end_while_a_tool_runs_books_nothing_afterwards() -> None:
    async with line("regular-rebooks") as on:
        await on.until(
            lambda: any(
                t["tool"] and t["tool"]["name"] == "book_appointment" and t["tool"]["status"] == "running"
                for t in on.turns
            )
        )
        bookings = len(on.desk.rows["bookings"])
        await on.player.end(on.call["id"], ANA)
        assert [t["tool"]["status"] for t in on.turns if t["tool"]][-1] == "failed"
        await on.finish()
        assert len(on.desk.rows["bookings"]) == bookings and on.call["booking_id"] is None


async def test_end_after_a_take_over_is_a_transfer_and_while_ringing_a_missed_call() -> None:
    async with line("payment") as on:
        await on.until_turn(1)
        await on.player.take_over(on.call["id"], ANA)
        await on.until(lambda: on.call["handler"] == "human")
        await on.player.end(on.call["id"], ANA)
        assert on.call["outcome"] == "transferred"
    async with line("payment") as on:
        assert on.call["status"] == "ringing"
        await on.player.end(on.call["id"], ANA)
        await on.finish()
        assert on.call["outcome"] == "missed" and on.call["charge_cents"] == 0 and on.call["answered_at"] is None


async def test_take_over_while_it_rings_is_heard_as_soon_as_it_is_answered() -> None:
    async with line("payment") as on:
        await on.player.take_over(on.call["id"], ANA)
        await on.until(lambda: on.call["handler"] == "human", at_most_s=10)
        assert on.call["status"] == "live" and on.call["answered_at"]


async def test_after_the_end_every_command_is_refused() -> None:
    async with line("wrong-number") as on:
        await on.finish()
        call_id = on.call["id"]
        for command in (
            on.player.whisper(call_id, "hello", ANA),
            on.player.take_over(call_id, ANA),
            on.player.say(call_id, "hello", ANA),
            on.player.hand_back(call_id, None, ANA),
            on.player.end(call_id, ANA),
            on.player.end("no such call", ANA),
        ):
            with pytest.raises(CallOver):
                await command


async def test_what_another_person_has_is_refused_with_the_name() -> None:
    async with line("angry-wants-person") as on:
        await on.until_turn(1)
        await on.player.take_over(on.call["id"], ANA)
        for _ in range(2):
            for command in (
                on.player.take_over(on.call["id"], MARCUS),
                on.player.say(on.call["id"], "hello", MARCUS),
                on.player.whisper(on.call["id"], "hello", MARCUS),
                on.player.hand_back(on.call["id"], None, MARCUS),
                on.player.end(on.call["id"], MARCUS),
            ):
                with pytest.raises(CallTaken) as taken:
                    await command
                assert taken.value.handler_name == "Ana Beltrán"
            await on.until(lambda: on.call["handler"] == "human")
        await on.player.hand_back(on.call["id"], None, ANA)
        await on.player.take_over(on.call["id"], MARCUS)
        await on.until(lambda: on.call["handler_name"] == "Marcus Webb")


async def test_speaking_for_a_call_that_the_employee_has_is_refused() -> None:
    async with line("payment") as on:
        await on.until_turn(1)
        for command in (on.player.say(on.call["id"], "hi", ANA), on.player.hand_back(on.call["id"], None, ANA)):
            with pytest.raises(NotHandling):
                await command
        await on.player.take_over(on.call["id"], ANA)
        with pytest.raises(NotHandling):
            await on.player.say(on.call["id"], "too early", ANA)


async def test_two_people_at_the_same_instant_one_has_it() -> None:
    async with line("payment") as on:
        await on.until_turn(1)
        answers = await asyncio.gather(
            on.player.take_over(on.call["id"], ANA),
            on.player.take_over(on.call["id"], MARCUS),
            on.player.take_over(on.call["id"], ANA),
            return_exceptions=True,
        )
        assert isinstance(answers[0], int) and isinstance(answers[1], CallTaken) and isinstance(answers[2], int)
        await on.until(lambda: on.call["handler"] == "human")
        assert on.notes == ["connecting", "take_over"]


async def test_commands_in_a_storm_leave_no_hole_in_the_transcript() -> None:
    async with line("regular-rebooks") as on:
        for round_ in range(6):
            await on.clock.run(on.running, at_most_s=3 + round_)
            if on.running.done() or on.call["status"] == "ended":
                break
            await asyncio.gather(
                on.player.whisper(on.call["id"], f"note {round_}", ANA),
                on.player.take_over(on.call["id"], ANA),
                on.player.whisper(on.call["id"], f"other note {round_}", ANA),
                return_exceptions=True,
            )
            await on.until(lambda: on.call["handler"] == "human")
            await asyncio.gather(
                on.player.say(on.call["id"], "One moment.", ANA),
                on.player.hand_back(on.call["id"], f"note {round_}", ANA),
                return_exceptions=True,
            )
        await on.finish()
        assert on.notes.count("take_over") == on.notes.count("hand_back") == 6


async def test_a_caller_in_spanish_is_answered_in_spanish() -> None:
    async with line("spanish") as on:
        await on.until_turn(1)
        await on.player.whisper(on.call["id"], "20 % de descuento", ANA)
        await on.until(lambda: any("Le puedo ofrecer" in text for text in on.texts))
        await on.player.take_over(on.call["id"], ANA)
        await on.until(lambda: on.call["handler"] == "human")
        await on.player.say(on.call["id"], "Hola, soy Ana.", ANA)
        await on.until(lambda: "Hola" in on.turns[-1]["text"] and on.turns[-1]["speaker"] == "caller")
        await on.player.hand_back(on.call["id"], None, ANA)
        await on.until(lambda: any("Soy Luna otra vez" in text for text in on.texts))


async def test_at_high_speed_everything_is_quicker() -> None:
    async with line("payment", speed=20) as on:
        await on.until(lambda: on.call["status"] == "live")
        asked_at = on.clock.now_ms()
        await on.player.take_over(on.call["id"], ANA)
        await on.until(lambda: on.call["handler"] == "human")
        assert on.clock.now_ms() - asked_at < 300
        await on.finish()
        assert on.clock.now_ms() - asked_at < 45_000


@pytest.mark.parametrize(
    ("whisper", "line_said", "kind"),
    [
        ("Offer 20% off", "I can offer you 20% off", "offer"),
        ("give them a free blow-dry", "I can offer you a free blow-dry", "offer"),
        ("Apologise", "I am really sorry about that.", "apology"),
        ("say sorry for their long wait", "I am really sorry about your long wait.", "apology"),
        ("Ask for a callback time", "Would you like us to call you back?", "callback"),
        ("ask if she is allergic to anything", "May I ask: are you allergic to anything?", "question"),
        ("ask for her email", "May I ask: what is your email?", "question"),
        ("ask whether he wants his usual", "May I ask: do you want your usual?", "question"),
        ("She's a regular and she has a voucher", "Let me add: you are a regular and you have a voucher.", "other"),
        ("She likes her colour dark", "Let me add: you like your colour dark.", "other"),
        ("Tell her that we open at nine.", "Let me add: we open at nine.", "other"),
        ("VIP customer", "Let me add: VIP customer.", "other"),
    ],
)
def test_what_a_whisper_becomes(whisper: str, line_said: str, kind: str) -> None:
    said, found = line_from_whisper(whisper, "en")
    assert line_said in said and found == kind


def test_a_note_with_an_offer_is_made_to_the_caller() -> None:
    said = taking_back("Ana", "Luna", "Offer her 10 % off", "en")
    assert said.startswith("Thank you, Ana. This is Luna again.") and "I can offer you 10 % off" in said
    assert taking_back("Ana", "Luna", "  ", "en").endswith("Where were we?")


def test_an_answer_fits_the_person_s_words() -> None:
    import random

    rng = random.Random(1)
    assert answer_to_human("What's your name?", "en", "Jo Li", rng) == ("It's Jo Li.", False)
    assert answer_to_human("Take care, bye!", "en", None, rng)[1]
    for words in ("{braces} stay", "", "¿Cuándo le viene bien?"):
        assert answer_to_human(words, "es" if "¿" in words else "en", None, rng)[0]
