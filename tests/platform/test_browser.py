"""The loopback listener takes the one answer it waits for, over a real socket, and nothing else."""

import asyncio
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from client.platform import PlatformError
from client.platform.browser import Consent, Granted, OpenUrl, Refused, Unanswered
from client.platform.browser.loopback import LoopbackBrowser, open_system_browser

STATE = "s-7"


def address(redirect_uri: str) -> str:
    return "http://server.test/authorize?" + urlencode({"redirect_uri": redirect_uri})


def callback(url: str) -> str:
    return parse_qs(urlsplit(url).query)["redirect_uri"][0]


async def ask(open_url: OpenUrl, timeout_s: float = 10.0) -> Consent:
    return await LoopbackBrowser().ask(address, state=STATE, timeout_s=timeout_s, open_url=open_url)


async def test_the_answer_is_taken_and_a_closing_page_is_shown() -> None:
    shown: list[httpx.Response] = []

    async def browser(url: str) -> None:
        async with httpx.AsyncClient() as http:
            shown.append(await http.get(callback(url), params={"state": STATE, "code": "abc"}))

    consent = await ask(browser)
    assert isinstance(consent, Granted) and consent.code == "abc"
    assert urlsplit(consent.redirect_uri).hostname == "127.0.0.1"
    assert "close this window" in shown[0].text
    assert shown[0].headers["cache-control"] == "no-store"
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient() as http:
            await http.get(consent.redirect_uri)


async def test_strangers_are_turned_away_and_the_wait_goes_on() -> None:
    statuses: list[int] = []

    async def browser(url: str) -> None:
        here = callback(url)
        async with httpx.AsyncClient() as http:
            for wrong in (
                http.get(here, params={"state": "guessed", "code": "evil"}),
                http.get(here, params={"code": "evil"}),
                http.get(here.replace("/callback", "/favicon.ico"), params={"state": STATE, "code": "evil"}),
                http.post(here, params={"state": STATE, "code": "evil"}),
            ):
                statuses.append((await wrong).status_code)
        port = urlsplit(here).port
        assert port
        for raw in (b"\x16\x03\x01 not http\r\n\r\n", b"GET http://[bad/callback HTTP/1.1\r\n\r\n", b"x" * 40_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw)
            writer.write_eof()
            try:
                await reader.read()
            except ConnectionResetError:
                continue
            finally:
                writer.close()
        async with httpx.AsyncClient() as http:
            await http.get(here, params={"state": STATE, "code": "good"})

    consent = await ask(browser)
    assert statuses == [404, 404, 404, 404]
    assert isinstance(consent, Granted) and consent.code == "good"


async def test_only_the_first_answer_counts() -> None:
    async def browser(url: str) -> None:
        async with httpx.AsyncClient() as http:
            await http.get(callback(url), params={"state": STATE, "code": "first"})
            second = await http.get(callback(url), params={"state": STATE, "code": "second"})
            assert second.status_code == 404

    consent = await ask(browser)
    assert isinstance(consent, Granted) and consent.code == "first"


async def test_a_refusal_is_an_outcome() -> None:
    async def browser(url: str) -> None:
        async with httpx.AsyncClient() as http:
            page = await http.get(callback(url), params={"state": STATE, "error": "access_denied"})
            assert "Not signed in" in page.text

    assert await ask(browser) == Refused(reason="access_denied")


async def test_silence_ends() -> None:
    async def browser(url: str) -> None:
        del url

    assert await ask(browser, timeout_s=0.05) == Unanswered()


async def test_no_display_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.platform.browser.loopback.has_display", lambda: False)
    with pytest.raises(PlatformError, match="password instead"):
        await open_system_browser("http://127.0.0.1/")
