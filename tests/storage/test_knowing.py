"""What a connection knows by heart is what is written in the file, whoever wrote it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.clock import Clock
from client.storage import knowing
from client.storage.database import Database


class Broken(Exception):
    pass


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    db = Database.open(path, Clock())
    reads.clear()
    yield db
    db.close()


reads: list[str] = []


def skew(conn: sqlite3.Connection) -> str | None:
    """A fact of the file, noted each time it is really read."""
    found = conn.execute("SELECT v FROM meta WHERE k = 'skew_s'").fetchone()
    reads.append("read")
    return found[0] if found else None


def know(conn: sqlite3.Connection) -> str | None:
    return knowing.once(conn, skew, ("meta",))


def put(conn: sqlite3.Connection, value: str) -> None:
    conn.execute("INSERT INTO meta VALUES ('skew_s', ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v", (value,))


def test_it_is_read_once(db: Database) -> None:
    for _ in range(3):
        assert db.write_blocking(know) is None
        db.write_blocking(lambda conn: conn.execute("UPDATE staff SET active = 1"))
    assert len(reads) == 1


def test_it_is_read_again_when_this_connection_has_written(db: Database) -> None:
    for value in ("1", "2", "3"):
        db.write_blocking(lambda conn, value=value: put(conn, value))
        assert db.write_blocking(know) == value

    def within_one_transaction(conn: sqlite3.Connection) -> list[str | None]:
        before = know(conn)
        put(conn, "4")
        return [before, know(conn)]

    assert db.write_blocking(within_one_transaction) == ["3", "4"]


def test_it_is_read_again_when_another_connection_has_written(db: Database, path: Path) -> None:
    db.write_blocking(lambda conn: put(conn, "1"))
    assert db.write_blocking(know) == "1"
    other = sqlite3.connect(path, isolation_level=None)
    put(other, "2")
    assert db.write_blocking(know) == "2"
    other.close()


@pytest.mark.parametrize("taken_back_by", ["an error", "a savepoint"])
def test_what_is_taken_back_was_never_known(db: Database, taken_back_by: str) -> None:
    db.write_blocking(lambda conn: put(conn, "1"))

    def change_of_mind(conn: sqlite3.Connection) -> str | None:
        conn.execute("SAVEPOINT here")
        put(conn, "2")
        assert know(conn) == "2"
        if taken_back_by == "an error":
            raise Broken
        conn.execute("ROLLBACK TO here")
        return know(conn)

    if taken_back_by == "an error":
        with pytest.raises(Broken):
            db.write_blocking(change_of_mind)
    else:
        assert db.write_blocking(change_of_mind) == "1"
    assert db.write_blocking(know) == "1"


def test_a_reading_connection_always_reads(db: Database) -> None:
    assert [db.read(know), db.read(know)] == [None, None]
    assert len(reads) == 2
