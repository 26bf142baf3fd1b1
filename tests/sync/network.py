"""A network between a device and a hosted API in this process: no sockets, and it can be cut."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import httpx

from client.api.errors import Unreachable
from client.api.sockets import SocketClosed, SocketRefused

Message = MutableMapping[str, Any]


class Network(httpx.AsyncBaseTransport):
    """An httpx transport and an OpenSocket (`sockets`) to an ASGI app.

    `requests` are the paths asked for; `before` is called with each and may raise or change the network.
    """

    def __init__(self, app: Any) -> None:
        self.up = True
        self.sockets_allowed = True
        self.requests: list[str] = []
        self.before: Callable[[httpx.Request], None] = lambda _: None
        self._app = app
        self._http = httpx.ASGITransport(app=app)
        self._open: dict[Wire, None] = {}
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url.path)
        self.before(request)
        if not self.up:
            raise httpx.ConnectError("the network is cut", request=request)
        with self._counted(request):
            return await self._http.handle_async_request(request)

    async def quiet(self, timeout_s: float = 0.2) -> None:
        """Until no request is under way, except those the server holds; some only end when the clock moves."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._quiet.wait()

    @contextlib.contextmanager
    def _counted(self, request: httpx.Request) -> Iterator[None]:
        count = 0 if "wait" in request.url.params else 1
        self._under_way += count
        if self._under_way:
            self._quiet.clear()
        try:
            yield
        finally:
            self._under_way -= count
            if self._under_way == 0:
                self._quiet.set()

    async def sockets(self, url: str, headers: Mapping[str, str]) -> "Wire":
        if not (self.up and self.sockets_allowed):
            raise Unreachable("the network is cut")
        wire = Wire(lambda ended: self._open.pop(ended, None))
        await wire.open(self._app, httpx.URL(url), headers)
        self._open[wire] = None
        return wire

    def cut(self) -> None:
        """Everything that is open breaks, nothing new comes through."""
        self.up = False
        for wire in tuple(self._open):
            wire.break_off()

    def restore(self) -> None:
        self.up = True

    def swallow_frames(self, swallow: bool) -> None:
        """Frames from the server are lost without anybody noticing."""
        for wire in self._open:
            wire.swallowing = swallow

    async def aclose(self) -> None:
        for wire in tuple(self._open):
            await wire.close()


class Wire:
    """One WebSocket; what the app sends is queued here."""

    def __init__(self, on_end: Callable[["Wire"], object]) -> None:
        self.swallowing = False
        self._on_end = on_end
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def open(self, app: Any, url: httpx.URL, headers: Mapping[str, str]) -> None:
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": url.path,
            "raw_path": url.path.encode(),
            "query_string": url.query,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
            "subprotocols": [],
            "state": {},
            "extensions": {"websocket.http.response": {}},
        }
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(app(scope, self._to_app.get, self._sent))
        answer = await self._from_app.get()
        if answer["type"] == "websocket.http.response.start":
            body = await self._from_app.get()
            raise SocketRefused(answer["status"], {}, body["body"])
        if answer["type"] == "websocket.close":
            raise SocketRefused(403, {}, b"")

    async def receive(self) -> str:
        message = await self._from_app.get()
        if message["type"] == "websocket.close":
            raise SocketClosed(message.get("code", 1000))
        return message["text"]

    async def send(self, text: str) -> None:
        self._to_app.put_nowait({"type": "websocket.receive", "text": text})

    async def close(self) -> None:
        self.break_off()
        if self._task is not None:
            await asyncio.wait((self._task,))
            self._task = None

    def break_off(self) -> None:
        self._on_end(self)
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1006})
        self._from_app.put_nowait({"type": "websocket.close", "code": 1006})

    async def _sent(self, message: Message) -> None:
        if not (self.swallowing and message["type"] == "websocket.send"):
            self._from_app.put_nowait(message)
