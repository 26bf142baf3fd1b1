"""The database file: transactions, announcements, other processes, and everything that can happen to a file."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from client.clock import Clock
from client.storage import meta, outbox
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged, DatabaseTooNew, DatabaseUnavailable, DiskFull
from client.storage.opening import move_aside
from tests.storage.rows import BOOKING, put


def add_booking(conn: sqlite3.Connection, booking_id: str = "b1") -> None:
    put(conn, "bookings", {"id": booking_id, **BOOKING})


def count(conn: sqlite3.Connection) -> int:
    return conn.execute("SELECT count(*) FROM bookings").fetchone()[0]


def spoil(path: Path) -> None:
    """Overwrite all but the first page."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


class Announced:
    """Collects announcements and waits for them."""

    def __init__(self, db: Database, *tables: str) -> None:
        self.seen: list[frozenset[str]] = []
        self._changed = asyncio.Event()
        self.stop = db.subscribe(tables, self._hear)

    def _hear(self, touched: frozenset[str]) -> None:
        self.seen.append(touched)
        self._changed.set()

    async def next(self) -> frozenset[str]:
        await asyncio.wait_for(self._changed.wait(), 5)
        self._changed.clear()
        return self.seen[-1]


async def test_what_was_written_is_read(db: Database) -> None:
    await db.write(add_booking)
    assert db.read(count) == 1
    assert await db.read_in_thread(count) == 1


def test_writing_without_a_loop(db: Database) -> None:
    db.write_blocking(add_booking)
    assert db.read(count) == 1


