"""Texts as words that can be looked for: without case, accents and marks, in any script.

What is kept to be searched and what is typed go through the same function here, so that they cannot disagree.  A line
of words has a space before and after each, so that whole words are looked for as plain text.  Scripts that put no
spaces between words are taken letter by letter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from client.models.call_history import Spans
from client.storage.letters import folded

MOST_PHRASES: Final = 8
LONGEST_WORD: Final = 40
LEAST_DIGITS: Final = 7
"""Fewer are not taken for a telephone number."""

_PLAIN: Final = re.compile(r"[a-z0-9]+")
_MARKS: Final = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670"
_RUN: Final = re.compile(rf"(?:[^\W_][{_MARKS}]*)+")
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_IN_NUMBERS: Final = frozenset("0123456789+-./() ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words that follow one another.  `open`: the last of them may go on, because it is still being typed."""

    words: tuple[str, ...]
    open: bool

    @property
    def in_line(self) -> str:
        """What a line of words holds where the phrase is in it."""
        return f" {' '.join(self.words)}{'' if self.open else ' '}"


def line(text: str) -> str:
    """The text as a line of words."""
    words = _PLAIN.findall(text.lower()) if text.isascii() else [word for word, _, _ in _words(text)]
    return f" {' '.join(words)} "


def phrases(typed: str) -> tuple[Phrase, ...]:
    """What is looked for: everything between two spaces is a phrase, and all of them must occur."""
    if digits := _number(typed):
        return (Phrase(words=(digits,), open=True),)
    pieces = [[word[:LONGEST_WORD] for word, _, _ in _words(piece)] for piece in typed.split()]
    found = [tuple(words) for words in pieces if words][:MOST_PHRASES]
    last = len(found) - 1 if typed[-1:].isalnum() else len(found)
    return tuple(Phrase(words=words, open=number == last) for number, words in enumerate(found))


def places(text: str, looked_for: Sequence[Phrase]) -> Spans:
    """Where in the text the phrases stand; those that overlap are one."""
    words = _words(text)
    found = sorted(span for phrase in looked_for for span in _places_of(phrase, words))
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def endings(phone: str | None) -> str:
    """The digits of a telephone number, and its ends that people remember it by, as words."""
    digits = "".join(char for char in phone or "" if char.isascii() and char.isdigit())
    return " ".join(dict.fromkeys(digits[-length:] for length in (len(digits), 10, 7, 4) if digits))


def _places_of(phrase: Phrase, words: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
    count = len(phrase.words)
    *before, last = phrase.words
    for at in range(len(words) - count + 1):
        ending, _, end = words[at + count - 1]
        fits = ending.startswith(last) if phrase.open else ending == last
        if fits and [word for word, _, _ in words[at : at + count - 1]] == before:
            yield words[at][1], end


def _words(text: str) -> list[tuple[str, int, int]]:
    """Each word, folded, with where it stands in the text."""
    if text.isascii():
        return [(word.group(), word.start(), word.end()) for word in _PLAIN.finditer(text.lower())]
    return list(_words_of_any_script(text))


def _words_of_any_script(text: str) -> Iterator[tuple[str, int, int]]:
    for run in _RUN.finditer(text):
        at = run.start()
        for piece in _pieces(run.group()):
            word = "".join(filter(str.isalnum, folded(piece)))
            if word:
                yield word, at, at + len(piece)
            at += len(piece)


def _pieces(run: str) -> list[str]:
    if run.isascii() or not _UNSPACED.search(run):
        return [run]
    return [piece for piece in re.split(f"({_UNSPACED.pattern})", run) if piece]


def _number(typed: str) -> str:
    """The digits of what can only be a telephone number; times and dates are not."""
    digits = "".join(char for char in typed if char.isascii() and char.isdigit())
    return digits if len(digits) >= LEAST_DIGITS and set(typed) <= _IN_NUMBERS else ""
