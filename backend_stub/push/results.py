"""The count and the memory of each device: every mutation once, in order, and always the same answer.

mid <= last ──> the stored result, or `mismatch` when it comes with another payload; after that nothing is done
mid == last + 1 ──> carried out; effect, count and result are one transaction
mid  > last + 1 ──> a gap: nothing is done with it or with what follows

A device that has heard answers which the data does not go on from is told so, and nothing is done with what it sends.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from backend_stub.devices import last_mid
from backend_stub.problems import Problem
from backend_stub.push.actor import Actor
from backend_stub.push.effects import carry_out
from backend_stub.push.operations import OPERATIONS
from backend_stub.push.refusals import Outcome
from backend_stub.runs import Reached, reached
from backend_stub.store import Transact, Transaction

Payload = Mapping[str, Any]
"""A mutation without its `mid`."""

Deferring = Callable[[], int | None]
"""Seconds after which the next mutation shall be asked again, None when it can be carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one request asks for.  `actor.mid` is set for each mutation in turn; on what is `poisonous` it breaks.

    `forgot` says whether the device has heard what this data does not go on from.
    """

    actor: Actor
    forgot: Callable[[sqlite3.Connection], bool]
    mutations: Sequence[tuple[int, Payload]]
    deferring: Deferring
    poisonous: Callable[[int], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`results` are ready JSON texts, the stored ones byte for byte; they may stop before the batch does.

    `upto`: how far the account had come then.
    """

    results: list[str]
    last_mid: int
    upto: Reached
    forgot: bool = False


def take(transact: Transact, batch: Batch) -> Taken:
    """Take a batch, a transaction for each mutation.  Runs on the writer's thread."""
    results: list[str] = []
    if transact(lambda tx: batch.forgot(tx.connection)):
        return transact(lambda tx: _taken(tx.connection, batch.actor, results, forgot=True))
    put_off: dict[str, int] = {}
    for mid, payload in batch.mutations:
        # What is not known is refused before anything could break.
        if str(payload.get("op")) in OPERATIONS and batch.poisonous(mid):
            raise Problem(500, "server_fault", "Something went wrong on our side.")
        turn = _Turn(actor=replace(batch.actor, mid=mid), payload=payload, put_off=put_off, deferring=batch.deferring)
        text = transact(turn.take)
        if text is not None:
            results.append(text)
        if text is None or turn.is_mismatch:
            break
    return transact(lambda tx: _taken(tx.connection, batch.actor, results))


def _taken(connection: sqlite3.Connection, actor: Actor, results: list[str], *, forgot: bool = False) -> Taken:
    return Taken(
        results=results,
        last_mid=last_mid(connection, actor.account, actor.client_id),
        upto=reached(connection, actor.account),
        forgot=forgot,
    )


def payload_hash(payload: Payload) -> bytes:
    """The same for the same JSON value, however it was spelt."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()).digest()


@dataclass(slots=True, kw_only=True)
class _Turn:
    """One mutation's turn.  `put_off`: the rows that wait because a mutation of this batch was deferred."""

    actor: Actor
    payload: Payload
    put_off: dict[str, int]
    deferring: Deferring
    is_mismatch: bool = False

    def take(self, tx: Transaction) -> str | None:
        """The result's text; None for a gap."""
        actor = self.actor
        digest = payload_hash(self.payload)
        last = last_mid(tx.connection, actor.account, actor.client_id)
        if actor.mid <= last:
            return self._stored(tx.connection, digest)
        if actor.mid > last + 1:
            return None
        text = msgspec.json.encode(self._outcome(tx).document(actor.mid)).decode()
        tx.connection.execute(
            "INSERT INTO client VALUES (?, ?, ?)"
            " ON CONFLICT (account, client_id) DO UPDATE SET last_mid = excluded.last_mid",
            (actor.account, actor.client_id, actor.mid),
        )
        tx.connection.execute(
            "INSERT INTO mutation_result VALUES (?, ?, ?, ?, ?)",
            (actor.account, actor.client_id, actor.mid, digest, text),
        )
        return text

    def _stored(self, connection: sqlite3.Connection, digest: bytes) -> str:
        known, text = connection.execute(
            "SELECT payload_hash, result FROM mutation_result WHERE account = ? AND client_id = ? AND mid = ?",
            (self.actor.account, self.actor.client_id, self.actor.mid),
        ).fetchone()
        self.is_mismatch = known != digest
        if not self.is_mismatch and (retry_after_s := _put_off_for(text)) is not None:
            # What it holds back has to wait this time, too: the device may not have heard that it was put off.
            self.put_off[str(self.payload.get("id"))] = retry_after_s
        return f'{{"mid":{self.actor.mid},"status":"mismatch","version":null}}' if self.is_mismatch else text

    def _outcome(self, tx: Transaction) -> Outcome:
        row_id = str(self.payload.get("id"))
        retry_after_s = self.put_off.get(row_id) or self.deferring()
        if retry_after_s is None:
            return carry_out(tx, self.actor, self.payload)
        self.put_off[row_id] = retry_after_s
        return Outcome(status="deferred", version=None, retry_after_s=retry_after_s)


def _put_off_for(result: str) -> int | None:
    """Seconds after which the mutation of a stored result is to be asked again; None when it was decided."""
    told = msgspec.json.decode(result)
    return told["retry_after_s"] if told["status"] == "deferred" else None
