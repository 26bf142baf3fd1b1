"""Asks for a feed: only over http(s), only what has changed, never more than 10 MB, never for longer than a minute.

httpx is imported with the first feed, which most businesses never have.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend_stub.calendars.trouble import Code, Trouble

if TYPE_CHECKING:
    import httpx

LARGEST = 10 * 1024 * 1024
TIMEOUT_S = 10.0
MOST_REDIRECTS = 5
HEADERS = {
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
    # What is packed may be a thousand times as large once it is unpacked.
    "Accept-Encoding": "identity",
    "User-Agent": "TheChattyAI-calendars/1",
}
REFUSALS: dict[int, Code] = {401: "refused", 403: "refused", 404: "not_found", 410: "not_found"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a server said about the state of its feed, to be shown to it the next time."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        return {
            **({"If-None-Match": self.etag} if self.etag is not None else {}),
            **({"If-Modified-Since": self.last_modified} if self.last_modified is not None else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """`data` is None when the feed is as it was."""

    data: bytes | None
    marks: Marks


def open_client() -> "httpx.AsyncClient":
    """The client all feeds are asked with.  It takes no proxy and no password from its surroundings."""
    import httpx

    return httpx.AsyncClient(
        timeout=TIMEOUT_S, follow_redirects=True, max_redirects=MOST_REDIRECTS, headers=HEADERS, trust_env=False
    )


async def fetch(client: "httpx.AsyncClient", url: str, marks: Marks) -> Fetched:
    """The feed, or that it is as it was.  Raises Trouble."""
    import httpx

    try:
        async with client.stream("GET", url, headers=marks.headers()) as answer:
            if answer.status_code == 304:
                return Fetched(data=None, marks=marks)
            if answer.status_code != 200:
                raise Trouble(REFUSALS.get(answer.status_code, "server_fault"))
            data = await _body(answer)
    except httpx.TimeoutException:
        raise Trouble("timeout") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        # ValueError: names and ports that no address has.
        raise Trouble("unreachable") from None
    finally:
        client.cookies.clear()
    new = Marks(etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified"))
    return Fetched(data=data, marks=new)


async def _body(answer: "httpx.Response") -> bytes:
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise Trouble("unreadable")
    data = bytearray()
    async for piece in answer.aiter_raw():
        data += piece
        if len(data) > LARGEST:
            raise Trouble("too_large")
    return bytes(data)
