"""The second copy of what only this device knows: always what the database says, whoever writes and whatever breaks."""

import errno
import os
import random
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from client.clock import Clock
from client.storage import mirror
from client.storage.database import Database
from tests.storage.mutations import create, record
from tests.storage.rows import BOOKING, HOUR_MS, NOON_MS, put
from tests.storage.test_damage import fill, gone, last_edit, log, size

OPEN_CONFLICT = (
    "INSERT INTO conflicts (change_id, kind, id, field, why, document, made_at, state) "
    "VALUES (1, 'bookings', 'b', 'slot', 'taken', '{}', 1, 'open')"
)


def test_the_mirror_is_written_before_the_commit_and_taken_back_with_it(path: Path) -> None:
    db = Database.open(path, Clock())
    db.write_blocking(last_edit)
    before = log(path).read_bytes()

    def breaks(conn: sqlite3.Connection) -> None:
        record(conn, create("second"))
        assert db._mirror.note(conn) and log(path).read_bytes() != before
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        db.write_blocking(breaks)
    assert log(path).read_bytes() == before
    db.write_blocking(lambda conn: record(conn, create("third")))
    assert log(path).read_bytes().startswith(before) and b"third" in log(path).read_bytes()
    assert b"second" not in log(path).read_bytes()
    db.close()


@pytest.mark.parametrize("room", [b"", bytes(500)])
@pytest.mark.parametrize("torn", [b"deadbeef {to", b"deadbeef {}\n", b""])
def test_nothing_is_written_to_a_line_that_was_torn(torn: bytes, room: bytes, path: Path) -> None:
    """The power went while it was written; b"" stands for a line that lacks its end alone."""
    db = Database.open(path, Clock())
    db.write_blocking(last_edit)
    db.close()
    whole = log(path).read_bytes()
    log(path).write_bytes((whole + torn if torn else whole.removesuffix(b"\n")) + room)
    db = Database.open(path, Clock())
    db.write_blocking(lambda conn: record(conn, create("second")))
    kept = mirror.read(log(path))
    assert kept.whole and not kept.torn and kept.rows == db.read(mirror.rows_of)
    db.close()


def test_the_mirror_says_nothing_of_what_a_savepoint_took_back(path: Path) -> None:
    db = Database.open(path, Clock())
    db.write_blocking(last_edit)

    def changes_its_mind(conn: sqlite3.Connection) -> None:
        record(conn, create("second"))
        conn.execute("SAVEPOINT here")
        record(conn, create("third"))
        conn.execute("UPDATE outbox SET attempts = attempts + 1")
        conn.execute("ROLLBACK TO here")

    db.write_blocking(changes_its_mind)
    said = {key: row for key, row in mirror.read(log(path)).rows.items() if row is not None}
    assert said == db.read(mirror.rows_of) and len(said) == 2
    db.close()


def test_the_mirror_is_empty_when_nothing_is_pending(path: Path) -> None:
    db = Database.open(path, Clock())
    db.write_blocking(last_edit)
    assert size(log(path)) > 0
    db.write_blocking(lambda conn: conn.execute("DELETE FROM outbox"))
    assert size(log(path)) == 0
    db.close()


@dataclass
class Syncs:
    """When the disk was asked for the mirror: `held` until a test lets go, then each as long as the file was."""

    held: threading.Event = field(default_factory=threading.Event)
    sizes: list[int] = field(default_factory=list[int])
    fails: bool = False

    def wait(self, hurry: threading.Event, _seconds: float) -> None:
        while not (hurry.is_set() or self.held.is_set()):
            time.sleep(0.001)

    def sync(self, handle: int) -> None:
        self.sizes.append(os.fstat(handle).st_size)
        if self.fails:
            raise OSError(errno.EIO, "no")


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> Syncs:
    syncs = Syncs()
    monkeypatch.setattr(mirror, "sync", syncs.sync)
    return syncs


def test_what_is_written_meanwhile_goes_to_the_disk_together(path: Path, syncs: Syncs) -> None:
    db = Database.open(path, Clock(wait=syncs.wait))
    for number in range(5):
        db.write_blocking(lambda conn, number=number: record(conn, create(f"c{number}")))
    assert syncs.sizes == []
    syncs.held.set()
    db._mirror._wait()
    assert syncs.sizes == [size(log(path))], "one sync for five edits, after all were written"
    db.write_blocking(lambda conn: record(conn, create("later")))
    db._mirror._wait()
    assert len(syncs.sizes) == 2
    db.close()


def test_the_disk_has_it_when_the_file_is_closed(path: Path, syncs: Syncs) -> None:
    db = Database.open(path, Clock(wait=syncs.wait))
    db.write_blocking(last_edit)
    assert syncs.sizes == []
    db.close()
    assert syncs.sizes == [size(log(path))]


def test_what_is_not_only_new_is_on_the_disk_before_anybody_is_told(path: Path, syncs: Syncs) -> None:
    """Or what it was before would come back after the power was lost."""
    db = Database.open(path, Clock(wait=syncs.wait))
    db.write_blocking(last_edit)
    db.write_blocking(lambda conn: record(conn, create("second")))
    db.write_blocking(lambda conn: conn.execute(OPEN_CONFLICT))
    assert syncs.sizes == []
    for number, sql in enumerate(
        (
            "UPDATE outbox SET state = 'sent', client_id = 'device', mid = 1 WHERE id = 'second'",
            "DELETE FROM outbox WHERE id = 'second'",
            "UPDATE conflicts SET state = 'resolved'",
        ),
        start=1,
    ):
        db.write_blocking(lambda conn, sql=sql: conn.execute(sql))
        assert syncs.sizes[number - 1 :] == [size(log(path))]
    db.close()


