"""What a device brings along when it talks to the API: tokens, a clock that stands still, a scripted server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from client.api.connection import Api
from client.api.sockets import OpenSocket, Socket, SocketClosed
from client.clock import Clock
from client.models.account import Tokens

URL = "http://hosted.test"
NOW = datetime(2025, 11, 23, 12, tzinfo=UTC)


class MemoryTokens:
    """A token store that remembers each set of tokens it was given."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self.tokens = tokens
        self.saved: list[Tokens] = []

    async def load(self) -> Tokens | None:
        return self.tokens

    async def save(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.saved.append(tokens)

    async def clear(self) -> None:
        self.tokens = None


def tokens(number: int = 1) -> Tokens:
    return Tokens(
        access=f"access-{number}",
        refresh=f"refresh-{number}",
        expires_at_ms=0,
        device_id="device",
        session_id="session",
    )


def tokens_answer(number: int) -> httpx.Response:
    return httpx.Response(
        200,
        json={
            "access_token": f"access-{number}",
            "token_type": "Bearer",
            "expires_in": 900,
            "refresh_token": f"refresh-{number}",
            "device_id": "device",
            "session_id": "session",
        },
    )


def problem(status: int, code: str, **members: Any) -> httpx.Response:
    headers = members.pop("headers", {})
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": f"It is {code}.", **members}
    return httpx.Response(status, json=body, headers={"content-type": "application/problem+json", **headers})


def still_clock() -> Clock:
    """Noon for ever; timers run out at once."""
    return Clock(now=lambda: NOW, monotonic=lambda: 0.0, sleep=lambda _: asyncio.sleep(0))


Handler = Callable[[httpx.Request], Any]


@asynccontextmanager
async def api_of(
    handler: Handler | None = None,
    *,
    store: MemoryTokens | None = None,
    sockets: OpenSocket | None = None,
    url: str = URL,
) -> AsyncIterator[Api]:
    """An Api whose server is `handler`."""
    transport = httpx.MockTransport(handler or (lambda _: httpx.Response(404)))
    api = Api(
        url,
        tokens=store or MemoryTokens(tokens()),
        clock=still_clock(),
        transport=transport,
        sockets=sockets or ScriptedSockets(),
    )
    try:
        yield api
    finally:
        await api.aclose()


class ScriptedSocket:
    """Says what the script says: texts to receive, exceptions to raise; then it is closed with 1006."""

    def __init__(self, script: list[str | bytes | Exception]) -> None:
        self._script = list(script)
        self.sent: list[Any] = []
        self.closed = False

    async def receive(self) -> str | bytes:
        if not self._script:
            raise SocketClosed(1006)
        said = self._script.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    async def send(self, text: str) -> None:
        self.sent.append(msgspec.json.decode(text))

    async def close(self) -> None:
        self.closed = True


class ScriptedSockets:
    """Hands out the given sockets, or raises the given exceptions, one for each attempt to connect."""

    def __init__(self, *attempts: ScriptedSocket | Exception) -> None:
        self._attempts = list(attempts)
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def __call__(self, url: str, headers: Mapping[str, str]) -> Socket:
        self.asked.append((url, dict(headers)))
        attempt = self._attempts.pop(0)
        if isinstance(attempt, Exception):
            raise attempt
        return attempt


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)
