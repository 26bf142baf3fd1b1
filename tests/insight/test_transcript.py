"""Lines of a transcript: runs, gaps, words being spoken."""

from hypothesis import given
from hypothesis import strategies as st

from client.insight.emergencies import tells_emergency
from client.insight.health import Heard, asks_for_person
from client.insight.sentiment import SentimentLine
from client.insight.transcript import Line, LineKind, TurnLines, partial_lines
from client.models.calls import PartialTurn, Speaker, Turn
from client.models.ids import CallId, TurnId
from tests import example_data as eg

SAYINGS = ("Hello", "I want to speak to the owner", "It is an emergency")


def partial(index: int, text: str, speaker: Speaker = Speaker.CALLER) -> PartialTurn:
    turn_id = TurnId(f"p-{index}")
    return PartialTurn(call_id=CallId("call-live"), turn_id=turn_id, index=index, speaker=speaker, name=None, text=text)


def turn_lines(turns: tuple[Turn, ...]) -> list[Line]:
    return TurnLines().of(turns)


def test_a_name_stands_over_the_first_of_a_run() -> None:
    turns = (eg.turn(0, "a"), eg.turn(1, "b"), eg.turn(2, "c", Speaker.ASSISTANT), eg.tool(3, "t"), eg.turn(4, "d"))
    assert [line.opens_run for line in turn_lines(turns)] == [True, False, True, False, True]


def test_missing_turns_make_a_gap_of_their_length() -> None:
    lines = turn_lines((eg.turn(0, "a"), eg.turn(3, "b")))
    assert [line.kind for line in lines] == [LineKind.SPEECH, LineKind.GAP, LineKind.SPEECH]
    assert lines[1].gap_s == 18
    assert lines[2].opens_run, "words after a gap are never joined to those before"


def test_a_transcript_that_begins_late_begins_with_a_gap() -> None:
    assert [line.kind for line in turn_lines((eg.turn(2, "a"),))] == [LineKind.GAP, LineKind.SPEECH]


def test_words_being_spoken_follow_and_empty_ones_wait() -> None:
    lines = turn_lines((eg.turn(0, "a"),))
    spoken = partial_lines([partial(2, "", Speaker.ASSISTANT), partial(1, "It is")], lines[-1])
    assert [(line.text, line.opens_run) for line in spoken] == [("It is", False)]


def test_an_unchanged_turn_keeps_its_line() -> None:
    turns = (eg.turn(0, "a"), eg.turn(1, "b"))
    maker = TurnLines()
    first = maker.of(turns)
    second = maker.of((turns[0], eg.turn(1, "b, longer")))
    assert second[0] is first[0]
    assert second[1].text == "b, longer"


@given(st.sets(st.integers(0, 40)))
def test_every_turn_is_a_line_and_every_jump_is_one_gap(indexes: set[int]) -> None:
    lines = turn_lines(tuple(eg.turn(i, str(i)) for i in sorted(indexes)))
    said = [line for line in lines if line.kind is LineKind.SPEECH]
    assert [line.text for line in said] == [str(i) for i in sorted(indexes)]
    jumps = sum(1 for i in indexes if i > 0 and i - 1 not in indexes)
    assert sum(line.kind is LineKind.GAP for line in lines) == jumps
    assert len({line.line_id for line in lines}) == len(lines)


@given(st.lists(st.sets(st.integers(0, 30)), max_size=5), st.sampled_from(list(Speaker)))
def test_reading_on_gives_what_reading_anew_gives(readings: list[set[int]], other: Speaker) -> None:
    maker = TurnLines()
    for version, indexes in enumerate(readings):
        turns = tuple(
            eg.turn(i, str(i), Speaker.CALLER if (i + version) % 3 else other, version=version) for i in sorted(indexes)
        )
        assert maker.of(turns) == TurnLines().of(turns)


@given(st.lists(st.dictionaries(st.integers(0, 12), st.integers(0, 5)), max_size=6))
def test_listening_on_hears_what_listening_anew_hears(readings: list[dict[int, int]]) -> None:
    heard, line = Heard(), SentimentLine()
    for reading in readings:
        turns = tuple(
            eg.turn(i, SAYINGS[what % 3], sentiment=None if what == 5 else what / 5, version=what)
            for i, what in sorted(reading.items())
        )
        heard.of(turns)
        assert heard.said == list(turns)
        assert heard.asked == [t for t in turns if asks_for_person(t.text)]
        assert heard.alarms == [t for t in turns if tells_emergency(t.text)]
        assert line.of(turns) == SentimentLine().of(turns)
