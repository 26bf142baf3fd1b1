"""The answer comes back to a listener on 127.0.0.1, at a port that is free now (RFC 8252, section 7.3).

One answer with the right state is taken; anything else is turned away and the wait goes on.
"""

import asyncio
import contextlib
import html
import secrets
import webbrowser
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from client.platform import PlatformError
from client.platform.browser import Consent, Granted, OpenUrl, Refused, Unanswered
from client.platform.detect import has_display

PATH = "/callback"
REQUEST_LIMIT = 16_384
REQUEST_TIMEOUT_S = 10.0

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>TheChattyAI</title>
<meta name="viewport" content="width=device-width">
<style>:root{{color-scheme:light dark}}body{{font:18px system-ui;display:grid;place-content:center;min-height:90vh;
text-align:center}}h1{{font-size:24px}}</style><main><h1>{title}</h1><p>{text}</p></main></html>"""


async def open_system_browser(url: str) -> None:
    """Raises PlatformError where no window can be opened: a text browser would take over the terminal."""
    if not has_display() or not await asyncio.to_thread(webbrowser.open, url):
        raise PlatformError("browser", "No browser can be opened on this machine. Sign in with your password instead.")


class LoopbackBrowser:
    async def ask(
        self, address: Callable[[str], str], *, state: str, timeout_s: float, open_url: OpenUrl | None = None
    ) -> Consent:
        answered: asyncio.Future[Consent] = asyncio.get_running_loop().create_future()
        redirect_uri = ""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.closing(writer), contextlib.suppress(OSError, TimeoutError, ValueError):
                async with asyncio.timeout(REQUEST_TIMEOUT_S):
                    target = await _request_target(reader)
                    consent = None if answered.done() else _read_answer(target, state, redirect_uri)
                    writer.write(_page(consent))
                    await writer.drain()
                if consent is not None and not answered.done():
                    answered.set_result(consent)

        try:
            server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=REQUEST_LIMIT)
        except OSError as error:
            raise PlatformError("browser", "The answer of the browser cannot be received on this machine.") from error
        async with server:
            redirect_uri = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
            await (open_url or open_system_browser)(address(redirect_uri))
            try:
                async with asyncio.timeout(timeout_s):
                    return await answered
            except TimeoutError:
                return Unanswered()


async def _request_target(reader: asyncio.StreamReader) -> str:
    """The target of a GET request; empty for anything else.  Reads the headers so that the peer may read the reply."""
    line = (await reader.readline()).decode("ascii", "replace").split(" ")
    while (await reader.readline()).strip():
        pass
    return line[1] if len(line) == 3 and line[0] == "GET" else ""


def _read_answer(target: str, state: str, redirect_uri: str) -> Consent | None:
    """None for a request that is not the awaited answer.  Raises ValueError for a target that is no address."""
    parts = urlsplit(target)
    query = parse_qs(parts.query)
    given = query.get("state", [""])[0]
    if parts.path != PATH or not secrets.compare_digest(given.encode(), state.encode()):
        return None
    if code := query.get("code", [""])[0]:
        return Granted(code=code, redirect_uri=redirect_uri)
    return Refused(reason=query.get("error", ["no_code"])[0])


def _page(consent: Consent | None) -> bytes:
    status, title, text = "200 OK", "You are signed in", "You can close this window and go back to TheChattyAI."
    if isinstance(consent, Refused):
        title, text = "Not signed in", "You can close this window. Nothing was changed."
    elif consent is None:
        status, title, text = "404 Not Found", "Nothing here", "This page only receives the answer to a sign-in."
    body = PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
