"""The desk the calls player works at, over the store; and how a booking is made or changed by the server itself.

What devices push is judged in push/; both ask the same diary (availability.py), inside the transaction that writes.
"""

import sqlite3
from dataclasses import asdict
from datetime import date

from backend_stub.availability import Wanted, is_free, openings, resources_for
from backend_stub.business.documents import new_event
from backend_stub.calls_player import Slot
from backend_stub.clock import Clock, uuid7
from backend_stub.customers import counted
from backend_stub.hub import Hub
from backend_stub.push.customers import dialled
from backend_stub.store import AccountNo, Document, Store, Transaction, buffer_ms, get_row, rows_by_ref, rows_of

AHEAD = frozenset({"pending", "confirmed"})
Rows = list[tuple[str, Document]]
"""Pairs of kind and document."""


class StoreDesk:
    """The calls player's desk, over one account of the store.  Reads answer what is committed."""

    def __init__(self, store: Store, hub: Hub, clock: Clock, account: AccountNo) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._account = account

    def business(self) -> Document:
        return self._rows("business")[0]

    def employees(self) -> list[Document]:
        return self._rows("employees")

    def staff(self) -> list[Document]:
        return self._rows("staff")

    def services(self) -> list[Document]:
        return self._rows("services")

    def customers_by_phone(self, phone: str) -> list[Document]:
        return [_bare(row) for row in self._store.peek(lambda c: rows_by_ref(c, self._account, "customers", phone))]

    def is_blocked(self, phone: str) -> bool:
        number = dialled(phone)
        return bool(self._store.peek(lambda c: rows_by_ref(c, self._account, "blocked_numbers", number)))

    def corrections(self) -> list[Document]:
        return self._rows("corrections")

    def upcoming(self, customer_id: str, from_ms: int) -> list[Document]:
        rows = self._store.peek(lambda c: rows_by_ref(c, self._account, "bookings", customer_id))
        return [_bare(row) for row in rows if row["starts_at"] > from_ms and row["status"] in ("pending", "confirmed")]

    async def commit(self, rows: list[tuple[str, Document]]) -> int:
        return await self._store.write(lambda tx: put_rows(tx, self._account, rows)[-1])

    async def go_on(self, employee: Document) -> None:
        now_ms = self._clock.now_ms()
        await self._store.write(lambda tx: go_on(tx, self._account, employee, now_ms))

    def partial(self, frame: Document) -> None:
        self._hub.partial(self._account, frame)

    async def free_slots(self, *, service_id: str, staff_id: str | None, day: date, count: int) -> list[Slot]:
        after_ms = self._clock.now_ms()

        def question(connection: sqlite3.Connection) -> list[Slot]:
            service = get_row(connection, self._account, "services", service_id)
            if service is None:
                return []
            staff = [
                person
                for person in rows_of(connection, self._account, "staff")
                if person["active"] and service_id in person["services"] and staff_id in (None, person["id"])
            ]
            wanted = Wanted(
                day=day,
                minutes=service["duration_minutes"],
                buffer_minutes=service["buffer_minutes"],
                after_ms=after_ms,
                count=count,
                resources=resources_for(connection, self._account, service),
            )
            business = rows_of(connection, self._account, "business")[0]
            found = openings(connection, self._account, business, staff, wanted)
            return [Slot(**asdict(slot)) for slot in found]

        return await self._store.read(question)

    async def book(self, doc: Document, *, customer: Document | None, also: Rows) -> str | None:
        return await self._store.write(lambda tx: book(tx, self._account, doc, customer=customer, also=also))

    async def change(self, booking_id: str, changes: Document, *, by: str, call_id: str, also: Rows) -> Document | None:
        stamps = {"updated_at": self._clock.now_ms(), "updated_by": by, "updated_call_id": call_id}
        return await self._store.write(lambda tx: change(tx, self._account, booking_id, changes | stamps, also=also))

    def _rows(self, kind: str) -> list[Document]:
        return [_bare(row) for row in self._store.peek(lambda connection: rows_of(connection, self._account, kind))]


KEPT = {"calls": ("flags",), "employees": ("state", "state_since", "held_until", "trouble")}
"""What people may have changed since the player read the row; it is never the player's to write."""


def put_rows(tx: Transaction, account: AccountNo, rows: Rows) -> list[int]:
    """Write rows as the player has them, but for what people have done to them meanwhile.  Answers their versions."""
    return [tx.put(account, kind, _with_what_people_did(tx, account, kind, doc)) for kind, doc in rows]


def _with_what_people_did(tx: Transaction, account: AccountNo, kind: str, doc: Document) -> Document:
    now = tx.get(account, kind, doc["id"]) if kind in KEPT else None
    return doc if now is None else doc | {name: now[name] for name in KEPT[kind]}


def go_on(tx: Transaction, account: AccountNo, held: Document, now_ms: int) -> None:
    """An employee that was held until now works again, as soon as nothing else was said of it."""
    now = tx.get(account, "employees", held["id"])
    if now is None or (now["state"], now["held_until"]) != ("held", held["held_until"]):
        return
    tx.put(account, "employees", _bare(now) | {"state": "on", "held_until": None, "state_since": now_ms})
    event = new_event(
        event_id=uuid7(now_ms),
        at=now_ms,
        actor=now["name"],
        actor_kind="system",
        verb="employee_state",
        subject=("employees", now["id"], now["name"]),
        employee_id=now["id"],
        before="held",
        after="on",
    )
    tx.put(account, "events", event)


def book(tx: Transaction, account: AccountNo, doc: Document, *, customer: Document | None, also: Rows) -> str | None:
    """Write a new booking unless its member of staff or its resource is taken then; the referee of double bookings.

    `customer` gets it counted, as the row is now, or is made.
    """
    if not _can_have(tx, account, doc):
        return None
    tx.put(account, "bookings", doc)
    if customer is not None:
        known = tx.get(account, "customers", customer["id"]) or customer
        tx.put(account, "customers", _bare(counted(known, None, doc)))
    put_rows(tx, account, also)
    return str(doc["id"])


def change(tx: Transaction, account: AccountNo, booking_id: str, changes: Document, *, also: Rows) -> Document | None:
    """Change a booking as it is now; None and nothing written when it is not ahead any more or its time is taken."""
    row = tx.get(account, "bookings", booking_id)
    if row is None or row["status"] not in AHEAD:
        return None
    doc = _bare(row | changes)
    moves = any(doc[name] != row[name] for name in ("starts_at", "ends_at", "staff_id", "resource_id"))
    if doc["status"] in AHEAD and moves and not _can_have(tx, account, doc):
        return None
    tx.put(account, "bookings", doc)
    customer = tx.get(account, "customers", doc["customer_id"]) if doc["customer_id"] is not None else None
    if customer is not None and doc["status"] != row["status"]:
        tx.put(account, "customers", _bare(counted(customer, row, doc)))
    put_rows(tx, account, also)
    return doc


def _can_have(tx: Transaction, account: AccountNo, doc: Document) -> bool:
    free_again = doc["ends_at"] + buffer_ms(tx.connection, account, doc["service_id"])
    return is_free(tx.connection, account, doc, free_again)


def _bare(row: Document) -> Document:
    return {key: value for key, value in row.items() if key != "version"}
