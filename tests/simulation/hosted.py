"""The server of a history: the real hosted API over a real store, its backups, and Luna, who books there as well."""

import atexit
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any

from fastapi import FastAPI

from backend_stub.app import create_app
from backend_stub.clock import uuid7
from backend_stub.cursor import following
from backend_stub.desk import book, change
from backend_stub.feed import Scope, compact
from backend_stub.hub import Farewell, seal_of
from backend_stub.runs import reached
from backend_stub.services import Services
from backend_stub.settings import PasswordCost, Settings
from backend_stub.store import Store, Transaction, rows_of
from tests.backend_stub import example_rows as eg
from tests.simulation.audit import Audit, Ledger, Row
from tests.simulation.inline import InlineThreads
from tests.simulation.premises import Premises, ServerClock, booking, scratch, slot

_KEPT_BY_THE_SERVER = ("entity", "slot", "client", "mutation_result", "maker", "run")
"""What a backup brings back; who is signed in is kept elsewhere."""

_CHEAP = PasswordCost(time=1, memory_kib=8, parallelism=1)


@lru_cache(maxsize=1)
def _one_server() -> tuple[Store, FastAPI]:
    """Made once for a process: an app's first request costs more than a hundred later ones."""
    folder = scratch("hosted-")
    store = Store(folder, threads=InlineThreads)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(store.close)
    settings = Settings(play=False, faults="", limits=False, password_cost=_CHEAP)
    return store, create_app(store, ServerClock(), settings)


