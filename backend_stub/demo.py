"""The demo account: a seeded, believable business with one user of each role, made once for a data folder."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from backend_stub.accounts import User, add_account, add_user, demo_account, users_in
from backend_stub.business import History, build_history
from backend_stub.clock import Clock
from backend_stub.first_generation import issue_token
from backend_stub.services import Passwords
from backend_stub.sessions import keys_of
from backend_stub.settings import Settings
from backend_stub.store import Store, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """What a person types to sign in.  The password is drawn from the data folder's secret, so it stays the same."""

    name: str
    email: str
    role: str
    password: str

    def __repr__(self) -> str:
        return f"DemoUser(role={self.role!r})"


def seed_demo(store: Store, clock: Clock, settings: Settings) -> None:
    """Make the demo account unless this data folder has one.  Blocks; a large business takes a few seconds."""
    if store.peek(demo_account) is not None:
        return
    now_ms = clock.now_ms()
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(settings.time_zone)).date()
    history = build_history(
        kind=settings.business,
        seed=settings.seed,
        today=today,
        time_zone=settings.time_zone,
        bookings=settings.bookings,
        now_ms=now_ms,
    )
    hashes = _hash_passwords(store, history, settings)
    store.write_now(lambda tx: _write(tx, history, hashes, settings, now_ms))


def demo_users(store: Store) -> list[DemoUser]:
    """The people of the demo account, the owner first; empty where there is none."""
    account = store.peek(demo_account)
    if account is None:
        return []
    order = ("owner", "manager", "front_desk")
    people = store.peek(lambda connection: users_in(connection, account.number))
    return [
        DemoUser(name=user.name, email=user.email, role=user.role, password=_password(store, user.email))
        for user in sorted(people, key=lambda user: order.index(user.role))
    ]


def demo_first_generation_token(store: Store, clock: Clock) -> str | None:
    """A JWT of today's deployment for the demo account, for the app's compatibility mode."""
    account = store.peek(demo_account)
    if account is None:
        return None
    owner = demo_users(store)[0]
    api_key = f"ak_{store.key_for('demo-api-key').hex()[:32]}"
    return issue_token(keys_of(store), account, email=owner.email, api_key=api_key, now_ms=clock.now_ms())


def _password(store: Store, email: str) -> str:
    digest = hmac.new(store.key_for("demo-password"), email.encode(), hashlib.sha256).digest()
    letters = base64.b32encode(digest).decode().lower()
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def _hash_passwords(store: Store, history: History, settings: Settings) -> dict[str, str]:
    passwords = Passwords(settings.password_cost)
    try:
        return {user["email"]: passwords.hash_now(_password(store, user["email"])) for user in history.users}
    finally:
        passwords.close()


def _write(tx: Transaction, history: History, hashes: dict[str, str], settings: Settings, now_ms: int) -> None:
    account = add_account(
        tx,
        account_id=history.account["account_id"],
        business_name=history.account["business_name"],
        business_type=settings.business,
        time_zone=history.account["time_zone"],
        now_ms=now_ms,
        demo=True,
    )
    for user in history.users:
        person = User(
            user_id=user["user_id"],
            account=account,
            name=user["name"],
            email=user["email"],
            role=user["role"],
            password_hash=hashes[user["email"]],
        )
        add_user(tx, person, now_ms=now_ms)
    for kind, docs in history.rows.items():
        tx.put_many(account, kind, docs)
