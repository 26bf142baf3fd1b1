"""Half a million bookings on the device: how long until today's are read, cold and warm, and until one is found."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bench.big_business import TODAY, customer_id, fill
from bench.processes import ROOT
from bench.result import Measure, Result
from client.clock import Clock
from client.models.ids import CustomerId
from client.storage import bookings, timeline
from client.storage.database import Database
from client.storage.search import search

BOOKINGS = 500_000
ROUNDS = 15
TOMORROW = TODAY + timedelta(days=1)


def run() -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.db"
        fill(path, BOOKINGS).close()
        cold = [_cold(path) for _ in range(5)]
        db = Database.open(path, Clock())
        warm = _median_ms(lambda: db.read(lambda conn: bookings.between(conn, TODAY, TOMORROW)))
        found = _median_ms(lambda: db.read(lambda conn: search(conn, "mari gom", 20, TODAY)))
        nobody = _median_ms(lambda: db.read(lambda conn: search(conn, "zzzz", 20, TODAY)))
        whole = _median_ms(lambda: db.read(lambda conn: timeline.of_customer(conn, CustomerId(customer_id(7)), 30)))
        db.close()
    return Result(
        bench="many",
        what=f"A device with {BOOKINGS:,} bookings",
        measures=(
            Measure(name="open the file and read today, cold", value=statistics.median(cold), unit="ms", must=45.0),
            Measure(name="read today, warm", value=warm, unit="ms", must=1.0),
            Measure(name="find a customer by name, with bookings", value=found, unit="ms", must=100.0, aim=50.0),
            Measure(name="look everywhere and find nobody", value=nobody, unit="ms", must=100.0, aim=50.0),
            Measure(name="a customer's timeline", value=whole, unit="ms", must=2.0, aim=0.5),
        ),
    )


def _cold(path: Path) -> float:
    """Milliseconds in a process of its own, imports not counted; the file may be in the system's memory."""
    command = [sys.executable, "-m", "bench.many", str(path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout))


def _median_ms(fn: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        fn()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def _open_and_read(path: Path) -> float:
    begun = time.perf_counter()
    db = Database.open(path, Clock())
    rows = db.read(lambda conn: bookings.between(conn, TODAY, TOMORROW))
    taken = (time.perf_counter() - begun) * 1000
    assert rows
    db.close()
    return taken


if __name__ == "__main__":
    print(json.dumps(_open_and_read(Path(sys.argv[1]))))
