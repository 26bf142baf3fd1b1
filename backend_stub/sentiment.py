"""How the words of a turn feel: the scorer of every transcript.

It reads words, never a voice, and it knows English only; what it cannot score it says nothing about.
"""

from functools import cache, lru_cache
from typing import Protocol, cast

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # pyright: ignore[reportMissingTypeStubs]


class _Scorer(Protocol):
    def polarity_scores(self, text: str) -> dict[str, float]: ...


@cache
def _scorer() -> _Scorer:
    return cast(_Scorer, SentimentIntensityAnalyzer())


@lru_cache(maxsize=8192)
def _compound(text: str) -> float:
    return round(_scorer().polarity_scores(text)["compound"], 4)


def score(text: str, language: str) -> float | None:
    """VADER's compound score, −1 (bad) to 1 (good); None for other languages than English and for empty text."""
    if not language.lower().startswith("en") or not text.strip():
        return None
    return _compound(text)
