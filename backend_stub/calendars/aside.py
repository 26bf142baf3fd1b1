"""Has a feed read by a program of its own (child.py), which is ended when it takes too long: nothing else would."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from backend_stub.calendars.times import Read
from backend_stub.calendars.trouble import Code, Trouble

LONGEST_S = 60.0
"""Of real time: it is spent by a processor, not by whoever waits."""

ROOT = Path(__file__).parents[2]


async def read_aside(data: bytes, *, zone: str, since_ms: int, until_ms: int, longest_s: float = LONGEST_S) -> Read:
    """As `reading.read`.  Raises Trouble, also for a feed that takes more than `longest_s` of real time."""
    process = await _start(zone, since_ms, until_ms)
    try:
        async with asyncio.timeout(longest_s):
            answer, _ = await process.communicate(data)
    except TimeoutError:
        raise Trouble("too_slow") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise Trouble("unreadable")
    told = msgspec.json.decode(answer, type=Read | Code)
    if not isinstance(told, Read):
        raise Trouble(told)
    return told


async def _start(zone: str, since_ms: int, until_ms: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend_stub.calendars.child", zone, str(since_ms), str(until_ms)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
