"""How fast this machine is just now, in two figures that nothing of this program is in.

Absolute times mean little without them: a machine that is shared takes twice as long an hour later.
"""

import os
import statistics
import tempfile
import time
from dataclasses import dataclass

from client.storage.syncing import sync

_STEPS = 1_000_000
_LOOPS = 5
_WRITES = 200
_BLOCK = b"x" * 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """Milliseconds, medians.  `loop_ms`: a million additions in plain Python; `sync_ms`: 4 KB put on disk."""

    loop_ms: float
    sync_ms: float


def measure() -> Yardstick:
    """About half a second, in the folder for temporary files, as the benchmarks."""
    return Yardstick(
        loop_ms=statistics.median(_loop() for _ in range(_LOOPS)),
        sync_ms=statistics.median(_writes()),
    )


def _loop() -> float:
    begun = time.perf_counter()
    total = 0
    for number in range(_STEPS):
        total += number
    return (time.perf_counter() - begun) * 1000


def _writes() -> list[float]:
    times: list[float] = []
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(_WRITES):
            begun = time.perf_counter()
            os.write(file.fileno(), _BLOCK)
            sync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return times
