"""Encryption at rest: nothing an owner would look up is in the files, a plain file becomes an encrypted one, whole."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from client.clock import Clock
from client.models.encryption import Encryption
from client.models.ids import ChangeId
from client.models.mutations import ChangeState
from client.storage import conflicts, driver, meta, mirror, outbox, rescue, salvage, schema, sealing
from client.storage.database import Database
from client.storage.errors import DatabaseDamaged, DatabaseTooNew, KeyMissing
from tests.storage.mutations import become, create, patch, record, slot
from tests.storage.rows import BOOKING, put

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
PAGE = 4096
SECRET = "Ines-Okafor-0142"
RELEASED = sorted((Path(__file__).parent / "released").glob("*.db"))

pytestmark = pytest.mark.skipif(not driver.is_available(), reason="there is no SQLCipher for this platform")


def fill(conn: sqlite3.Connection) -> None:
    for number in range(300):
        put(conn, "bookings", {"id": f"b{number}", **BOOKING, "customer_name": SECRET, "notes": "n" * 200})
    for number in range(20):
        record(conn, create(f"made{number}", customer_name=SECRET))
    record(conn, patch("b1", slot((0, 2))))
    become(conn, ChangeId(1), ChangeState.REFUSED)
    conflicts.add(conn, ChangeId(2), "bookings", "b2", {"field": "slot", "why": "slot_taken", "mine": {}}, 5)
    meta.put(conn, "next_mid", "77")


def contents(conn: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    names = [name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    tables = [name for name in names if not name.startswith("sqlite_stat")]
    return {name: sorted(conn.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in tables}


def spoken(folder: Path) -> list[str]:
    """Files that hold the name in letters."""
    return [file.name for file in sorted(folder.iterdir()) if file.is_file() and SECRET.encode() in file.read_bytes()]


@pytest.fixture
def plain(path: Path) -> Iterator[Path]:
    """A file of a version that did not encrypt, closed."""
    db = Database.open(path, Clock())
    db.write_blocking(fill)
    db.close()
    assert spoken(path.parent) == ["chatty.db", "chatty.db-outbox.log"]
    yield path


# --- with a key from the beginning ------------------------------------------------------------------------------------
def test_no_file_of_the_folder_says_a_name_while_it_is_open_or_after(path: Path) -> None:
    db = Database.open(path, Clock(), key=KEY)
    assert db.encryption is Encryption.ON
    db.write_blocking(fill)
    assert (path.parent / "chatty.db-wal").stat().st_size > 0 and spoken(path.parent) == []
    assert db.read(lambda conn: len(outbox.entries(conn))) == 21
    db.close()
    assert spoken(path.parent) == [] and not driver.is_plain(path)
    assert all(KEY.hex().encode() not in file.read_bytes() for file in path.parent.iterdir())
    again = Database.open(path, Clock(), key=KEY)
    assert again.read(lambda conn: len(outbox.entries(conn))) == 21
    again.close()


def test_commits_are_announced_and_refused_as_in_a_plain_file(path: Path) -> None:
    db = Database.open(path, Clock(), key=KEY)
    conn = db._open_connection()
    db.write_blocking(lambda conn: put(conn, "bookings", {"id": "b", **BOOKING}))
    assert conn.touched == {"bookings"}
    with pytest.raises(driver.mistakes()):
        db.write_blocking(lambda conn: put(conn, "bookings", {"id": "b", **BOOKING}))
    assert db.read(lambda conn: conn.execute("SELECT count(*) FROM bookings").fetchone()[0]) == 1
    assert db.read(schema.has_fts5)
    db.close()


@pytest.mark.parametrize("key", [None, KEY])
def test_values_are_kept_as_they_are_and_empty_columns_have_an_adapter(key: bytes | None, tmp_path: Path) -> None:
    """Without the adapter writing a row of the feed takes up to three times as long."""
    conn = driver.connect(tmp_path / "one.db", key)
    conn.execute("CREATE TABLE t (a, b, c, d)")
    conn.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", [(None, 1, "x", None), (None, None, 0.5, b"y")])
    assert conn.execute("SELECT * FROM t WHERE a IS NULL AND a IS ?", (None,)).fetchall() == [
        (None, 1, "x", None),
        (None, None, 0.5, b"y"),
    ]
    conn.close()
    module = sqlite3 if key is None else driver._sqlcipher()
    assert any(kind is type(None) for kind, _ in module.adapters)


def test_a_newer_schema_is_refused(path: Path) -> None:
    db = Database.open(path, Clock(), key=KEY)
    db.write_blocking(lambda conn: conn.execute("PRAGMA user_version = 9999"))
    db.close()
    with pytest.raises(DatabaseTooNew):
        Database.open(path, Clock(), key=KEY)


# --- a file that has none yet -----------------------------------------------------------------------------------------
def test_a_plain_file_is_encrypted_in_its_place_and_says_the_same(plain: Path) -> None:
    before = Database.open(plain, Clock())
    said = before.read(contents)
    before.close()
    db = Database.open(plain, Clock(), key=KEY)
    assert db.encryption is Encryption.ON and db.read(contents) == said
    assert db.read(schema.version) == len(schema.STEPS)
    assert db.read(lambda conn: conn.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"
    assert spoken(plain.parent) == [], "the second copy is encrypted with it"
    assert mirror.read(mirror.path_beside(plain), KEY).rows == db.read(mirror.rows_of)
    assert mirror.read(mirror.path_beside(plain)).rows == {}
    db.close()
    assert not list(plain.parent.glob("*.sealing*"))


@pytest.mark.parametrize("released", RELEASED, ids=lambda file: file.stem)
def test_every_released_file_is_encrypted_and_brought_up_to_date(released: Path, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(released.read_bytes())
    db = Database.open(path, Clock(), key=KEY)
    assert db.encryption is Encryption.ON and db.read(schema.version) == len(schema.STEPS)
    db.close()


HOLDER = """
import sys
from pathlib import Path
from client.clock import Clock
from client.storage.database import Database
from tests.storage.mutations import create, record

