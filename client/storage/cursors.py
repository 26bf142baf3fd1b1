"""How far this device has come in each stream of the change feed.

A stream's row is written in the same transaction as the rows it speaks of, or the two would disagree after a crash.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from client.storage.columns import instant_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """Where one stream stands.

    `cursor`: what to ask with next, empty at the very start.  `complete`: nothing is missing up to `cursor`.
    `ccursor`: the cursor of the last completed pull, None before the first.  `seq`: the account's counter as the server
    last told it; a complete stream is complete up to it.  `snap`: the counter when the running first sync or resync
    began.  `gen`: rows of an older generation are swept when a resync ends.  `stage`: window, backfill or follow, as
    the server last said.  `done`, `total`: rows of a first sync or resync so far.  `resync`: rows of an older
    generation wait to be swept.  `as_of`: when the stream was last known to equal the server, by the server's clock.
    """

    name: str
    epoch: str | None
    cursor: str
    complete: bool
    ccursor: str | None
    seq: int
    snap: int
    gen: int
    stage: str
    done: int
    total: int
    resync: bool
    as_of: datetime | None

    @property
    def usable(self) -> bool:
        """What is on screen has arrived: the window has, or rows of before a resync are still there."""
        return self.ccursor is not None or self.stage not in ("", "window")


_COLUMNS = "name, epoch, cursor, complete, ccursor, seq, snap, gen, stage, done, total, resync, as_of"


def stream(conn: sqlite3.Connection, name: str) -> StreamState:
    """The state of `core` or `transcripts`."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM streams WHERE name = ?", (name,)).fetchone()
    return StreamState(
        name=row[0],
        epoch=row[1],
        cursor=row[2],
        complete=bool(row[3]),
        ccursor=row[4],
        seq=row[5],
        snap=row[6],
        gen=row[7],
        stage=row[8],
        done=row[9],
        total=row[10],
        resync=bool(row[11]),
        as_of=instant_or_none(row[12]),
    )


def as_of(conn: sqlite3.Connection) -> datetime | None:
    """When this device was last known to equal the server, by the server's clock; None before the first sync."""
    return instant_or_none(conn.execute("SELECT as_of FROM streams WHERE name = 'core'").fetchone()[0])


def start_over(conn: sqlite3.Connection, name: str) -> None:
    """Fill the stream from the beginning, in a new generation.  What is on screen stays until that has ended."""
    conn.execute(
        "UPDATE streams SET gen = gen + 1, epoch = NULL, cursor = '', complete = 0, stage = '', done = 0, total = 0, "
        "snap = 0, resync = 1 WHERE name = ?",
        (name,),
    )