async def test_settings_of_every_connection(db: Database) -> None:
    def settings(conn: sqlite3.Connection) -> tuple[str, int, int, int]:
        names = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        mode, *rest = (conn.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
        return (mode, *rest)

    assert await db.write(settings) == ("wal", 2, 1, 0)
    assert db.read(lambda conn: conn.execute("PRAGMA query_only").fetchone()[0]) == 1
    with pytest.raises(DatabaseUnavailable, match="readonly"):
        db.read(add_booking)


async def test_a_write_that_raises_leaves_nothing_and_announces_nothing(db: Database) -> None:
    announced = Announced(db, "bookings")

    def halfway(conn: sqlite3.Connection) -> None:
        add_booking(conn)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await db.write(halfway)
    assert db.read(count) == 0
    await db.write(lambda conn: add_booking(conn, "b2"))
    assert await announced.next() == {"bookings"}
    assert len(announced.seen) == 1


async def test_only_touched_tables_are_announced_after_the_commit(db: Database) -> None:
    counts: list[int] = []
    stop = db.subscribe({"bookings", "calls"}, lambda _: counts.append(db.read(count)))
    others = Announced(db, "calls", "leads")
    await db.write(add_booking)
    assert counts == [1]
    await db.write(lambda conn: put(conn, "meta", {"k": "a", "v": "b"}))
    assert counts == [1]
    assert others.seen == []
    stop()
    await db.write(lambda conn: add_booking(conn, "b2"))
    assert counts == [1]


async def test_a_repeated_statement_is_announced_every_time(db: Database) -> None:
    """SQLite names a statement's tables when it prepares it, so a cached one would stay silent."""
    announced = Announced(db, "meta")
    for value in ("1", "2", "3"):
        await db.write(lambda conn, value=value: meta.put(conn, "key", value))
        await announced.next()
    assert len(announced.seen) == 3


async def test_bulk_deletes_and_upserts_are_announced(db: Database) -> None:
    await db.write(lambda conn: conn.executemany("INSERT INTO meta VALUES (?, ?)", [("a", "1"), ("b", "1")]))
    announced = Announced(db, "meta")
    await db.write(lambda conn: conn.execute("DELETE FROM meta"))
    assert await announced.next() == {"meta"}


async def test_a_transaction_that_changes_nothing_is_not_announced(db: Database) -> None:
    announced = Announced(db, "bookings")
    await db.write(lambda conn: conn.execute("DELETE FROM bookings WHERE id = 'none'"))
    await db.write(add_booking)
    await announced.next()
    assert len(announced.seen) == 1


async def test_a_read_sees_one_state_throughout(db: Database) -> None:
    written = threading.Event()

    def twice(conn: sqlite3.Connection) -> tuple[int, int]:
        before = count(conn)
        assert written.wait(5)
        return before, count(conn)

    reading = asyncio.create_task(db.read_in_thread(twice))
    await asyncio.sleep(0)
    await db.write(add_booking)
    written.set()
    before, after = await reading
    assert before == after
    assert db.read(count) == 1


async def test_another_process_is_noticed(db: Database, path: Path) -> None:
    ticks: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(_: float) -> None:
        await ticks.get()

    db._clock = Clock(sleep=sleep)
    announced = Announced(db, "bookings", "calls")
    watching = asyncio.create_task(db.watch_other_processes())
    await db.write(add_booking)
    await announced.next()
    ticks.put_nowait(None)
    with sqlite3.connect(path) as other:
        add_booking(other, "b2")
    other.close()
    ticks.put_nowait(None)
    assert await announced.next() == {"bookings", "calls"}
    assert len(announced.seen) == 2
    watching.cancel()
    await asyncio.wait((watching,))


async def test_a_full_disk_loses_nothing_and_says_so(db: Database) -> None:
    await db.write(add_booking)

    def fill(conn: sqlite3.Connection) -> None:
        for number in range(10_000):
            add_booking(conn, f"more-{number}")

    pages = await db.write(lambda conn: conn.execute("PRAGMA page_count").fetchone()[0])
    await asyncio.wrap_future(db._writer.submit(db._pragmas, f"PRAGMA max_page_count = {pages + 2}"))
    with pytest.raises(DiskFull):
        await db.write(fill)
    assert db.read(count) == 1
    await asyncio.wrap_future(db._writer.submit(db._pragmas, "PRAGMA max_page_count = 1073741823"))
    await db.write(lambda conn: add_booking(conn, "b2"))
    assert db.read(count) == 2


def test_a_file_that_is_no_database_is_refused_and_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not a database" * 500)
    with pytest.raises(DatabaseDamaged):
        Database.open(path, Clock())
    assert path.read_bytes().startswith(b"this is not")


def test_a_damaged_file_is_moved_aside_and_a_fresh_one_begun(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not a database" * 500)
    db, aside = Database.open_or_replace(path, Clock())
    assert aside is not None and ".corrupt-" in aside.name
    assert aside.read_bytes().startswith(b"this is not")
    assert db.read(count) == 0
    db.close()


async def test_damage_while_running_is_repaired_in_place(db: Database, path: Path) -> None:
    await db.write(lambda conn: [add_booking(conn, f"b{number}") for number in range(2000)])
    assert db.read(count) == 2000
    announced = Announced(db, "bookings")
    await asyncio.wrap_future(db._writer.submit(db._pragmas, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory"))
    spoil(path)
    with pytest.raises(DatabaseDamaged):
        await db.write(lambda conn: conn.execute("UPDATE bookings SET notes = 'x'"))
    aside = await db.start_afresh()
    assert aside.exists()
    assert await announced.next() == {"bookings"}
    assert db.read(count) == 0
    await db.write(add_booking)
    assert db.read(count) == 1


async def test_a_replaced_file_is_noticed_by_the_other_copy(db: Database, path: Path) -> None:
    ticks: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(_: float) -> None:
        await ticks.get()

    await db.write(add_booking)
    db._clock = Clock(sleep=sleep)
    announced = Announced(db, "bookings")
    move_aside(path, Clock())
    Database.open(path, Clock()).close()
    watching = asyncio.create_task(db.watch_other_processes())
    ticks.put_nowait(None)
    await announced.next()
    assert db.read(count) == 0
    watching.cancel()
    await asyncio.wait((watching,))


def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    Database.open(path, Clock()).close()
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA user_version = 99")
    conn.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew) as refused:
        Database.open(path, Clock())
    assert refused.value.found == 99
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_folder_in_the_place_of_the_file_is_unavailable(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(DatabaseUnavailable):
        Database.open(path, Clock())


def test_each_file_has_a_client_id_of_its_own_for_good(path: Path, tmp_path: Path) -> None:
    ids: list[str | None] = []
    for where in (path, path, tmp_path / "other.db"):
        db = Database.open(where, Clock())
        ids.append(db.read(lambda conn: meta.get(conn, "client_id")))
        db.close()
    assert ids[0] is not None
    assert ids[0] == ids[1] != ids[2]


def test_text_search_is_probed(db: Database) -> None:
    assert db.read(lambda conn: meta.get(conn, "fts5")) in ("0", "1")


def test_late_indexes_come_back_for_a_filled_database(path: Path) -> None:
    def indexes(conn: sqlite3.Connection) -> set[str]:
        return {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}

    db = Database.open(path, Clock())
    assert "bookings_by_start" not in db.read(indexes)
    db.write_blocking(lambda conn: conn.execute("UPDATE streams SET ccursor = 'c' WHERE name = 'core'"))
    db.close()
    db = Database.open(path, Clock())
    assert "bookings_by_start" in db.read(indexes)
    db.close()


def test_closing_twice_is_harmless_and_folds_the_log(path: Path) -> None:
    db = Database.open(path, Clock())
    db.write_blocking(add_booking)
    db.read(count)
    db.close()
    db.close()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_nothing_waits_in_a_fresh_outbox(db: Database) -> None:
    assert db.read(outbox.waiting) == 0
