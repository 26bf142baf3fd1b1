"""The change feed, page by page.  What a page does to the database is decided in sync/."""

import asyncio
from dataclasses import dataclass

from client.api.connection import Api
from client.api.wire import Page, Rows, decode_page

SCHEMA = 1
_WAIT_MARGIN_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page; `took_s` and the device's clock at receipt are there to judge that clock by."""

    page: Page[Rows]
    took_s: float
    received_ms: int
    bytes_read: int


async def changes(api: Api, *, stream: str, cursor: str, limit: int, ticket: str, wait_s: int = 0) -> Fetched:
    """The page after `cursor` (empty: from the start), of at most `limit` rows.

    `wait_s`: how long the server may hold the answer until there is something new.  Raises Gone when the cursor has
    expired and MalformedResponse.
    """
    params: dict[str, str | int] = {"stream": stream, "limit": limit, "schema": SCHEMA, "ticket": ticket}
    if cursor:
        params["cursor"] = cursor
    if wait_s:
        params["wait"] = wait_s
    begun = api.clock.monotonic()
    answer = await api.request("GET", "/v1/sync/changes", params=params, timeout_s=wait_s + _WAIT_MARGIN_S)
    took_s, received_ms = api.clock.monotonic() - begun, api.clock.now_ms()
    page = await asyncio.to_thread(decode_page, answer.body)
    return Fetched(page=page, took_s=took_s, received_ms=received_ms, bytes_read=len(answer.body))
