"""A running hosted API in memory: a small business with one person of each role, a clock that stands still."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from backend_stub.accounts import User, add_account, add_user, demo_account, users_in
from backend_stub.app import create_app
from backend_stub.calendars.aside import read_aside
from backend_stub.calendars.times import ReadFeed
from backend_stub.clock import uuid7
from backend_stub.demo import demo_users, seed_demo
from backend_stub.forecasts.aside import Foretell, foretell_aside
from backend_stub.services import Passwords
from backend_stub.settings import PasswordCost, Settings
from backend_stub.store import AccountNo, Store, Transaction
from tests.backend_stub import example_rows as eg
from tests.backend_stub.manual_clock import ManualClock

CHEAP = PasswordCost(time=1, memory_kib=8, parallelism=1)
PASSWORD = "correct horse battery"
ROLES = ("owner", "manager", "front_desk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """An account in the store and the ids of what it begins with."""

    number: AccountNo
    account_id: str
    staff_id: str
    service_id: str
    emails: dict[str, str]
    user_ids: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """The running app, its store and clock, and a client without a token."""

    app: FastAPI
    store: Store
    clock: ManualClock
    http: httpx.AsyncClient
    business: Business

    async def sign_in(self, role: str = "owner", business: Business | None = None) -> dict[str, Any]:
        """A fresh tokens answer of that person."""
        email = (business or self.business).emails[role]
        known = {user.email: user.password for user in demo_users(self.store)} if not self.business.staff_id else {}
        body = {"email": email, "password": known.get(email, PASSWORD), "device": DEVICE}
        answer = await self.http.post("/v1/auth/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def client(self, role: str = "owner", business: Business | None = None) -> httpx.AsyncClient:
        """A client signed in as that person; shares the transport of `http`."""
        token = (await self.sign_in(role, business))["access_token"]
        return client_of(self.app, token)


DEVICE = {"name": "Ana's phone", "platform": "ios"}
Start = Callable[..., Any]


def client_of(app: FastAPI, token: str | None = None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers)


def add_business(store: Store, name: str = "Salon Aurora", *, demo: bool = False) -> Business:
    """A small business with one person of each role, all with PASSWORD."""
    passwords = Passwords(CHEAP)
    password_hash = passwords.hash_now(PASSWORD)
    passwords.close()
    slug = name.lower().replace(" ", "-")
    service = eg.service()
    staff = eg.staff(services=[service["id"]])
    user_ids = {role: uuid7(eg.NOON) for role in ROLES}
    emails = {role: f"{role}@{slug}.example" for role in ROLES}
    account_id = uuid7(eg.NOON)

    def effect(tx: Transaction) -> AccountNo:
        number = add_account(
            tx,
            account_id=account_id,
            business_name=name,
            business_type="salon",
            time_zone=eg.ZONE,
            now_ms=eg.NOON,
            demo=demo,
        )
        for role in ROLES:
            user = User(
                user_id=user_ids[role],
                account=number,
                name=f"{role.replace('_', ' ').title()} of {name}",
                email=emails[role],
                role=role,
                password_hash=password_hash,
            )
            add_user(tx, user, now_ms=eg.NOON)
        tx.put(number, "business", eg.business(id=account_id, name=name))
        tx.put(number, "staff", staff)
        tx.put(number, "services", service)
        return number

    return Business(
        number=store.write_now(effect),
        account_id=account_id,
        staff_id=staff["id"],
        service_id=service["id"],
        emails=emails,
        user_ids=user_ids,
    )


def seeded(store: Store, clock: ManualClock) -> Business:
    """The demo account with a short history.  Its people have passwords of their own."""
    seed_demo(store, clock, Settings(bookings=60, password_cost=CHEAP))
    account = store.peek(demo_account)
    assert account is not None
    people = store.peek(lambda connection: users_in(connection, account.number))
    return Business(
        number=account.number,
        account_id=account.account_id,
        staff_id="",
        service_id="",
        emails={user.role: user.email for user in people},
        user_ids={user.role: user.user_id for user in people},
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(eg.NOON)


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store(None)
    yield opened
    opened.close()


@pytest.fixture
async def start(store: Store, clock: ManualClock) -> AsyncIterator[Start]:
    """Starts the app with the settings given by name; it stops with the test.  `history`: a seeded business."""
    async with AsyncExitStack() as stack:

        async def begin(
            *,
            history: bool = False,
            read_feed: ReadFeed = read_aside,
            foretell_with: Foretell = foretell_aside,
            **changes: Any,
        ) -> Hosted:
            settings = Settings(**{"play": False, "password_cost": CHEAP, **changes})
            business = seeded(store, clock) if history else add_business(store, demo=True)
            app = create_app(store, clock, settings, read_feed=read_feed, foretell=foretell_with)
            await stack.enter_async_context(app.router.lifespan_context(app))
            http = await stack.enter_async_context(client_of(app))
            return Hosted(app=app, store=store, clock=clock, http=http, business=business)

        yield begin


@pytest.fixture
async def hosted(start: Start) -> Hosted:
    return await start()
