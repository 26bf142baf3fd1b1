"""What every history begins with: a small business on a server, and devices that know it already.

Made once for a process and then copied, because opening accounts and first syncs would take most of a history's time.
"""

import asyncio
import atexit
import random
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from backend_stub.accounts import User, add_account, add_user
from backend_stub.clock import uuid7
from backend_stub.sessions import access_token, keys_of, open_session
from backend_stub.store import AccountNo, Store, Transaction
from client.clock import Clock
from client.models.account import Identity, Role, Tokens
from client.models.ids import AccountId, UserId
from tests.backend_stub import example_rows as eg
from tests.simulation.chance import seeded
from tests.simulation.inline import InlineThreads

URL = "http://localhost"
DEVICES = ("phone", "tablet", "desk")
TEN = eg.NOON + 23 * eg.HOUR
"""Ten o'clock of the next day, a Monday."""
CHAIR, BASIN = (f"019ab216-5780-7000-8000-00000000000{n}" for n in (1, 2))
"""What each of the two services occupies."""
HOURS = 5
"""So many hours of two days, with two members of staff, a chair and a basin, are what everybody books into."""


class ServerClock:
    """Implements `backend_stub.clock.Clock` on the running loop's time."""

    def now_ms(self) -> int:
        return eg.NOON + round(self.monotonic() * 1000)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def device_clock(chance: random.Random, fast_s: float = 0.0) -> Clock:
    """A device's clock, which may be days off."""

    def now() -> datetime:
        return datetime.fromtimestamp(eg.NOON / 1000 + fast_s + asyncio.get_running_loop().time(), UTC)

    def monotonic() -> float:
        return asyncio.get_running_loop().time()

    return Clock(
        now=now,
        monotonic=monotonic,
        sleep=asyncio.sleep,
        wait=lambda _event, _seconds: None,
        random_bits=chance.getrandbits,
    )


@dataclass(frozen=True, kw_only=True)
class Premises:
    """`folder` holds `hosted.db` and, once they were made, a database a device."""

    folder: Path
    account: AccountNo
    account_id: str
    staff: tuple[str, ...]
    services: tuple[str, ...]
    resources: dict[str, str]
    """By service, what a booking of it occupies."""
    tokens: dict[str, Tokens]
    identities: dict[str, Identity]


def scratch(prefix: str) -> Path:
    """A folder in memory where there is such a thing: these files need not outlive anything."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if memory.is_dir() else None))


@lru_cache(maxsize=1)
def premises() -> Premises:
    """The server's side of what all histories begin with."""
    folder = scratch("premises-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with seeded(random.Random(0)):
        store = Store(folder, threads=InlineThreads)
        try:
            return _opened(store, folder)
        finally:
            store.close()


def _opened(store: Store, folder: Path) -> Premises:
    account_id = uuid7(eg.NOON)
    services = (eg.service(), eg.service(name="Wash", buffer_minutes=15, price_cents=3000))
    ids = [service["id"] for service in services]
    staff = (eg.staff(services=ids), eg.staff(services=ids, name="Ben Ortiz", initials="BO", colour_index=1))
    users: dict[str, User] = {}
    rooms = (eg.resource(id=CHAIR), eg.resource(id=BASIN, name="Basin"))
    for service, room in zip(services, rooms, strict=True):
        service["resources"] = [room["id"]]

    def effect(tx: Transaction) -> AccountNo:
        number = add_account(
            tx,
            account_id=account_id,
            business_name="Salon Aurora",
            business_type="salon",
            time_zone=eg.ZONE,
            now_ms=eg.NOON,
        )
        for name in DEVICES:
            users[name] = User(
                user_id=uuid7(eg.NOON),
                account=number,
                name=f"{name} person",
                email=f"{name}@aurora.example",
                role="owner",
                password_hash="none",
            )
            add_user(tx, users[name], now_ms=eg.NOON)
        tx.put(number, "business", eg.business(id=account_id))
        tx.put(number, "assumptions", eg.assumptions(account_id))
        tx.put_many(number, "staff", staff)
        tx.put_many(number, "services", services)
        tx.put_many(number, "resources", rooms)
        _seed(tx, number, [one["id"] for one in staff], services)
        return number

    account = store.write_now(effect)
    keys = keys_of(store)
    tokens: dict[str, Tokens] = {}
    for name, user in users.items():
        grant = store.write_now(
            lambda tx, user=user: open_session(tx, user, device_name="d", platform="linux", now_ms=eg.NOON)
        )
        tokens[name] = Tokens(
            access=access_token(grant, keys),
            refresh=grant.refresh_token,
            expires_at_ms=0,
            device_id=grant.session.device_id,
            session_id=grant.session.session_id,
        )
    identities = {
        name: Identity(
            api_url=URL,
            account_id=AccountId(account_id),
            user_id=UserId(user.user_id),
            name=user.name,
            email=user.email,
            role=Role.OWNER,
            business_name="Salon Aurora",
        )
        for name, user in users.items()
    }
    return Premises(
        folder=folder,
        account=account,
        account_id=account_id,
        staff=tuple(one["id"] for one in staff),
        services=tuple(ids),
        resources=dict(zip(ids, (CHAIR, BASIN), strict=True)),
        tokens=tokens,
        identities=identities,
    )


def slot(chance: random.Random) -> tuple[int, int]:
    """One of the few hours everybody wants."""
    starts_at = TEN + chance.randrange(2) * eg.DAY + chance.randrange(HOURS) * eg.HOUR
    return starts_at, starts_at + eg.HOUR


def booking(staff_id: str, service: dict[str, Any], starts_at: int, **more: Any) -> dict[str, Any]:
    return eg.booking(
        staff_id=staff_id,
        service_id=service["id"],
        service_name=service["name"],
        resource_id=service["resources"][0],
        starts_at=starts_at,
        ends_at=starts_at + eg.HOUR,
        customer_phone="+14155550142",
        **more,
    )


def _seed(tx: Transaction, number: AccountNo, staff: list[str], services: tuple[dict[str, Any], ...]) -> None:
    hours = [(staff[0], 0), (staff[0], 2), (staff[1], 1), (staff[1], 24)]
    tx.put_many(number, "bookings", [booking(who, services[0], TEN + hour * eg.HOUR) for who, hour in hours])
    tx.put(number, "bookings", booking(staff[0], services[0], TEN - 40 * eg.DAY, status="completed"))
    tx.put(number, "customers", eg.customer())
    tx.put(number, "leads", eg.lead())
    tx.put(number, "employees", eg.employee())
    tx.put(number, "tasks", eg.task())
    tx.put(number, "blocks", eg.block(staff_id=staff[1], starts_at=TEN + 4 * eg.HOUR))
    call = eg.ended_call()
    tx.put(number, "calls", call)
    tx.put_many(number, "turns", [eg.turn(call["id"], 0), eg.turn(call["id"], 1)])
