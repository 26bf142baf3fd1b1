"""`/v1/live`: one WebSocket from hello to goodbye.  What is sent to whom is decided in hub.py.

connecting ──> hello ──> snapshot ──> frames … ──> bye (an Ending, token_expired, restarting) ──> closed
     └── refused: the handshake answers a problem document
"""

import asyncio
import sqlite3
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocketState

from backend_stub.cursor import following, forgot
from backend_stub.devices import last_mid
from backend_stub.feed import Scope, joined
from backend_stub.hub import Farewell, Hub, Listener, seal_of
from backend_stub.problems import Problem
from backend_stub.runs import Reached, reached
from backend_stub.services import Here, Services, SignedIn, authenticate, token_of
from backend_stub.store import AccountNo
from backend_stub.wire import ClientFrame, Watch

PING_S = 25
MISSED_PINGS = 2
LONGEST_FRAME = 64 * 1024

router = APIRouter()
_client_frame: TypeAdapter[ClientFrame] = TypeAdapter(ClientFrame)


@router.websocket("/v1/live")
async def live(socket: WebSocket, here: Here) -> None:
    try:
        person = authenticate(here, token_of(socket))
    except Problem as problem:
        await socket.send_denial_response(problem.response())
        return
    await socket.accept()
    listener = Listener(account=person.number, scope=person.scope, session_id=person.session_id, user_id=person.user_id)
    with here.hub.listening(listener):
        await _Conversation(here, here.hub, person, listener, socket).run()


@dataclass(slots=True)
class _Conversation:
    here: Services
    hub: Hub
    person: SignedIn
    listener: Listener
    socket: WebSocket
    unanswered: int = 0

    async def run(self) -> None:
        """Ends when the other side goes, when the server says goodbye, or when nothing is answered."""
        try:
            seq = await self._greet()
            await _first_to_end(self._send(after=seq), self._receive(), self._ping(), self._expire())
        except WebSocketDisconnect:
            return

    async def _greet(self) -> int:
        """Hello and snapshot of one moment; deltas queued meanwhile that it already holds are skipped."""
        store, listener = self.here.store, self.listener
        client_id, heard = (self.socket.query_params.get(name, "") for name in ("client_id", "heard"))
        seal, account = seal_of(store, listener.account), listener.account

        def question(connection: sqlite3.Connection) -> tuple[Reached, str, int, bool]:
            upto = reached(connection, account)
            text = snapshot_text(connection, account, listener.scope, store.epoch, upto.seq)
            has_forgotten = forgot(connection, account, seal, store.epoch, heard)
            return upto, text, last_mid(connection, account, client_id), has_forgotten

        upto, snapshot, last, has_forgotten = await store.read(question)
        hello = {
            "t": "hello",
            "epoch": store.epoch,
            "seq": upto.seq,
            "cursor": seal.write(following(store.epoch, listener.scope, upto)),
            "server_time": self.here.clock.now_ms(),
            "account_id": self.person.account.account_id,
            "last_mid": last,
            "forgot": has_forgotten,
        }
        await self.socket.send_text(msgspec.json.encode(hello).decode())
        await self.socket.send_text(snapshot)
        return upto.seq

    async def _send(self, *, after: int) -> None:
        while True:
            frame = await self.listener.next_frame()
            if isinstance(frame, Farewell):
                if frame.bye is not None:
                    await self.socket.send_text(f'{{"t":"bye","code":"{frame.bye}"}}')
                await self.socket.close(frame.close_code)
                return
            if frame.seq is None or frame.seq > after:
                await self.socket.send_text(frame.text)

    async def _receive(self) -> None:
        # What comes in while this side closes is nobody's any more.
        while self.socket.application_state is WebSocketState.CONNECTED:
            text = await self.socket.receive_text()
            if len(text) > LONGEST_FRAME:
                await self.socket.close(1009)
                return
            self._heard(text)

    def _heard(self, text: str) -> None:
        """Frames of a newer app are ignored; any frame proves that somebody is there."""
        self.unanswered = 0
        try:
            frame = _client_frame.validate_json(text)
        except ValidationError:
            return
        if isinstance(frame, Watch):
            self.listener.watching = frozenset(frame.call_ids)

    async def _ping(self) -> None:
        while True:
            await self.here.clock.sleep(PING_S)
            if self.unanswered >= MISSED_PINGS:
                await self.socket.close(1001)
                return
            self.unanswered += 1
            await self.socket.send_text('{"t":"ping"}')

    async def _expire(self) -> None:
        """The socket lives as long as the access token it was opened with."""
        left_ms = self.person.token_expires_at_ms - self.here.clock.now_ms()
        await self.here.clock.sleep(max(left_ms, 0) / 1000)
        self.listener.dismiss(Farewell("token_expired", 4401))
        await asyncio.Event().wait()


async def _first_to_end(*parts: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends, cancel the others, and raise what the first one raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


def snapshot_text(connection: sqlite3.Connection, account: AccountNo, scope: Scope, epoch: str, seq: int) -> str:
    """The calls in progress with all their turns, and the customers and bookings they name."""
    rows = connection.execute(
        "SELECT id FROM entity WHERE account = ? AND kind = 'calls' AND open = 1", (account,)
    ).fetchall()
    changes = rows_of_calls(connection, account, scope, [row[0] for row in rows])
    return f'{{"t":"snapshot","epoch":"{epoch}","seq":{seq},"changes":{joined(changes).decode()}}}'


def rows_of_calls(
    connection: sqlite3.Connection, account: AccountNo, scope: Scope, call_ids: list[str]
) -> dict[str, list[bytes]]:
    """Ready JSON texts by kind; all four kinds are there, even when empty."""
    changes: dict[str, list[bytes]] = {"calls": [], "turns": [], "customers": [], "bookings": []}
    seen: set[str] = set()

    def add(kind: str, where: str, value: str) -> list[bytes]:
        found = connection.execute(
            "SELECT id, CAST(doc AS BLOB) FROM entity"
            f" WHERE account = ? AND kind = ? AND {where} = ? AND deleted_at IS NULL ORDER BY at, id",
            (account, kind, value),
        ).fetchall()
        fresh = [row for row in found if row[0] not in seen]
        seen.update(row[0] for row in fresh)
        changes[kind].extend(scope.all_shown(kind, (row[1] for row in fresh)))
        return [row[1] for row in found]

    for call_id in call_ids:
        for text in add("calls", "id", call_id):
            call = msgspec.json.decode(text)
            if call["customer_id"]:
                add("customers", "id", call["customer_id"])
            if call["booking_id"]:
                add("bookings", "id", call["booking_id"])
        if scope.sees("turns"):
            add("turns", "ref", call_id)
    return changes
