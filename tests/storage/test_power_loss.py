"""The power goes at each write and sync of some edits in turn: what the owner was told is saved is there afterwards."""

import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from client.clock import Clock
from client.models.mutations import Op
from client.storage import outbox, schema
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged
from client.storage.opening import _CONNECTION, _WRITER
from tests.storage import rows
from tests.storage.power_loss import Connection, Disk, PowerLost

BOOKING = "01900000-0000-7000-8000-000000000001"
EDITS = 7
FOLDED_INTO_FILE = 4
"""After so many edits the log is folded into the file, as it is after a first sync and now and then."""

_numbers = itertools.count()


@pytest.fixture(scope="module")
def settled_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with one booking, all of it on the disk."""
    path = tmp_path_factory.mktemp("settled") / "chatty.db"
    db = Database.open(path, Clock())
    db.write_blocking(lambda conn: rows.put(conn, "bookings", {**rows.BOOKING, "id": BOOKING}))
    db.close()
    return path.read_bytes()


def edit(conn: Connection, number: int) -> None:
    """One transaction, as Database._transact runs it: the note of the booking becomes the number of the edit."""
    conn.execute("BEGIN IMMEDIATE")
    old = conn.execute("SELECT notes FROM bookings").fetchone()[0]
    payload = {
        "op": Op.BOOKING_PATCH,
        "v": 1,
        "id": BOOKING,
        "client_ts": number,
        "base_version": 1,
        "set": {"notes": [old, str(number)]},
        "tell": None,
        "allow": [],
    }
    outbox.record(conn, op=Op.BOOKING_PATCH, kind="bookings", row_id=BOOKING, payload=payload, undo={}, now_ms=number)  # type: ignore[arg-type]
    # Numbered as if it had been sent, or the next one would be folded into it.
    conn.execute(
        "UPDATE outbox SET state = 'sent', client_id = 'me', mid = ?, sent_at = 0 WHERE mid IS NULL", (number,)
    )
    conn.execute("COMMIT")


def work_until_power_goes(path: Path, disk: Disk, settings: str, work: Callable[[Connection], None]) -> None:
    try:
        conn = Connection(path, disk)
        try:
            for statement in settings.split(";"):
                conn.execute(statement).fetchall()
            work(conn)
        finally:
            conn.close()
    except (apsw.Error, PowerLost):
        assert disk.lost


def acknowledged(folder: Path, image: bytes, lost_at: int | None, settings: str) -> tuple[list[int], Disk]:
    """The numbers of the edits that were acknowledged until the power went."""
    disk = Disk(f"disk-{next(_numbers)}", lost_at)
    path = folder / "chatty.db"
    path.write_bytes(image)
    disk.already_there(path, image)
    told: list[int] = []

    def work(conn: Connection) -> None:
        for number in range(1, EDITS + 1):
            edit(conn, number)
            told.append(number)
            if number == FOLDED_INTO_FILE:
                conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    work_until_power_goes(path, disk, settings, work)
    return told, disk


SETTINGS = f"{_CONNECTION}; {_WRITER}"


def lost(folder: Path, image: bytes, settings: str, seed: int) -> list[str]:
    """Everything that was wrong after the power went at each operation in turn."""
    wrong: list[str] = []
    whole, disk = acknowledged(folder, image, None, settings)
    assert whole == list(range(1, EDITS + 1))
    for lost_at in range(disk.operations):
        for name in ("", "-wal", "-shm"):
            (folder / f"chatty.db{name}").unlink(missing_ok=True)
        told, disk = acknowledged(folder, image, lost_at, settings)
        found = folder / f"found-{lost_at}"
        found.mkdir()
        disk.found_after_power_loss(found, random.Random(seed * 1000 + lost_at))
        wrong.extend(f"operation {lost_at}: {what}" for what in look(found / "chatty.db", told))
    return wrong


def look(path: Path, told: list[int]) -> list[str]:
    """What the next start of the app finds wrong: it opens the file with its own SQLite."""
    try:
        db = Database.open(path, Clock())
    except DatabaseDamaged:
        return ["the file is damaged"]
    try:
        return list(_differences(db, told))
    except DatabaseDamaged:
        return ["the file is damaged"]
    finally:
        db.close()


def _differences(db: Database, told: list[int]) -> Iterator[str]:
    if db.read(lambda conn: conn.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        yield "the file is damaged"
    kept = [row[0] for row in db.read(lambda conn: conn.execute("SELECT mid FROM outbox ORDER BY mid").fetchall())]
    if kept != list(range(1, len(kept) + 1)) or len(kept) < len(told):
        yield f"told {told}, kept {kept}"
    shown = db.read(lambda conn: conn.execute("SELECT notes FROM bookings").fetchone()[0])
    if shown != (str(kept[-1]) if kept else None):
        yield f"kept {kept}, shown {shown}"


@pytest.mark.parametrize("seed", range(2))
def test_what_was_acknowledged_survives_the_power_going_at_every_write(
    tmp_path: Path, settled_file: bytes, seed: int
) -> None:
    assert lost(tmp_path, settled_file, SETTINGS, seed) == []


def test_the_model_notices_commits_that_were_not_synced(tmp_path: Path, settled_file: bytes) -> None:
    assert lost(tmp_path, settled_file, SETTINGS.replace("synchronous = FULL", "synchronous = NORMAL"), 0)


def test_the_model_notices_a_file_that_is_never_synced(tmp_path: Path, settled_file: bytes) -> None:
    assert lost(tmp_path, settled_file, SETTINGS.replace("synchronous = FULL", "synchronous = OFF"), 0)


def test_migrating_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """A fresh file whose schema is being made: afterwards it opens and has all of it."""
    disk = made(tmp_path / "whole", None)
    for lost_at in range(0, disk.operations, 7):
        found = tmp_path / f"found-{lost_at}"
        found.mkdir()
        made(tmp_path / str(lost_at), lost_at).found_after_power_loss(found, random.Random(lost_at))
        db = Database.open(found / "chatty.db", Clock())
        assert db.read(schema.version) == schema.KNOWN
        assert db.read(lambda conn: conn.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"
        db.close()


def made(folder: Path, lost_at: int | None) -> Disk:
    folder.mkdir()
    disk = Disk(f"disk-{next(_numbers)}", lost_at)
    work_until_power_goes(folder / "chatty.db", disk, SETTINGS, schema.migrate)  # type: ignore[arg-type]
    return disk
