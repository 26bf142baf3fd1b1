"""Single facts about the database file: whose it is, its client id, how far the device's clock is off."""

import sqlite3

from client.models.account import Identity, Role
from client.models.ids import AccountId, UserId
from client.storage.columns import json_text, json_value


def get(conn: sqlite3.Connection, key: str) -> str | None:
    row = conn.execute("SELECT v FROM meta WHERE k = ?", (key,)).fetchone()
    return row[0] if row else None


def put(conn: sqlite3.Connection, key: str, value: str) -> None:
    conn.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v", (key, value))


def identity(conn: sqlite3.Connection) -> Identity | None:
    """Whose file this is, None before the first sign-in into it."""
    text = get(conn, "identity")
    if text is None:
        return None
    value = json_value(text)
    return Identity(
        api_url=value["api_url"],
        account_id=AccountId(value["account_id"]),
        user_id=UserId(value["user_id"]),
        name=value["name"],
        email=value["email"],
        role=Role(value["role"]),
        business_name=value["business_name"],
    )


def put_identity(conn: sqlite3.Connection, identity: Identity) -> None:
    put(conn, "identity", json_text(identity))


def client_id(conn: sqlite3.Connection) -> str:
    """What this file calls itself when it sends changes: another one than any copy of it goes by."""
    return get(conn, "client_id") or ""


def heard(conn: sqlite3.Connection) -> str:
    """The cursor that came with the newest answer to a push, empty before the first."""
    return get(conn, "heard") or ""


def heard_in(conn: sqlite3.Connection) -> str | None:
    """The epoch of that answer."""
    return get(conn, "heard_in")


def put_heard(conn: sqlite3.Connection, cursor: str, epoch: str) -> None:
    put(conn, "heard", cursor)
    put(conn, "heard_in", epoch)


def forget_heard(conn: sqlite3.Connection) -> None:
    conn.execute("DELETE FROM meta WHERE k IN ('heard', 'heard_in')")


def skew_s(conn: sqlite3.Connection) -> float | None:
    """Device clock minus server clock in seconds as last measured, None while unknown."""
    text = get(conn, "skew_s")
    return None if text is None else float(text)


def put_skew_s(conn: sqlite3.Connection, skew_s: float) -> None:
    put(conn, "skew_s", repr(skew_s))
