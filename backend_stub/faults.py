"""Faults on request: an ASGI layer that refuses, delays, drops, spoils and closes, so that the app can be tested.

A fault holds until cleared, for `*times` or for `%percent` of what it could strike; chance is seeded.  In a test
without sockets a dropped request raises Dropped out of the app; under the real server the connection is simply gone.
"""

import random
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from backend_stub import nonsense
from backend_stub.bodies import PUSH
from backend_stub.clock import Clock
from backend_stub.hub import Farewell, Hub
from backend_stub.problems import Problem, invalid, not_found
from backend_stub.services import Here
from backend_stub.store import Store

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

Kind = Literal[
    "refuse",
    "delay",
    "drop_before",
    "drop_after",
    "expire",
    "malformed",
    "unknown",
    "skew",
    "drop_live",
    "slow_body",
    "defer",
    "poison",
    "partial",
    "halfway",
]
NEEDS_NUMBER = frozenset({"refuse", "delay", "skew", "defer", "poison"})
SPEC = re.compile(
    r"(?P<kind>[a-z_]+)(?::(?P<number>-?\d+))?(?:@(?P<prefix>/[^*%,]*))?(?:\*(?P<times>\d+)|%(?P<percent>\d+))?"
)
CONTROL = "/v1/_faults"
SLOW_PIECES = 16
SLOW_PIECE_S = 0.2

REFUSALS: dict[int, tuple[str, str]] = {
    401: ("token_expired", "This sign-in has to be renewed."),
    403: ("forbidden", "Your role does not allow this."),
    404: ("not_found", "There is nothing here by that name."),
    409: ("conflict", "Somebody else changed this."),
    410: ("cursor_expired", "This device was away for too long, so it has to be filled again."),
    426: ("upgrade_required", "This version of the app is too old. Please update it."),
    429: ("rate_limited", "That was too often. Please try again in 1 second."),
    503: ("unavailable", "The service is not available right now."),
}


class BadSpec(ValueError):
    """The text is not a list of faults; the message says which part."""


class Dropped(ConnectionError):
    """The connection went away, where there is no socket to close."""


@dataclass(slots=True, kw_only=True)
class Fault:
    kind: Kind
    number: int
    prefix: str
    left: int | None
    percent: int | None

    def strikes(self, path: str, chance: random.Random) -> bool:
        """Whether it strikes this time; counts down."""
        if not path.startswith(self.prefix) or self.left == 0:
            return False
        if self.percent is not None and chance.random() * 100 >= self.percent:
            return False
        if self.left is not None:
            self.left -= 1
        return True

    def __str__(self) -> str:
        number = f":{self.number}" if self.kind in NEEDS_NUMBER else ""
        prefix = f"@{self.prefix}" if self.prefix else ""
        count = f"*{self.left}" if self.left is not None else f"%{self.percent}" if self.percent is not None else ""
        return f"{self.kind}{number}{prefix}{count}"


def parse_faults(spec: str) -> list[Fault]:
    """The faults of a SPEC of docs/api.md.  Raises BadSpec."""
    return [_parse(part.strip()) for part in spec.split(",") if part.strip()]


def _parse(part: str) -> Fault:
    found = SPEC.fullmatch(part)
    if found is None or found["kind"] not in get_args(Kind):
        raise BadSpec(f"{part!r} is not a fault")
    kind = cast(Kind, found["kind"])
    if (found["number"] is not None) != (kind in NEEDS_NUMBER):
        raise BadSpec(f"{part!r}: {kind} {'needs' if kind in NEEDS_NUMBER else 'takes no'} number")
    number = int(found["number"] or 0)
    if kind == "refuse" and not 400 <= number <= 599:
        raise BadSpec(f"{part!r}: a refusal has a status from 400 to 599")
    return Fault(
        kind=kind,
        number=number,
        prefix=found["prefix"] or "",
        left=int(found["times"]) if found["times"] else None,
        percent=int(found["percent"]) if found["percent"] else None,
    )


