"""What the server remembers: SQLite with one writer thread, one transaction an effect, and readers beside it.

Every row of the contract is an `entity`, kept as the JSON text that is sent, so a page of the feed is made by joining.
An account's `seq` grows by one for each row change inside the writing transaction, which is why it is in commit order.
What the accounts, sessions and calls mean is not known here.
"""

import asyncio
import hashlib
import hmac
import secrets
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NewType, Protocol, TypeVar

import msgspec

from backend_stub.runs import Reached, begin, run_of
from backend_stub.schema import NewerDatabase, migrate

T = TypeVar("T")

AccountNo = NewType("AccountNo", int)
"""The number of an account inside this database; never leaves the server."""

Document = dict[str, Any]

Threads = Callable[[int, str], Executor]
"""Makes threads to work on: how many, and what their names begin with."""

CORE, TRANSCRIPTS = 0, 1
STREAM_OF_KIND: Mapping[str, int] = {
    "business": CORE,
    "staff": CORE,
    "resources": CORE,
    "services": CORE,
    "employees": CORE,
    "customers": CORE,
    "bookings": CORE,
    "blocks": CORE,
    "calendars": CORE,
    "messages": CORE,
    "leads": CORE,
    "calls": CORE,
    "tasks": CORE,
    "marks": CORE,
    "corrections": CORE,
    "blocked_numbers": CORE,
    "assumptions": CORE,
    "events": CORE,
    "forecasts": CORE,
    "turns": TRANSCRIPTS,
}
OPEN_LEAD_STAGES = frozenset({"new", "contacted", "qualified"})
BUSY_STATUSES = frozenset({"pending", "confirmed", "completed"})
KEEPS_BUSY = frozenset({"bookings", "blocks"})
"""Kinds of row that take somebody's time, or a resource's; the `slot` table says whose and when."""

EVERYBODY = ""
"""Whose time a block without a member of staff takes, in the `slot` table."""

LONGEST_SLOT_MS = 86_400_000
Taken = tuple[str, str, int, int]
"""A row's id, whose time it takes, from when, until when."""

TRACKED_ROWS = 200
"""A commit of more rows than this is announced by its seq alone."""

UPSERT = """
INSERT INTO entity (account, kind, id, stream, version, at, ref, open, deleted_at, reason, doc)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, CAST(? AS TEXT))
ON CONFLICT (account, kind, id) DO UPDATE SET version = excluded.version, at = excluded.at, ref = excluded.ref,
    open = excluded.open, deleted_at = NULL, reason = NULL, doc = excluded.doc
"""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One changed row: its JSON text in UTF-8, or None and a reason when it is gone."""

    kind: str
    id: str
    version: int
    doc: bytes | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What one transaction did to one account, from `prev` to `reached`.  `rows` is None when they were too many."""

    account: AccountNo
    prev: Reached
    reached: Reached
    rows: tuple[RowChange, ...] | None


@dataclass(slots=True)
class _Touched:
    prev: Reached
    seq: int
    rows: dict[tuple[str, str], RowChange] | None = field(default_factory=dict[tuple[str, str], RowChange])


