"""Files that are damaged for real: nothing the owner did is lost, and nothing is there twice."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from client.clock import Clock
from client.models.mutations import ChangeState
from client.storage import conflicts, effective, meta, mirror, outbox, rescue, schema
from client.storage.columns import json_text
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged
from tests.storage.mutations import become, create, patch, record, slot
from tests.storage.rows import BOOKING, NOON_MS, put

CHANGES = 60
PAGE = 4096


def fill(conn: sqlite3.Connection) -> None:
    """A used file: bookings, changes in every state, a conflict, a history."""
    for number in range(1500):
        put(conn, "bookings", {"id": f"b{number}", **BOOKING, "notes": "n" * 200})
    for number in range(CHANGES - 1):
        record(conn, patch(f"b{number}", slot((0, 1 + number % 5))), NOON_MS + number)
    states = (ChangeState.SENT, ChangeState.ACKED, ChangeState.REFUSED, ChangeState.PARKED)
    for change_id, state in enumerate(states, start=1):
        become(conn, change_id, state, mid=change_id, version=9 if state is ChangeState.ACKED else None)
    conn.execute("UPDATE outbox SET client_id = (SELECT v FROM meta WHERE k = 'client_id') WHERE mid IS NOT NULL")
    meta.put(conn, "next_mid", "5")
    conflicts.add(conn, 2, "bookings", "b1", {"field": "slot", "why": "slot_taken", "mine": {}}, NOON_MS)


def last_edit(conn: sqlite3.Connection) -> None:
    record(conn, create("made-here", customer_name="Ines"), NOON_MS + CHANGES)


def put_in_history(conn: sqlite3.Connection) -> None:
    conn.execute(
        "INSERT INTO history VALUES (?, 'booking.patch', 1, 'bookings', 'b7', ?, '{}', NULL, 0, 0)",
        (CHANGES + 1, json_text(patch("b7", slot((0, 1))))),
    )


Known = dict[str, list[tuple[object, ...]]]


def known(conn: sqlite3.Connection) -> Known:
    """What only this device knows."""
    return {
        "outbox": conn.execute("SELECT * FROM outbox ORDER BY change_id").fetchall(),
        "conflicts": conn.execute("SELECT * FROM conflicts WHERE state = 'open' ORDER BY 1").fetchall(),
    }


@pytest.fixture
def crashed(path: Path, tmp_path: Path) -> Iterator[tuple[Path, Known]]:
    """A copy of a file as a process that was killed leaves it, its log full, and what was in it."""
    db = Database.open(path, Clock())
    db.write_blocking(fill)
    db.write_blocking(lambda conn: conn.execute("PRAGMA user_version").fetchall())
    db._writer.submit(db._pragmas, "PRAGMA wal_checkpoint(TRUNCATE)").result()
    db.write_blocking(last_edit)
    copy = tmp_path / "crashed" / path.name
    shutil.copytree(path.parent, copy.parent)
    before = db.read(known)
    db.close()
    assert len(before["outbox"]) == CHANGES
    yield copy, before


def overwrite(path: Path, offset: int, size: int, what: bytes = b"\0") -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(what * size)


def wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def log(path: Path) -> Path:
    return mirror.path_beside(path)


def gone(file: Path) -> None:
    file.unlink()


def size(path: Path) -> int:
    return path.stat().st_size


DAMAGE: dict[str, Callable[[Path], None]] = {
    "header": lambda path: overwrite(path, 0, 100),
    "first page": lambda path: overwrite(path, 0, PAGE, b"\xff"),
    "all but the first page": lambda path: overwrite(path, PAGE, size(path) - PAGE, b"\xff"),
    "middle": lambda path: overwrite(path, size(path) // 3, size(path) // 3),
    "truncated": lambda path: overwrite(path, 0, 0) or truncate(path, size(path) // 2),
    "truncated to nothing, with its log": lambda path: truncate(path, 0),
    "zeroed": lambda path: overwrite(path, 0, size(path)),
    "gone": lambda path: gone(path) or gone(wal(path)),
    "log torn": lambda path: truncate(wal(path), size(wal(path)) // 2),
    "log gone": lambda path: gone(wal(path)),
    "log's header": lambda path: overwrite(wal(path), 0, 32),
    "log zeroed": lambda path: overwrite(wal(path), 0, size(wal(path))),
    "both": lambda path: overwrite(path, PAGE, size(path) - PAGE) or gone(wal(path)),
}


def truncate(path: Path, to: int) -> None:
    with path.open("r+b") as file:
        file.truncate(to)


def reopened(path: Path) -> Database:
    """As a start does it: at once, or when the damage is met."""
    db, _ = Database.open_or_replace(path, Clock())
    try:
        db.read(lambda conn: conn.execute("PRAGMA quick_check").fetchone()[0] == "ok" or _damaged(path))
    except DatabaseDamaged:
        db._writer.submit(db._replace).result()
    return db


def _damaged(path: Path) -> None:
    raise DatabaseDamaged(path)


@pytest.mark.parametrize("name", DAMAGE)
def test_no_change_and_no_conflict_is_lost(name: str, crashed: tuple[Path, Known]) -> None:
    path, before = crashed
    DAMAGE[name](path)
    db = reopened(path)
    after = db.read(known)
    assert after == before
    assert db.read(lambda conn: conn.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"
    for change in db.read(outbox.entries):
        row = db.read(lambda conn, c=change: effective.effective_row(conn, c.kind, c.row_id))
        if change.row_id == "made-here":
            assert row and row["customer_name"] == "Ines"
    db.close()
    again = Database.open(path, Clock())
    assert again.read(known) == before, "it is not done twice"
    again.close()


@pytest.mark.parametrize("name", ["middle", "truncated"])
def test_without_the_mirror_what_can_be_read_comes_back(name: str, crashed: tuple[Path, Known]) -> None:
    path, before = crashed
    gone(log(path))
    DAMAGE[name](path)
    db = reopened(path)
    after = db.read(known)
    assert set(after["outbox"]) <= set(before["outbox"]) and after["outbox"], (
        "the last edit at least is in SQLite's log"
    )
    db.close()


def test_a_page_that_is_gone_takes_only_its_own_rows(crashed: tuple[Path, Known]) -> None:
    path, before = crashed
    gone(log(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = [
            number
            for (number,) in conn.execute(
                "SELECT pageno FROM dbstat WHERE name = 'outbox' AND pagetype = 'leaf' ORDER BY pageno"
            )
        ]
    assert len(pages) > 4
    overwrite(path, (pages[2] - 1) * PAGE, PAGE)
    db = reopened(path)
    found = {row[0] for row in db.read(known)["outbox"]}
    assert len(before["outbox"]) * 0.6 < len(found) < len(before["outbox"])
    assert {1, CHANGES} <= found, "from both ends"
    db.close()


def test_a_damaged_file_of_an_older_app_is_read_as_that_app_wrote_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is gone may stand in the way of the step to the newest schema."""
    with monkeypatch.context() as older:
        older.setattr(schema, "STEPS", schema.STEPS[:7])
        older.setattr(schema, "KNOWN", 7)
        db = Database.open(path, Clock())
        db.write_blocking(lambda conn: (fill(conn), put_in_history(conn)))
        before = db.read(known)
        db.close()
    leaves = [at for at in range(0, size(path), PAGE) if path.read_bytes()[at] == 13]
    (page, *_) = [at for at in leaves if b'"booking.patch"' in path.read_bytes()[at : at + PAGE]][3:]
    overwrite(path, page, 64, b"\xff")
    gone(log(path))
    db, aside = Database.open_or_replace(path, Clock())
    after = db.read(known)
    assert aside is not None and db.read(schema.version) == schema.KNOWN
    assert len(before["outbox"]) > len(after["outbox"]) > CHANGES * 0.8 and after["conflicts"] == before["conflicts"]
    assert len(db.read(lambda conn: outbox.history(conn, 9))) == 1
    db.close()


