"""The test of the tests: each of these mistakes, planted in sync/apply.py, is found by a rule of test_apply.py."""

from collections.abc import Callable
from typing import Any

import pytest

import sync.apply
from sync import apply
from tests.planting import Edit, Instead, Mistake, planted
from tests.sync import test_apply

RULES: dict[str, Callable[[Any], None]] = {
    name: rule for name, rule in vars(test_apply).items() if name.startswith("test_") and callable(rule)
}

MATCHES = "(state.cursor, state.gen, state.epoch) != (ask.cursor, ask.gen, ask.epoch)"


def upserts(right: str, wrong: str) -> tuple[Mistake, ...]:
    """Another statement for every kind of row."""
    texts = {kind: (text, text.replace(right.format(kind=kind), wrong)) for kind, text in apply._UPSERT.items()}
    assert all(text != changed for text, changed in texts.values())
    return tuple(Instead(apply._UPSERT, kind, changed) for kind, (_, changed) in texts.items())


BUGS: dict[str, tuple[Mistake, ...]] = {
    "a stale page is applied": (
        Edit(
            apply.apply_pages,
            f"{MATCHES} or pages[0].since != ask.cursor",
            "False",
        ),
    ),
    "a page of another generation is applied": (
        Edit(
            apply.apply_pages,
            MATCHES,
            "state.cursor != ask.cursor",
        ),
    ),
    "what is new in a delta is not announced as a gap while a stream fills": (
        Edit(
            apply._continue,
            "_write_early(conn, state, delta.epoch, delta.seq, delta.changes)\n        return False",
            "_write_early(conn, state, delta.epoch, delta.seq, delta.changes)\n        return True",
        ),
    ),
    "an older row replaces a newer one": upserts(
        "WHERE excluded.version >= {kind}.version OR excluded.gen > {kind}.gen", ""
    ),
    "a restored row loses against its former version": upserts(" OR excluded.gen > {kind}.gen", ""),
    "rows ahead of the feed may be older than the fill": (Edit(apply._write_early, "and seq >= state.snap", ""),),
    "rows ahead of the feed do not wait for the first page": (
        Edit(
            apply._write_early,
            "if begun and epoch == state.epoch and seq >= state.snap",
            "if not state.complete",
        ),
    ),
    "rows ahead of the feed go on in follow": (Instead(apply, "_EARLY_STAGES", ("window", "backfill", "follow")),),
    "a resync does not sweep": (Edit(apply._move_cursor, "if complete and state.resync:", "if False:"),),
    "a delta with a gap is applied": (Edit(apply._continue, "if delta.prev != state.cursor:", "if False:"),),
    "a delta of another epoch is applied": (Edit(apply._continue, "if delta.epoch != state.epoch:", "if False:"),),
    "tombstones of a page are ignored": (
        Edit(
            apply.apply_pages,
            "        _delete_rows(conn, page.deleted, state, _kinds(ask.stream))\n    _move",
            "    _move",
        ),
    ),
    "the fill begins anew with every page": (
        Edit(apply._move_cursor, "state.snap if state.cursor else first.seq", "first.seq"),
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_found(bug: str) -> None:
    with planted(*BUGS[bug]):
        found = [name for name, rule in RULES.items() if fails(rule)]
    assert found, "no rule notices"


@pytest.mark.parametrize("name", RULES)
def test_without_a_bug_no_rule_complains(name: str) -> None:
    assert not fails(RULES[name])


def fails(rule: Callable[[Any], None]) -> bool:
    try:
        rule(sync.apply)
    except AssertionError:
        return True
    return False