class Transaction:
    """The writer's side of one transaction.  Rows go through `put`, `put_many` and `remove`; the rest is plain SQL.

    `run`: the server's (runs.py).
    """

    def __init__(self, connection: sqlite3.Connection, run: str) -> None:
        self.connection = connection
        self._run = run
        self._touched: dict[AccountNo, _Touched] = {}

    def put(self, account: AccountNo, kind: str, doc: Document) -> int:
        """Insert or replace one row; answers its version."""
        return self.put_many(account, kind, (doc,))

    def put_many(self, account: AccountNo, kind: str, docs: Sequence[Document]) -> int:
        """Insert or replace rows of one kind in the order given; answers the last version."""
        last = self._advance(account, len(docs))
        stream = STREAM_OF_KIND[kind]
        rows: list[tuple[Any, ...]] = []
        for version, doc in enumerate(docs, last - len(docs) + 1):
            text = _encode({**doc, "version": version})
            at, ref, is_open = _projection(kind, doc)
            rows.append((account, kind, doc["id"], stream, version, at, ref, is_open, text))
            self._track(account, RowChange(kind=kind, id=doc["id"], version=version, doc=text, reason=None))
        self.connection.executemany(UPSERT, rows)
        if kind in KEEPS_BUSY:
            self._keep_slots(account, kind, docs)
        return last

    def remove(self, account: AccountNo, kind: str, row_id: str, *, now_ms: int, reason: str = "deleted") -> int | None:
        """Leave a tombstone in the row's place; None when there is no such row."""
        if self.get(account, kind, row_id) is None:
            return None
        version = self._advance(account, 1)
        self.connection.execute(
            "UPDATE entity SET version = ?, deleted_at = ?, reason = ?, doc = NULL, ref = NULL, open = 0"
            " WHERE account = ? AND kind = ? AND id = ?",
            (version, now_ms, reason, account, kind, row_id),
        )
        self.connection.execute("DELETE FROM slot WHERE account = ? AND kind = ? AND id = ?", (account, kind, row_id))
        self._track(account, RowChange(kind=kind, id=row_id, version=version, doc=None, reason=reason))
        return version

    def get(self, account: AccountNo, kind: str, row_id: str) -> Document | None:
        return get_row(self.connection, account, kind, row_id)

    def seq(self, account: AccountNo) -> int:
        """The account's seq as this transaction has made it."""
        if account in self._touched:
            return self._touched[account].seq
        return int(self.connection.execute("SELECT seq FROM account WHERE number = ?", (account,)).fetchone()[0])

    def commits(self) -> list[Commit]:
        return [
            Commit(
                account=account,
                prev=touched.prev,
                reached=Reached(touched.seq, self._run),
                rows=None
                if touched.rows is None
                else tuple(sorted(touched.rows.values(), key=lambda row: row.version)),
            )
            for account, touched in self._touched.items()
        ]

    def _advance(self, account: AccountNo, count: int) -> int:
        row = self.connection.execute(
            "UPDATE account SET seq = seq + ? WHERE number = ? RETURNING seq", (count, account)
        ).fetchone()
        seq = int(row[0])
        touched = self._touched.get(account)
        if touched is None:
            touched = self._touched[account] = self._began(account, seq - count)
        touched.seq = seq
        return seq

    def _began(self, account: AccountNo, prev: int) -> _Touched:
        begin(self.connection, account, self._run, prev)
        return _Touched(prev=Reached(prev, run_of(self.connection, account, prev)), seq=prev)

    def _track(self, account: AccountNo, change: RowChange) -> None:
        touched = self._touched[account]
        if touched.rows is not None:
            touched.rows[change.kind, change.id] = change
            if len(touched.rows) > TRACKED_ROWS:
                touched.rows = None

    def _keep_slots(self, account: AccountNo, kind: str, docs: Sequence[Document]) -> None:
        """What `docs` now keep busy, instead of what they kept busy before.  A cancelled booking keeps nothing."""
        self.connection.executemany(
            "DELETE FROM slot WHERE account = ? AND kind = ? AND id = ?", [(account, kind, doc["id"]) for doc in docs]
        )
        taken = self._booked(account, docs) if kind == "bookings" else map(_blocked, docs)
        self.connection.executemany(
            "INSERT INTO slot (account, kind, id, whose, starts_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)",
            [(account, kind, *piece) for one in taken for piece in _pieces(*one)],
        )

    def _booked(self, account: AccountNo, docs: Sequence[Document]) -> Iterator[Taken]:
        """A slot lasts until its service's buffer is over, as the buffer is now."""
        services = {doc["service_id"] for doc in docs}
        buffers = {service: buffer_ms(self.connection, account, service) for service in services}
        for doc in docs:
            if doc["status"] in BUSY_STATUSES:
                for whose in (doc["staff_id"], doc["resource_id"]):
                    if whose is not None:
                        yield doc["id"], whose, doc["starts_at"], doc["ends_at"] + buffers[doc["service_id"]]


