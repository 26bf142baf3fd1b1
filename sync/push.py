"""Sending the owner's changes: handshake, batches, and what to do with one the server fails on.

Decides what a failure is to be blamed on.  When to send, and when to try again, is the engine's business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from client.api import sync as wire
from client.api.connection import Api
from client.api.errors import ApiError, MalformedResponse, Refused, ServerFault, SignedOut, TooLarge, UpgradeRequired
from client.api.pushed import PushAnswer, PushResult
from client.clock import Clock
from client.storage import answers, meta, sending
from client.storage.answers import Outcome, Reply, Verdict
from client.storage.database import Database
from client.storage.sending import CAREFUL, MOST, Batch, Outgoing
from sync.account import require_account

SKIP = "skip"
"""An operation no server knows: it is refused, and uses up its number."""


@dataclass(slots=True, kw_only=True)
class PushTally:
    """What became of the changes sent so far: accepted whole, in part, not at all."""

    accepted: int = 0
    in_conflict: int = 0
    refused: int = 0

    def add(self, outcome: Outcome) -> None:
        self.accepted += outcome.accepted
        self.in_conflict += outcome.in_conflict
        self.refused += outcome.refused


class Pusher:
    """Sends what waits.  One at a time for an account: whoever calls `drain` holds the folder's lock.

    `on_answer` runs whenever the server has answered and what it said is stored.
    """

    def __init__(self, *, db: Database, api: Api, clock: Clock, on_answer: Callable[[], None]) -> None:
        self.tally = PushTally()
        self._db = db
        self._api = api
        self._clock = clock
        self._on_answer = on_answer
        self._greeted = False
        self._is_well = False
        self._most = MOST
        # Time that neither stands still nor jumps, as far back as this process.
        self._offset_s = clock.now_ms() / 1000 - clock.monotonic()
        self._remembers_waits = False

    def start_over(self) -> None:
        """Another file, or perhaps another server, is in the place of the one before: learn its count anew."""
        self._greeted = False

    async def drain(self) -> None:
        """Send all that may be sent now.

        Begins with a handshake after a start and after each failure, so that what fails right after it is to be blamed
        on what was sent.  Raises ApiError, StorageError, WrongAccount.
        """
        self._is_well = False
        self._most = MOST
        try:
            await self._drain()
        except ApiError:
            self._greeted = False
            raise

    def due_in_s(self) -> float | None:
        """Seconds until something is due that the server put off, None without such a thing."""
        at_ms = self._db.read(sending.due_at)
        return None if at_ms is None else max(0.0, (at_ms - self._now_ms()) / 1000)

    async def _drain(self) -> None:
        if not self._greeted:
            await self._greet()
        while (batch := await self._next()) is not None:
            if batch.overtaking:
                await self._let_pass(batch)
            else:
                await self._send(batch)

    async def _greet(self) -> None:
        """Learn how far the server has come with this device, before anything is sent."""
        if not self._remembers_waits:
            await self._db.write(sending.forget_waits)
            self._remembers_waits = True
        await self._exchange(self._db.read(meta.client_id), ())
        self._greeted = True

    async def _next(self) -> Batch | None:
        now_ms, most = self._now_ms(), self._most
        if not self._db.read(lambda conn: sending.is_due(conn, now_ms)):
            return None
        return await self._db.write(lambda conn: sending.next_batch(conn, now_ms, most=most))

    async def _send(self, batch: Batch) -> None:
        try:
            await self._exchange(batch.client_id, batch.changes)
        except (SignedOut, UpgradeRequired):
            raise
        except TooLarge as error:
            if len(batch.changes) == 1:
                await self._suspect(batch, error)
            else:
                self._most = len(batch.changes) // 2
        except (ServerFault, MalformedResponse, Refused) as error:
            await self._suspect(batch, error)

    # --- one request -----------------------------------------------------------------------------------------------
    async def _exchange(self, client_id: str, changes: Sequence[Outgoing]) -> None:
        """Send these and store what the server says.  Raises MalformedResponse where that leads nowhere."""
        heard = self._db.read(meta.heard)
        answer = await self._ask(client_id, [(change.mid, change.text) for change in changes], heard)
        reply = self._reply(answer, heard)
        outcome = await self._db.write(lambda conn: answers.acknowledge(conn, reply))
        self.tally.add(outcome)
        self._is_well = True
        self._on_answer()
        if changes and not outcome.moved:
            raise MalformedResponse("$.results")

    async def _ask(self, client_id: str, mutations: Sequence[tuple[int, str]], heard: str) -> PushAnswer:
        answer = await wire.push(self._api, client_id, mutations, heard)
        require_account(self._db, answer.account_id)
        return answer

    def _reply(self, answer: PushAnswer, heard: str) -> Reply:
        return Reply(
            client_id=answer.client_id,
            last_mid=answer.last_mid,
            epoch=answer.epoch,
            verdicts=tuple(map(_verdict, answer.results)),
            new_id=self._clock.new_id(),
            now_ms=self._now_ms(),
            heard=heard,
            cursor=answer.cursor,
            forgot=answer.forgot,
        )

    def _now_ms(self) -> int:
        return round((self._clock.monotonic() + self._offset_s) * 1000)

    # --- what the server fails on ----------------------------------------------------------------------------------
    async def _suspect(self, batch: Batch, error: ApiError) -> None:
        """The server failed on this batch.  Raises `error` unless something can be done about it at once.

        Only right after the server has answered something else is the batch to blame.  A batch it fails on again and
        again, or says no to as a whole, is taken apart; what it fails on even alone is set aside.
        """
        says_no = isinstance(error, Refused)
        if not self._is_well:
            if not says_no:
                raise error
            await self._greet()
            return
        change = batch.changes[0]
        if len(batch.changes) == 1 and change.attempts >= CAREFUL:
            await self._set_aside(batch.client_id, change, error)
            return
        await self._db.write(lambda conn: sending.blame(conn, batch.changes, CAREFUL if says_no else 1))
        if not says_no:
            raise error

    async def _set_aside(self, client_id: str, change: Outgoing, error: ApiError) -> None:
        """Use its number up, so that what follows can go on.  Raises `error` if the server fails on that as well."""
        try:
            unused = await self._skip(client_id, change)
        except ApiError:
            raise error from None
        # A number that was used already: the server has the change, and fails on telling what became of it.
        await self._db.write(lambda conn: sending.park(conn, change.change_id, keep_number=not unused))

    async def _let_pass(self, batch: Batch) -> None:
        """Give up the number of a change that would be done before an earlier one of its row."""
        (change,) = batch.changes
        if await self._skip(batch.client_id, change):
            await self._db.write(lambda conn: sending.put_back(conn, change.change_id))
        else:
            # It has been done, or put off, already: only the answer was lost.
            await self._exchange(batch.client_id, batch.changes)

    async def _skip(self, client_id: str, change: Outgoing) -> bool:
        """Use a number up without doing anything, whatever copies of older requests may still be on their way.

        False when the server has used it for the change itself.
        """
        text = msgspec.json.encode({"op": SKIP, "v": 1, "id": change.row_id}).decode()
        answer = await self._ask(client_id, [(change.mid, text)], self._db.read(meta.heard))
        if not answer.results:
            raise MalformedResponse("$.results")
        return answer.results[0].status != "mismatch"


def _verdict(result: PushResult) -> Verdict:
    clashes: list[dict[str, Any]] = msgspec.to_builtins(result.conflicts)
    return Verdict(
        mid=result.mid,
        status=result.status,
        version=result.version,
        code=result.code,
        detail=result.detail,
        retry_after_s=result.retry_after_s,
        clashes=tuple(clashes),
    )