db = Database.open(Path(sys.argv[1]), Clock())
print("open", flush=True)
sys.stdin.readline()
db.write_blocking(lambda conn: record(conn, create("elsewhere")))
db.close()
"""


def test_a_file_that_somebody_has_open_stays_plain_until_the_next_start(plain: Path) -> None:
    elsewhere = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(plain)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert elsewhere.stdout is not None and elsewhere.stdout.readline() == "open\n"
    db = Database.open(plain, Clock(), key=KEY)
    assert db.encryption is Encryption.IN_USE and driver.is_plain(plain)
    db.write_blocking(lambda conn: record(conn, create("here", customer_name=SECRET)))
    elsewhere.communicate("write\n")
    db.close()
    again = Database.open(plain, Clock(), key=KEY)
    assert again.encryption is Encryption.ON
    assert again.read(lambda conn: len(outbox.entries(conn))) == 23, "nothing written meanwhile is missing"
    again.close()


def test_a_disk_without_room_for_the_copy_leaves_the_file_plain(plain: Path) -> None:
    in_the_way = plain.with_name("chatty.db.sealing")
    in_the_way.mkdir()
    db = Database.open(plain, Clock(), key=KEY)
    assert db.encryption is Encryption.FAILED and db.read(lambda conn: len(outbox.entries(conn))) == 21
    db.close()
    in_the_way.rmdir()
    again = Database.open(plain, Clock(), key=KEY)
    assert again.encryption is Encryption.ON
    again.close()


def test_without_a_key_nothing_changes(plain: Path) -> None:
    db = Database.open(plain, Clock())
    assert db.encryption is None and driver.is_plain(plain)
    assert not sealing.mark_of(plain).exists()
    db.close()


OPENER = """
import os, signal, sys
from pathlib import Path
from client.clock import Clock
from client.storage.database import Database

path, key, step, seen = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3]), 0
TOUCHING = {"os.remove", "os.rename", "os.truncate", "os.mkdir", "os.chmod", "sqlcipher3.connect", "open"}

def count(event, arguments):
    global seen
    if event in TOUCHING and str(arguments[0]).startswith(str(path.parent)):
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

