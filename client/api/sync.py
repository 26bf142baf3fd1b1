"""Sync over HTTP: the change feed page by page, and the owner's changes to the server.

What a page or an answer does to the database is decided in sync/.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from client.api.connection import Api
from client.api.errors import MalformedResponse
from client.api.pushed import PushAnswer, decode_answer
from client.api.wire import Page, Rows, decode_page

SCHEMA = 2
_WAIT_MARGIN_S = 20.0
_PUSH_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page; `took_s` and the device's clock at receipt are there to judge that clock by."""

    page: Page[Rows]
    took_s: float
    received_ms: int
    bytes_read: int


async def changes(
    api: Api, *, stream: str, cursor: str, limit: int, ticket: str, client_id: str, heard: str = "", wait_s: int = 0
) -> Fetched:
    """The page after `cursor` (empty: from the start), of at most `limit` rows.

    `client_id`: whose last number the page shall tell.  `heard`: the cursor of the newest answer to a push, so that the
    page can tell whether the server still has that; empty without one.  `wait_s`: how long the server may hold the
    answer until there is something new.  Raises Gone when the cursor has expired and MalformedResponse.
    """
    params: dict[str, str | int] = {
        "stream": stream,
        "limit": limit,
        "schema": SCHEMA,
        "ticket": ticket,
        "client_id": client_id,
    }
    if cursor:
        params["cursor"] = cursor
    if heard:
        params["heard"] = heard
    if wait_s:
        params["wait"] = wait_s
    begun = api.clock.monotonic()
    answer = await api.request("GET", "/v1/sync/changes", params=params, timeout_s=wait_s + _WAIT_MARGIN_S)
    took_s, received_ms = api.clock.monotonic() - begun, api.clock.now_ms()
    page = await asyncio.to_thread(decode_page, answer.body)
    return Fetched(page=page, took_s=took_s, received_ms=received_ms, bytes_read=len(answer.body))


async def push(api: Api, client_id: str, mutations: Sequence[tuple[int, str]], heard: str = "") -> PushAnswer:
    """Send numbered mutations, in order; without any it is a handshake.

    A mutation is its number and the JSON object of the rest.  `heard`: as in `changes`.  The answer's results are those
    of the first mutations sent, perhaps not of all.  Raises TooLarge, and MalformedResponse for an answer that is not
    one to this request.
    """
    body = {
        "client_id": client_id,
        "schema": SCHEMA,
        **({"heard": heard} if heard else {}),
        "mutations": [msgspec.Raw(f'{{"mid":{mid},{text[1:]}'.encode()) for mid, text in mutations],
    }
    answer = decode_answer(
        (await api.request("POST", "/v1/sync/push", body=body, timeout_s=_PUSH_TIMEOUT_S)).body,
        [mid for mid, _ in mutations],
    )
    if answer.client_id != client_id:
        raise MalformedResponse("$.client_id")
    return answer
