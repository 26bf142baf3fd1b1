"""A commit announces the tables it wrote, the hundredth time a statement runs as well as the first."""

import sqlite3
from pathlib import Path

import pytest

from client.storage import noting
from client.storage.noting import NotingConnection

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def conn() -> NotingConnection:
    conn = sqlite3.connect(":memory:", isolation_level=None, factory=NotingConnection)
    conn.execute("CREATE TABLE a (n INTEGER)")
    conn.execute("CREATE TABLE b (n INTEGER UNIQUE)")
    assert isinstance(conn, NotingConnection)
    conn.begin_noting()
    return conn


def touched(conn: NotingConnection) -> set[str] | None:
    found, conn.touched = conn.touched, set()
    return found


def test_a_statement_that_is_kept_prepared_still_says_what_it_writes(conn: NotingConnection) -> None:
    for _ in range(3):
        conn.execute("INSERT INTO a VALUES (?)", (1,))
        assert touched(conn) == {"a"}
        conn.executemany("INSERT INTO a VALUES (?)", [(1,), (2,)])
        assert touched(conn) == {"a"}
        conn.execute("SELECT * FROM a").fetchall()
        assert touched(conn) == set()


def test_several_statements_add_up_in_any_order(conn: NotingConnection) -> None:
    for _ in range(3):
        conn.execute("DELETE FROM b")
        conn.execute("UPDATE a SET n = n + 1")
        conn.execute("SELECT 1").fetchall()
        assert touched(conn) == {"a", "b"}


def test_what_a_trigger_writes_counts(conn: NotingConnection) -> None:
    conn.execute("CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (new.n); END")
    touched(conn)
    for number in range(3):
        conn.execute("INSERT INTO a VALUES (?)", (number,))
        assert touched(conn) == {"a", "b"}


def test_a_statement_that_failed_is_known_the_next_time(conn: NotingConnection) -> None:
    conn.execute("INSERT INTO b VALUES (1)")
    for _ in range(2):
        touched(conn)
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute("INSERT INTO b VALUES (?)", (1,))
        with pytest.raises(sqlite3.OperationalError):
            conn.execute("INSERT INTO nowhere VALUES (1)")
        assert touched(conn) == {"b"}
    conn.execute("INSERT INTO b VALUES (?)", (2,))
    assert touched(conn) == {"b"}


def test_a_table_made_after_a_statement_failed_is_noted(conn: NotingConnection) -> None:
    with pytest.raises(sqlite3.OperationalError):
        conn.execute("INSERT INTO later VALUES (1)")
    conn.execute("CREATE TABLE later (n INTEGER)")
    touched(conn)
    conn.execute("INSERT INTO later VALUES (1)")
    assert touched(conn) == {"later"}


def test_texts_without_end_do_not_fill_the_memory(conn: NotingConnection) -> None:
    for number in range(3 * noting._MOST_TEXTS):
        conn.execute(f"INSERT INTO a VALUES ({number})")
        assert touched(conn) == {"a"}
    assert len(conn._written_by) <= noting._MOST_TEXTS


def test_what_is_forgotten_is_found_out_again_though_the_statement_is_still_prepared(conn: NotingConnection) -> None:
    kept = "INSERT INTO b VALUES (?)"
    for number in range(noting._MOST_TEXTS + 50):
        conn.execute(kept, (number,))
        assert touched(conn) == {"b"}, number
        conn.execute(f"UPDATE a SET n = {number}")
        assert touched(conn) == {"a"}, number


def test_nobody_writes_past_it() -> None:
    for folder in ("client", "sync"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert ".cursor(" not in text and "executescript(" not in text, path
