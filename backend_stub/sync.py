"""`GET /v1/sync/changes`: one page of the feed, waited for when asked.  What a page holds is decided in feed.py."""

import gzip
import sqlite3
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import StringConstraints
from starlette.responses import Response

from backend_stub.clock import first_of
from backend_stub.cursor import CursorExpired, Stream, WrongStream, forgot
from backend_stub.devices import last_mid
from backend_stub.documented import problems
from backend_stub.feed import Asked, Page, as_text, read_page
from backend_stub.hub import seal_of
from backend_stub.problems import Problem, invalid
from backend_stub.services import Here, Person, Services, SignedIn
from backend_stub.wire import ChangesPage

MIN_SCHEMA = 1
GZIP_FROM_BYTES = 1024
GZIP_LEVEL = 3
"""Cheap for the server; the rows are repetitive, so higher levels save little more."""

router = APIRouter(prefix="/v1/sync", tags=["sync"])

Opaque = Annotated[str, StringConstraints(max_length=600)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _How:
    """What of the question does not decide which rows are answered.  `client_id` is empty when none was named.

    `heard`: the cursor of the newest answer to a push that the device has, or empty.
    """

    ticket: str
    zipped: bool
    client_id: str
    heard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    body: bytes
    headers: dict[str, str]
    is_empty: bool


@router.get(
    "/changes",
    response_model=ChangesPage,
    responses=problems(401, 410, 422, 426, 429),
    operation_id="sync_changes",
)
async def changes(
    request: Request,
    here: Here,
    person: Person,
    stream: Stream = "core",
    cursor: Opaque = "",
    limit: Annotated[int, Query(ge=1, le=5000)] = 2000,
    schema: Annotated[int, Query(ge=0, le=1_000_000)] = 1,
    ticket: Opaque = "",
    wait: Annotated[float, Query(ge=0, le=25, allow_inf_nan=False)] = 0,
    client_id: UUID | None = None,
    heard: Opaque = "",
) -> Response:
    """Rows newer than the cursor; `wait` seconds for the first of them when there are none yet."""
    require_schema(schema)
    asked = Asked(
        account=person.number,
        stream=stream,
        scope=person.scope,
        epoch=here.store.epoch,
        cursor=cursor,
        limit=limit,
        now_ms=here.clock.now_ms(),
        time_zone=person.account.time_zone,
    )
    how = _How(
        ticket=ticket,
        zipped="gzip" in request.headers.get("accept-encoding", ""),
        client_id=str(client_id) if client_id is not None else "",
        heard=heard,
    )
    answer = await _wait_for_rows(here, person, asked, how, wait)
    return Response(answer.body, media_type="application/json", headers=answer.headers)


def require_schema(schema: int) -> None:
    """Raises the 426 problem for an app that speaks what is no longer spoken."""
    if schema < MIN_SCHEMA:
        detail = "This version of the app is too old. Please update it."
        raise Problem(426, "upgrade_required", detail, min_schema=MIN_SCHEMA)


async def _wait_for_rows(here: Services, person: SignedIn, asked: Asked, how: _How, wait_s: float) -> _Answer:
    deadline = here.clock.monotonic() + wait_s
    while True:
        with here.hub.expecting(person.number) as commit:
            answer = await _answer(here, asked, how)
            left = deadline - here.clock.monotonic()
            if not answer.is_empty or left <= 0:
                return answer
            await first_of(commit, left, here.clock)


async def _answer(here: Services, asked: Asked, how: _How) -> _Answer:
    seal = seal_of(here.store, asked.account)
    now_ms = here.clock.now_ms()

    def question(connection: sqlite3.Connection) -> tuple[Page, bytes, bool]:
        page = read_page(connection, asked, seal)
        body = as_text(
            page,
            epoch=asked.epoch,
            stream=asked.stream,
            since=asked.cursor,
            ticket=how.ticket,
            cursor=seal.write(page.cursor),
            last_mid=last_mid(connection, asked.account, how.client_id),
            server_time=now_ms,
            has_forgotten=forgot(connection, asked.account, seal, asked.epoch, how.heard),
        )
        if how.zipped and len(body) > GZIP_FROM_BYTES:
            return page, gzip.compress(body, GZIP_LEVEL), True
        return page, body, False

    try:
        page, body, is_zipped = await here.store.read(question)
    except CursorExpired as expired:
        raise Problem(
            410,
            "cursor_expired",
            "This device was away for too long, so it has to be filled again.",
            epoch=expired.epoch,
            reason=expired.reason,
        ) from None
    except WrongStream:
        raise invalid("query.cursor", "This cursor belongs to the other stream.") from None
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if is_zipped:
        headers["Content-Encoding"] = "gzip"
    return _Answer(body=body, headers=headers, is_empty=page.is_empty and not page.has_more)
