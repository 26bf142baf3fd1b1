"""A disk that is really full: what is shown as saved is saved, from the reserve if need be, or refused loudly."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from client.clock import Clock
from client.storage import outbox
from client.storage.database import Database
from client.storage.errors import DiskFull
from client.storage.reserve import SIZE
from tests.storage.mutations import create, record

HAS_NAMESPACES = (
    sys.platform == "linux"
    and shutil.which("unshare") is not None
    and subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0
)
"""Whether an ordinary user may mount a file system of their own here."""

ON_A_SMALL_DISK = """
import json, os, sys
from pathlib import Path
from client.clock import Clock
from client.storage import mirror, outbox
from client.storage.database import Database
from client.storage.errors import DiskFull
from tests.storage.mutations import create, record
from tests.storage.rows import BOOKING, put

folder = Path(sys.argv[1])
path = folder / "account" / "chatty.db"
db = Database.open(path, Clock())
assert db._reserve.set_aside() and db._reserve.path.stat().st_size == 4 * 1024 * 1024

def fill():
    with (folder / "others").open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass

def pull(conn):
    for number in range(4000):
        put(conn, "bookings", {"id": f"p{number}", **BOOKING, "notes": "n" * 500})

fill()
said = {"pull": "kept", "kept": 0, "refused": 0, "reserve_after_pull": False}
try:
    db.write_blocking(pull)
except DiskFull:
    said["pull"] = "full"
said["reserve_after_pull"] = db._reserve.path.exists()
for number in range(30_000):
    try:
        db.write_blocking(lambda conn, n=number: record(conn, create(f"c{n}", notes="n" * 900)) and None)
    except DiskFull:
        said["refused"] += 1
        if said["refused"] > 3:
            break
    else:
        assert said["refused"] == 0, "once it is full it stays so"
        said["kept"] += 1
said["waiting"] = db.read(outbox.waiting)
said["mirrored"] = len([row for row in mirror.read(mirror.path_beside(path)).rows.values() if row])
said["reserve"] = db._reserve.path.exists()
said["healthy"] = db.read(lambda conn: conn.execute("PRAGMA quick_check").fetchone()[0])
(folder / "others").unlink()
db.write_blocking(lambda conn: record(conn, create("afterwards")) and None)
said["set_aside_again"] = db._reserve.spent and db._reserve.set_aside()
db.close()
again = Database.open(path, Clock())
said["waiting_again"] = again.read(outbox.waiting)
print(json.dumps(said))
"""


FILLED_AT_ONCE = """
import asyncio, json, sys
from pathlib import Path
from client.clock import Clock
from client.storage.database import Database
from client.storage.errors import DiskFull
from tests.storage.rows import BOOKING, put

db = Database.open(Path(sys.argv[1]) / "account" / "chatty.db", Clock())

async def main():
    said = []
    await db.set_bulk(True)
    for first in range(0, 40_000, 1000):
        def page(conn, first=first):
            for number in range(first, first + 1000):
                put(conn, "bookings", {"id": f"p{number}", **BOOKING, "notes": "n" * 500})
        try:
            await db.write(page)
        except DiskFull:
            said.append("page")
            break
    try:
        await db.set_bulk(False)
    except DiskFull:
        said.append("folding")
    print(json.dumps(said))

asyncio.run(main())
"""


def on_a_small_disk(code: str, disk: Path, megabytes: int) -> "subprocess.CompletedProcess[str]":
    disk.mkdir()
    script = f'mount -t tmpfs -o size={megabytes}m small {disk} && exec {sys.executable} -c "$CODE" {disk}'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "CODE": code},
    )


@pytest.mark.skipif(not HAS_NAMESPACES, reason="needs a file system of its own")
def test_a_first_sync_that_fills_the_disk_hears_so_from_all_it_does(tmp_path: Path) -> None:
    """The log cannot be folded into the file either, which is no other trouble."""
    done = on_a_small_disk(FILLED_AT_ONCE, tmp_path / "disk", 12)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["page", "folding"]


@pytest.mark.skipif(not HAS_NAMESPACES, reason="needs a file system of its own")
def test_on_a_full_disk_changes_are_kept_from_the_reserve_and_then_refused_loudly(tmp_path: Path) -> None:
    done = on_a_small_disk(ON_A_SMALL_DISK, tmp_path / "disk", 40)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["pull"], said["reserve_after_pull"]) == ("full", True), "the reserve is not for what the server has"
    assert said["kept"] >= 20 and said["refused"] == 4 and not said["reserve"]
    assert said["waiting"] == said["kept"] == said["mirrored"], "kept is kept, in both files, and refused is nowhere"
    assert said["healthy"] == "ok" and said["set_aside_again"]
    assert said["waiting_again"] == said["kept"] + 1


async def test_a_change_that_cannot_be_kept_is_refused_before_it_shows(db: Database) -> None:
    db._writer.submit(db._pragmas, "PRAGMA max_page_count = 1").result()  # as full as it is now
    kept = 0
    with pytest.raises(DiskFull):
        while True:
            await db.write(lambda conn, n=kept: record(conn, create(f"c{n}", notes="n" * 3000)))
            kept += 1
    assert db.read(outbox.waiting) == kept
    assert db.read(lambda conn: conn.execute("SELECT count(*) FROM bookings").fetchone()[0]) == kept


async def test_the_reserve_is_made_once_and_again_when_it_was_given_up(path: Path) -> None:
    db = Database.open(path, Clock())
    await db.keep_reserve()
    reserve = db._reserve.path
    assert reserve.stat().st_size == SIZE and reserve.stat().st_blocks * 512 >= SIZE, "space, not just a size"
    inode = reserve.stat().st_ino
    await db.keep_reserve()
    assert reserve.stat().st_ino == inode
    assert db._reserve.give_up() and not db._reserve.give_up()
    await db.keep_reserve()
    assert reserve.exists() and not db._reserve.spent
    db.close()
