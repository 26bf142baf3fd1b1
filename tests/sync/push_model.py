"""Both ends of a push in memory: the hosted API's own service and the device's own functions, each over SQLite.

What is theirs is real: `take` on one side, the functions of sending.py, answers.py, outbox.py and apply.py on the
other.  What lies between is ours: a request is a value, so that it can be lost, answered to nobody, or done twice.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeVar

import msgspec

from backend_stub import runs
from backend_stub import schema as hosted_schema
from backend_stub.accounts import add_account
from backend_stub.business.documents import new_booking
from backend_stub.push import results
from backend_stub.push.actor import Actor
from backend_stub.store import AccountNo, Transaction
from client.api import wire
from client.api.pushed import PushAnswer, decode_answer
from client.models.mutations import Change
from client.storage import answers, cursors, meta, outbox, schema, sending
from sync import apply
from sync.apply import CORE
from tests.backend_stub import example_rows as eg
from tests.storage import mutations

T = TypeVar("T")
Row = dict[str, Any]
Numbered = tuple[int, str]

TEN = eg.NOON + 23 * eg.HOUR
"""Ten o'clock of the next day in Los Angeles; everybody works from nine to six."""
STAFF = "019ab216-5780-7000-8000-00000000aaaa"
SKIP = '{{"op":"skip","v":1,"id":"{}"}}'
PAGE = 2
"""Rows of a page: so few that most pulls have several."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The modules under test; the tests of the tests put others in their place, with mistakes in them."""

    sending: ModuleType = sending
    answers: ModuleType = answers
    apply: ModuleType = apply
    results: ModuleType = results
    runs: ModuleType = runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`heard`: as in the API, in the epoch `heard_in`; in one epoch it makes no difference where nothing goes back."""

    client_id: str
    mutations: tuple[Numbered, ...]
    heard: str = field(default="", compare=False)
    heard_in: str | None = None


def booking_id(number: int) -> str:
    return f"019ab216-5780-7000-8000-{number:012d}"


def as_text(payload: Row) -> str:
    """What tells a change from all others, whatever number it goes under."""
    return json.dumps(payload, sort_keys=True)


# --- the server ------------------------------------------------------------------------------------------------------
class Hosted:
    """The hosted API: what it holds, and what became of every mutation.

    `done`: how often a payload has changed a row.  `decided`: the answer to each (client, number), deferrals left out.
    `line`: the notes each booking has had, in order.
    """

    def __init__(self, parts: Parts, bookings: int) -> None:
        self.conn = sqlite3.connect(":memory:", isolation_level=None, cached_statements=256)
        hosted_schema.migrate(self.conn)
        self.epoch, self.run = "e1", "r1"
        self.done: Counter[str] = Counter()
        self.decided: dict[tuple[str, int], tuple[str, str]] = {}
        self.line: dict[str, list[str | None]] = {}
        self.deferrals: list[int] = []
        self._take = parts.results.take
        self._batch = parts.results.Batch
        self._holds = parts.runs.holds
        self.number = self.transact(_opened)
        self.transact(lambda tx: tx.put_many(self.number, "bookings", list(map(_booking, range(bookings)))))

    def transact(self, effect: Callable[[Transaction], T]) -> T:
        transaction = Transaction(self.conn, self.run)
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            answer = effect(transaction)
        except BaseException:
            self.conn.execute("ROLLBACK")
            raise
        self.conn.execute("COMMIT")
        for row in (row for commit in transaction.commits() for row in commit.rows or ()):
            if row.kind == "bookings":
                self.line.setdefault(row.id, []).append(json.loads(row.doc)["notes"] if row.doc else None)
        return answer

    def push(self, request: Request, *, handled: int | None = None) -> PushAnswer:
        """Take a batch, or its first few, and write down what it did."""
        texts = {mid: as_text(json.loads(text)) for mid, text in request.mutations}

        def watched(effect: Callable[[Transaction], T]) -> T:
            before = self.seq()
            answer = self.transact(effect)
            if isinstance(answer, str):
                self._note(request.client_id, texts, answer, changed=self.seq() > before)
            return answer

        batch = self._batch(
            actor=self._actor(request.client_id),
            mutations=[(mid, json.loads(text)) for mid, text in request.mutations[:handled]],
            deferring=lambda: self.deferrals.pop() if self.deferrals else None,
            poisonous=lambda _: False,
            forgot=lambda _: self._forgot(request.heard),
        )
        taken = self._take(watched, batch)
        head = {"client_id": request.client_id, "last_mid": taken.last_mid, "epoch": self.epoch, "account_id": "a"}
        cursor = json.dumps([self.epoch, *taken.upto])
        told = json.dumps(head | {"server_time": eg.NOON, "cursor": cursor, "forgot": taken.forgot})
        return decode_answer(
            f'{told[:-1]},"results":[{",".join(taken.results)}]}}'.encode(), [mid for mid, _ in request.mutations]
        )

    def _note(self, client_id: str, texts: dict[int, str], answer: str, *, changed: bool) -> None:
        told = json.loads(answer)
        text = texts[told["mid"]]
        self.done[text] += changed
        if told["status"] not in ("deferred", "mismatch"):
            # A repetition decides nothing.
            self.decided.setdefault((client_id, told["mid"]), (text, told["status"]))

    def _actor(self, client_id: str) -> Actor:
        return Actor(
            account=self.number,
            name="Owner",
            role="owner",
            time_zone=eg.ZONE,
            client_id=client_id,
            mid=0,
            now_ms=eg.NOON,
        )

    def seq(self) -> int:
        return int(self.conn.execute("SELECT seq FROM account").fetchone()[0])

    def rows(self) -> dict[str, Row]:
        found = self.conn.execute("SELECT id, doc FROM entity WHERE kind = 'bookings' AND deleted_at IS NULL")
        return {row_id: json.loads(doc) for row_id, doc in found}

    def messages(self) -> list[str]:
        found = self.conn.execute("SELECT doc FROM entity WHERE kind = 'messages' AND deleted_at IS NULL")
        return sorted(json.loads(doc)["text"] for (doc,) in found)

    def put(self, row: Row) -> None:
        self.transact(lambda tx: tx.put(self.number, "bookings", row))

    def remove(self, row_id: str) -> None:
        self.transact(lambda tx: tx.remove(self.number, "bookings", row_id, now_ms=eg.NOON))

    def _forgot(self, heard: str) -> bool:
        if not heard:
            return False
        epoch, *upto = json.loads(heard)
        return epoch != self.epoch or not self._holds(self.conn, self.number, runs.Reached(*upto))

    # --- the feed, as much of it as a push needs ---------------------------------------------------------------------
    def page(self, cursor: str, heard: str) -> wire.Page[wire.Rows] | None:
        """The bookings after `cursor`; None where it has expired."""
        now = runs.reached(self.conn, self.number)
        seq = now.seq
        epoch, at, snap, *upto = json.loads(cursor) if cursor else (self.epoch, 0, seq, *now)
        if epoch != self.epoch or not self._holds(self.conn, self.number, runs.Reached(*upto)):
            return None
        news = self.conn.execute(
            "SELECT id, version, doc FROM entity WHERE kind = 'bookings' AND version > ? ORDER BY version LIMIT ?",
            (at, PAGE + 1),
        ).fetchall()
        more = len(news) > PAGE
        document = {
            "epoch": self.epoch,
            "ticket": "t",
            "stream": CORE,
            "since": cursor,
            "cursor": json.dumps([self.epoch, news[PAGE - 1][1] if more else seq, snap, *now]),
            "has_more": more,
            "seq": seq,
            "stage": "follow",
            "changes": {"bookings": [json.loads(doc) for _, _, doc in news[:PAGE] if doc is not None]},
            "deleted": {"bookings": [{"id": i, "version": v} for i, v, doc in news[:PAGE] if doc is None]},
            "server_time": eg.NOON,
            "forgot": self._forgot(heard),
        }
        return wire.decode_page(json.dumps(document).encode())

    # --- its backup --------------------------------------------------------------------------------------------------
    def copy(self) -> "Copy":
        line = {row_id: list(notes) for row_id, notes in self.line.items()}
        return Copy(
            epoch=self.epoch,
            run=self.run,
            data=self.conn.serialize(),
            done=Counter(self.done),
            decided=dict(self.decided),
            line=line,
        )

    def put_back(self, copy: "Copy", epoch: str, run: str) -> None:
        """What was sent to it before and is still on its way never arrives: its connections have ended."""
        self.conn.deserialize(copy.data)
        self.done, self.decided, self.epoch, self.run = Counter(copy.done), dict(copy.decided), epoch, run
        self.line = {row_id: list(notes) for row_id, notes in copy.line.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    epoch: str
    run: str
    data: bytes = field(repr=False)
    done: Counter[str] = field(hash=False)
    decided: dict[tuple[str, int], tuple[str, str]] = field(hash=False)
    line: dict[str, list[str | None]] = field(hash=False)


def _opened(tx: Transaction) -> AccountNo:
    number = add_account(
        tx, account_id="a", business_name="Salon", business_type="salon", time_zone=eg.ZONE, now_ms=eg.NOON
    )
    tx.put(number, "business", eg.business())
    tx.put(number, "staff", eg.staff(id=STAFF))
    return number


def _booking(number: int) -> Row:
    """An hour a day, each at ten."""
    starts_at = TEN + number * eg.DAY
    return new_booking(
        booking_id=booking_id(number),
        customer_id=None,
        name="Maria Lopez",
        phone="+14155550142",
        email=None,
        service={"id": None, "name": "Cut"},
        staff_id=STAFF,
        starts_at=starts_at,
        ends_at=starts_at + eg.HOUR,
        time_zone=eg.ZONE,
        source="manual",
        employee_id=None,
        call_id=None,
        price_cents=9000,
        created_at=eg.NOON - eg.DAY,
        notes=None,
    )


# --- a device --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Settled:
    change_id: int
    row_id: str
    payload: Row = field(hash=False)
    result: Row = field(hash=False)

    @property
    def text(self) -> str:
        return as_text(self.payload)


class Phone:
    """A device's file, and sync/push.py's way of using it, a request at a time.

    `new_id` gives client ids nobody has had.  `now_ms` is the device's own clock.
    """

    def __init__(self, parts: Parts, name: str, new_id: Callable[[], str]) -> None:
        self.name = name
        self.conn = sqlite3.connect(":memory:", isolation_level=None, cached_statements=256)
        schema.migrate(self.conn)
        self.parts = parts
        self.new_id = new_id
        self.now_ms = eg.NOON
        self.greeted = False
        self.asked: Change | None = None
        """A change that goes alone next: the number that was to be given up had been used for it."""
        self.write(
            lambda conn: conn.execute("INSERT INTO meta VALUES ('client_id', ?), ('next_mid', '1')", (new_id(),))
        )

    def write(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            answer = fn(self.conn)
        except BaseException:
            self.conn.execute("ROLLBACK")
            raise
        self.conn.execute("COMMIT")
        return answer

    # --- the owner ---------------------------------------------------------------------------------------------------
    def patch(self, row_id: str, changed: Row, tell: str | None, stamp: int) -> None:
        row = self.shown()[row_id]
        slot = {"starts_at", "ends_at", "staff_id"}
        fields = {
            name: (row[name], changed.get(name, row[name])) for name in (slot if slot & changed.keys() else changed)
        }
        self._record(mutations.patch(row_id, fields, _told(tell)), stamp)

    def make(self, row_id: str, starts_at: int, tell: str | None, stamp: int) -> None:
        values = {"staff_id": STAFF, "starts_at": starts_at, "ends_at": starts_at + eg.HOUR, "notes": f"made {stamp}"}
        self._record(mutations.create(row_id, _told(tell), customer_phone="+14155550142", **values), stamp)

    def _record(self, payload: Row, stamp: int) -> None:
        self.write(lambda conn: mutations.record(conn, payload | {"client_ts": stamp}, self.now_ms))

    # --- the wire ----------------------------------------------------------------------------------------------------
    def next_request(self, most: int = 100) -> tuple[Request, Change | None] | None:
        """What goes out next, and the change whose number it gives up if it does; None when all is done."""
        if not self.greeted:
            return self._request(meta.client_id(self.conn), ()), None
        if self.asked is not None:
            change, self.asked = self.asked, None
            return self._alone(change), None
        batch = self.write(lambda conn: self.parts.sending.next_batch(conn, self.now_ms, most=most))
        if batch is None:
            return None
        if batch.overtaking:
            (change,) = batch.changes
            return self.spend(batch.client_id, change.mid, change.row_id), outbox.get(self.conn, change.change_id)
        return self._request(batch.client_id, tuple((c.mid, c.text) for c in batch.changes)), None

    def _request(self, client_id: str, mutations: tuple[Numbered, ...]) -> Request:
        heard, heard_in = meta.heard(self.conn), meta.heard_in(self.conn)
        return Request(client_id=client_id, mutations=mutations, heard=heard, heard_in=heard_in)

    def spend(self, client_id: str, mid: int, row_id: str) -> Request:
        """Give up a number."""
        return self._request(client_id, ((mid, SKIP.format(row_id)),))

    def _alone(self, change: Change) -> Request:
        (text,) = self.conn.execute("SELECT payload FROM outbox WHERE change_id = ?", (change.change_id,)).fetchone()
        return self._request(change.client_id or "", ((change.mid or 0, text),))

    def hear(self, request: Request, answer: PushAnswer, given_up: Change | None) -> bool:
        """What sync/push.py does with an answer.  False when it leads nowhere, which is a failure like another."""
        if given_up is not None:
            return self._gave_up(given_up, answer)
        reply = self._reply(answer, request.heard)
        outcome = self.write(lambda conn: self.parts.answers.acknowledge(conn, reply))
        self.greeted = True
        return outcome.moved or not request.mutations

    def _gave_up(self, change: Change, answer: PushAnswer) -> bool:
        """Its number was used up without doing anything, or by the change itself: then it is asked about."""
        if not answer.results:
            return False
        if answer.results[0].status != "mismatch":
            self.write(lambda conn: self.parts.sending.put_back(conn, change.change_id))
            return True
        self.asked = change
        return True

    def set_aside(self, change: Change, answer: PushAnswer) -> None:
        """After the server has failed on it again and again, and then answered a `skip` in its place."""
        known = answer.results[0].status == "mismatch"
        self.write(lambda conn: self.parts.sending.park(conn, change.change_id, keep_number=known))

    def _reply(self, answer: PushAnswer, heard: str) -> Any:
        verdict = self.parts.answers.Verdict
        return self.parts.answers.Reply(
            client_id=answer.client_id,
            last_mid=answer.last_mid,
            epoch=answer.epoch,
            verdicts=tuple(
                verdict(
                    mid=result.mid,
                    status=result.status,
                    version=result.version,
                    code=result.code,
                    detail=result.detail,
                    retry_after_s=result.retry_after_s,
                    clashes=tuple(msgspec.to_builtins(result.conflicts)),
                )
                for result in answer.results
            ),
            new_id=self.new_id(),
            now_ms=self.now_ms,
            heard=heard,
            cursor=answer.cursor,
            forgot=answer.forgot,
        )

    def pull(self, hosted: Hosted) -> bool:
        """One page, or the beginning of a resync.  Whether more is to come."""
        state = cursors.stream(self.conn, CORE)
        ask = self.parts.apply.Ask(
            stream=CORE,
            cursor=state.cursor,
            gen=state.gen,
            epoch=state.epoch,
            seq=state.seq,
            answered=self.parts.answers.newest(self.conn),
        )
        page = hosted.page(state.cursor, meta.heard(self.conn))
        if page is None or self.parts.apply.is_restored(ask, page):
            self.write(lambda conn: self.parts.apply.begin_resync(conn, ask))
            return True
        self.write(lambda conn: self.parts.apply.apply_pages(conn, ask, [page]))
        return page.has_more

    def restart(self) -> None:
        self.greeted, self.asked = False, None
        self.write(self.parts.sending.forget_waits)

    # --- what can be seen --------------------------------------------------------------------------------------------
    def shown(self) -> dict[str, Row]:
        cursor = self.conn.execute("SELECT * FROM bookings")
        names = [column[0] for column in cursor.description]
        return {row["id"]: row for row in (dict(zip(names, values, strict=True)) for values in cursor)}

    def changes(self) -> list[Change]:
        return outbox.entries(self.conn)

    def settled(self) -> list[Settled]:
        found = self.conn.execute("SELECT change_id, id, payload, result FROM history ORDER BY change_id")
        return [Settled(number, row_id, json.loads(text), json.loads(result)) for number, row_id, text, result in found]


def _told(text: str | None) -> dict[str, str] | None:
    return {"text": text, "channel": "sms"} if text else None