def _blocked(doc: Document) -> Taken:
    return doc["id"], doc["staff_id"] or EVERYBODY, doc["starts_at"], doc["ends_at"]


def _pieces(row_id: str, whose: str, starts_at: int, ends_at: int) -> Iterator[Taken]:
    """Of a day at most, so that looking for what overlaps needs to look back a day and no further."""
    for start in range(starts_at, ends_at, LONGEST_SLOT_MS):
        yield row_id, whose, start, min(start + LONGEST_SLOT_MS, ends_at)


def _projection(kind: str, doc: Document) -> tuple[int, str | None, bool]:
    """What the feed asks rows by: an instant, the row they belong to, and whether they are under way."""
    match kind:
        case "bookings":
            return doc["starts_at"], doc["customer_id"], False
        case "calls":
            return doc["started_at"], doc["customer_id"], doc["status"] != "ended"
        case "blocks":
            return doc["starts_at"], doc["calendar_id"], False
        case "messages":
            return doc["sent_at"], doc["booking_id"], False
        case "turns":
            return doc["started_at"], doc["call_id"], False
        case "leads":
            return doc["created_at"], doc["call_id"], doc["stage"] in OPEN_LEAD_STAGES
        case "customers":
            return 0, doc["phone"], False
        case "tasks":
            return doc["created_at"], doc["lead_id"], doc["state"] == "open"
        case "corrections":
            return doc["created_at"], doc["call_id"], doc["state"] == "waiting"
        case "blocked_numbers":
            return doc["created_at"], doc["phone"], False
        case "marks":
            return doc["created_at"], None, False
        case "events":
            return doc["at"], doc["subject_id"], False
        case _:
            return 0, None, False


def get_row(connection: sqlite3.Connection, account: AccountNo, kind: str, row_id: str) -> Document | None:
    row = connection.execute(
        "SELECT doc FROM entity WHERE account = ? AND kind = ? AND id = ? AND deleted_at IS NULL",
        (account, kind, row_id),
    ).fetchone()
    return msgspec.json.decode(row[0]) if row else None


def rows_of(connection: sqlite3.Connection, account: AccountNo, kind: str) -> list[Document]:
    """All rows of one kind in the order of their instant and id."""
    cursor = connection.execute(
        "SELECT doc FROM entity WHERE account = ? AND kind = ? AND deleted_at IS NULL ORDER BY at, id", (account, kind)
    )
    return [msgspec.json.decode(row[0]) for row in cursor]


def rows_by_ref(connection: sqlite3.Connection, account: AccountNo, kind: str, ref: str) -> list[Document]:
    """Rows that belong to `ref`: a customer's bookings or calls, a call's turns and leads, a phone's customers."""
    cursor = connection.execute(
        "SELECT doc FROM entity WHERE account = ? AND kind = ? AND ref = ? AND deleted_at IS NULL ORDER BY at, id",
        (account, kind, ref),
    )
    return [msgspec.json.decode(row[0]) for row in cursor]


def buffer_ms(connection: sqlite3.Connection, account: AccountNo, service_id: str | None) -> int:
    """How long nobody else is taken after an appointment; nothing for one without a service on the list."""
    service = get_row(connection, account, "services", service_id) if service_id is not None else None
    return service["buffer_minutes"] * 60_000 if service is not None else 0


class Transact(Protocol):
    """Runs one effect in a transaction of its own and announces it; what the effect raises rolls it back."""

    def __call__(self, effect: Callable[[Transaction], T], /) -> T: ...