@pytest.mark.parametrize("ends", [True, False])
def test_a_mirror_the_disk_would_not_take_is_written_anew(ends: bool, path: Path, syncs: Syncs) -> None:
    """With the next transaction, whatever it is about, or when the file is closed."""
    db = Database.open(path, Clock(wait=syncs.wait))
    db.write_blocking(fill)
    syncs.fails = True
    db.write_blocking(last_edit)
    db._mirror._wait()
    syncs.fails = False
    before = log(path).stat().st_ino
    if ends:
        db.close()
    else:
        db.write_blocking(lambda conn: conn.execute("UPDATE meta SET v = v"))
    assert log(path).stat().st_ino != before
    db.close()
    db = Database.open(path, Clock())
    assert mirror.read(log(path)).rows == db.read(mirror.rows_of)
    db.close()


def test_nothing_is_written_beside_a_file_that_was_wiped(path: Path, syncs: Syncs) -> None:
    db = Database.open(path, Clock(wait=syncs.wait))
    db.write_blocking(fill)
    syncs.fails = True
    db.write_blocking(last_edit)
    syncs.fails = False
    path.unlink()
    log(path).unlink()
    db.close()
    assert not log(path).exists()


def test_a_long_mirror_is_shortened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "LONGEST", 20_000)
    db = Database.open(path, Clock())
    db.write_blocking(fill)
    for _ in range(100):
        db.write_blocking(lambda conn: conn.execute("UPDATE outbox SET attempts = attempts + 1 WHERE change_id < 9"))
    assert size(log(path)) < 130_000, "never more than twice what it has to say, and a transaction"
    assert mirror.read(log(path)).rows == db.read(mirror.rows_of)
    db.close()


def test_the_mirror_goes_on_in_the_file_that_another_process_has_put_there(path: Path) -> None:
    db, other = Database.open(path, Clock()), Database.open(path, Clock())
    db.write_blocking(last_edit)
    other._writer.submit(lambda: other._mirror.rewrite(other._open_connection())).result()
    db.write_blocking(lambda conn: record(conn, create("second")))
    other.write_blocking(lambda conn: record(conn, create("third")))
    gone(log(path))
    db.write_blocking(lambda conn: record(conn, create("fourth")))
    assert list(mirror.read(log(path)).rows) == [("outbox", 4)]
    other._writer.submit(lambda: other._mirror.rewrite(other._open_connection())).result()
    assert mirror.read(log(path)).rows == db.read(mirror.rows_of)
    other.close()
    db.close()


def test_there_is_room_behind_the_lines_and_it_is_written_to(path: Path) -> None:
    """A file that does not grow is synced in half the time; the room is never more than there are lines."""
    db = Database.open(path, Clock())
    sizes: list[int] = []
    for number in range(12):
        db.write_blocking(lambda conn, number=number: record(conn, create(f"c{number}")))
        sizes.append(size(log(path)))
        said = log(path).read_bytes().rstrip(b"\0")
        assert said.endswith(b"\n") and b"\0" not in said and size(log(path)) <= 2 * len(said)
        read = mirror.read(log(path))
        assert read.rows == db.read(mirror.rows_of) and read.whole and not read.torn
    assert sizes[0] < 1000 and len(set(sizes)) < 8
    db.close()
    db = Database.open(path, Clock())
    before = log(path).read_bytes()
    assert len(before) == sizes[-1], "a sound file is left as it is"
    db.write_blocking(lambda conn: record(conn, create("later")))
    assert log(path).read_bytes().startswith(before.rstrip(b"\0"))
    assert mirror.read(log(path)).rows == db.read(mirror.rows_of)
    db.close()


def test_two_processes_write_into_the_room_by_turns(path: Path) -> None:
    """Whoever writes looks for the end anew: more lines, fewer, or a file that was emptied and filled meanwhile."""
    ours, theirs = Database.open(path, Clock()), Database.open(path, Clock())
    rng = random.Random(7)
    made: list[str] = []
    for number in range(60):
        db = rng.choice((ours, theirs))
        if made and rng.random() < 0.15:
            made.clear()
            db.write_blocking(lambda conn: conn.execute("DELETE FROM outbox"))
        elif rng.random() < 0.2:
            with pytest.raises(ZeroDivisionError):
                db.write_blocking(lambda conn, db=db: (record(conn, create("never")), db._mirror.note(conn), 1 // 0))
        else:
            made.append(f"c{number}")
            db.write_blocking(lambda conn: record(conn, create(made[-1], notes="n" * rng.randrange(600))))
        said = mirror.read(log(path)) if made else mirror.Mirrored(rows={}, whole=True)
        assert said.whole and not said.torn and b"\0" not in log(path).read_bytes().rstrip(b"\0")
        assert [row["id"] for row in said.rows.values() if row] == made
    theirs.close()
    ours.close()


def test_reading_and_syncing_cost_the_mirror_nothing(path: Path) -> None:
    db = Database.open(path, Clock())
    db.write_blocking(lambda conn: put(conn, "bookings", {"id": "b", **BOOKING, "starts_at": NOON_MS + HOUR_MS}))
    assert not log(path).exists()
    db.close()


def test_only_the_owner_can_read_it(path: Path) -> None:
    db = Database.open(path, Clock())
    db.write_blocking(last_edit)
    assert log(path).stat().st_mode & 0o077 == 0
    db._writer.submit(lambda: db._mirror.rewrite(db._open_connection())).result()
    assert log(path).stat().st_mode & 0o077 == 0
    db.close()
