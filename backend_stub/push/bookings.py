"""What `booking.create` and `booking.patch` do."""

from collections.abc import Collection
from typing import Any

from backend_stub.business.documents import new_booking
from backend_stub.customers import counted
from backend_stub.push.actor import Actor
from backend_stub.push.customers import customer_of
from backend_stub.push.merge import GROUPS, Changes, Merged, merge
from backend_stub.push.messages import send
from backend_stub.push.placing import Diary, closed, place
from backend_stub.push.refusals import Clash, Outcome, Rejected, changed_by
from backend_stub.push.shapes import BookingCreate, BookingPatch, BookingSet, NewBooking
from backend_stub.store import Document, Transaction

MATTERS_TO_THE_DIARY = frozenset({"slot", "service", "status"})


def create(tx: Transaction, actor: Actor, asked: BookingCreate) -> Outcome:
    """A new booking, or a conflict over its slot and then nothing at all.

    An id that is there already is the same booking sent again by a device that lost its number.
    """
    _check_allowance(actor, asked.allow)
    values = asked.values
    wanted = values.model_dump()
    row = tx.get(actor.account, "bookings", asked.id)
    if row is not None:
        return _again(tx, actor, asked, row, wanted)
    if is_gone(tx, actor, "bookings", asked.id):
        return in_conflict(tx, actor, [gone({}, wanted)])
    diary = Diary.open(tx, actor.account, actor.now_ms)
    diary.check_times(values.starts_at, values.ends_at)
    diary.check_people(values.staff_id)
    diary.check_resource(values.resource_id)
    service = diary.service(values.service_id)
    customer = customer_of(tx, actor, values, diary.business["locale"][:2])
    doc = _document(actor, asked.id, values, service, customer)
    if "closed" not in asked.allow and not diary.is_open(doc):
        raise closed()
    if "overlap" not in asked.allow and (other := diary.in_the_way(doc)) is not None:
        mine = {name: wanted[name] for name in GROUPS["slot"]}
        taken = Clash(
            field="slot", why="slot_taken", base={}, mine=mine, server={}, other=other, free=diary.free_near(doc)
        )
        return in_conflict(tx, actor, [taken])
    if customer is not None:
        tx.put(actor.account, "customers", counted(customer, None, doc))
    tx.put(actor.account, "bookings", doc)
    tx.connection.execute("INSERT INTO maker VALUES (?, ?, ?)", (actor.account, doc["id"], actor.name))
    send(tx, actor, doc, asked.tell, before=None)
    return Outcome(status="ok", version=tx.seq(actor.account))


def patch(tx: Transaction, actor: Actor, asked: BookingPatch) -> Outcome:
    """The groups that can be merged are, the others are conflicts; the client is told only when all were."""
    _check_allowance(actor, asked.allow)
    changes = _changes(asked)
    row = tx.get(actor.account, "bookings", asked.id)
    if row is None:
        had = {name: old for name, (old, _) in changes.items()}
        return in_conflict(tx, actor, [gone(had, {name: new for name, (_, new) in changes.items()})])
    merged, service = merge(row, changes), None
    if merged.taken.keys() & MATTERS_TO_THE_DIARY:
        diary = Diary.open(tx, actor.account, actor.now_ms)
        service = diary.service(merged.taken["service"].get("service_id")) if "service" in merged.taken else None
        merged = place(diary, row, merged, changes, asked.allow)
    doc = _change(tx, actor, row, merged, service) if merged.taken else row
    if merged.clashes:
        return in_conflict(tx, actor, list(merged.clashes.values()))
    send(tx, actor, doc, asked.tell, before=row)
    return Outcome(status="ok", version=tx.seq(actor.account))


def in_conflict(tx: Transaction, actor: Actor, clashes: list[Clash]) -> Outcome:
    return Outcome(status="conflict", version=tx.seq(actor.account), clashes=clashes)


