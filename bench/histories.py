"""`make soak SEEDS=100000`: so many simulated histories (docs/proof.md), on all cores, with those that fail by seed."""

import os
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.simulation.coverage import missing
from tests.simulation.stage import tell

_EACH = 20
"""Histories to a piece of work: often enough for a bar that moves, rarely enough to cost nothing."""

Piece = tuple[Counter[str], list[tuple[int, str]]]
"""What was hit, and the seeds that failed with what broke."""


def run(first: int, count: int) -> int:
    """Tell the histories of so many seeds; 0 when all hold and every fault was hit."""
    console, begun = Console(stderr=True), time.monotonic()
    hit: Counter[str] = Counter()
    failed: list[int] = []
    columns = (TextColumn("histories"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress, ProcessPoolExecutor(os.cpu_count()) as pool:
        bar = progress.add_task("", total=count)
        starts = range(first, first + count, _EACH)
        for start, (found, broken) in zip(starts, _told(pool, starts, first + count), strict=True):
            hit += found
            for seed, why in broken:
                failed.append(seed)
                console.print(f"python -m tests.simulation {seed}   # {why}", markup=False, highlight=False)
            progress.update(bar, completed=min(start + _EACH, first + count) - first)
    seconds = time.monotonic() - begun
    never = missing(hit)
    sys.stdout.write(
        f"{count} histories in {seconds:.0f} s ({count / seconds:.1f} a second), {len(failed)} failed"
        f"{': ' + ' '.join(map(str, failed)) if failed else ''}; {sum(hit.values())} faults of {len(hit)} kinds"
        f"{', never hit: ' + ', '.join(never) if never else ''}\n"
    )
    return 1 if failed or never else 0


def _told(pool: ProcessPoolExecutor, starts: range, end: int) -> Iterator[Piece]:
    """In order, with only a few pieces ahead: a hundred thousand seeds are not all handed out at once."""
    waiting = (pool.submit(_piece, start, min(start + _EACH, end)) for start in starts)
    ahead = deque(islice(waiting, 4 * (os.cpu_count() or 1)))
    while ahead:
        yield ahead.popleft().result()
        ahead.extend(islice(waiting, 1))


def _piece(first: int, last: int) -> Piece:
    hit: Counter[str] = Counter()
    broken: list[tuple[int, str]] = []
    for seed in range(first, last):
        try:
            hit += tell(seed).hit
        except Exception as error:
            broken.append((seed, f"{type(error).__name__}: {str(error)[:160]}"))
    return hit, broken
