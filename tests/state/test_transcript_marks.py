"""The lines that a call's level rests on are marked, those it no longer rests on are not."""

from client.models.calls import Speaker
from client.state.transcript import TranscriptStore
from tests import example_data as eg


def marked(store: TranscriptStore) -> list[str]:
    return [cell.state.text for chunk in store.state.chunks for cell in chunk.cells if cell.marked]


def test_marks_follow_what_the_level_rests_on() -> None:
    turns = tuple(eg.turn(i, f"line {i}", Speaker.CALLER) for i in range(3))
    store = TranscriptStore()
    store.show_turns(turns, live=True)
    store.mark((turns[2].turn_id,))
    assert marked(store) == ["line 2"]
    store.mark((turns[0].turn_id, turns[1].turn_id))
    assert marked(store) == ["line 0", "line 1"]
    store.mark(())
    assert marked(store) == []


def test_a_line_that_comes_later_is_marked_when_it_comes() -> None:
    turns = tuple(eg.turn(i, f"line {i}", Speaker.CALLER) for i in range(2))
    store = TranscriptStore()
    store.mark((turns[1].turn_id,))
    store.show_turns(turns, live=True)
    assert marked(store) == ["line 1"]


def test_another_call_begins_without_marks() -> None:
    turns = tuple(eg.turn(i, f"line {i}", Speaker.CALLER) for i in range(2))
    store = TranscriptStore()
    store.mark((turns[0].turn_id,))
    store.clear()
    store.show_turns(turns, live=True)
    assert marked(store) == []
