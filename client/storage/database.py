"""The database file of one account: who may touch it, from which thread, and who hears of it.

All writing goes through one writer thread; a closure is a whole transaction.  Reading is done directly on a
`query_only` connection of the calling thread, because a hop to another thread costs more than the query.  After a
commit the touched tables are announced to whoever subscribed.  SQL lives in the files named after nouns, not here.
"""

import asyncio
import contextlib
import contextvars
import sqlite3
import threading
from collections.abc import Callable, Collection, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from client.clock import Clock
from client.models.encryption import Encryption
from client.storage import driver, mirror, opening, rescue, schema, sealing
from client.storage.driver import Key
from client.storage.errors import DatabaseDamaged, DiskFull, KeyMissing, classify, unusable
from client.storage.knowing import data_version
from client.storage.mirror import Mirror
from client.storage.noting import NotingConnection
from client.storage.opening import move_aside
from client.storage.reserve import Reserve

T = TypeVar("T")

Callback = Callable[[frozenset[str]], None]

Threads = Callable[[int, str], Executor]
"""Makes threads to work on: how many, and what their names begin with."""

_BULK = "PRAGMA wal_autocheckpoint = 16000"
_EVERYDAY = "PRAGMA wal_autocheckpoint = 1000; PRAGMA wal_checkpoint(TRUNCATE)"


@dataclass(slots=True)
class _Reader:
    """A reading connection of one thread; the lock is only ever contended while the file is being replaced."""

    conn: sqlite3.Connection
    lock: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Subscriber:
    tables: frozenset[str]
    callback: Callback
    loop: asyncio.AbstractEventLoop
    context: contextvars.Context


