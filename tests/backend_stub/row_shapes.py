"""The field lists of docs/api.md as a checker: read from the page itself, so that it cannot agree with the stub."""

import re
from functools import cache
from pathlib import Path
from typing import Any

_PAGE = Path(__file__).parents[2] / "docs" / "api.md"
_ROW = re.compile(r"^\*\*(\w+)\*\*[^`{]*`(\{.*?\})`(?= |$|\n)", re.M)
_FIELD = re.compile(r"(\w+)(\?)?(?::(.*))?$", re.S)


@cache
def fields_of(kind: str) -> dict[str, tuple[bool, frozenset[str]]]:
    """Field name to (may be null, the values it may have; empty when free)."""
    found = dict(_ROW.findall(_PAGE.read_text(encoding="utf-8")))
    return {name: (optional, values) for name, optional, values in _split(found[kind][1:-1])}


def _split(text: str) -> list[tuple[str, bool, frozenset[str]]]:
    parts, depth, start = [], 0, 0
    quoted = False
    for at, letter in enumerate(text):
        quoted ^= letter == '"'
        depth += 0 if quoted else (letter in "{[") - (letter in "}]")
        if letter == "," and not depth and not quoted:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [_field(part.strip()) for part in parts]


def _field(part: str) -> tuple[str, bool, frozenset[str]]:
    found = _FIELD.match(part)
    assert found, part
    listed = re.fullmatch(r'"([^"]*)"', (found[3] or "").strip())
    values = frozenset(listed[1].split("|")) if listed and "|" in listed[1] else frozenset[str]()
    return found[1], bool(found[2]), values


# "en|es" and the like are in the lists; these are the instants, ids and counts, by name.
_INSTANT = re.compile(r".*_(at|since|until)$")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_WHOLE = re.compile(r".*(_cents|_minutes|_seconds|_count|_index|^index|^score|_bookings|^no_shows)$")


@cache
def _is_whole(name: str) -> bool:
    return bool(_INSTANT.match(name) or _WHOLE.match(name))


def complaints(kind: str, row: dict[str, Any]) -> list[str]:
    """What is wrong with a document, in words; empty when it is as the contract says."""
    fields = fields_of(kind)
    found = [f"{kind}.{name} is missing" for name in fields.keys() - row.keys()]
    found += [f"{kind}.{name} is not in the contract" for name in row.keys() - fields.keys()]
    for name in fields.keys() & row.keys():
        value, (optional, values) = row[name], fields[name]
        if value is None:
            found += [] if optional else [f"{kind}.{name} is null"]
        elif values and value not in values:
            found.append(f"{kind}.{name} is {value!r}")
        elif type(value) is not int and _is_whole(name):
            found.append(f"{kind}.{name} is not a whole number")
        elif name == "id" and not _UUID7.fullmatch(value):
            found.append(f"{kind}.id is no UUIDv7")
    return found