class Store:
    """An open data folder.  `write` and `read` may be awaited from any task; `write_now` blocks and is for seeding."""

    def __init__(self, folder: Path | None, *, readers: int = 3, threads: Threads = ThreadPoolExecutor) -> None:
        """`folder` None keeps everything in a temporary folder that goes away on `close`.

        The same SQLite mode in both cases means that what tests see is what a data folder does.
        """
        self._temporary = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="chatty-stub-")) if folder is None else folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._listeners: list[Callable[[Commit], None]] = []
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._local = threading.local()
        self._writer = threads(1, "store-writer")
        self._readers = threads(readers, "store-reader")
        self._write_connection = self._connect()
        self._run = ""
        try:
            migrate(self._write_connection)
        except NewerDatabase:
            self.close()
            raise
        self._peek_connection = self._connect()
        self.secret = bytes.fromhex(self._meta_or_new("secret", lambda: secrets.token_hex(32)))
        self.epoch = self._meta_or_new("epoch", _new_epoch)
        self.begin_run()

    async def write(self, effect: Callable[[Transaction], T]) -> T:
        """Run `effect` in one transaction on the writer's thread; what it raises rolls everything back."""
        return await _in(self._writer, self._transact, effect)

    async def write_each(self, job: Callable[[Transact], T]) -> T:
        """Run `job` on the writer's thread, where it makes one transaction after another.

        Each is committed and announced by itself: what follows a failure or a kill is lost, what came before is not.
        """
        return await _in(self._writer, job, self._transact)

    def write_each_now(self, job: Callable[[Transact], T]) -> T:
        return self._writer.submit(job, self._transact).result()

    def write_now(self, effect: Callable[[Transaction], T]) -> T:
        return self._writer.submit(self._transact, effect).result()

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Run `question` on a reader's thread, on one consistent snapshot."""
        return await _in(self._readers, self._ask, question)

    def peek(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """A point lookup on the caller's thread, the event loop's: a hop would cost more than the read."""
        return question(self._peek_connection)

    def subscribe(self, listener: Callable[[Commit], None]) -> Callable[[], None]:
        """`listener` is called on the writer's thread after each commit, in commit order; call the answer to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def new_epoch(self) -> None:
        """Forget the positions of all cursors, as after a restored backup."""
        epoch = _new_epoch()
        self.write_now(lambda tx: tx.connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (epoch,)))
        self.epoch = epoch

    def begin_run(self) -> None:
        """Tell apart what is committed from now on from what was before: done whenever the data may be another's."""
        self._run = secrets.token_hex(4)

    def key_for(self, purpose: str) -> bytes:
        """A key of its own for each purpose, drawn from the data folder's secret."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).digest()

    def close(self) -> None:
        self._readers.shutdown(wait=True)
        self._writer.shutdown(wait=True)
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.folder / "hosted.db", isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.executescript(
            f"""
            PRAGMA journal_mode = WAL; PRAGMA synchronous = {"OFF" if self._temporary else "FULL"};
            PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -16000; PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 16777216;
            """
        )
        with self._lock:
            self._connections.append(connection)
        return connection

    def _transact(self, effect: Callable[[Transaction], T]) -> T:
        connection = self._write_connection
        connection.execute("BEGIN IMMEDIATE")
        transaction = Transaction(connection, self._run)
        try:
            answer = effect(transaction)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        for commit in transaction.commits():
            for listener in tuple(self._listeners):
                listener(commit)
        return answer

    def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        connection.execute("BEGIN")
        try:
            return question(connection)
        finally:
            connection.execute("COMMIT")

    def _meta_or_new(self, key: str, make: Callable[[], str]) -> str:
        def effect(tx: Transaction) -> str:
            tx.connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, make()))
            return str(tx.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])

        return self.write_now(effect)


async def _in(pool: Executor, work: Callable[[Any], T], argument: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work, argument)


def _new_epoch() -> str:
    return f"e{secrets.token_hex(4)}"
