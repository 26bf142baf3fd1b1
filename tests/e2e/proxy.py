"""The network between the app and the hosted API, which a test can cut, mend, and make bad (`troubles`).

A cut resets every connection and refuses new ones, as a machine that is gone does; nothing in the app is told.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from typing import Any

from tests.e2e.trouble import Plan, Troubles

TIMEOUT_S = 10.0


class Proxy:
    """Listens on `port` of 127.0.0.1 and carries bytes to `target_port`, from a thread of its own.

    `troubles` strike connections that begin from now on; None: a good network.
    """

    def __init__(self, target_port: int) -> None:
        self.troubles: Troubles | None = None
        self._target_port = target_port
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        self._do(self._cut())

    def mend(self) -> None:
        self._do(self._mend())

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(TIMEOUT_S)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(TIMEOUT_S)

    async def _mend(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._writers):
            writer.transport.abort()
        if self._carrying:
            await asyncio.wait(self._carrying, timeout=TIMEOUT_S)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrying = self._loop.create_task(self._carry(reader, writer))
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        onward: asyncio.StreamWriter | None = None
        try:
            with contextlib.suppress(OSError):
                back, onward = await asyncio.open_connection("127.0.0.1", self._target_port)
                self._writers.add(onward)
                await self._both_ways((reader, onward), (back, writer))
        finally:
            for end in (writer, onward):
                if end is not None:
                    end.transport.abort()
                    self._writers.discard(end)

    async def _both_ways(self, outward: "_Way", inward: "_Way") -> None:
        """Carry bytes in both directions until both have ended; a trouble strikes one of them."""
        troubles = self.troubles
        plan = troubles.next_plan() if troubles is not None else None
        ways: list[Coroutine[Any, Any, None]] = []
        for way, struck in ((outward, True), (inward, False)):
            if troubles is not None and plan is not None and plan.outward is struck:
                ways.append(_troubled(troubles, way, plan))
            else:
                ways.append(_pour(*way))
        await asyncio.wait([asyncio.ensure_future(way) for way in ways])


_Way = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _troubled(troubles: Troubles, way: _Way, plan: Plan) -> None:
    with contextlib.suppress(OSError):
        await troubles.carry(*way, plan)


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Until the source ends; then the sink is told so: gently, or by a reset if the source was reset."""
    try:
        while chunk := await source.read(65_536):
            sink.write(chunk)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
    except OSError:
        sink.transport.abort()
