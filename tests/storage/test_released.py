"""Every schema that was ever released opens and keeps what only the device knew.

`released/<number>.db` was written by the app of that schema and is never changed again; a new schema adds a file.
"""

import shutil
import sqlite3
from pathlib import Path

import pytest

from client.clock import Clock
from client.models.ids import BookingId
from client.storage import bookings, cursors, meta, outbox, schema, tallying
from client.storage.database import Database

RELEASED = sorted((Path(__file__).parent / "released").glob("*.db"))


def test_every_known_schema_was_kept() -> None:
    assert [int(path.stem) for path in RELEASED] == list(range(1, schema.KNOWN + 1))


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_a_released_file_opens_and_keeps_everything(released: Path, tmp_path: Path) -> None:
    path = tmp_path / "chatty.db"
    shutil.copy(released, path)
    db = Database.open(path, Clock())
    assert db.read(schema.version) == schema.KNOWN
    assert db.read(outbox.waiting) == 1
    assert db.read(lambda conn: meta.get(conn, "client_id")) == "019a0000-0000-7000-8000-00000000c11e"
    booking = db.read(lambda conn: bookings.get(conn, BookingId("019a0000-0000-7000-8000-000000000050")))
    assert booking is not None and booking.customer_name == "Maria Lopez"
    assert db.read(lambda conn: cursors.stream(conn, "core")).ccursor == "cursor-1"
    db.close()


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_migrated_and_fresh_files_have_the_same_shape(released: Path, tmp_path: Path) -> None:
    old, fresh = tmp_path / "old.db", tmp_path / "fresh.db"
    shutil.copy(released, old)
    for path in (old, fresh):
        Database.open(path, Clock()).close()
    assert _shape(old) == _shape(fresh)


def _shape(path: Path) -> set[tuple[str, str]]:
    conn = sqlite3.connect(path)
    late = {*schema.LATE_INDEXES, *tallying.names(conn)}
    shape = {row for row in conn.execute("SELECT name, sql FROM sqlite_master") if row[0] not in late}
    conn.close()
    return shape
