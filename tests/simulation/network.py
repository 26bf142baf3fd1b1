"""A device's way to the server, on which everything goes wrong that does: requests, answers and frames.

What is to go wrong is drawn for each request by the weights of the history; what the server itself does wrong (handling
half a batch, putting off, breaking on a change, answering nonsense) its own fault layer does, armed for one request.
"""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from client.api.errors import Unreachable
from tests.simulation.disk import Killed
from tests.simulation.hosted import Hosted
from tests.sync.network import Message, Network, Wire

PUSH, CHANGES = "/v1/sync/push", "/v1/sync/changes"

BY_THE_SERVER = {
    "part of a batch handled": "halfway@/v1/sync/push*1",
    "results for part of a batch": "partial@/v1/sync/push*1",
    "change put off": "defer:7@/v1/sync/push*1",
    "unreadable answer": "malformed@/v1/sync*1",
    "cursor expired on request": "expire*1",
    "401": "refuse:401@/v1/sync*1",
    "429": "refuse:429@/v1/sync*1",
    "500": "refuse:500@/v1/sync*1",
    "503": "refuse:503@/v1/sync*1",
}
ONLY_PUSHES = frozenset(
    {"part of a batch handled", "results for part of a batch", "change put off", "change the server fails on"}
)
ONLY_PULLS = frozenset({"stale page", "cursor expired on request"})
ON_REQUESTS = (
    *BY_THE_SERVER,
    "change the server fails on",
    "dropped before the server",
    "dropped after the server",
    "killed after sending",
    "stale page",
    "answer of a newer server",
    "answer after the timeout",
)
ON_FRAMES = ("live frame lost", "live frame repeated", "live frames reordered", "live connection cut")


@dataclass(kw_only=True)
class Weather:
    """How often what goes wrong (a chance for each request or frame), and how slow the line is at most."""

    chances: Mapping[str, float] = field(default_factory=dict)
    slowest_s: float = 0.3

    def draw(self, chance: random.Random, names: tuple[str, ...]) -> str | None:
        luck = chance.random()
        for name in names:
            luck -= self.chances.get(name, 0.0)
            if luck < 0:
                return name
        return None