class Faults:
    """The faults in force.  `allowed` False: nobody can ask for any."""

    def __init__(self, spec: str | None, seed: int) -> None:
        self.allowed = spec is not None
        self._seed = seed
        self._faults: list[Fault] = []
        self._chance = random.Random(seed)
        self.put(spec or "")

    def put(self, spec: str) -> None:
        """Replace what is in force.  Raises BadSpec."""
        self._faults = parse_faults(spec)
        self._chance = random.Random(self._seed)

    def strike(self, kind: Kind, path: str) -> Fault | None:
        for fault in self._faults:
            if fault.kind == kind and fault.strikes(path, self._chance):
                return fault
        return None

    def skew_ms(self) -> int:
        return sum(fault.number * 1000 for fault in self._faults if fault.kind == "skew")

    def deferral(self, path: str) -> int | None:
        """In how many seconds a mutation shall be asked again; None to carry it out."""
        fault = self.strike("defer", path)
        return fault.number if fault is not None else None

    def nonsense(self, path: str) -> Callable[[bytes], bytes]:
        """One way of making nonsense of an answer; of a push there are more than one."""
        return self._chance.choice(nonsense.OF_A_PUSH) if path == PUSH else nonsense.truncated

    def handled(self, path: str, count: int) -> int:
        """How many of so many mutations are looked at."""
        return -(-count // 2) if self.strike("halfway", path) is not None else count

    def is_poison(self, path: str, mid: int) -> bool:
        """Whether the server breaks on this mutation."""
        return any(
            fault.kind == "poison" and fault.number == mid and fault.strikes(path, self._chance)
            for fault in self._faults
        )

    def drops_live(self) -> bool:
        return self.strike("drop_live", "/v1/live") is not None

    def __str__(self) -> str:
        return ",".join(str(fault) for fault in self._faults)


class FaultLayer:
    """The ASGI layer around the app."""

    def __init__(self, app: App, *, faults: Faults, clock: Clock, store: Store) -> None:
        self._app = app
        self._faults = faults
        self._clock = clock
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if not self._faults.allowed or scope["type"] not in ("http", "websocket") or path == CONTROL:
            await self._app(scope, receive, send)
            return
        if delay := self._faults.strike("delay", path):
            await self._clock.sleep(delay.number / 1000)
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, path)
        else:
            await self._request(scope, receive, send, path)

    async def _request(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        if self._faults.strike("drop_before", path):
            await _drop(scope, receive)
            return
        if refusal := self._refusal(scope, path):
            await refusal(scope, receive, send)
            return
        if self._faults.strike("drop_after", path):
            await self._app(scope, receive, _into_nothing)
            await _drop(scope, receive)
            return
        spoil = self._spoiler(path)
        slow = self._faults.strike("slow_body", path) is not None
        if spoil is None and not slow:
            await self._app(scope, receive, send)
            return
        await self._spoiled(_unzipped(scope), receive, send, spoil or bytes, slow)

    def _refusal(self, scope: Scope, path: str) -> Response | None:
        if fault := self._faults.strike("refuse", path):
            return refusal(fault.number, self._store.epoch).response()
        query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
        if path == "/v1/sync/changes" and query.get("cursor") and self._faults.strike("expire", path):
            return refusal(410, self._store.epoch).response()
        return None

    def _spoiler(self, path: str) -> Callable[[bytes], bytes] | None:
        if self._faults.strike("partial", path):
            return nonsense.without_the_last_results
        if self._faults.strike("malformed", path):
            return self._faults.nonsense(path)
        if self._faults.strike("unknown", path):
            return nonsense.with_unknowns
        return None

    async def _spoiled(
        self, scope: Scope, receive: Receive, send: Send, spoil: Callable[[bytes], bytes], slow: bool
    ) -> None:
        head: Message = {}
        parts: list[bytes] = []

        async def gather(message: Message) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self._app(scope, receive, gather)
        whole = b"".join(parts)
        body = spoil(whole) if _is_json(head) else whole
        headers = [(key, value) for key, value in head["headers"] if key.lower() != b"content-length"]
        await send({**head, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        if not slow:
            await send({"type": "http.response.body", "body": body})
            return
        size = max(1, -(-len(body) // SLOW_PIECES))
        for start in range(0, len(body), size):
            await self._clock.sleep(SLOW_PIECE_S)
            await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _socket(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        if self._faults.strike("drop_before", path):
            await send({"type": "websocket.close", "code": 1011})
            return
        if fault := self._faults.strike("refuse", path):
            await refusal(fault.number, self._store.epoch).response()(scope, receive, send)
            return

        async def spoil(message: Message) -> None:
            text = message.get("text")
            if message["type"] != "websocket.send" or text is None:
                await send(message)
            elif self._faults.strike("drop_live", path):
                await send({"type": "websocket.close", "code": 1001})
            elif self._faults.strike("malformed", path):
                await send({**message, "text": text[: len(text) // 2]})
            elif self._faults.strike("unknown", path):
                await send({"type": "websocket.send", "text": '{"t":"aurora","colour":"green"}'})
                await send({**message, "text": nonsense.with_unknowns(text.encode()).decode()})
            else:
                await send(message)

        await self._app(scope, receive, spoil)


def refusal(status: int, epoch: str) -> Problem:
    code, detail = REFUSALS.get(
        status,
        ("server_fault", "Something went wrong on our side.") if status >= 500 else ("invalid", "Not like this."),
    )
    more: dict[str, Any] = {}
    if status in (429, 503):
        more = {"headers": {"Retry-After": "1"}, "retry_after_s": 1}
    if status == 410:
        more = {"epoch": epoch, "reason": "retention"}
    if status == 426:
        more = {"min_schema": 2}
    return Problem(status, code, detail, **more)


def _is_json(head: Message) -> bool:
    headers = {key.lower(): value for key, value in head["headers"]}
    return b"json" in headers.get(b"content-type", b"")


def _unzipped(scope: Scope) -> Scope:
    headers = [(key, value) for key, value in scope["headers"] if key.lower() != b"accept-encoding"]
    return {**scope, "headers": headers}


async def _into_nothing(_message: Message) -> None:
    """Takes an answer that nobody will ever see."""


async def _drop(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer: `abort` is there when a socket is (see __main__.py)."""
    abort = scope.get("state", {}).get("abort")
    if abort is None:
        raise Dropped("the connection was dropped on request")
    abort()
    while (await receive())["type"] != "http.disconnect":
        pass


router = APIRouter(include_in_schema=False)


@router.put(CONTROL)
async def put_faults(request: Request, here: Here) -> Response:
    """Replace the faults in force by those of the body, a SPEC."""
    if not here.faults.allowed:
        raise not_found()
    try:
        here.faults.put((await request.body()).decode("utf-8", "replace"))
    except BadSpec as bad:
        raise invalid("body", str(bad)) from None
    drop_open_sockets(here.faults, here.hub)
    return JSONResponse({"faults": str(here.faults)})


@router.delete(CONTROL)
async def clear_faults(here: Here) -> Response:
    if not here.faults.allowed:
        raise not_found()
    here.faults.put("")
    return JSONResponse({"faults": ""})


def drop_open_sockets(faults: Faults, hub: Hub) -> None:
    """`drop_live` closes what is open at once; what connects while it holds is closed at its first frame."""
    if faults.drops_live():
        hub.dismiss_all(Farewell(None, 1001))
