"""What would be lost with this file: changes the server has not accepted, and conflicts nobody has decided."""

import sqlite3

_LOST = """
SELECT change_id FROM outbox WHERE state <> 'acked'
UNION SELECT change_id FROM conflicts WHERE state = 'open' AND resolved_by IS NULL
"""


def count(conn: sqlite3.Connection) -> int:
    """How many of the owner's changes are in the server's hands not at all, or only in part."""
    return int(conn.execute(f"SELECT count(*) FROM ({_LOST})").fetchone()[0])
