"""What a bad network does to one connection, drawn from a seed so that it can be had again.

A proxy asks `Troubles` for each new connection; most get none.  A trouble strikes one direction after some bytes.
"""

import asyncio
import random
import socket
import struct
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

_DELAY_S = 0.3
_PIECE = 7
_PIECE_S = 0.002
_DRIBBLED = 2_000
"""A longer answer is let through after so many bytes, or a test would take minutes."""


class Trouble(StrEnum):
    DELAY = "every chunk comes late"
    DROP = "from some byte on nothing comes, and nobody is told"
    HALF_CLOSE = "one direction ends early, the other stays open"
    RESET = "the connection is reset"
    TRUNCATE = "the connection ends in order in the middle of an answer"
    DRIBBLE = "a few bytes at a time"


@dataclass(frozen=True, slots=True)
class Plan:
    """`outward`: it strikes what the app says, not what it hears.  `after`: bytes that pass before."""

    trouble: Trouble
    outward: bool
    after: int


class Troubles:
    """`percent` of the connections get one.  `met` counts what was really done to them."""

    def __init__(self, seed: int, percent: int) -> None:
        self.met: Counter[Trouble] = Counter()
        self._dice = random.Random(seed)
        self._percent = percent

    def next_plan(self) -> Plan | None:
        if self._dice.randrange(100) >= self._percent:
            return None
        trouble = self._dice.choice(list(Trouble))
        return Plan(trouble, self._dice.random() < 0.4, self._dice.choice((0, 40, 200, 600, 3000)))

    async def carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, plan: Plan) -> None:
        """Carry bytes until the source ends, with the trouble of the plan."""
        left = plan.after
        while chunk := await source.read(65_536):
            if plan.trouble in (Trouble.DELAY, Trouble.DRIBBLE):
                await self._slowly(chunk, sink, plan.trouble)
                continue
            passes, left = chunk[:left], left - len(chunk)
            sink.write(passes)
            await sink.drain()
            if left < 0:
                self.met[plan.trouble] += 1
                await _strike(source, sink, plan.trouble)
                return
        if sink.can_write_eof():
            sink.write_eof()

    async def _slowly(self, chunk: bytes, sink: asyncio.StreamWriter, trouble: Trouble) -> None:
        self.met[trouble] += 1
        if trouble is Trouble.DELAY:
            await asyncio.sleep(_DELAY_S)
            sink.write(chunk)
        else:
            for start in range(0, min(len(chunk), _DRIBBLED), _PIECE):
                sink.write(chunk[start : min(start + _PIECE, _DRIBBLED)])
                await sink.drain()
                await asyncio.sleep(_PIECE_S)
            sink.write(chunk[_DRIBBLED:])
        await sink.drain()


async def _strike(source: asyncio.StreamReader, sink: asyncio.StreamWriter, trouble: Trouble) -> None:
    match trouble:
        case Trouble.RESET:
            # With no time to linger, closing sends a reset instead of an end.
            sock: socket.socket = sink.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sink.transport.abort()
        case Trouble.TRUNCATE:
            sink.close()
        case Trouble.HALF_CLOSE:
            if sink.can_write_eof():
                sink.write_eof()
            await _swallow(source)
        case _:
            await _swallow(source)


async def _swallow(source: asyncio.StreamReader) -> None:
    while await source.read(65_536):
        pass
