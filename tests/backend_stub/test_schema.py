"""Every schema that a server was released with opens, and becomes what a fresh data folder is."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backend_stub.rows_of_work import AssumptionsRow
from backend_stub.schema import SCHEMA_VERSION
from backend_stub.sessions import find_session
from backend_stub.store import AccountNo, Store, get_row, rows_of

RELEASED = sorted((Path(__file__).parent / "released").glob("*.db"))
BOOKED, CANCELLED = "019a0000-0000-7000-8000-000000000050", "019a0000-0000-7000-8000-000000000051"


def test_every_older_schema_was_kept() -> None:
    assert [int(path.stem) for path in RELEASED] == list(range(1, SCHEMA_VERSION))


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_a_released_data_folder_opens_and_keeps_everything(released: Path, tmp_path: Path) -> None:
    shutil.copy(released, tmp_path / "hosted.db")
    store = Store(tmp_path)
    booked = store.peek(lambda connection: get_row(connection, AccountNo(1), "bookings", BOOKED))
    (business,) = store.peek(lambda connection: rows_of(connection, AccountNo(1), "business"))
    (said,) = store.peek(lambda connection: rows_of(connection, AccountNo(1), "assumptions"))
    services = store.peek(lambda connection: rows_of(connection, AccountNo(1), "services"))
    slots = store.peek(
        lambda connection: connection.execute("SELECT kind, id, ends_at - starts_at FROM slot").fetchall()
    )
    store.close()
    assert booked is not None and booked["customer_name"] == "Maria Lopez"
    assert [booked[name] for name in ("series_id", "updated_at", "updated_by", "updated_call_id")] == [None] * 4
    assert booked["resource_id"] is None and services and all(row["resources"] == [] for row in services)
    assert slots == [("bookings", BOOKED, 3_600_000)]
    assert (said["currency"], said["wage_cents_per_hour"]) == (business["currency"], None)
    assert AssumptionsRow.model_validate(said).version == max(row["version"] for row in (business, booked, said))


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_sessions_of_before_devices_could_be_revoked_only_ended(released: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(shutil.copy(released, tmp_path / "hosted.db"))) as before, before:
        (user_id,) = before.execute("SELECT user_id FROM user").fetchone()
        row = ("s", user_id, 1, "d", "phone", "ios", 1, 2, 3)
        columns = "session_id, user_id, account, device_id, name, platform, created_at, last_seen_at, revoked_at"
        before.execute(f"INSERT INTO session ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    store = Store(tmp_path)
    session = store.peek(lambda connection: find_session(connection, "s"))
    store.close()
    assert session is not None and session.ending == "session_revoked"


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_migrated_and_fresh_data_folders_have_the_same_shape(released: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    shutil.copy(released, tmp_path / "old" / "hosted.db")
    for name in ("old", "fresh"):
        Store(tmp_path / name).close()
    assert _shape(tmp_path / "old" / "hosted.db") == _shape(tmp_path / "fresh" / "hosted.db")


def _shape(path: Path) -> set[tuple[str, str]]:
    connection = sqlite3.connect(path)
    shape = set(connection.execute("SELECT name, sql FROM sqlite_master"))
    connection.close()
    return shape
