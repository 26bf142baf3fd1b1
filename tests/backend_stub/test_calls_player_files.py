"""Call files: what is read, what is refused and in which words, and where the tools of a call belong."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend_stub.business import build_history
from backend_stub.calls_player import NotACallFile, load_calls, own_scripts
from backend_stub.calls_player.agreement import near_days, with_tools
from backend_stub.scripts import CallScript, Line, ToolStep
from backend_stub.scripts.own import placeholders

KINDS = ("salon", "dentist", "clinic", "garage")
FIXTURE = Path(__file__).parent / "calls" / "calls_own.jsonl"
CALL: dict[str, Any] = {
    "call_id": "c1",
    "business_type": "hair_salon",
    "turns": [{"speaker": "caller", "text": "Hello."}, {"speaker": "assistant", "text": "Hi."}],
    "outcome": "info_provided",
    "extracted_data": {},
}


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "calls.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_calls_that_fit_the_business_are_read_in_order() -> None:
    calls = load_calls(FIXTURE, "salon")
    assert {call.business_type for call in calls} == {"hair_salon"}
    assert [call.script_id for call in calls] == sorted(call.script_id for call in calls)
    everything = load_calls(FIXTURE, "garage")
    assert {call.business_type for call in everything} == {"hair_salon", "dentist", "doctor"}


def test_when_none_fits_all_are_played(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(CALL | {"business_type": "restaurant"}), "", json.dumps(CALL))
    assert len(load_calls(path, "dentist")) == 2
    assert len(load_calls(path, "salon")) == 1


def test_a_call_keeps_its_words_and_what_it_agreed_on(tmp_path: Path) -> None:
    turns = [{"speaker": "caller", "text": "I want {curly} hair\u2028at 9."}, {"speaker": "assistant", "text": "At 9?"}]
    data = {"appointment_time": "9:30", "appointment_date": "2019-03-01"}
    [call] = load_calls(
        written(tmp_path, json.dumps(CALL | {"turns": turns, "extracted_data": data}, ensure_ascii=False)), "salon"
    )
    first = call.steps[0]
    assert isinstance(first, Line) and first.variants == ("I want {curly} hair\u2028at 9.",)
    assert (call.agreed_time, call.agreed_date) == ("09:30", "2019-03-01")


def test_asking_for_a_person_is_noticed(tmp_path: Path) -> None:
    turns = [{"speaker": "caller", "text": "Let me talk to a real person!"}]
    [call] = load_calls(written(tmp_path, json.dumps(CALL | {"turns": turns})), "salon")
    assert isinstance(call.steps[0], Line) and call.steps[0].wants_person


@pytest.mark.parametrize(
    ("bad", "line", "words"),
    [
        ("not json", 2, "not JSON"),
        ("[1, 2]", 2, "not an object"),
        (json.dumps({k: v for k, v in CALL.items() if k != "call_id"}), 2, "no “call_id”"),
        (json.dumps(CALL | {"outcome": "won the lottery"}), 2, "not an outcome"),
        (json.dumps(CALL | {"outcome": 3}), 2, "no “outcome”"),
        (json.dumps(CALL | {"turns": []}), 2, "no turns"),
        (json.dumps(CALL | {"turns": "many"}), 2, "no turns"),
        (json.dumps(CALL | {"turns": ["hello"]}), 2, "not an object"),
        (json.dumps(CALL | {"turns": [{"speaker": "dog", "text": "woof"}]}), 2, "neither by the caller"),
        (json.dumps(CALL | {"turns": [{"speaker": "caller", "text": " "}]}), 2, "no words"),
        (json.dumps(CALL | {"extracted_data": [1]}), 2, "“extracted_data”"),
        ("[" * 100_000, 2, "not JSON"),
    ],
)
def test_what_is_no_call_is_refused_with_the_line_and_a_sentence(
    tmp_path: Path, bad: str, line: int, words: str
) -> None:
    path = written(tmp_path, json.dumps(CALL), bad)
    with pytest.raises(NotACallFile) as refused:
        load_calls(path, "salon")
    assert refused.value.line == line and refused.value.path == path
    assert words in refused.value.reason and refused.value.reason.endswith(".")
    assert str(tmp_path) not in str(refused.value)


def test_a_file_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    empty = written(tmp_path, "", "")
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"\x89PNG\r\n\xff\xfe")
    for path, words in (
        (empty, "no calls"),
        (picture, "UTF-8"),
        (tmp_path / "gone", "no such file"),
        (tmp_path, "cannot"),
    ):
        with pytest.raises(NotACallFile) as refused:
            load_calls(path, "salon")
        assert refused.value.line == 0 and words in refused.value.reason


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_scripts_are_whole(kind: str) -> None:
    scripts = own_scripts(kind)
    assert len(scripts) >= 15
    wanted = {
        "angry-wants-person", "emergency", "spanish", "spam", "booking-fails", "not-offered", "empty-promise",
        "regular-rebooks", "reschedule", "cancel", "payment", "wrong-number", "voicemail", "bad-line", "holiday-hours",
    }  # fmt: skip
    assert wanted <= {script.script_id for script in scripts}
    for script in scripts:
        assert script.summary and placeholders(script)
        first = next(step for step in script.steps if isinstance(step, Line) and step.speaker == "assistant")
        if script.consent == "given":
            told = {"en": ("AI", "recorded"), "es": ("inteligencia artificial", "grabada")}[script.language]
            assert all(word in said for said in first.variants for word in told)


def test_a_promise_that_no_tool_keeps_is_really_without_one() -> None:
    promise = next(script for script in own_scripts("salon") if script.script_id == "empty-promise")
    assert any(
        "call you back today" in said for step in promise.steps if isinstance(step, Line) for said in step.variants
    )
    assert {step.name for step in promise.steps if isinstance(step, ToolStep)} == {"find_customer"}


def test_the_angry_caller_asks_for_a_person_twice() -> None:
    angry = next(script for script in own_scripts("clinic") if script.script_id == "angry-wants-person")
    assert [step.wants_person for step in angry.steps if isinstance(step, Line) and step.wants_person] == [
        "Asked for a person",
        "Asked for a person twice",
    ]


def test_an_unknown_kind_has_no_scripts() -> None:
    with pytest.raises(ValueError, match="zoo"):
        own_scripts("zoo")


def shape(call: CallScript) -> str:
    letters = {"check_availability": "A", "book_appointment": "B"}
    return "".join(
        letters[s.name] if isinstance(s, ToolStep) else s.speaker[0]
        for s in with_tools(call)
        if not hasattr(s, "seconds")
    )


def test_tools_stand_before_the_read_back_and_after_the_caller_s_word() -> None:
    calls = load_calls(FIXTURE, "garage")
    assert calls
    for call in calls:
        if call.outcome == "info_provided":
            assert "A" not in shape(call) and "B" not in shape(call)
        else:
            assert "AacBa" in shape(call)
            book = next(s for s in with_tools(call) if isinstance(s, ToolStep) and s.name == "book_appointment")
            assert (book.outputs is None) == (call.outcome == "booked") != book.failed


def test_the_agreed_day_is_moved_near_today() -> None:
    rows = build_history(kind="salon", seed=1, today=date(2026, 11, 23), bookings=500).rows
    business, staff = rows["business"][0], rows["staff"]

    def moved(agreed: str | None, wall: str = "10:00", minutes: int = 45) -> list[date]:
        return near_days(business, staff, agreed=agreed, wall=wall, minutes=minutes, today=date(2026, 11, 23))

    assert moved("2019-03-05")[:3] == [date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 8)]
    # A Thursday: the coming one is Thanksgiving, so the one after it.
    assert moved("2019-03-07")[0] == date(2026, 12, 3)
    # A Sunday evening: never open then, so the next day on which it is.
    assert moved("2019-03-03", "18:30")[0] == date(2026, 11, 24)
    assert moved(None)[0] == date(2026, 11, 24)
    assert moved("2019-03-05", "04:00") == [] and moved("2019-03-05", "19:30", 240) == []
    # Never a closed day, however many weeks on.
    assert all(day.isoformat() not in business["closed_days"] for day in moved("2019-03-08"))
