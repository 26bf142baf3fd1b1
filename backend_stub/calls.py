"""Calls in progress: the telephones, commands of supervision, and the snapshot of one call.

How a call is played is the player's business (calls_player/); what it commits reaches everybody through the feed.
"""

import asyncio
import hashlib
import sqlite3

import msgspec
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from backend_stub.accounts import Account, demo_account
from backend_stub.calls_player import (
    CallOver,
    CallScript,
    CallsPlayer,
    CallTaken,
    NotHandling,
    Person,
    PlayerClock,
    closed_rows,
    load_calls,
    own_scripts,
)
from backend_stub.clock import Clock
from backend_stub.desk import StoreDesk
from backend_stub.documented import problems
from backend_stub.feed import joined
from backend_stub.hub import Hub
from backend_stub.live import rows_of_calls
from backend_stub.problems import Problem, invalid, not_found
from backend_stub.services import Here, Supervisor
from backend_stub.services import Person as Asking
from backend_stub.settings import Settings
from backend_stub.store import AccountNo, Document, Store, Transaction, get_row, rows_by_ref
from backend_stub.wire import CallSnapshot, Command, CommandResult

router = APIRouter(prefix="/v1/calls", tags=["calls"])

NEEDS_TEXT = frozenset({"whisper", "say"})


class Telephones:
    """The calls of the demo account while the server runs, and the commands people give."""

    def __init__(self, store: Store, hub: Hub, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._settings = settings
        self._players: dict[AccountNo, CallsPlayer] = {}
        self._taking: dict[AccountNo, asyncio.Lock] = {}

    async def close_abandoned(self) -> None:
        """End the calls that a server which was killed left open: nobody is on the line any more."""
        now_ms = self._clock.now_ms()
        await self._store.write(lambda tx: close_abandoned(tx, now_ms))

    async def run(self) -> None:
        """Play calls until cancelled."""
        account = await self._store.read(demo_account)
        if account is None or not self._settings.play:
            return
        player = CallsPlayer(
            scripts=self._scripts(account),
            desk=StoreDesk(self._store, self._hub, self._clock, account.number),
            clock=PlayerClock(now_ms=self._clock.now_ms, sleep=self._clock.sleep),
            speed=self._settings.speed,
            concurrent=self._settings.concurrent,
            seed=self._settings.seed,
        )
        self._players[account.number] = player
        await player.run()

    def _scripts(self, account: Account) -> list[CallScript]:
        if self._settings.calls is not None:
            return load_calls(self._settings.calls, account.business_type)
        return own_scripts(account.business_type)

    async def command(self, account: Account, call_id: str, asked: Command, user: Person) -> tuple[int, Document]:
        """Status and answer of a command.  The same `command_id` gets the answer it already got."""
        async with self._taking.setdefault(account.number, asyncio.Lock()):
            digest = _digest(call_id, asked)
            stored = self._store.peek(lambda connection: _stored(connection, account.number, str(asked.command_id)))
            if stored is not None:
                if stored[0] != digest:
                    raise Problem(409, "conflict", "This command was already given with other words.")
                return stored[1], msgspec.json.decode(stored[2])
            status, answer = await self._obey(account, call_id, asked, user)
            await self._store.write(
                lambda tx: tx.connection.execute(
                    "INSERT INTO command (account, command_id, payload_hash, status, answer) VALUES (?, ?, ?, ?, ?)",
                    (account.number, str(asked.command_id), digest, status, msgspec.json.encode(answer).decode()),
                )
            )
            return status, answer

    async def _obey(self, account: Account, call_id: str, asked: Command, user: Person) -> tuple[int, Document]:
        call = self._store.peek(lambda connection: get_row(connection, account.number, "calls", call_id))
        if call is None:
            raise not_found()
        try:
            player = self._players.get(account.number)
            if player is None or call["status"] == "ended":
                raise CallOver
            version = await _give(player, call_id, asked, user)
        except CallOver:
            return 409, Problem(409, "call_over", "This call is already over.").document()
        except CallTaken as taken:
            detail = f"{taken.handler_name} has this call."
            return 409, Problem(409, "call_taken", detail, handler_name=taken.handler_name).document()
        except NotHandling:
            return 409, Problem(409, "conflict", "Take the call over first.").document()
        return 200, {
            "command_id": str(asked.command_id),
            "call_id": call_id,
            "kind": asked.kind,
            "state": "done",
            "version": version,
        }


async def _give(player: CallsPlayer, call_id: str, asked: Command, user: Person) -> int:
    """Answers the seq of the command's commit."""
    match asked.kind:
        case "whisper":
            return await player.whisper(call_id, asked.text or "", user)
        case "take_over":
            return await player.take_over(call_id, user)
        case "say":
            return await player.say(call_id, asked.text or "", user)
        case "hand_back":
            return await player.hand_back(call_id, asked.text, user)
        case "end":
            return await player.end(call_id, user)


def _digest(call_id: str, asked: Command) -> str:
    return hashlib.sha256(f"{call_id}\n{asked.kind}\n{asked.text or ''}".encode()).hexdigest()


def _stored(connection: sqlite3.Connection, account: AccountNo, command_id: str) -> tuple[str, int, str] | None:
    return connection.execute(
        "SELECT payload_hash, status, answer FROM command WHERE account = ? AND command_id = ?", (account, command_id)
    ).fetchone()


def _seq(connection: sqlite3.Connection, account: AccountNo) -> int:
    return connection.execute("SELECT seq FROM account WHERE number = ?", (account,)).fetchone()[0]


def close_abandoned(tx: Transaction, now_ms: int) -> None:
    rows = tx.connection.execute("SELECT account, doc FROM entity WHERE kind = 'calls' AND open = 1").fetchall()
    for number, text in rows:
        account = AccountNo(number)
        call: Document = msgspec.json.decode(text)
        for kind, doc in closed_rows(call, rows_by_ref(tx.connection, account, "turns", call["id"]), now_ms):
            tx.put(account, kind, doc)


@router.get("/{call_id}", response_model=CallSnapshot, responses=problems(401, 404, 422), operation_id="call_snapshot")
async def snapshot(call_id: str, here: Here, person: Asking) -> Response:
    """A call that is not on the device yet, with its turns, its customer and its booking."""

    def question(connection: sqlite3.Connection) -> tuple[int, dict[str, list[bytes]]]:
        changes = rows_of_calls(connection, person.number, person.scope, [call_id])
        return _seq(connection, person.number), changes

    seq, changes = await here.store.read(question)
    if not changes["calls"]:
        raise not_found()
    headers = {"Cache-Control": "no-store"}
    return Response(b'{"seq":%d,"changes":%b}' % (seq, joined(changes)), media_type="application/json", headers=headers)


@router.post(
    "/{call_id}/commands",
    response_model=CommandResult,
    responses=problems(401, 403, 404, 409, 422),
    operation_id="call_command",
)
async def command(call_id: str, asked: Command, here: Here, person: Supervisor) -> Response:
    """Supervise a call: whisper, take_over, say, hand_back, end."""
    if asked.kind in NEEDS_TEXT and asked.text is None:
        raise invalid("body.text", "This needs words.")
    user = Person(user_id=person.user_id, name=person.name)
    status, answer = await here.telephones.command(person.account, call_id, asked, user)
    media_type = "application/json" if status == 200 else "application/problem+json"
    return JSONResponse(answer, status, media_type=media_type)