class FaultyNetwork(Network):
    """`pushes`: what was sent, for the day a copy of it arrives late.  `kill` ends the process that sends."""

    def __init__(
        self, hosted: Hosted, chance: random.Random, hit: Callable[[str], None], kill: Callable[[], None]
    ) -> None:
        super().__init__(hosted.app)
        self.weather = Weather()
        self.pushes: deque[tuple[dict[str, str], bytes]] = deque(maxlen=30)
        self._hosted = hosted
        self._chance = chance
        self._hit = hit
        self._kill = kill
        self._pages: dict[str, deque[tuple[str, bytes]]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.up:
            raise httpx.ConnectError("the network is cut", request=request)
        path = request.url.path
        if path not in (PUSH, CHANGES):
            return await self._asked(request)
        if path == PUSH:
            self.pushes.append((dict(request.headers), request.content))
            self._hosted.audit.sent(json.loads(request.content))
        await asyncio.sleep(self._chance.random() * self.weather.slowest_s)
        answer = await self._answer(request)
        await asyncio.sleep(self._chance.random() * self.weather.slowest_s)
        if not self.up:
            raise httpx.ReadError("the network is cut", request=request)
        return answer

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == PUSH and (mid := self._broken(json.loads(request.content))):
            return await self._armed("change the server fails on", f"poison:{mid}*1", request)
        return await self._with(self._drawn(path), request)

    def _broken(self, push: dict[str, Any]) -> int | None:
        """The first number in it on which the server breaks every time."""
        mids = (mutation["mid"] for mutation in push["mutations"])
        return next((mid for mid in mids if (push["client_id"], mid) in self._hosted.fails_on), None)

    def _drawn(self, path: str) -> str | None:
        fault = self.weather.draw(self._chance, ON_REQUESTS)
        if fault in (ONLY_PULLS if path == PUSH else ONLY_PUSHES):
            return None
        return fault

    async def _with(self, fault: str | None, request: httpx.Request) -> httpx.Response:
        match fault:
            case "dropped before the server":
                self._hit(fault)
                raise httpx.ReadError("lost on the way there", request=request)
            case "dropped after the server":
                await self._served(request)
                self._hit(fault)
                raise httpx.ReadError("lost on the way back", request=request)
            case "killed after sending":
                await self._served(request)
                self._hit(fault)
                self._kill()
                raise Killed
            case "answer after the timeout":
                await self._served(request)
                self._hit(fault)
                await asyncio.sleep(70)
                raise httpx.ReadError("nobody waits any more", request=request)
            case "stale page":
                return self._stale(request) or await self._served(request)
            case "answer of a newer server":
                answer = await self._served(request)
                if answer.is_success:
                    self._hit(fault)
                    return httpx.Response(answer.status_code, content=of_a_newer_server(answer.content))
                return answer
            case "change the server fails on":
                mids = [mutation["mid"] for mutation in json.loads(request.content)["mutations"]]
                return await self._armed(fault, f"poison:{mids[0]}*1" if mids else "", request)
            case None:
                return await self._served(request)
            case _:
                return await self._armed(fault, BY_THE_SERVER[fault], request)

    async def _armed(self, fault: str, spec: str, request: httpx.Request) -> httpx.Response:
        """With the server's own fault layer told to do something wrong once."""
        faults = self._hosted.services.faults
        faults.put(spec)
        armed = faults._faults
        if faults._faults and fault == "unreadable answer":
            faults._chance = random.Random(self._chance.getrandbits(32))
        try:
            return await self._served(request)
        finally:
            if armed and armed[0].left == 0:
                self._hit(fault)
            if faults._faults is armed:
                faults.put("")

    async def _served(self, request: httpx.Request) -> httpx.Response:
        answer = await self._asked(request)
        if request.url.path == CHANGES and answer.is_success:
            params = request.url.params
            kept = self._pages.setdefault(params["stream"], deque(maxlen=12))
            kept.append((params.get("cursor", ""), answer.content))
        return answer

    async def _asked(self, request: httpx.Request) -> httpx.Response:
        """The server's answer.  httpx's own transport does the same in three times the time."""
        head: Message = {}
        parts: list[bytes] = []
        content = request.content

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            else:
                parts.append(message.get("body", b""))

        await self._app(_scope(request), receive, send)
        return httpx.Response(head["status"], headers=head["headers"], content=b"".join(parts))

    def _stale(self, request: httpx.Request) -> httpx.Response | None:
        """An earlier answer, as from a cache that ignores what it is told; rather one to the same question."""
        kept = self._pages.get(request.url.params["stream"], ())
        cursor = request.url.params.get("cursor", "")
        same = [body for since, body in kept if since == cursor]
        found = same if same and self._chance.random() < 0.8 else [body for _, body in kept]
        if not found:
            return None
        self._hit("stale page")
        return httpx.Response(200, content=self._chance.choice(found))

    async def arrives_late(self, token: str) -> bool:
        """A copy of an earlier push arrives now; nobody hears the answer.  Whether the server took it."""
        if not self.pushes:
            return False
        headers, content = self._chance.choice(self.pushes)
        request = httpx.Request(
            "POST",
            f"http://localhost{PUSH}",
            headers={**headers, "authorization": f"Bearer {token}"},
            content=content,
        )
        return (await self._asked(request)).is_success

    # --- frames ------------------------------------------------------------------------------------------------------
    async def sockets(self, url: str, headers: Mapping[str, str]) -> Wire:
        if not self.up:
            raise Unreachable("the network is cut")
        wire = FaultyWire(self)
        await wire.open(self._app, httpx.URL(url), headers)
        self._open[wire] = None
        return wire

    def frame_fault(self) -> str | None:
        fault = self.weather.draw(self._chance, ON_FRAMES)
        if fault:
            self._hit(fault)
        return fault


class FaultyWire(Wire):
    def __init__(self, network: FaultyNetwork) -> None:
        super().__init__(lambda wire: network._open.pop(wire, None))
        self._network = network
        self._late: list[Message] = []

    async def _sent(self, message: Message) -> None:
        if message["type"] != "websocket.send" or '"t":"hello"' in message["text"][:20]:
            await super()._sent(message)
            return
        match self._network.frame_fault():
            case "live frame lost":
                return
            case "live frame repeated":
                await super()._sent(message)
            case "live frames reordered":
                self._late.append(message)
                return
            case "live connection cut":
                self.break_off()
                return
        await super()._sent(message)
        while self._late:
            await super()._sent(self._late.pop())


def _scope(request: httpx.Request) -> Message:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 50000),
        "root_path": "",
    }


def of_a_newer_server(body: bytes) -> bytes:
    """With more of everything that may be ignored, and nothing else changed."""
    document: dict[str, Any] = json.loads(body)
    document["constellation"] = {"name": "Lyra"}
    for result in document.get("results", ()):
        result["constellation"] = "Lyra"
    if (changes := document.get("changes")) is not None:
        for rows in changes.values():
            for row in rows:
                row["constellation"] = "Lyra"
        changes["holograms"] = [{"id": "hologram-1", "version": document["seq"], "colour": "green"}]
    return json.dumps(document).encode()
