"""How far the mutations of each device have been taken.  They are counted in push/results.py."""

import sqlite3

from backend_stub.store import AccountNo


def last_mid(connection: sqlite3.Connection, account: AccountNo, client_id: str) -> int:
    """The number of the last mutation that was taken from this device, 0 for one that never sent any."""
    row = connection.execute(
        "SELECT last_mid FROM client WHERE account = ? AND client_id = ?", (account, client_id)
    ).fetchone()
    return row[0] if row else 0