def test_a_damaged_mirror_and_a_damaged_file_complete_each_other(crashed: tuple[Path, Known]) -> None:
    path, before = crashed
    lines = log(path).read_bytes().splitlines(keepends=True)
    lines[len(lines) // 2] = b"00000000 {}\n"
    lines[3] = lines[3][:-30] + b"\n"
    log(path).write_bytes(b"".join(lines))
    overwrite(path, size(path) - 20 * PAGE, PAGE)
    db = reopened(path)
    assert {row[0] for row in db.read(known)["outbox"]} == {row[0] for row in before["outbox"]}
    db.close()


def test_numbers_that_were_given_stay_and_new_ones_are_another_client_s(crashed: tuple[Path, Known]) -> None:
    path, before = crashed
    DAMAGE["zeroed"](path)
    db = reopened(path)
    sent = [change for change in db.read(outbox.entries) if change.mid is not None]
    assert [(change.client_id, change.mid) for change in sent] == [(row[1], row[2]) for row in before["outbox"][:4]]
    assert db.read(meta.client_id) not in {change.client_id for change in sent}
    assert db.read(rescue.count) == CHANGES
    made = db.write_blocking(lambda conn: record(conn, create("another")))
    assert made.change_id == CHANGES + 1
    db.write_blocking(rescue.seen)
    assert db.read(rescue.count) == 0
    db.close()


def test_a_file_that_lost_its_end_gives_no_number_twice(crashed: tuple[Path, Known]) -> None:
    path, _ = crashed
    client_id = None
    with closing(sqlite3.connect(path)) as conn:
        client_id = meta.client_id(conn)
        conn.execute("DELETE FROM outbox WHERE change_id = 1")  # as if its transaction had not been kept
        conn.commit()
    db = Database.open(path, Clock())
    assert db.read(meta.client_id) != client_id
    assert db.read(lambda conn: meta.get(conn, "next_mid")) == "1"
    assert next(change for change in db.read(outbox.entries) if change.change_id == 1).client_id == client_id
    db.close()


def test_what_is_settled_does_not_come_back(path: Path) -> None:
    db = Database.open(path, Clock())
    db.write_blocking(fill)
    db.write_blocking(last_edit)
    db.write_blocking(put_in_history)
    db.write_blocking(lambda conn: conn.execute("DELETE FROM outbox WHERE change_id < 30"))
    db.write_blocking(lambda conn: conn.execute("UPDATE conflicts SET state = 'resolved'"))
    copy = path.parent.with_name("copy") / path.name
    shutil.copytree(path.parent, copy.parent)
    before = db.read(known)
    db.close()
    overwrite(copy, 0, 100)
    again = reopened(copy)
    assert again.read(known) == before
    again.close()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe\x00",
        b"12345678 {}",
        b"not a line at all" * 1000,
        b'{"what": "outbox"}',
    ],
)
def test_nonsense_in_the_mirror_is_passed_over(line: bytes, crashed: tuple[Path, Known]) -> None:
    path, before = crashed
    log(path).write_bytes(line + b"\n" + log(path).read_bytes() + line)
    DAMAGE["zeroed"](path)
    db = reopened(path)
    assert db.read(known) == before
    db.close()


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"change_id": 5},
        {"change_id": 5, "payload": "{", "op": "booking.patch", "id": "x", "state": "queued", "kind": "bookings"},
        {"change_id": 5, "payload": "[]", "op": "booking.patch", "id": "x", "state": "queued", "kind": "bookings"},
        {"change_id": 5, "payload": '{"op":"booking.patch","id":"x"}', "op": "booking.patch", "id": "x",
         "state": "queued", "kind": "bookings", "v": 1, "undo": "{}", "created_at": 0},
        {"change_id": 5, "payload": '{"op":"drop","id":"x"}', "op": "drop", "id": "x", "state": "queued",
         "kind": "meta"},
        {"change_id": 5, "DROP TABLE outbox": 1, "payload": 7, "op": None, "id": [], "state": {}, "kind": 1},
    ],
)  # fmt: skip
def test_a_row_that_makes_no_sense_keeps_nobody_from_starting(row: dict[str, object], path: Path) -> None:
    Database.open(path, Clock()).close()
    log(path).write_bytes(mirror._line({"what": "outbox", "id": 5, "row": row}, None))
    db = Database.open(path, Clock())
    assert db.read(known) == {"outbox": [], "conflicts": []}
    db.write_blocking(last_edit)
    db.close()


async def test_a_file_that_was_closed_is_not_looked_over(path: Path) -> None:
    Database.open(path, Clock()).close()
    db = Database.open(path, Clock())
    assert not db._was_left_open
    await db.look_over()
    db.close()


async def test_damage_that_no_query_meets_is_found_after_a_crash(crashed: tuple[Path, Known]) -> None:
    path, before = crashed
    overwrite(path, size(path) // 2, PAGE, b"\xff")
    db = Database.open(path, Clock())
    with pytest.raises(DatabaseDamaged):
        await db.look_over()
    await db.start_afresh()
    await db.look_over()
    assert db.read(known) == before
    db.close()
