"""Which start of the server made which change, so that data that went back is known from what was before.

From one start to the next is a *run*.  A seq comes again when an older copy of the data is put in place and goes on
from there, but never in the same run: a seq together with its run means one state of the account for ever.
"""

import sqlite3
from typing import NamedTuple


class Reached(NamedTuple):
    """How far an account has come: its seq, and the run that made it, empty for what was before runs were noted."""

    seq: int
    run: str


def begin(connection: sqlite3.Connection, account: int, run: str, prev: int) -> None:
    """What comes after `prev` is made in `run`; noted once for each account and run, in the run's first transaction."""
    connection.execute("INSERT OR IGNORE INTO run (account, run, prev) VALUES (?, ?, ?)", (account, run, prev))


def run_of(connection: sqlite3.Connection, account: int, seq: int) -> str:
    row = connection.execute(
        "SELECT run FROM run WHERE account = ? AND prev < ? ORDER BY prev DESC LIMIT 1", (account, seq)
    ).fetchone()
    return row[0] if row else ""


def reached(connection: sqlite3.Connection, account: int) -> Reached:
    (seq,) = connection.execute("SELECT seq FROM account WHERE number = ?", (account,)).fetchone()
    return Reached(seq, run_of(connection, account, seq))


def holds(connection: sqlite3.Connection, account: int, before: Reached) -> bool:
    """Whether the data goes on from `before`; if not, an older copy was put in place since."""
    seq = connection.execute("SELECT seq FROM account WHERE number = ?", (account,)).fetchone()[0]
    return before.seq <= seq and run_of(connection, account, before.seq) == before.run
