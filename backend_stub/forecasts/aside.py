"""Has forecasts made by a program of its own (child.py): the library takes a second to import, and its sums take more.

What is served meanwhile does not wait for either.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from backend_stub.forecasts.asked import History, Row

LONGEST_S = 240.0
"""Of real time."""

ROOT = Path(__file__).parents[2]

Foretell = Callable[[History], Awaitable[list[Row] | None]]
"""None where there are none: the library is not there, or it took too long."""


async def foretell_aside(history: History) -> list[Row] | None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend_stub.forecasts.child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            answer, _ = await process.communicate(msgspec.json.encode(history))
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return msgspec.json.decode(answer, type=list[Row]) if process.returncode == 0 else None
