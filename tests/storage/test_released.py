"""Every schema that was ever released opens and keeps what only the device knew.

`released/<number>.db` was written by the app of that schema and is never changed again; a new schema adds a file.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from client.clock import Clock
from client.models.ids import BookingId, ChangeId, CorrectionId
from client.models.operations import Op
from client.models.tasks import TaskKind
from client.storage import (
    assumptions,
    bookings,
    business,
    corrections,
    cursors,
    effective,
    meta,
    outbox,
    schema,
    tallying,
)
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


def test_minutes_a_newer_server_had_sent_are_known_at_once_and_outlive_a_change_that_is_withdrawn(
    tmp_path: Path,
) -> None:
    path = shutil.copy(RELEASED[0].with_name("3.db"), tmp_path / "chatty.db")
    nothing = dict.fromkeys(("wage_cents_per_hour", "hours_per_week", "missed_call_value_cents", "updated_at"))
    row = {"id": "acc", **nothing, "updated_by": None, "currency": "USD", "version": 7, "gen": 1}
    sent = {"reminder_minutes": 25, "other_minutes": None, "callback_minutes": "six"}
    change = {"op": "assumptions.set", "v": 1, "id": "acc", "client_ts": 1, "base_version": 7}
    payload = {**change, "set": {"wage_cents_per_hour": [None, 2600]}}
    with closing(sqlite3.connect(path)) as conn, conn:
        row["extra"] = json.dumps(sent)
        conn.execute("INSERT INTO bases VALUES ('assumptions', 'acc', ?, 7, 1)", (json.dumps(row),))
        shown = {**row, "wage_cents_per_hour": 2600, "dirty": 1}
        marks = ", ".join("?" * len(shown))
        conn.execute(f"INSERT INTO assumptions ({', '.join(shown)}) VALUES ({marks})", tuple(shown.values()))
        (change_id,) = conn.execute(
            "INSERT INTO outbox (op, v, kind, id, payload, undo, state, created_at) "
            "VALUES ('assumptions.set', 1, 'assumptions', 'acc', ?, '{}', 'queued', 1) RETURNING change_id",
            (json.dumps(payload),),
        ).fetchone()
    db = Database.open(path, Clock())
    said = db.read(assumptions.get)
    assert said is not None and (said.wage_cents_per_hour, said.pending) == (2600, True)
    assert said.task_minutes == {TaskKind.REMINDER: 25}
    later = {**payload, "set": {"other_minutes": [None, 9], "reminder_minutes": [25, None]}}
    db.write_blocking(
        lambda conn: outbox.record(
            conn,
            op=Op.ASSUMPTIONS_SET,
            kind="assumptions",
            row_id="acc",
            payload=later,
            undo={"set": {}},
            now_ms=2,
        )
    )
    said = db.read(assumptions.get)
    assert said is not None and said.task_minutes == {TaskKind.OTHER: 9}
    db.write_blocking(lambda conn: outbox.withdraw(conn, ChangeId(change_id)))
    said = db.read(assumptions.get)
    assert said is not None and (said.wage_cents_per_hour, said.pending) == (None, False)
    assert said.task_minutes == {TaskKind.REMINDER: 25}, "what the server has is shown again"
    db.close()


def test_for_whom_a_newer_server_said_a_correction_counts_is_known_at_once(tmp_path: Path) -> None:
    path = shutil.copy(RELEASED[0].with_name("5.db"), tmp_path / "chatty.db")
    row = {
        **{"id": "c", "call_id": "call", "turn_id": "turn", "question": None, "wrong": "No", "right": "Yes"},
        **{"scope": "everywhere", "state": "learned", "by": "Ana", "created_at": 1, "version": 7, "gen": 1},
        "extra": json.dumps({"customer_id": "maria", "last_day": "2025-12-24", "replaces": ["b"]}),
    }
    plain = {**row, "id": "b", "extra": None}
    withdraw = {"op": "correction.withdraw", "v": 1, "id": "c", "client_ts": 1, "base_version": 7}
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("INSERT INTO bases VALUES ('corrections', 'c', ?, 7, 1)", (json.dumps(row),))
        names = ", ".join(f'"{name}"' for name in plain)
        marks = ", ".join("?" * len(plain))
        conn.execute(f"INSERT INTO corrections ({names}) VALUES ({marks})", tuple(plain.values()))
        (change_id,) = conn.execute(
            "INSERT INTO outbox (op, v, kind, id, payload, undo, state, created_at) "
            "VALUES ('correction.withdraw', 1, 'corrections', 'c', ?, '{}', 'queued', 1) RETURNING change_id",
            (json.dumps(withdraw),),
        ).fetchone()
    db = Database.open(path, Clock())
    (before,) = db.read(corrections.all)
    assert (before.customer_id, before.last_day, before.replaces, before.replaced) == (None, None, (), False)
    db.write_blocking(lambda conn: outbox.withdraw(conn, ChangeId(change_id)))
    back = db.read(lambda conn: corrections.get(conn, CorrectionId("c")))
    assert back is not None and (back.customer_id, back.last_day) == ("maria", date(2025, 12, 24))
    assert back.replaces == ("b",)
    db.close()


def test_rooms_a_newer_server_had_sent_are_known_at_once_and_under_a_waiting_change(tmp_path: Path) -> None:
    path = shutil.copy(RELEASED[0].with_name("5.db"), tmp_path / "chatty.db")
    booking_id, extra = "019a0000-0000-7000-8000-000000000050", json.dumps({"resource_id": "chair"})
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE bookings SET extra = ? WHERE id = ?", (extra, booking_id))
        _hold(conn, booking_id)
        sent = [
            ("chair", {"id": "chair", "name": "Chair 1", "active": True, "version": 4}),
            ("odd", {"id": "odd", "name": 7, "active": True, "version": 5}),
        ]
        rows = [("resources", row_id, "core", json.dumps(row), row["version"], 1) for row_id, row in sent]
        conn.executemany("INSERT INTO unknown_rows VALUES (?, ?, ?, ?, ?, ?)", rows)
        services = conn.execute("SELECT id FROM services").fetchall()
        conn.execute("UPDATE services SET extra = ?", (json.dumps({"resources": ["chair"]}),))
    db = Database.open(path, Clock())
    [chair] = db.read(business.resources)
    assert (chair.resource_id, chair.name, chair.active) == ("chair", "Chair 1", True)
    assert [service.resource_ids for service in db.read(business.services)] == [("chair",)] * len(services)
    booking = db.read(lambda conn: bookings.get(conn, BookingId(booking_id)))
    assert booking is not None and booking.resource_id == "chair" and booking.pending
    under = db.read(lambda conn: effective.base(conn, "bookings", booking_id))
    assert under is not None and under.row is not None and under.row["resource_id"] == "chair"
    db.close()


def test_numbers_are_given_once_here_and_once_for_the_server_after_the_outbox_was_laid_out_anew(tmp_path: Path) -> None:
    path = shutil.copy(RELEASED[0].with_name("7.db"), tmp_path / "chatty.db")
    made = "INSERT INTO outbox (op, v, kind, id, payload, undo, state, created_at, client_id, mid) "
    made += "SELECT op, v, kind, id, payload, undo, 'sent', created_at, 'device', ? FROM outbox WHERE change_id = 1"
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(made, (1,))
        conn.execute(made, (2,))
        conn.execute("DELETE FROM outbox WHERE change_id = 3")
    db = Database.open(path, Clock())
    kept = db.read(outbox.entries)
    assert [(each.change_id, each.client_id, each.mid) for each in kept] == [(1, None, None), (2, "device", 1)]
    with pytest.raises(sqlite3.IntegrityError):
        db.write_blocking(lambda conn: conn.execute(made, (1,)))
    unsent = made.replace("'device', ?", "NULL, NULL")
    numbers = [db.write_blocking(lambda conn: conn.execute(unsent).lastrowid) for _ in range(2)]
    assert numbers == [4, 5], "3 was another change's"
    db.close()


def _hold(conn: sqlite3.Connection, booking_id: str) -> None:
    """Its change waits over the row as the server has it."""
    found = conn.execute("SELECT * FROM bookings WHERE id = ?", (booking_id,))
    row = dict(zip([column[0] for column in found.description], found.fetchone(), strict=True))
    del row["dirty"]
    conn.execute("INSERT INTO bases VALUES ('bookings', ?, ?, 1, 1)", (booking_id, json.dumps(row)))
    conn.execute("UPDATE bookings SET dirty = 1 WHERE id = ?", (booking_id,))


def _shape(path: Path) -> set[tuple[str, str]]:
    conn = sqlite3.connect(path)
    late = {*schema.LATE_INDEXES, *tallying.names(conn)}
    shape = {row for row in conn.execute("SELECT name, sql FROM sqlite_master") if row[0] not in late}
    conn.close()
    return shape
