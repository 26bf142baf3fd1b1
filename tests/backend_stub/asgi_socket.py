"""A WebSocket client that talks to an ASGI app directly, without a network."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

Frame = dict[str, Any]


class Refused(Exception):
    """The handshake was answered with a response instead."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.document: Frame = json.loads(body)


class Closed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class AsgiSocket:
    """`held` keeps frames from being taken, as a slow reader does, until it is set."""

    def __init__(self) -> None:
        self._to_app: asyncio.Queue[Frame] = asyncio.Queue()
        self._from_app: asyncio.Queue[Frame] = asyncio.Queue()
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def receive_text(self, timeout_s: float = 5) -> str:
        message = await asyncio.wait_for(self._from_app.get(), timeout_s)
        if message["type"] == "websocket.close":
            raise Closed(message["code"])
        return message["text"]

    async def receive(self, timeout_s: float = 5) -> Frame:
        return json.loads(await self.receive_text(timeout_s))

    async def until(self, wanted: Callable[[Frame], bool], timeout_s: float = 5) -> list[Frame]:
        """All frames up to the first that is `wanted`, which is the last of the answer."""
        frames: list[Frame] = []
        while not frames or not wanted(frames[-1]):
            frames.append(await self.receive(timeout_s))
        return frames

    async def closed(self) -> int:
        """Read on to the end; answers the close code."""
        try:
            while True:
                await self.receive_text()
        except Closed as closed:
            return closed.code

    def is_quiet(self) -> bool:
        return self._from_app.empty()

    def send(self, frame: Frame) -> None:
        self.send_text(json.dumps(frame))

    def send_text(self, text: str) -> None:
        self._to_app.put_nowait({"type": "websocket.receive", "text": text})

    async def app_receives(self) -> Frame:
        return await self._to_app.get()

    async def app_sends(self, message: Frame) -> None:
        await self.flowing.wait()
        self._from_app.put_nowait(message)

    async def handshake(self) -> None:
        message = await asyncio.wait_for(self._from_app.get(), 5)
        if message["type"] == "websocket.http.response.start":
            body = await asyncio.wait_for(self._from_app.get(), 5)
            raise Refused(message["status"], body["body"])
        if message["type"] == "websocket.close":
            raise Closed(message["code"])
        assert message["type"] == "websocket.accept"


@asynccontextmanager
async def connected(app: Any, token: str | None, path: str = "/v1/live", query: str = "") -> AsyncIterator[AsgiSocket]:
    """Raises Refused when the handshake is answered with a problem, Closed when it is closed."""
    socket = AsgiSocket()
    headers = [(b"authorization", f"Bearer {token}".encode())] if token is not None else []
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "subprotocols": [],
        "state": {},
        "extensions": {"websocket.http.response": {}},
    }
    socket._to_app.put_nowait({"type": "websocket.connect"})
    task = asyncio.ensure_future(app(scope, socket.app_receives, socket.app_sends))
    try:
        await socket.handshake()
        yield socket
    finally:
        socket.flowing.set()
        socket._to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(task, 5)
