"""A new account's first rows: the business, its owner as the first member of staff, and the AI employees at rest."""

from zoneinfo import ZoneInfo

from backend_stub.accounts import User, add_account, add_user
from backend_stub.business.documents import no_assumptions
from backend_stub.clock import uuid7
from backend_stub.store import Document, Transaction

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EMPLOYEES = (("Luna", "reception", "phone"), ("Jade", "sales", "funnel"), ("Flora", "operations", "checklist"))


def open_account(
    tx: Transaction,
    *,
    business_name: str,
    business_type: str,
    zone: ZoneInfo,
    owner_name: str,
    email: str,
    password_hash: str,
    now_ms: int,
) -> User:
    """Raises EmailTaken; the transaction then leaves nothing behind."""
    account_id = uuid7(now_ms)
    account = add_account(
        tx,
        account_id=account_id,
        business_name=business_name,
        business_type=business_type,
        time_zone=zone.key,
        now_ms=now_ms,
    )
    owner = User(
        user_id=uuid7(now_ms),
        account=account,
        name=owner_name,
        email=email,
        role="owner",
        password_hash=password_hash,
    )
    add_user(tx, owner, now_ms=now_ms)
    tx.put(account, "business", _business(account_id, business_name, business_type, zone, now_ms))
    tx.put(account, "assumptions", no_assumptions(account_id))
    tx.put(account, "staff", _first_member(owner_name, now_ms))
    tx.put_many(account, "employees", [_at_rest(*employee, now_ms=now_ms) for employee in EMPLOYEES])
    return owner


def _hours() -> dict[str, list[list[str]]]:
    return {day: [["09:00", "17:00"]] for day in WEEKDAYS} | {"sat": [], "sun": []}


def _business(account_id: str, name: str, business_type: str, zone: ZoneInfo, now_ms: int) -> Document:
    return {
        "id": account_id,
        "name": name,
        "business_type": business_type,
        "time_zone": zone.key,
        "currency": "USD",
        "locale": "en-US",
        "phone": "",
        "address": "",
        "opening_hours": _hours(),
        "closed_days": [],
        "created_at": now_ms,
    }


def _first_member(name: str, now_ms: int) -> Document:
    return {
        "id": uuid7(now_ms),
        "name": name,
        "initials": "".join(word[0] for word in name.split()[:2]).upper(),
        "colour_index": 0,
        "services": [],
        "works": _hours(),
        "active": True,
    }


def _at_rest(name: str, kind: str, glyph: str, *, now_ms: int) -> Document:
    return {
        "id": uuid7(now_ms),
        "name": name,
        "kind": kind,
        "glyph": glyph,
        "state": "off",
        "state_since": now_ms,
        "held_until": None,
        "trouble": None,
        "doing": "Waiting to be set up",
    }
