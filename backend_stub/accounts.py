"""Accounts and the people in them: plain functions of a connection or a transaction.  Sessions are in sessions.py."""

import sqlite3
from dataclasses import dataclass

from backend_stub.store import AccountNo, Transaction


class EmailTaken(Exception):
    """Somebody already signs in with this e-mail address.  Routine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    number: AccountNo
    account_id: str
    business_name: str
    business_type: str
    time_zone: str
    seq: int
    demo: bool
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    user_id: str
    account: AccountNo
    name: str
    email: str
    role: str
    password_hash: str

    def __repr__(self) -> str:
        return f"User(user_id={self.user_id!r})"


ACCOUNT = "number, account_id, business_name, business_type, time_zone, seq, demo, created_at"


def add_account(
    tx: Transaction,
    *,
    account_id: str,
    business_name: str,
    business_type: str,
    time_zone: str,
    now_ms: int,
    demo: bool = False,
) -> AccountNo:
    cursor = tx.connection.execute(
        "INSERT INTO account (account_id, business_name, business_type, time_zone, demo, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (account_id, business_name, business_type, time_zone, demo, now_ms),
    )
    return AccountNo(cursor.lastrowid or 0)


def add_user(tx: Transaction, user: User, *, now_ms: int) -> None:
    """Raises EmailTaken."""
    try:
        tx.connection.execute(
            "INSERT INTO user (user_id, account, name, email, role, password_hash, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (user.user_id, user.account, user.name, user.email, user.role, user.password_hash, now_ms),
        )
    except sqlite3.IntegrityError:
        raise EmailTaken from None


def set_role(tx: Transaction, user_id: str, role: str) -> None:
    tx.connection.execute("UPDATE user SET role = ? WHERE user_id = ?", (role, user_id))


def account_of(connection: sqlite3.Connection, number: AccountNo) -> Account:
    row = connection.execute(f"SELECT {ACCOUNT} FROM account WHERE number = ?", (number,)).fetchone()
    return _account(row)


def find_account(connection: sqlite3.Connection, account_id: str) -> Account | None:
    row = connection.execute(f"SELECT {ACCOUNT} FROM account WHERE account_id = ?", (account_id,)).fetchone()
    return _account(row) if row else None


def demo_account(connection: sqlite3.Connection) -> Account | None:
    row = connection.execute(f"SELECT {ACCOUNT} FROM account WHERE demo = 1 ORDER BY number").fetchone()
    return _account(row) if row else None


def all_accounts(connection: sqlite3.Connection) -> list[Account]:
    return [_account(row) for row in connection.execute(f"SELECT {ACCOUNT} FROM account ORDER BY number")]


def find_user(connection: sqlite3.Connection, *, email: str) -> User | None:
    return _user(connection, "email = ?", email.lower())


def user_of(connection: sqlite3.Connection, user_id: str) -> User | None:
    return _user(connection, "user_id = ?", user_id)


def users_in(connection: sqlite3.Connection, account: AccountNo) -> list[User]:
    rows = connection.execute(f"SELECT {USER} FROM user WHERE account = ? ORDER BY created_at, user_id", (account,))
    return [_as_user(row) for row in rows]


USER = "user_id, account, name, email, role, password_hash"


def _user(connection: sqlite3.Connection, where: str, value: str) -> User | None:
    row = connection.execute(f"SELECT {USER} FROM user WHERE {where}", (value,)).fetchone()
    return _as_user(row) if row else None


def _as_user(row: tuple[str, int, str, str, str, str]) -> User:
    user_id, account, name, email, role, password_hash = row
    return User(
        user_id=user_id, account=AccountNo(account), name=name, email=email, role=role, password_hash=password_hash
    )


def _account(row: tuple[int, str, str, str, str, int, int, int]) -> Account:
    number, account_id, business_name, business_type, time_zone, seq, demo, created_at = row
    return Account(
        number=AccountNo(number),
        account_id=account_id,
        business_name=business_name,
        business_type=business_type,
        time_zone=time_zone,
        seq=seq,
        demo=bool(demo),
        created_at=created_at,
    )
