"""The test of the tests: each of these mistakes, planted in sync/apply.py, is found by a rule of test_apply.py."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sync.apply
from tests.sync import test_apply

SOURCE = Path(sync.apply.__file__).read_text(encoding="utf-8")
GUARD = '"WHERE excluded.version >= {kind}.version OR excluded.gen > {kind}.gen"'

RULES: dict[str, Callable[[Any], None]] = {
    name: rule for name, rule in vars(test_apply).items() if name.startswith("test_") and callable(rule)
}

BUGS = {
    "a stale page is applied": (
        "(state.cursor, state.gen, state.epoch) != (ask.cursor, ask.gen, ask.epoch) or pages[0].since != ask.cursor",
        "False",
    ),
    "a page of another generation is applied": (
        "(state.cursor, state.gen, state.epoch) != (ask.cursor, ask.gen, ask.epoch)",
        "state.cursor != ask.cursor",
    ),
    "what is new in a delta is not announced as a gap while a stream fills": (
        "_write_early(conn, state, delta.epoch, delta.seq, delta.changes)\n        return False",
        "_write_early(conn, state, delta.epoch, delta.seq, delta.changes)\n        return True",
    ),
    "an older row replaces a newer one": (f"f{GUARD}", '""'),
    "a restored row loses against its former version": (" OR excluded.gen > {kind}.gen", ""),
    "rows ahead of the feed may be older than the fill": ("and seq >= state.snap", ""),
    "rows ahead of the feed do not wait for the first page": (
        "if begun and epoch == state.epoch and seq >= state.snap",
        "if not state.complete",
    ),
    "rows ahead of the feed go on in follow": ('("window", "backfill")', '("window", "backfill", "follow")'),
    "a resync does not sweep": ("if complete and state.resync:", "if False:"),
    "a delta with a gap is applied": ("if delta.prev != state.cursor:", "if False:"),
    "a delta of another epoch is applied": ("if delta.epoch != state.epoch:", "if False:"),
    "tombstones of a page are ignored": (
        "        _delete_rows(conn, page.deleted, state, _kinds(ask.stream))\n    _move",
        "    _move",
    ),
    "the fill begins anew with every page": ("state.snap if state.cursor else first.seq", "first.seq"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_found(bug: str) -> None:
    right, wrong = BUGS[bug]
    assert SOURCE.count(right) == 1
    planted = ModuleType("planted")
    exec(SOURCE.replace(right, wrong), planted.__dict__)
    found = [name for name, rule in RULES.items() if fails(rule, planted)]
    assert found, "no rule notices"


@pytest.mark.parametrize("name", RULES)
def test_without_a_bug_no_rule_complains(name: str) -> None:
    assert not fails(RULES[name], sync.apply)


def fails(rule: Callable[[Any], None], apply: ModuleType) -> bool:
    try:
        rule(apply)
    except AssertionError:
        return True
    return False
