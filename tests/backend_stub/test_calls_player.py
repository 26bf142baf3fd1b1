"""Calls played to their end: files and our own scripts, on a desk in memory and a clock of our own."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend_stub.business import History, build_history
from backend_stub.calls_player import CallScript, CallsPlayer, closed_rows, load_calls, own_scripts
from backend_stub.scripts import Line
from tests.backend_stub.calls_desk import MemoryDesk, Row, VirtualClock
from tests.backend_stub.row_shapes import complaints

KINDS = ("salon", "dentist", "clinic", "garage")
TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("America/Los_Angeles")
NOW_MS = round(datetime(2026, 11, 23, 12, tzinfo=ZONE).timestamp() * 1000)
OWN_FILE = Path(__file__).parent / "calls" / "calls_own.jsonl"
SHARED_FILE = Path(__file__).parents[3] / "shared" / "data" / "calls_sgd.jsonl"


@cache
def history(kind: str) -> History:
    return build_history(kind=kind, seed=5, today=TODAY, bookings=2400)


@dataclass
class Played:
    """What a player did: the desk it worked at, and the calls it made in the order they began."""

    desk: MemoryDesk
    clock: VirtualClock

    @property
    def calls(self) -> list[Row]:
        calls = [call for call in self.desk.rows["calls"].values() if call["started_at"] >= NOW_MS]
        return sorted(calls, key=lambda call: call["started_at"])

    def said(self, call: Row) -> list[tuple[str, str]]:
        return [(t["speaker"], t["text"]) for t in self.desk.turns_of(call["id"]) if t["kind"] == "speech"]


async def play(
    scripts: Sequence[CallScript], *, kind: str = "salon", speed: float = 1.0, concurrent: int = 2, taken: bool = False
) -> Played:
    clock = VirtualClock(NOW_MS)
    desk = MemoryDesk(history(kind), clock, taken=taken)
    player = CallsPlayer(
        scripts=scripts, desk=desk, clock=clock.player_clock, speed=speed, concurrent=concurrent, seed=3, rounds=1
    )
    running = asyncio.ensure_future(player.run())
    await clock.run(running)
    await running
    return Played(desk=desk, clock=clock)


def words_of(script: CallScript) -> list[tuple[str, str]]:
    return [(step.speaker, step.variants[0]) for step in script.steps if isinstance(step, Line)]


def check_calls(played: Played) -> None:
    """What holds for every call, whatever it was about."""
    for call in played.calls:
        turns = played.desk.turns_of(call["id"])
        assert not complaints("calls", call)
        assert not [words for turn in turns for words in complaints("turns", turn)]
        assert call["status"] == "ended" and call["outcome"] and call["summary"] and "{" not in call["summary"]
        assert call["started_at"] < call["answered_at"] <= call["ended_at"]
        assert [turn["index"] for turn in turns] == list(range(call["turn_count"]))
        assert all(turn["ended_at"] is not None and turn["ended_at"] >= turn["started_at"] for turn in turns)
        assert all("{" not in turn["text"] for turn in turns)
        assert all(turn["tool"] is None or turn["tool"]["status"] in ("ok", "failed") for turn in turns)
        assert call["billed_seconds"] is not None and call["charge_cents"] is not None
        scored = [turn["sentiment"] for turn in turns if turn["speaker"] == "caller" and turn["sentiment"] is not None]
        assert call["sentiment"] == (pytest.approx(sum(scored) / len(scored), abs=1e-3) if scored else None)
        for turn in turns:
            assert all(0 <= begin < end <= len(turn["text"]) for begin, end in turn["low_confidence"])
        if call["booking_id"]:
            booking = played.desk.rows["bookings"][call["booking_id"]]
            assert not complaints("bookings", booking)
            assert booking["customer_id"] == call["customer_id"]


def check_commits(desk: MemoryDesk) -> None:
    """Turns appear one after another, never with a hole, whatever is committed in between."""
    seen: defaultdict[str, int] = defaultdict(int)
    for rows in desk.commits:
        for kind, row in rows:
            if kind == "turns":
                assert row["index"] <= seen[row["call_id"]], "a turn before the one that comes before it"
                seen[row["call_id"]] = max(seen[row["call_id"]], row["index"] + 1)


def check_partials(desk: MemoryDesk) -> None:
    """Partial words are growing beginnings of the turn that replaces them, at most eight a second."""
    frames: defaultdict[str, list[Row]] = defaultdict(list)
    for frame in desk.frames:
        frames[frame["turn_id"]].append(frame)
    for turn_id, of_turn in frames.items():
        final = desk.rows["turns"][turn_id]
        texts = [frame["text"] for frame in of_turn] + [final["text"]]
        assert all(other.startswith(one) and len(one) < len(other) for one, other in pairwise(texts))
        assert {(f["call_id"], f["speaker"], f["kind"]) for f in of_turn} == {
            (final["call_id"], final["speaker"], "partial")
        }
        assert of_turn[-1]["index"] <= final["index"]
    by_call: defaultdict[str, list[int]] = defaultdict(list)
    for frame in desk.frames:
        by_call[frame["call_id"]].append(frame["at"])
    for times in by_call.values():
        assert all(later - earlier >= 999 for earlier, later in zip(times, times[8:], strict=False))


async def test_a_call_from_a_file_is_heard_word_for_word_and_books_at_the_agreed_time() -> None:
    script = load_calls(OWN_FILE, "salon")[0]
    played = await play([script])
    [call] = played.calls
    check_calls(played)
    check_partials(played.desk)
    assert played.said(call) == words_of(script)
    assert len(played.desk.frames) > 30
    booking = played.desk.rows["bookings"][call["booking_id"]]
    begins = datetime.fromtimestamp(booking["starts_at"] / 1000, UTC).astimezone(ZONE)
    assert f"{begins:%H:%M}" == "10:30" and begins.weekday() == 1 and 0 < (begins.date() - TODAY).days <= 14
    assert booking["source"] == "luna" and booking["call_id"] == call["id"] and booking["status"] == "confirmed"
    assert call["extracted"]["appointment_date"] == begins.date().isoformat()
    assert call["extracted"]["asked_for_date"] == script.agreed_date
    customer = played.desk.rows["customers"][call["customer_id"]]
    assert not complaints("customers", customer) and customer["phone"] == call["caller_phone"]
    assert customer["name"] in call["summary"] and booking["service_name"] in call["summary"]


async def test_who_is_asked_for_by_name_gets_the_booking() -> None:
    script = load_calls(OWN_FILE, "dentist")[1]

    async def booked_with(name: str) -> tuple[str, list[str]]:
        played = await play([replace(script, extracted={"dentist_name": name})], kind="dentist")
        [call] = played.calls
        tool = next(turn["tool"] for turn in played.desk.turns_of(call["id"]) if turn["tool"])
        booking = played.desk.rows["bookings"][call["booking_id"]]
        return played.desk.rows["staff"][booking["staff_id"]]["name"], [
            free["staff"] for free in tool["outputs"]["free"]
        ]

    _, free = await booked_with("Somebody Else")
    assert len(free) >= 2
    for name in free:
        assert (await booked_with(name.removeprefix("Dr. ").split(",")[0] + " DDS"))[0] == name


async def test_tools_are_seen_running_and_done_with_what_they_found() -> None:
    played = await play(load_calls(OWN_FILE, "salon")[:1])
    [call] = played.calls
    states = [
        (row["tool"]["name"], row["tool"]["status"])
        for rows in played.desk.commits
        for kind, row in rows
        if kind == "turns" and row["tool"]
    ]
    assert states == [
        ("check_availability", "running"),
        ("check_availability", "ok"),
        ("book_appointment", "running"),
        ("book_appointment", "ok"),
    ]
    tools = [turn for turn in played.desk.turns_of(call["id"]) if turn["tool"]]
    assert tools[0]["tool"]["outputs"]["free"] and "free on" in tools[0]["text"]
    assert tools[1]["tool"]["outputs"]["booking_id"] == call["booking_id"]
    # The booking, its tool turn and the call that knows it are one commit.
    [booked] = [rows for rows in played.desk.commits if any(kind == "bookings" for kind, _ in rows)]
    assert {kind for kind, _ in booked} >= {"bookings", "turns", "calls", "customers"}


async def test_a_diary_that_is_full_fails_honestly() -> None:
    script = load_calls(OWN_FILE, "salon")[0]
    played = await play([script], taken=True)
    [call] = played.calls
    check_calls(played)
    assert call["outcome"] == "booking_failed" and call["requires_followup"] and call["booking_id"] is None
    assert not any(kind == "bookings" for rows in played.desk.commits for kind, _ in rows)
    said = played.said(call)
    assert not any("Your appointment is booked" in text for _, text in said)
    assert "nothing is booked" in said[-2][1]


async def check_file(path: Path, kinds: dict[str, str], at_least: int) -> None:
    played_calls = 0
    for kind, business_type in kinds.items():
        scripts = [script for script in load_calls(path, kind) if script.business_type == business_type]
        played = await play(scripts, kind=kind, speed=500, concurrent=3)
        check_calls(played)
        check_commits(played.desk)
        assert len(played.calls) == len(scripts)
        assert played.desk.live_calls() == []
        assert Counter(call["outcome"] for call in played.calls) == Counter(script.outcome for script in scripts)
        check_words_and_times(played, scripts)
        check_no_double_booking(played.desk)
        played_calls += len(scripts)
    assert played_calls >= at_least


def check_words_and_times(played: Played, scripts: Sequence[CallScript]) -> None:
    heard = {tuple(played.said(call)): call for call in played.calls}
    for script in scripts:
        call = heard[tuple(words_of(script))]
        if script.outcome == "booked":
            booking = played.desk.rows["bookings"][call["booking_id"]]
            begins = datetime.fromtimestamp(booking["starts_at"] / 1000, UTC).astimezone(ZONE)
            assert f"{begins:%H:%M}" == script.agreed_time
            assert begins.date() > TODAY and begins.date().isoformat() not in played.desk.business()["closed_days"]


def check_no_double_booking(desk: MemoryDesk) -> None:
    buffers = {row["id"]: row["buffer_minutes"] * 60_000 for row in desk.services()}
    diaries: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in desk.rows["bookings"].values():
        if row["status"] != "cancelled":
            diaries[row["staff_id"]].append((row["starts_at"], row["ends_at"] + buffers[row["service_id"]]))
    for diary in diaries.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(diary)))


async def test_every_call_of_our_file_ends_as_it_should() -> None:
    await check_file(OWN_FILE, {"salon": "hair_salon", "dentist": "dentist", "clinic": "doctor"}, 18)


@pytest.mark.slow
@pytest.mark.skipif(not SHARED_FILE.exists(), reason="the shared call file is not beside the checkout; ours is played")
async def test_hundreds_of_real_calls_end_as_they_should() -> None:
    await check_file(SHARED_FILE, {"salon": "hair_salon", "dentist": "dentist", "clinic": "doctor"}, 200)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_of_our_scripts_plays_to_its_end(kind: str) -> None:
    scripts = own_scripts(kind)
    played = await play(scripts, kind=kind, concurrent=1)
    check_calls(played)
    check_commits(played.desk)
    check_partials(played.desk)
    check_no_double_booking(played.desk)
    assert [call["outcome"] for call in played.calls] == [script.outcome for script in scripts]
    calls = dict(zip([script.script_id for script in scripts], played.calls, strict=True))
    angry = calls["angry-wants-person"]
    assert angry["escalation_reason"] == "Asked for a person twice" and angry["requires_followup"]
    assert angry["sentiment"] < -0.3
    assert calls["emergency"]["escalation_reason"].startswith("Emergency") and calls["emergency"]["sentiment"] < 0
    assert calls["spanish"]["language"] == "es" and calls["spanish"]["sentiment"] is None
    assert calls["spam"]["caller_phone"] is None and calls["spam"]["charge_cents"] == 0
    assert calls["voicemail"]["direction"] == "outbound"
    assert calls["regular-rebooks"]["consent"]["state"] == "given" and calls["regular-rebooks"]["customer_id"]
    gap = [turn for turn in played.desk.turns_of(calls["bad-line"]["id"]) if turn["kind"] == "gap"]
    assert [turn["text"] for turn in gap] == ["— 6 s not received —"]
    assert any(turn["low_confidence"] for turn in played.desk.turns_of(calls["bad-line"]["id"]))


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_takes_an_emergency_that_the_owner_leaves_alone(kind: str) -> None:
    played = await play([script for script in own_scripts(kind) if script.script_id == "emergency"], kind=kind)
    [call] = played.calls
    asked = [turn for turn in played.desk.turns_of(call["id"]) if turn["tool"]]
    assert asked[-1]["text"].endswith("to take the call → no answer") and asked[-1]["tool"]["status"] == "failed"
    assert call["outcome"] != "transferred" and call["requires_followup"] and "without an answer" in call["summary"]


async def test_what_a_call_is_about_is_not_known_before_the_caller_speaks() -> None:
    played = await play(own_scripts("salon"))
    for call in played.calls:
        told: set[str | None] = set()
        for rows in played.desk.commits:
            told |= {row["intent"] for kind, row in rows if kind == "calls" and row["id"] == call["id"]}
            spoke = any(
                kind == "turns" and row["call_id"] == call["id"] and row["speaker"] == "caller" for kind, row in rows
            )
            if spoke:
                break
            assert told <= {None}
        assert spoke and call["intent"] is not None


async def test_a_reschedule_moves_and_a_cancellation_cancels_the_booking_itself() -> None:
    scripts = {script.script_id: script for script in own_scripts("salon")}
    before = history("salon").rows["bookings"]
    old = {row["id"]: row for row in before}
    played = await play([scripts["reschedule"], scripts["cancel"]], concurrent=1)
    moved_call, _ = played.calls
    moved = played.desk.rows["bookings"][moved_call["booking_id"]]
    assert moved["starts_at"] != old[moved["id"]]["starts_at"] and moved["customer_id"] == moved_call["customer_id"]
    changed = [row for key, row in played.desk.rows["bookings"].items() if old[key] != row]
    assert len(changed) == 2 and {row["status"] for row in changed} >= {"cancelled"}
    assert {(row["updated_by"], row["updated_call_id"]) for row in changed} == {
        ("Luna", call["id"]) for call in played.calls
    }
    assert all(row["updated_at"] is not None for row in changed)
    assert len(played.desk.rows["bookings"]) == len(before)


async def test_a_question_about_something_not_offered_becomes_a_lead() -> None:
    scripts = [script for script in own_scripts("salon") if script.script_id == "not-offered"]
    played = await play(scripts)
    [call] = played.calls
    [lead] = [row for row in played.desk.rows["leads"].values() if row["call_id"] == call["id"]]
    assert not complaints("leads", lead) and lead["interested_services"] == ["balayage"]


async def test_something_is_always_on_screen() -> None:
    clock = VirtualClock(NOW_MS)
    desk = MemoryDesk(history("salon"), clock)
    player = CallsPlayer(
        scripts=own_scripts("salon"), desk=desk, clock=clock.player_clock, speed=1, concurrent=2, seed=3
    )
    running = asyncio.ensure_future(player.run())
    await clock.run(running, at_most_s=2)
    assert [call["status"] for call in desk.live_calls()] == ["ringing"]
    quiet = 0
    busiest = 0
    for _ in range(1800):
        await clock.run(running, at_most_s=1)
        quiet = quiet + 1 if not desk.live_calls() else 0
        busiest = max(busiest, len(desk.live_calls()))
        assert quiet < 8
    assert busiest == 2
    ended = sum(call["started_at"] >= NOW_MS and call["status"] == "ended" for call in desk.rows["calls"].values())
    assert ended > 16, "the scripts come round again"
    luna = next(row for row in desk.employees() if row["kind"] == "reception")
    assert luna["doing"] == f"On {len(desk.live_calls())} call{'' if len(desk.live_calls()) == 1 else 's'}"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_nobody_is_in_two_calls_at_once() -> None:
    clock = VirtualClock(NOW_MS)
    desk = MemoryDesk(history("salon"), clock)
    player = CallsPlayer(
        scripts=own_scripts("salon"), desk=desk, clock=clock.player_clock, speed=1, concurrent=12, seed=3
    )
    running = asyncio.ensure_future(player.run())
    for _ in range(600):
        await clock.run(running, at_most_s=2)
        phones = [call["caller_phone"] for call in desk.live_calls() if call["caller_phone"]]
        assert len(phones) == len(set(phones))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_speed_divides_the_time_and_the_speaking_pace_is_a_person_s() -> None:
    script = load_calls(OWN_FILE, "salon")[0]
    slow, fast = await play([script]), await play([script], speed=10)
    [one], [other] = slow.calls, fast.calls
    length = one["ended_at"] - one["answered_at"]
    assert length / (other["ended_at"] - other["answered_at"]) == pytest.approx(10, rel=0.05)
    speech = [turn for turn in slow.desk.turns_of(one["id"]) if turn["kind"] == "speech"]
    words = sum(len(turn["text"].split(" ")) for turn in speech)
    assert words / sum(turn["ended_at"] - turn["started_at"] for turn in speech) * 1000 == pytest.approx(2.6, rel=0.02)
    check_partials(fast.desk)


async def test_two_runs_with_one_seed_are_the_same_calls() -> None:
    scripts = own_scripts("dentist")[:4]
    one, other = await play(scripts, kind="dentist"), await play(scripts, kind="dentist")
    assert one.calls == other.calls and one.desk.rows["turns"] == other.desk.rows["turns"]


async def test_calls_left_open_by_a_stopped_server_are_closed() -> None:
    clock = VirtualClock(NOW_MS)
    desk = MemoryDesk(history("salon"), clock)
    player = CallsPlayer(
        scripts=own_scripts("salon"), desk=desk, clock=clock.player_clock, speed=1, concurrent=3, seed=3
    )
    running = asyncio.ensure_future(player.run())

    def tool_runs() -> bool:
        live = {call["id"] for call in desk.live_calls()}
        return any(
            t["tool"] and t["tool"]["status"] == "running" and t["call_id"] in live for t in desk.rows["turns"].values()
        )

    await clock.run(running, until=lambda: clock.now_ms() > NOW_MS + 30_000 and tool_runs())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    open_calls = [(call, desk.turns_of(call["id"])) for call in desk.live_calls()]
    assert open_calls
    for call, turns in open_calls:
        await desk.commit(closed_rows(call, turns, clock.now_ms() + 3_600_000))
    assert desk.live_calls() == []
    for call, _ in open_calls:
        closed = desk.rows["calls"][call["id"]]
        assert not complaints("calls", closed)
        assert (
            closed["outcome"] in ("info_provided", "hung_up", "booked", "missed")
            and closed["ended_at"] <= clock.now_ms()
        )
        assert all(t["tool"] is None or t["tool"]["status"] != "running" for t in desk.turns_of(call["id"]))


def test_a_player_without_calls_is_refused() -> None:
    clock = VirtualClock(NOW_MS)
    with pytest.raises(ValueError, match="no call"):
        CallsPlayer(scripts=[], desk=MemoryDesk(history("salon"), clock), clock=clock.player_clock, speed=1)