import client.storage.driver as driver
driver.is_available()
sys.addaudithook(count)
Database.open(path, Clock(), key=key).close()
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_killed_at_any_step_the_file_is_plain_or_encrypted_and_whole(plain: Path) -> None:
    kept = {file.name: file.read_bytes() for file in plain.parent.iterdir()}
    before = Database.open(plain, Clock())
    said = before.read(contents)
    before.close()
    still_plain = sealed = 0
    for step in range(1, 200, 2):
        for file in list(plain.parent.iterdir()):
            file.unlink()
        for name, data in kept.items():
            (plain.parent / name).write_bytes(data)
        command = [sys.executable, "-c", OPENER, str(plain), KEY.hex(), str(step)]
        ended = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        still_plain, sealed = still_plain + driver.is_plain(plain), sealed + (not driver.is_plain(plain))
        db = Database.open(plain, Clock(), key=KEY)
        assert db.encryption is Encryption.ON and db.read(contents) == said, f"killed at step {step}"
        db.close()
        assert spoken(plain.parent) == [] and not list(plain.parent.glob("*.sealing"))
    assert still_plain >= 3 and sealed >= 1, (still_plain, sealed)


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_killed_at_random_moments_it_is_whole(plain: Path) -> None:
    """Also in the middle of what SQLite does, which no hook sees."""
    kept = {file.name: file.read_bytes() for file in plain.parent.iterdir()}
    chance = random.Random(11)
    for _ in range(10):
        for file in list(plain.parent.iterdir()):
            file.unlink()
        for name, data in kept.items():
            (plain.parent / name).write_bytes(data)
        command = [sys.executable, "-c", OPENER, str(plain), KEY.hex(), "0"]
        process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL)
        with_luck = 0.15 + chance.random() * 0.25
        try:
            process.wait(with_luck)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        db = Database.open(plain, Clock(), key=KEY)
        assert db.encryption is Encryption.ON
        assert db.read(lambda conn: len(outbox.entries(conn))) == 21
        assert db.read(lambda conn: conn.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"
        db.close()


def test_several_processes_that_open_a_plain_file_at_once_agree_on_it(plain: Path) -> None:
    command = [sys.executable, "-c", OPENER, str(plain), KEY.hex(), "0"]
    with ThreadPoolExecutor(4) as pool:
        done = list(
            pool.map(
                lambda _: subprocess.run(
                    command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
                ),
                range(4),
            )
        )
    assert [each.returncode for each in done] == [0, 0, 0, 0], [each.stderr for each in done]
    db = Database.open(plain, Clock(), key=KEY)
    assert db.encryption is Encryption.ON and db.read(lambda conn: len(outbox.entries(conn))) == 21
    db.close()


# --- keys that are lost, files that are damaged -----------------------------------------------------------------------
@pytest.fixture
def sealed(path: Path) -> Path:
    db = Database.open(path, Clock(), key=KEY)
    db.write_blocking(fill)
    db.close()
    return path


@pytest.mark.parametrize("key", [None, OTHER])
def test_a_missing_key_is_said_and_the_file_is_left_as_it_is(key: bytes | None, sealed: Path) -> None:
    before = {file.name: file.read_bytes() for file in sealed.parent.iterdir()}
    with pytest.raises(KeyMissing):
        Database.open(sealed, Clock(), key=key)
    after = {file.name: file.read_bytes() for file in sealed.parent.iterdir()}
    assert {name: data for name, data in after.items() if name in before} == before
    with pytest.raises(KeyMissing):
        Database.open_or_replace(sealed, Clock(), None)
    db = Database.open(sealed, Clock(), key=KEY)
    assert db.read(lambda conn: len(outbox.entries(conn))) == 21
    db.close()


def test_a_lost_key_begins_afresh_says_so_and_puts_everything_aside(sealed: Path) -> None:
    db, aside = Database.open_or_replace(sealed, Clock(), OTHER)
    assert aside is not None and ".locked-" in aside.name
    assert db.encryption is Encryption.ON and db.read(rescue.lost_its_key)
    assert db.read(outbox.entries) == [], "what was encrypted with a lost key is lost with it"
    db.write_blocking(rescue.seen)
    db.write_blocking(lambda conn: record(conn, create("new", customer_name=SECRET)))
    db.close()
    again, nothing = Database.open_or_replace(sealed, Clock(), OTHER)
    assert nothing is None and not again.read(rescue.lost_its_key)
    again.close()
    # Should the key be found again, all of it is still there.
    for part in (lambda path: path, mirror.path_beside, sealing.mark_of):
        part(aside).replace(part(sealed))
    found = Database.open(sealed, Clock(), key=KEY)
    assert found.read(lambda conn: len(outbox.entries(conn))) == 21
    found.close()


def test_changes_come_back_from_the_encrypted_second_copy(sealed: Path) -> None:
    sealed.write_bytes(b"\xff" * sealed.stat().st_size)
    db, aside = Database.open_or_replace(sealed, Clock(), KEY)
    assert aside is not None and ".corrupt-" in aside.name and db.encryption is Encryption.ON
    assert db.read(lambda conn: len(outbox.entries(conn))) == 21 and db.read(rescue.count) == 21
    assert not db.read(rescue.lost_its_key)
    db.close()
    assert spoken(sealed.parent) == []


def test_a_page_that_is_gone_takes_its_own_rows_with_it(path: Path, tmp_path: Path) -> None:
    def many(conn: sqlite3.Connection) -> None:
        for number in range(200):
            record(conn, create(f"made{number}", customer_name=SECRET, notes="n" * 300))

    db = Database.open(path, Clock(), key=KEY)
    db.write_blocking(many)
    db.close()
    whole, aside = path.read_bytes(), tmp_path / "aside"
    came_back: list[int] = []
    for page in range(1, len(whole) // PAGE, 3):
        aside.write_bytes(whole[: page * PAGE] + b"\xff" * PAGE + whole[(page + 1) * PAGE :])
        found = salvage.read_damaged(aside, KEY)
        came_back.append(sum(what == "outbox" for what, _ in found.rows))
    some_lost = [count for count in came_back if count < 200]
    assert came_back.count(200) > 3 and some_lost, "pages of other tables cost nothing"
    assert sum(count > 180 for count in some_lost) > len(some_lost) * 0.8, sorted(some_lost)


def test_a_page_that_was_changed_by_anybody_is_noticed(sealed: Path) -> None:
    with sealed.open("r+b") as changed:
        changed.seek(4096 * 2 + 100)
        changed.write(b"x")
    with pytest.raises(DatabaseDamaged):
        db = Database.open(sealed, Clock(), key=KEY)
        try:
            db.read(contents)
        finally:
            db.close()


def test_a_line_of_the_second_copy_cannot_be_forged(sealed: Path) -> None:
    log = mirror.path_beside(sealed)
    forged = mirror._line({"what": "outbox", "id": 99, "row": None}, OTHER)
    log.write_bytes(log.read_bytes() + forged + forged)
    read = mirror.read(log, KEY)
    assert ("outbox", 99) not in read.rows and not read.whole
