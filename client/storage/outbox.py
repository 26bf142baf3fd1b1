"""The owner's changes that the server has not confirmed yet."""

import sqlite3


def waiting(conn: sqlite3.Connection) -> int:
    """How many changes have no answer from the server."""
    return int(conn.execute("SELECT count(*) FROM outbox WHERE state <> 'acked'").fetchone()[0])
