"""The customer a booking belongs to: found by telephone number, or made."""

from collections.abc import Sequence

from backend_stub.clock import uuid7
from backend_stub.push.actor import Actor
from backend_stub.push.shapes import NewBooking
from backend_stub.store import Document, Transaction, rows_by_ref


def customer_of(tx: Transaction, actor: Actor, values: NewBooking, language: str) -> Document | None:
    """The customer of a new booking, made if need be.  Nobody without a number: such a person cannot be told apart."""
    if values.customer_id is not None:
        known = tx.get(actor.account, "customers", values.customer_id)
        if known is not None:
            return known
    phone = dialled(values.customer_phone)
    if not phone:
        return None
    return _of_that_name(rows_by_ref(tx.connection, actor.account, "customers", phone), values.customer_name) or {
        "id": uuid7(actor.now_ms),
        "name": values.customer_name,
        "preferred_name": None,
        "phone": phone,
        "email": values.customer_email,
        "status": "active",
        "first_visit_at": None,
        "last_visit_at": None,
        "total_bookings": 0,
        "no_shows": 0,
        "lifetime_cents": 0,
        "language": language,
        "preferences": None,
        "notes": None,
        "created_at": actor.now_ms,
    }


def dialled(phone: str | None) -> str:
    """ "+14155550142" for "+1 (415) 555-0142"; empty for what has no digit."""
    digits = "".join(char for char in phone or "" if char in "0123456789")
    return f"+{digits}" if digits and "+" in (phone or "").partition(digits[0])[0] else digits


def _of_that_name(customers: Sequence[Document], name: str) -> Document | None:
    """A family may share a number; one of another name is still the better guess than somebody new."""
    wanted = name.casefold()
    named = [customer for customer in customers if customer["name"].casefold() == wanted]
    return (named or [*customers, None])[0]
