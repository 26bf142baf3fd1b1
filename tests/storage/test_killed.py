"""A process killed in the middle of a transaction: the file opens, and holds all of a transaction or none."""

import random
import signal
import subprocess
import sys
from pathlib import Path

from client.clock import Clock
from client.storage.database import Database

WRITER = """
import sys
from pathlib import Path
from client.clock import Clock
from client.storage.database import Database

db = Database.open(Path(sys.argv[1]), Clock())
first = db.read(lambda conn: conn.execute("SELECT coalesce(max(change_id), 0) FROM outbox").fetchone()[0]) + 1
for mid in range(first, first + 10_000):
    def both(conn, mid=mid):
        conn.execute(
            "INSERT INTO outbox (change_id, op, v, kind, id, payload, undo, state, created_at) "
            "VALUES (?, 'op', 1, 'bookings', 'b', '{}', '{}', 'queued', 0)", (mid,))
        conn.execute("INSERT INTO meta VALUES ('acked', ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v", (str(mid),))
    db.write_blocking(both)
    print(mid, flush=True)
"""


def test_sigkill_at_random_moments_loses_no_committed_row(path: Path) -> None:
    chance = random.Random(7)
    for _ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        assert process.stdout is not None
        said = "0"
        for _ in range(chance.randrange(1, 40)):
            said = process.stdout.readline() or said
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        process.stdout.close()
        process.wait()
        acknowledged = int(rest[-1] if rest else said)

        db = Database.open(path, Clock())
        rows = db.read(lambda conn: conn.execute("SELECT count(*), max(change_id) FROM outbox").fetchone())
        marked = db.read(lambda conn: conn.execute("SELECT v FROM meta WHERE k = 'acked'").fetchone()[0])
        healthy = db.read(lambda conn: conn.execute("PRAGMA integrity_check").fetchone()[0])
        db.close()
        assert healthy == "ok"
        assert rows[0] == rows[1] == int(marked) >= acknowledged


OPENER = """
import sys
from pathlib import Path
from client.clock import Clock
from client.storage import meta
from client.storage.database import Database

db = Database.open(Path(sys.argv[1]), Clock())
print(db.read(lambda conn: meta.get(conn, "client_id")))
db.close()
"""


def test_several_processes_that_make_the_file_at_once_agree_on_it(path: Path) -> None:
    command = [sys.executable, "-c", OPENER, str(path)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) for _ in range(4)
    ]
    said = {process.communicate()[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert len(said) == 1 and said != {""}
