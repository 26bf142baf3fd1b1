"""Texts that an owner types, as the server takes them: without blanks around them, readable, not too long."""

import unicodedata
from typing import Final

from client.editing.refusals import NotAllowed, Why

NAME: Final = 120
NOTES: Final = 2000
REASON: Final = 300
MESSAGE: Final = 480
PHONE: Final = 40
EMAIL: Final = 254
ADDRESS: Final = 2000


def line(text: str, field: str, longest: int, missing: Why) -> str:
    """One line that must not be empty.  Raises NotAllowed."""
    found = line_or_none(text, field, longest)
    if found is None:
        raise NotAllowed(missing, field=field)
    return found


def line_or_none(text: str | None, field: str, longest: int) -> str | None:
    return _checked(text, field, longest, lines=False)


def lines_or_none(text: str | None, field: str, longest: int) -> str | None:
    """Several lines, None for nothing but blanks."""
    return _checked(text.replace("\r\n", "\n").replace("\r", "\n") if text else None, field, longest, lines=True)


def _checked(text: str | None, field: str, longest: int, *, lines: bool) -> str | None:
    stripped = (text or "").strip()
    if not stripped:
        return None
    if len(stripped) > longest:
        raise NotAllowed(Why.TEXT_TOO_LONG, field=field)
    if not stripped.isprintable() and any(_is_unreadable(char, lines) for char in stripped):
        raise NotAllowed(Why.TEXT_UNREADABLE, field=field)
    return stripped


def _is_unreadable(char: str, lines: bool) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") and not (lines and char in "\n\t")
