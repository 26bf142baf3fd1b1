"""What the owner has put right: the answer that is given instead of a wrong one, when the same is asked again.

A script asks the same where it has the same line about the same things, however that line was worded in the call in
which it was put right.  Of several answers the narrowest is given: for one client before for all, until a day before
for good, of alike the newest.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from backend_stub.calls_player.desk import Row

ALIKE = 0.6
"""The share of the words of two sentences that is in both."""

FITS = 0.8
"""The share of a line's own words that is in what was said."""

LEAST_WORDS = 4
_GAP = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[^\W_]+")


def things_in(template: str, facts: Mapping[str, str]) -> frozenset[str]:
    """What a caller's words are about, as this call has it: but for who is calling, what their gaps are filled with."""
    names = {name for name in _GAP.findall(template) if not name.startswith("caller")}
    return frozenset(facts[name].casefold() for name in names if name in facts)


def counting(corrections: Iterable[Row], customer_id: str | None, today: date) -> list[Row]:
    """Those that count in a call with this client, or with nobody who is known, on this day; the narrowest first."""
    rows = list(corrections)
    ended = {each for row in rows for each in row["replaces"]}
    found = [
        row
        for row in rows
        if row["id"] not in ended
        and row["customer_id"] in (None, customer_id)
        and (row["last_day"] is None or date.fromisoformat(row["last_day"]) >= today)
    ]
    return sorted(found, key=_narrow, reverse=True)


def _narrow(row: Row) -> tuple[bool, bool, int]:
    return row["customer_id"] is not None, row["last_day"] is not None, row["created_at"]


def answer(said: str, variants: Sequence[str], asked: frozenset[str], corrections: Iterable[Row]) -> str:
    """What is said instead of `said`, one of the `variants` filled; `said` itself where nothing was put right.

    `asked`: what the caller asked about, as `things_in` gives it.  `corrections`: as `counting` gives them.
    """
    for each in corrections:
        about = f"{each['question'] or ''} {each['wrong']}".casefold()
        same = any(_fits(variant, each["wrong"]) for variant in variants) and all(thing in about for thing in asked)
        if each["scope"] != "this_call" and (same or (each["scope"] == "everywhere" and alike(said, each["wrong"]))):
            return each["right"]
    return said


def alike(one: str, other: str) -> bool:
    first, second = _words(one), _words(other)
    return bool(first and second) and len(first & second) >= ALIKE * len(first | second)


def _fits(variant: str, said: str) -> bool:
    """Whether this is how the line was worded; a line of a few words is like too many others."""
    own = _words(_GAP.sub(" ", variant))
    return len(own) >= LEAST_WORDS and len(own & _words(said)) >= FITS * len(own)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
