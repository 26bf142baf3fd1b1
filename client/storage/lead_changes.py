"""Which leads are others than when it was last looked, without reading them all."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How the leads and what happened to them stood.  `gen`: of which filling of the file; `event`: the newest."""

    gen: int
    version: int
    event: int
    ids: frozenset[str]
    dirty: frozenset[str]


def look(conn: sqlite3.Connection) -> Seen:
    rows = conn.execute("SELECT id, dirty, version FROM leads").fetchall()
    gen, event = conn.execute(_NEWEST).fetchone()
    return Seen(
        gen=gen,
        version=max((row[2] for row in rows), default=0),
        event=event,
        ids=frozenset(row[0] for row in rows),
        dirty=frozenset(row[0] for row in rows if row[1]),
    )


def changed(conn: sqlite3.Connection, seen: Seen) -> tuple[Seen, frozenset[str]] | None:
    """How they stand now, and the leads that may differ; None where all may, or some are no longer there.

    A stage that is moved in what happened already is not noticed; whoever keeps what was read reads all now and then.
    """
    rows = conn.execute("SELECT id, dirty, version FROM leads WHERE version > ? OR dirty", (seen.version,)).fetchall()
    (count,) = conn.execute("SELECT count(*) FROM leads").fetchone()
    gen, event = conn.execute(_NEWEST).fetchone()
    moved = conn.execute(
        "SELECT DISTINCT subject_id FROM events WHERE rowid > ? AND verb = 'lead_stage'", (seen.event,)
    )
    now = Seen(
        gen=gen,
        version=max((row[2] for row in rows), default=seen.version),
        event=event,
        ids=seen.ids.union(row[0] for row in rows),
        dirty=frozenset(row[0] for row in rows if row[1]),
    )
    if gen != seen.gen or event < seen.event or count != len(now.ids):
        return None
    return now, seen.dirty.union((row[0] for row in rows), (lead_id for (lead_id,) in moved))


_NEWEST = """
SELECT (SELECT gen FROM streams WHERE name = 'core'), coalesce((SELECT max(rowid) FROM events), 0)
"""
