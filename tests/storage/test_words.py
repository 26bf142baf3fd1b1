"""What was said is found by what is typed: any script, no case, no accents, and nothing typed is a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.storage.words import MOST_PHRASES, endings, line, phrases, places


def found(typed: str, text: str) -> list[str]:
    return [text[start:end] for start, end in places(text, phrases(typed))]


def holds(typed: str, text: str) -> bool:
    return bool(phrases(typed)) and all(phrase.in_line in line(text) for phrase in phrases(typed))


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("balay", "A full Balayage, please", ["Balayage"]),
        ("manana", "¿Mañana a las cinco?", ["Mañana"]),
        ("MAÑANA ", "manana por la tarde", ["manana"]),
        ("cafe", "the cafe\u0301s are closed", ["cafe\u0301s"]),
        ("o'clock", "at nine o'clock sharp", ["o'clock"]),
        ("10:30 fri", "Friday at 10:30", ["Friday", "10:30"]),
        ("予約", "明日の予約をお願いします", ["予約"]),
        ("зап", "Я хочу Записаться", ["Записаться"]),
        ("حجز", "أريد حجز موعد", ["حجز"]),
        ('"cut" OR near*', "or near the cut", ["or", "near", "cut"]),
        ("straße", "in der STRASSE", ["STRASSE"]),
        ("ss", "no such letters", []),
    ],
)
def test_words_are_found_however_they_are_written(typed: str, text: str, marked: list[str]) -> None:
    assert found(typed, text) == marked


def test_a_word_that_is_finished_is_not_the_beginning_of_another() -> None:
    assert holds("cut", "cutting") and not holds("cut ", "cutting")
    assert not holds("utt", "cutting")


def test_pieces_of_one_word_follow_one_another() -> None:
    assert holds("don't", "I don't know") and not holds("don't", "t and don")


def test_a_telephone_number_is_its_digits_however_they_are_grouped() -> None:
    assert [phrase.words for phrase in phrases("+1 (555) 010-4567")] == [("15550104567",)]
    assert endings("+1 (555) 010-4567") == "15550104567 5550104567 0104567 4567"
    assert [phrase.words for phrase in phrases("10:30")] == [("10", "30")]
    assert endings(None) == ""


@given(st.text(max_size=200))
def test_whatever_is_typed_becomes_words(typed: str) -> None:
    looked_for = phrases(typed)
    assert len(looked_for) <= MOST_PHRASES
    for phrase in looked_for:
        assert all(word.isalnum() and word == word.strip() for word in phrase.words)


@given(st.text(max_size=80), st.text(max_size=20))
def test_what_is_marked_is_what_the_line_holds(text: str, typed: str) -> None:
    marked = places(text, phrases(typed))
    assert bool(marked) == any(phrase.in_line in line(text) for phrase in phrases(typed))
    assert all(0 <= start < end <= len(text) for start, end in marked)
    assert list(marked) == sorted(marked)
