"""A web server on loopback that answers for a calendar as it is told, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class IcsServer:
    """`answer` is the whole HTTP answer of the next requests; `silent` keeps the connection and says nothing."""

    port: int = 0
    answer: bytes = b""
    silent: bool = False
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    _open: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/private-3f9a/basic.ics"

    def serve(self, body: bytes, *, status: str = "200 OK", **headers: str) -> None:
        """Answer with this body from now on."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.answer = "\r\n".join([*lines, "", ""]).encode() + body

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.partition(": ") for line in head[1:] if line)
            self.asked.append({"path": head[0].split()[1]} | {name.lower(): value for name, _, value in pairs})
            self.was_asked.set()
            if self.silent:
                await reader.read()
            else:
                writer.write(self.answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def hang_up(self) -> None:
        for writer in tuple(self._open):
            writer.close()


@asynccontextmanager
async def ics_server() -> AsyncIterator[IcsServer]:
    served = IcsServer()
    server = await asyncio.start_server(served.handle, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        served.hang_up()
        server.close()
        await server.wait_closed()
