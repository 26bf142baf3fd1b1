"""An older copy of the server's data is put in its place."""

import sqlite3
from typing import Any

from backend_stub.store import Store, Transaction

Copy = dict[str, list[tuple[Any, ...]]]
_DATA = ("entity", "slot", "maker", "client", "mutation_result", "run")


def copied(store: Store) -> Copy:
    """What the server holds, its counter first."""

    def read(conn: sqlite3.Connection) -> Copy:
        seq = conn.execute("SELECT seq FROM account").fetchall()
        return {"account": seq, **{table: conn.execute(f"SELECT * FROM {table}").fetchall() for table in _DATA}}

    return store.peek(read)


def put_in_place(store: Store, copy: Copy) -> None:
    """In the same epoch and without a start, so that only numbers tell."""

    def write(tx: Transaction) -> None:
        tx.connection.execute("UPDATE account SET seq = ?", copy["account"][0])
        for table in _DATA:
            tx.connection.execute(f"DELETE FROM {table}")
            for row in copy[table]:
                tx.connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    store.write_now(write)


def started_on(store: Store, copy: Copy) -> None:
    """In the same epoch, the server started on it."""
    put_in_place(store, copy)
    store.begin_run()