class Database:
    """One open database file.  Made by `open`; `close` it, or the process keeps two threads."""

    def __init__(self, path: Path, clock: Clock, threads: Threads = ThreadPoolExecutor, key: Key | None = None) -> None:
        self.path = path
        self.encryption: Encryption | None = None
        """How the file is encrypted, or why not though there is a key; None without one."""
        self._given_key = key
        self._key: Key | None = None
        self._clock = clock
        self._writer = threads(1, "chatty-write")
        self._slow = threads(1, "chatty-read")
        self._syncing = threads(1, "chatty-mirror")
        self._mirror = Mirror(mirror.path_beside(path), self._syncing, clock)
        self._reserve = Reserve(path)
        self._was_left_open = False
        self._conn: NotingConnection | None = None
        self._inode = 0
        self._data_version = 0
        self._readers: dict[int, _Reader] = {}
        self._readers_lock = threading.Lock()
        self._replacing = threading.RLock()
        """Held while another file takes the place of this one: nobody begins to read a file that is not ready."""
        self._subscribers: list[_Subscriber] = []

    @staticmethod
    def open(path: Path, clock: Clock, threads: Threads = ThreadPoolExecutor, *, key: Key | None = None) -> "Database":
        """Open or create the file and bring it to the newest schema; with a key, encrypt it first where it is not.

        Raises DatabaseDamaged, DatabaseTooNew, DatabaseUnavailable, DatabaseBusy, DiskFull, KeyMissing.
        """
        database = Database(path, clock, threads, key)
        try:
            database._writer.submit(database._connect).result()
        except BaseException:
            database.close()
            raise
        return database

    @staticmethod
    def open_or_replace(path: Path, clock: Clock, key: Key | None = None) -> tuple["Database", Path | None]:
        """As `open`, but a damaged file is moved aside and a fresh one begun; the second value is where it went.

        So is one that was encrypted with another key than this, because that one is lost.  Without a key it may come
        back: then KeyMissing is raised.
        """
        try:
            return Database.open(path, clock, key=key), None
        except DatabaseDamaged:
            aside = move_aside(path, clock)
            return Database.open(path, clock, key=key), aside
        except KeyMissing:
            if key is None:
                raise
            aside = opening.lock_away(path, clock)
            database = Database.open(path, clock, key=key)
            database.write_blocking(rescue.key_was_lost)
            return database, aside
        except OSError as error:
            raise unusable(error) from error

    # --- reading ---------------------------------------------------------------------------------------------------
    def read(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run `fn` on this thread's reading connection; all its queries see one state of the database."""
        with self._reading() as conn, self._classified():
            conn.execute("BEGIN")
            try:
                return fn(conn)
            finally:
                if conn.in_transaction:
                    conn.execute("ROLLBACK")

    async def read_in_thread(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """As `read`, for queries that take longer than a frame."""
        return await asyncio.wrap_future(self._slow.submit(self.read, fn))

    # --- writing ---------------------------------------------------------------------------------------------------
    async def write(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run `fn` as one transaction on the writer thread; when this returns it is on disk.

        If `fn` raises, nothing of it happened.  Cancelling the wait does not undo a transaction that has begun.
        """
        return await _done_by(self._writer, lambda: self._transact(fn))

    def write_blocking(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """`write` for callers without a loop."""
        return self._writer.submit(self._transact, fn).result()

    async def set_bulk(self, bulk: bool) -> None:
        """Fold the log into the file more rarely while a first sync fills empty tables, and then at once.

        Raises StorageError: folding needs room on the disk.
        """
        await asyncio.wrap_future(self._writer.submit(self._pragmas, _BULK if bulk else _EVERYDAY))

    async def checkpoint(self) -> None:
        """Fold the log into the file, for what may be the last moment: a suspended app can be ended without a word."""
        await asyncio.wrap_future(self._writer.submit(self._pragmas, "PRAGMA wal_checkpoint(TRUNCATE)"))

    # --- announcing ------------------------------------------------------------------------------------------------
    def subscribe(self, tables: Collection[str], callback: Callback) -> Callable[[], None]:
        """Call `callback` on the running loop after each commit that touched one of `tables`, with those it touched.

        It runs in the context of the subscriber.  The returned function ends the subscription.
        """
        subscriber = _Subscriber(
            tables=frozenset(tables),
            callback=callback,
            loop=asyncio.get_running_loop(),
            context=contextvars.copy_context(),
        )
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._subscribers.remove(subscriber)

        return unsubscribe

    async def watch_other_processes(self, every_s: float = 1.0) -> None:
        """Until cancelled, announce all tables whenever another process has written to the file or replaced it."""
        while True:
            await self._clock.sleep(every_s)
            if self._reserve.spent:
                await self.keep_reserve()
            await asyncio.wrap_future(self._writer.submit(self._look_for_others))

    # --- repairing and ending --------------------------------------------------------------------------------------
    async def look_over(self) -> None:
        """Whether the file is sound, if it was not closed last time.  Raises DatabaseDamaged.

        It takes a third of a second for 50,000 bookings, on a thread of its own.
        """
        if self._was_left_open:
            self._was_left_open = False
            await self.read_in_thread(self._check)

    def _check(self, conn: sqlite3.Connection) -> None:
        if conn.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise DatabaseDamaged(self.path)

    async def keep_reserve(self) -> None:
        """Set space aside for the day the disk is full."""
        await asyncio.wrap_future(self._slow.submit(self._reserve.set_aside))

    async def start_afresh(self) -> Path:
        """Move the (damaged) file aside and begin a fresh one in its place; returns where the old one went."""
        return await asyncio.wrap_future(self._writer.submit(self._replace))

    def close(self) -> None:
        """Finish what is queued, fold the log into the file and let go of it.  Harmless twice."""
        self._subscribers.clear()
        self._slow.shutdown()
        with contextlib.suppress(RuntimeError):
            self._writer.submit(self._end).result()
        self._writer.shutdown()
        self._syncing.shutdown()

    # --- on the writer thread --------------------------------------------------------------------------------------
    def _connect(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._classified(), sealing.opening(self.path, self._given_key):
            # The last connection to close removes it: it is there after a crash, or while another process goes on.
            self._was_left_open = self.path.with_name(f"{self.path.name}-wal").exists()
            self._key, self.encryption = self._prepared()
            self.path.touch(mode=0o600)
            conn = self._conn = opening.writer(self.path, self._key, self._clock)
            self._mirror.key = self._key
            rescue.at_opening(conn, self.path, self._mirror, self._clock, self._given_key)
            self._mirror.begin(conn)
            conn.begin_noting()
            self._data_version = data_version(conn)
            self._inode = self.path.stat().st_ino

    def _prepared(self) -> tuple[Key | None, Encryption | None]:
        try:
            return sealing.prepared(self.path, self._given_key)
        except OSError as error:
            raise unusable(error) from error

    def _transact(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        conn = self._open_connection()
        before = conn.total_changes
        try:
            result = self._attempt(conn, fn)
        except DiskFull:
            # The reserve is for what only this device knows; what the server has can be fetched again.
            if "outbox" not in (conn.touched or ()) or not self._reserve.give_up():
                raise
            result = self._attempt(conn, fn)
        if conn.total_changes != before:
            self._announce(frozenset(conn.touched or ()))
        return result

    def _attempt(self, conn: NotingConnection, fn: Callable[[sqlite3.Connection], T]) -> T:
        conn.touched = set()
        with self._classified():
            try:
                conn.execute("BEGIN IMMEDIATE")
                conn.known.begin()
                result = fn(conn)
                mirrored = self._note(conn)
                conn.execute("COMMIT")
            except BaseException:
                if conn.in_transaction:
                    with contextlib.suppress(*driver.errors()):
                        conn.execute("ROLLBACK")
                conn.known.forget()
                self._mirror.take_back()
                raise
            if mirrored:
                self._mirror.sync()
            self._mirror.tidy(conn)
        return result

    def _note(self, conn: NotingConnection) -> bool:
        try:
            return self._mirror.note(conn)
        except OSError as error:
            raise unusable(error) from error

    def _announce(self, touched: frozenset[str]) -> None:
        for subscriber in tuple(self._subscribers):
            theirs = touched & subscriber.tables
            if not theirs:
                continue
            # A loop that has ended has nobody left to tell.
            with contextlib.suppress(RuntimeError):
                subscriber.loop.call_soon_threadsafe(subscriber.callback, theirs, context=subscriber.context)

    def _look_for_others(self) -> None:
        conn = self._open_connection()
        if self._is_replaced():
            with self._replacing:
                self._disconnect()
                self._connect()
            self._announce(_ALL_TABLES)
            return
        with self._classified():
            seen = data_version(conn)
        if seen != self._data_version:
            self._data_version = seen
            self._announce(_ALL_TABLES)

    def _is_replaced(self) -> bool:
        try:
            return self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            # Signed out and wiped by another copy: nothing to read instead.
            return False

    def _replace(self) -> Path:
        with self._replacing:
            self._disconnect()
            aside = move_aside(self.path, self._clock)
            self._connect()
        self._announce(_ALL_TABLES)
        return aside

    def _pragmas(self, script: str) -> None:
        with self._classified():
            opening.pragmas(self._open_connection(), script)

    def _open_connection(self) -> NotingConnection:
        if self._conn is None:
            raise sqlite3.ProgrammingError("the database is closed")
        return self._conn

    def _end(self) -> None:
        # What was wiped meanwhile, or replaced, has a second copy of its own, or none.
        if self._conn is not None and self.path.exists() and not self._is_replaced():
            self._mirror.finish(self._conn)
        self._disconnect()

    def _disconnect(self) -> None:
        with self._readers_lock:
            readers, self._readers = self._readers, {}
        for reader in readers.values():
            with reader.lock:
                reader.closed = True
                reader.conn.close()
        if self._conn is not None:
            # The last connection to close folds the log into the file; a damaged file may refuse.
            with contextlib.suppress(*driver.errors()):
                self._conn.close()
            self._conn = None
        self._mirror.close()

    # --- on any thread ---------------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        """This thread's reading connection, kept open for as long as it is used."""
        reader = self._reader()
        reader.lock.acquire()
        while reader.closed:
            reader.lock.release()
            reader = self._reader()
            reader.lock.acquire()
        try:
            yield reader.conn
        finally:
            reader.lock.release()

    def _reader(self) -> _Reader:
        thread = threading.get_ident()
        reader = self._readers.get(thread)
        if reader is None:
            with self._replacing, self._classified():
                reader = _Reader(opening.reader(self.path, self._key))
                with self._readers_lock:
                    self._readers[thread] = reader
        return reader

    @contextlib.contextmanager
    def _classified(self) -> Generator[None]:
        try:
            yield
        except driver.errors() as error:
            known = classify(error, self.path)
            if known is None:
                raise
            raise known from error


async def _done_by(threads: Executor, work: Callable[[], T]) -> T:
    """The result of `work`, done on one of these threads.

    As `asyncio.wrap_future` does it, with half of the way: this is waited for at every edit.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def report(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast("T", result))

    def run() -> None:
        result, failed = None, None
        try:
            result = work()
        except BaseException as error:
            failed = error
        # A loop that has ended has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(report, result, failed)

    threads.submit(run)
    return await done


_ALL_TABLES = frozenset(
    {
        *schema.MIRRORED,
        "unknown_rows",
        "bases",
        "outbox",
        "history",
        "conflicts",
        "streams",
        "meta",
        "call_texts",
        "call_promises",
    },
)
