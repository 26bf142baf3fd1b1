"""The app's server, as `chatty run` starts it: what it says on the terminal, and what it does not."""

import asyncio
from typing import cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect

from hosted import bind, port_of
from launcher import Asgi, serving

TIMEOUT_S = 10


class Tab:
    """An app of one WebSocket that goes on sending after the tab is gone, as Flet's does with words in flight."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.ended = asyncio.Event()
        self._fault = fault

    async def serve(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("words")
        with pytest.raises(WebSocketDisconnect):
            while True:
                await socket.receive_text()
        if self._fault:
            raise self._fault
        for _ in range(3):
            await socket.send_text("more words")
        self.ended.set()

    @property
    def app(self) -> Asgi:
        return Starlette(routes=[WebSocketRoute("/", self.serve)])  # type: ignore[return-value]


async def opened_and_closed(tab: Tab) -> None:
    """Without a goodbye, as a browser does it."""
    listener = bind(0)
    port = port_of(listener)
    async with serving(tab.app, listener):
        client = await connect(f"ws://127.0.0.1:{port}/", proxy=None)
        assert await client.recv() == "words"
        client.transport.abort()
        await client.wait_closed()


async def test_a_tab_closed_while_words_are_in_flight_leaves_the_terminal_clean(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tab = Tab()
    await opened_and_closed(tab)
    async with asyncio.timeout(TIMEOUT_S):
        await tab.ended.wait()
    assert capsys.readouterr().err == ""


async def test_the_page_may_fetch_from_here_alone() -> None:
    listener = bind(0)
    page = Starlette(routes=[Route("/", lambda _: PlainTextResponse("the page"))])
    async with serving(cast(Asgi, page), listener), httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"http://127.0.0.1:{port_of(listener)}/")
    rules = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    assert answer.text == "the page" and rules["default-src"] == "'self'"
    assert not any(word.startswith(("http", "*", "//")) for rule in rules.values() for word in rule.split())


async def test_what_really_breaks_is_still_said(capsys: pytest.CaptureFixture[str]) -> None:
    await opened_and_closed(Tab(ValueError("a mistake of ours")))
    assert "a mistake of ours" in capsys.readouterr().err