def is_gone(tx: Transaction, actor: Actor, kind: str, row_id: str) -> bool:
    """Whether there was such a row once."""
    row = tx.connection.execute(
        "SELECT 1 FROM entity WHERE account = ? AND kind = ? AND id = ?", (actor.account, kind, row_id)
    ).fetchone()
    return row is not None


def gone(base: dict[str, Any], mine: dict[str, Any]) -> Clash:
    return Clash(field="row", why="deleted", base=base, mine=mine, server={})


def _check_allowance(actor: Actor, allow: Collection[str]) -> None:
    if "overlap" in allow and actor.role == "front_desk":
        raise Rejected("forbidden", "Your role does not allow booking two people at once.")


def _changes(asked: BookingPatch) -> Changes:
    sent = asked.set.model_fields_set
    if sent.intersection(GROUPS["slot"]) and not {"starts_at", "ends_at", "staff_id"} <= sent:
        raise Rejected("invalid", "set: a slot is starts_at, ends_at and staff_id together.")
    if not sent:
        raise Rejected("invalid", "set: nothing is changed.")
    return {name: getattr(asked.set, name) for name in BookingSet.model_fields if name in sent}


def _again(tx: Transaction, actor: Actor, asked: BookingCreate, row: Document, wanted: dict[str, Any]) -> Outcome:
    differ = {name: value for name, value in wanted.items() if name != "customer_id" and row[name] != value}
    if not differ:
        send(tx, actor, row, asked.tell, before=row)
        return Outcome(status="ok", version=tx.seq(actor.account))
    other = Clash(
        field="row",
        why="changed",
        base={},
        mine=differ,
        server={name: row[name] for name in differ},
        by=changed_by(row),
    )
    return in_conflict(tx, actor, [other])


def _document(
    actor: Actor, booking_id: str, values: NewBooking, service: Document | None, customer: Document | None
) -> Document:
    doc = new_booking(
        booking_id=booking_id,
        customer_id=customer["id"] if customer is not None else None,
        name=values.customer_name,
        phone=values.customer_phone,
        email=values.customer_email,
        service={"id": values.service_id, "name": values.service_name},
        staff_id=values.staff_id,
        resource_id=values.resource_id,
        starts_at=values.starts_at,
        ends_at=values.ends_at,
        time_zone=actor.time_zone,
        source="manual",
        employee_id=None,
        call_id=None,
        price_cents=service["price_cents"] if service is not None else 0,
        created_at=actor.now_ms,
        notes=values.notes,
    )
    return doc | {
        "status": values.status,
        "confirmed_at": actor.now_ms if values.status == "confirmed" else None,
        "series_id": values.series_id,
        "series_label": values.series_label,
    }


def _change(tx: Transaction, actor: Actor, row: Document, merged: Merged, service: Document | None) -> Document:
    values = merged.values()
    doc: Document = row | values | {"updated_at": actor.now_ms, "updated_by": actor.name, "updated_call_id": None}
    if "status" in values:
        doc |= _stamps(row, values, actor.now_ms)
    if "service" in merged.taken and service is not None:
        doc["price_cents"] = service["price_cents"]
    if doc["starts_at"] != row["starts_at"]:
        doc["reminder_sent"] = False
    del doc["version"]
    tx.put(actor.account, "bookings", doc)
    if doc["status"] != row["status"] and doc["customer_id"] is not None:
        customer = tx.get(actor.account, "customers", doc["customer_id"])
        if customer is not None:
            tx.put(actor.account, "customers", counted(customer, row, doc))
    return doc


def _stamps(row: Document, values: dict[str, Any], now_ms: int) -> Document:
    """When it became what it is; what it no longer is has no instant."""
    status = values["status"]
    confirmed_at = row["confirmed_at"] or now_ms if status in ("confirmed", "completed") else row["confirmed_at"]
    return {
        "confirmed_at": None if status == "pending" else confirmed_at,
        "completed_at": now_ms if status == "completed" else None,
        "cancelled_at": now_ms if status == "cancelled" else None,
        "cancellation_reason": values.get("cancellation_reason") if status == "cancelled" else None,
    }
