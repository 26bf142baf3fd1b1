"""Comparing what is typed with what is stored, without case and accents, in SQLite's own operators.

SQLite's LIKE knows the case of English letters only, so a text with others in it is compared by GLOB, with every letter
spelt out in all its forms.
"""

import unicodedata
from functools import lru_cache
from typing import Final

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ß": "s", "æ": "a", "œ": "o"})


def folded(text: str) -> str:
    """The text in small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char)).translate(_PLAIN)


def like(word: str) -> str:
    r"""A LIKE pattern, with ESCAPE '\', for a text that holds the word."""
    return "%{}%".format("".join(f"\\{char}" if char in "\\%_" else char for char in word))


def glob(word: str) -> str:
    """A GLOB pattern for a text that holds the folded word, whatever the case and accents of its letters there."""
    return f"*{''.join(map(_class_of, word))}*"


def glob_start(word: str) -> str:
    """A GLOB pattern for a text that begins with the folded word."""
    return glob(word)[1:]


@lru_cache(maxsize=1024)
def _class_of(char: str) -> str:
    forms = _forms().get(char, "") + "".join({char, char.lower(), char.upper()} - set(_forms().get(char, "")))
    plain = "".join(sorted(form for form in forms if len(form) == 1 and form not in "]^-"))
    return f"[{plain}]" if char.isalpha() or char in "*?[" else char


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    """The accented forms of each Latin letter."""
    forms: dict[str, str] = {}
    for point in (*range(0xAA, 0x250), *range(0x1E00, 0x1F00)):
        plain = folded(chr(point))
        if len(plain) == 1 and plain != chr(point):
            forms[plain] = forms.get(plain, "") + chr(point)
    return forms