class Hosted:
    """Use inside `running`; one at a time in a process, because they share a server, whose data begins anew."""

    def __init__(self, premises: Premises, chance: random.Random) -> None:
        self.premises = premises
        self.store, self.app = _one_server()
        self.clock = ServerClock()
        self.audit = Audit(premises.account)
        self.restored = 0
        self.fails_on: set[tuple[str, int]] = set()
        """Mutations, by client and number, on which the server breaks every time."""
        self._begin_anew()
        self._chance = chance
        self._backups: list[tuple[dict[str, list[Any]], tuple[int, int], Ledger]] = []
        self._begin_audit()

    @property
    def services(self) -> Services:
        return self.app.state.services

    @contextmanager
    def running(self) -> Iterator[None]:
        stop = self.store.subscribe(self.audit.committed)
        try:
            with self.audit.watching(), self.services.hub.running():
                yield
        finally:
            stop()

    def _begin_anew(self) -> None:
        with closing(sqlite3.connect(self.premises.folder / "hosted.db")) as premises:
            premises.backup(self.store._write_connection)
        meta = dict(self.store.peek(lambda conn: conn.execute("SELECT key, value FROM meta").fetchall()))
        self.store.epoch, self.store.secret = meta["epoch"], bytes.fromhex(meta["secret"])
        self.store._run = "the first"
        self.services.faults.put("")

    def _begin_audit(self) -> None:
        self.audit.epoch = self.store.epoch
        for kind in KINDS:
            for row in self.rows(kind):
                self.audit.ledger.docs[kind, row["id"]] = {row["version"]: row}

    # --- looking -----------------------------------------------------------------------------------------------------
    def rows(self, kind: str) -> list[Row]:
        return self.store.peek(lambda conn: rows_of(conn, self.premises.account, kind))

    def versions(self) -> dict[str, dict[str, int]]:
        return {kind: {row["id"]: row["version"] for row in self.rows(kind)} for kind in KINDS}

    def newest_cursor(self) -> str:
        """What a device that has everything continues from."""
        account = self.premises.account
        upto = self.store.peek(lambda conn: reached(conn, account))
        return seal_of(self.store, account).write(following(self.store.epoch, Scope.FULL, upto))

    # --- Luna --------------------------------------------------------------------------------------------------------
    def luna_books(self) -> bool:
        premises, chance = self.premises, self._chance
        service = chance.choice(self.rows("services"))
        doc = booking(chance.choice(premises.staff), service, slot(chance)[0], customer_name="Luna's caller")
        return self._write(lambda tx: book(tx, premises.account, doc, customer=None, also=[])) is not None

    def luna_moves(self) -> bool:
        starts_at, ends_at = slot(self._chance)
        return self._luna_changes(
            starts_at=starts_at, ends_at=ends_at, staff_id=self._chance.choice(self.premises.staff)
        )

    def luna_cancels(self) -> bool:
        return self._luna_changes(status="cancelled", cancelled_at=self.clock.now_ms())

    def luna_notes(self) -> bool:
        return self._luna_changes(notes=f"Luna noted {self._chance.getrandbits(24)}")

    def luna_renames(self) -> bool:
        return self._luna_changes(customer_phone=f"+1415555{self._chance.randrange(10_000):04}")

    def _luna_changes(self, **changes: Any) -> bool:
        found = [row for row in self.rows("bookings") if row["starts_at"] >= eg.NOON]
        if not found:
            return False
        stamps = {"updated_at": self.clock.now_ms(), "updated_by": "Luna", "updated_call_id": None}
        row_id = self._chance.choice(found)["id"]
        account = self.premises.account
        return self._write(lambda tx: change(tx, account, row_id, changes | stamps, also=[])) is not None

    def staff_come_and_go(self) -> bool:
        """Who has left cannot be booked: what devices have booked meanwhile is refused."""
        person = self._chance.choice(self.rows("staff"))
        doc = {name: value for name, value in person.items() if name != "version"} | {"active": not person["active"]}
        self._write(lambda tx: tx.put(self.premises.account, "staff", doc))
        return doc["active"]

    def somebody_deletes(self) -> bool:
        found = [*self.rows("bookings"), *self.rows("blocks")]
        if not found:
            return False
        row = self._chance.choice(found)
        kind = "blocks" if "title" in row else "bookings"
        now_ms = self.clock.now_ms()
        self._write(lambda tx: tx.remove(self.premises.account, kind, row["id"], now_ms=now_ms))
        return True

    def a_call_goes_on(self) -> bool:
        call = self._chance.choice(self.rows("calls"))
        turn = eg.turn(call["id"], len(self.rows("turns")))
        account = self.premises.account
        self._write(lambda tx: tx.put(account, "turns", turn))
        if self._chance.random() < 0.5:
            self._write(lambda tx: tx.put(account, "leads", eg.lead(id=uuid7(eg.NOON))))
        return True

    def _write(self, effect: Callable[[Transaction], Any]) -> Any:
        return self.store.write_now(effect)

    # --- what happens to servers -------------------------------------------------------------------------------------
    def compacts(self) -> int:
        """Forget every tombstone: cursors that might still need one expire."""
        before_ms = self.clock.now_ms() + 1
        return self._write(lambda tx: compact(tx, self.premises.account, before_ms))

    def compacts_newest(self) -> bool:
        """As `compacts`, when the newest change of all was a deletion."""
        return self.somebody_deletes() and self.compacts() > 0

    def changes_epoch(self) -> None:
        self.store.new_epoch()
        self.audit.epoch = self.store.epoch
        self._restart()

    def backs_up(self) -> None:
        def snapshot(tx: Transaction) -> dict[str, list[Any]]:
            return {table: tx.connection.execute(f"SELECT * FROM {table}").fetchall() for table in _KEPT_BY_THE_SERVER}

        self._backups.append((self._write(snapshot), self._position(), self.audit.remember()))

    def is_restored(self) -> bool:
        """Everything is again as it was when some backup was made, under a new epoch."""
        if not self._backups:
            return False
        tables, position, ledger = self._chance.choice(self._backups)

        def effect(tx: Transaction) -> None:
            for table, rows in tables.items():
                tx.connection.execute(f"DELETE FROM {table}")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    tx.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            tx.connection.execute(
                "UPDATE account SET seq = ?, floor = ? WHERE number = ?", (*position, self.premises.account)
            )

        self._write(effect)
        self.audit.go_back(ledger)
        self.restored += 1
        self.store._run = f"after {self.restored}"
        self.changes_epoch()
        return True

    def _position(self) -> tuple[int, int]:
        sql = "SELECT seq, floor FROM account WHERE number = ?"
        return self.store.peek(lambda conn: conn.execute(sql, (self.premises.account,)).fetchone())

    def _restart(self) -> None:
        self.services.hub.dismiss_all(Farewell("restarting", 1012))


KINDS = (
    *(
        "business",
        "staff",
        "resources",
        "services",
        "employees",
        "customers",
        "bookings",
        "blocks",
        "calendars",
        "messages",
    ),
    *("leads", "calls", "tasks", "marks", "corrections", "blocked_numbers", "assumptions", "events", "turns"),
)
