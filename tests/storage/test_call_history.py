"""The history of calls: filtered, searched by what was said, page by page, whatever has been indexed already."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.clock import Clock
from client.models.call_history import CallFilter, Hit
from client.models.calls import Outcome
from client.models.ids import CallId, EmployeeId
from client.storage import call_index, calls, driver, meta, schema
from client.storage.call_history import count, page, wanted
from client.storage.columns import json_text
from client.storage.database import Database
from tests.storage.rows import CALL, HOUR_MS, NOON_MS, TURN, put

ZONE = ZoneInfo("America/Los_Angeles")
DAY_MS = 24 * HOUR_MS
OVER = {**CALL, "status": "ended", "turn_count": 2}


def put_call(conn: sqlite3.Connection, call_id: str, days_ago: float, *said: str, **fields: object) -> None:
    at = NOON_MS - int(days_ago * DAY_MS)
    put(conn, "calls", {**OVER, "id": call_id, "started_at": at, "ended_at": at + 60_000, **fields})
    for number, text in enumerate(said):
        row = {"id": f"{call_id}-{number}", "call_id": call_id, "index": number, "text": text}
        put(conn, "turns", {**TURN, **row, "speaker": "assistant" if number % 2 else "caller"})


def index(conn: sqlite3.Connection) -> None:
    ids = call_index.stale(conn)
    found = [calls.get(conn, call_id) for call_id in ids]
    call_index.put(conn, [call_index.document(c, calls.turns(conn, c.call_id)) for c in found if c])
    call_index.remove(conn, call_index.gone(conn))


def fill(conn: sqlite3.Connection) -> None:
    put_call(conn, "balayage", 40, "Do you do balayage?", "Yes, on Friday at 10:30.", "Then Friday.")
    put_call(conn, "mañana", 2, "¿Mañana a las cinco?", "Sí, mañana.", caller_name="María Gómez", outcome="booked")
    put_call(
        conn,
        "flagged",
        1,
        "My balayage went wrong",
        "I'm sorry.",
        flags=json_text([{"turn_id": "x", "label": "went wrong"}]),
    )
    put_call(conn, "missed", 0.5, outcome="missed", caller_phone="+1 555 010 4567")
    put_call(conn, "jade", 0.2, "A quote for balayage on friday", "Sure.", employee_id="jade", employee_name="Jade")
    put_call(conn, "live", 0.1, "balayage now", status="live", ended_at=None)


@pytest.fixture(params=[True, False], ids=["fts5", "plain"])
def conn(request: pytest.FixtureRequest, path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """With an SQLite that can index words, and with one that cannot."""
    if not request.param:
        monkeypatch.setattr("client.storage.schema.has_fts5", lambda _: False)
    Database.open(path, Clock()).close()
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA trusted_schema = OFF")
    fill(conn)
    index(conn)
    yield conn
    conn.close()


def ask(conn: sqlite3.Connection, typed: str = "", which: CallFilter | None = None, limit: int = 20) -> list[Hit]:
    return page(conn, wanted(conn, typed, which or CallFilter(), ZONE), limit)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.call.call_id for hit in hits]


def test_all_that_are_over_newest_first(conn: sqlite3.Connection) -> None:
    assert ids(ask(conn)) == ["jade", "missed", "flagged", "mañana", "balayage"]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (CallFilter(employee_id=EmployeeId("jade")), ["jade"]),
        (CallFilter(outcome=Outcome.MISSED), ["missed"]),
        (CallFilter(flagged=True), ["flagged"]),
        (CallFilter(first=date(2025, 11, 22)), ["jade", "missed", "flagged"]),
        (CallFilter(last=date(2025, 10, 20)), ["balayage"]),
        (CallFilter(first=date(2025, 11, 21), last=date(2025, 11, 21)), ["mañana"]),
        (CallFilter(first=date(2025, 11, 21), outcome=Outcome.BOOKED), ["mañana"]),
        (CallFilter(employee_id=EmployeeId("nobody")), []),
    ],
)
def test_filters_all_hold(conn: sqlite3.Connection, which: CallFilter, expected: list[str]) -> None:
    assert ids(ask(conn, "", which)) == expected
    assert count(conn, wanted(conn, "", which, ZONE), 100) == len(expected)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("balayage", ["jade", "flagged", "balayage"]),
        ("bal", ["jade", "flagged", "balayage"]),
        ("friday balayage", ["jade", "balayage"]),
        ("MANANA cinco", ["mañana"]),
        ("maria", ["mañana"]),
        ("4567", ["missed"]),
        ("555-010-4567", ["missed"]),
        ("10:30", ["balayage"]),
        ("balayage xylophone", []),
        ("balayage) OR words:*", []),
        ("NEAR(balayage friday)", []),
        ("'; DROP TABLE calls; --", []),
    ],
)
def test_what_was_said_is_found_newest_first(conn: sqlite3.Connection, typed: str, expected: list[str]) -> None:
    assert ids(ask(conn, typed)) == expected
    assert count(conn, wanted(conn, typed, CallFilter(), ZONE), 100) == len(expected)


def test_words_and_filters_together(conn: sqlite3.Connection) -> None:
    assert ids(ask(conn, "balayage", CallFilter(flagged=True))) == ["flagged"]
    assert ids(ask(conn, "balayage", CallFilter(last=date(2025, 11, 1)))) == ["balayage"]
    assert ids(ask(conn, "balayage", CallFilter(first=date(2025, 11, 20)))) == ["jade", "flagged"]


def test_the_lines_that_match_best_are_shown_with_the_words_marked(conn: sqlite3.Connection) -> None:
    (hit,) = ask(conn, "friday 10:30")[:1]
    assert [(line.turn_id, [line.text[a:b] for a, b in line.spans]) for line in hit.lines] == [
        ("balayage-1", ["Friday", "10:30"]),
        ("balayage-2", ["Friday"]),
    ]
    assert ask(conn, "maria")[0].lines == ()


def test_pages_follow_one_another_both_ways(conn: sqlite3.Connection) -> None:
    for number in range(30):
        put_call(conn, f"more-{number:02}", 3 + number // 3, "balayage again")
    index(conn)
    for typed in ("", "balayage"):
        asked = wanted(conn, typed, CallFilter(), ZONE)
        everything = page(conn, asked, 100)
        first = page(conn, asked, 10)
        rest = page(conn, asked, 100, first[-1].key)
        assert ids(first) + ids(rest)[1:] == ids(everything)
        assert ids(page(conn, asked, 4, everything[20].key, upwards=True)) == ids(everything)[16:20]


def test_a_call_that_changed_is_indexed_anew_and_one_that_is_gone_is_forgotten(conn: sqlite3.Connection) -> None:
    version = call_index.newest_version(conn)
    conn.execute("UPDATE turns SET text = 'A haircut', version = 9 WHERE id = 'jade-0'")
    conn.execute("DELETE FROM calls WHERE id = 'flagged'")
    put_call(conn, "new", 0, "balayage today", version=11)
    assert call_index.changed_since(conn, version) == ["new", "jade"]
    assert call_index.stale(conn) == ["new", "jade"]
    assert call_index.gone(conn) == ["flagged"]
    index(conn)
    assert ids(ask(conn, "balayage")) == ["new", "balayage"]
    assert ids(ask(conn, "haircut")) == ["jade"]
    conn.execute("DELETE FROM turns WHERE id = 'balayage-1'")
    assert call_index.stale(conn) == ["balayage"]


def test_what_is_not_yet_indexed_anew_shows_no_line_that_is_not_there(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE turns SET text = 'A haircut', version = 9 WHERE id = 'jade-0'")
    assert ask(conn, "balayage")[0].lines == ()


def test_calls_of_one_second_keep_apart(conn: sqlite3.Connection) -> None:
    for number in range(40):
        put_call(conn, f"same-{number}", 5, "zebra")
    index(conn)
    assert sorted(ids(ask(conn, "zebra", limit=100))) == sorted(f"same-{n}" for n in range(40))


def test_another_sqlite_makes_the_index_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for has in (True, False, True):
        monkeypatch.setattr("client.storage.schema.has_fts5", lambda _, has=has: has)
        db = Database.open(path, Clock())
        if not db.read(lambda c: calls.get(c, CallId("balayage"))):
            db.write_blocking(fill)
        assert db.read(call_index.stale) and db.read(call_index.has_words) is has
        db.write_blocking(index)
        assert ids(db.read(lambda c: ask(c, "friday"))) == ["jade", "balayage"]
        db.close()


@pytest.mark.skipif(not driver.is_available(), reason="there is no SQLCipher for this platform")
def test_the_index_goes_along_when_a_plain_file_is_encrypted(path: Path) -> None:
    db = Database.open(path, Clock())
    db.write_blocking(fill)
    db.write_blocking(index)
    db.close()
    db = Database.open(path, Clock(), key=bytes(range(32)))
    assert ids(db.read(lambda c: ask(c, "friday"))) == ["jade", "balayage"]
    db.write_blocking(lambda c: put_call(c, "later", 0, "On friday then", version=20))
    db.write_blocking(index)
    assert ids(db.read(lambda c: ask(c, "friday"))) == ["later", "jade", "balayage"]
    db.close()


def test_what_is_left_is_known(conn: sqlite3.Connection) -> None:
    assert call_index.left(conn) is None
    call_index.put_left(conn, 12)
    assert call_index.left(conn) == 12
    meta.put(conn, "client_id", "c")
    assert call_index.source(conn, transcripts=True) is None
    conn.execute("UPDATE streams SET complete = 1, epoch = 'e' WHERE name = 'core'")
    assert call_index.source(conn, transcripts=True) is None
    assert call_index.source(conn, transcripts=False) is not None


WORDS = st.sampled_from(["ana", "ánä", "Cut", "cutting", "10:30", "don't", "予約", "no"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=4), min_size=1, max_size=8), st.lists(WORDS, min_size=1, max_size=2))
def test_the_index_finds_what_looking_at_every_call_would(said: list[list[str]], typed: list[str]) -> None:
    conn = memory()
    for number, words in enumerate(said):
        put_call(conn, f"c{number}", number, " ".join(words), version=random.Random(number).randrange(9))
    index(conn)
    asked = wanted(conn, " ".join(typed), CallFilter(), ZONE)
    expected = [
        f"c{number}"
        for number, words in enumerate(said)
        if all(phrase.in_line in call_index.line(" ".join(words)) for phrase in asked.looked_for)
    ]
    assert ids(page(conn, asked, 100)) == expected
    conn.close()


def memory() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(conn)
    call_index.prepare(conn)
    return conn


def test_days_are_those_of_the_business(conn: sqlite3.Connection) -> None:
    put_call(conn, "evening", 0.75, "zebra")
    which = CallFilter(first=date(2025, 11, 22), last=date(2025, 11, 22))
    assert "evening" in ids(ask(conn, "", which))
    assert "evening" not in ids(page(conn, wanted(conn, "", which, ZoneInfo("Pacific/Kiritimati")), 9))
