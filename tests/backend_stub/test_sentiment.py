"""The scorer of transcripts: English words only."""

import pytest

from backend_stub.sentiment import score


def test_words_are_scored_between_minus_one_and_one() -> None:
    angry = score("This is terrible, I am so angry. What a disaster!", "en")
    happy = score("Wonderful, thank you so much, that was lovely!", "en")
    assert angry is not None and happy is not None
    assert -1 <= angry < -0.5 and 0.5 < happy <= 1


def test_the_same_words_have_the_same_score() -> None:
    assert score("I hate waiting.", "en") == score("I hate waiting.", "en-US")


@pytest.mark.parametrize(
    ("text", "language"), [("¡Qué horror, es terrible!", "es"), ("", "en"), ("   ", "en"), ("merci", "fr")]
)
def test_what_cannot_be_scored_has_no_score(text: str, language: str) -> None:
    assert score(text, language) is None
