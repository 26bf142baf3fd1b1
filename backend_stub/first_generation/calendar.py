"""The deployment's health and its calendar: free times, and booking one of them."""

import sqlite3
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, StringConstraints
from starlette.responses import JSONResponse, Response

from backend_stub.accounts import Account, demo_account
from backend_stub.availability import Opening, Wanted, openings
from backend_stub.clock import uuid7
from backend_stub.desk import book
from backend_stub.first_generation.door import Camel, Holder, Refusal, account_of_token, errors, instant_ms, iso, within
from backend_stub.limits import BOOK, HEALTH
from backend_stub.services import Here, address_of, token_of
from backend_stub.settings import VERSION
from backend_stub.store import AccountNo, Document, Transaction, rows_of

router = APIRouter(tags=["first generation"])


class OldHealth(BaseModel):
    status: Literal["ok"]
    timestamp: str
    version: str
    uptime: float


@router.get("/health", response_model=OldHealth, responses=errors(), operation_id="old_health")
async def old_health(request: Request, here: Here) -> Response:
    """Whether the service is up."""
    within(here, HEALTH, address_of(request))
    body = {
        "status": "ok",
        "timestamp": iso(here.clock.now_ms()),
        "version": VERSION,
        "uptime": round(here.clock.monotonic() - here.started_at, 3),
    }
    return JSONResponse(body)


class OldSlot(BaseModel):
    start: str
    end: str


class OldSlots(BaseModel):
    slots: list[OldSlot]


@router.get("/get-availability", response_model=OldSlots, responses=errors(403, 404), operation_id="old_availability")
async def old_availability(
    request: Request,
    here: Here,
    date: date,
    duration: Annotated[int, Query(ge=15, le=240)] = 30,
    count: Annotated[int, Query(ge=1, le=10)] = 3,
) -> Response:
    """Free times of a day, of anybody."""
    within(here, HEALTH, address_of(request))
    account = (
        account_of_token(here, token_of(request))
        if "authorization" in request.headers
        else here.store.peek(demo_account)
    )
    if account is None:
        raise Refusal(404, "No business here")
    wanted = Wanted(day=date, minutes=duration, buffer_minutes=0, after_ms=here.clock.now_ms(), count=count)
    found = await here.store.read(lambda connection: _free(connection, account.number, wanted))
    return JSONResponse({"slots": [{"start": iso(slot.starts_at), "end": iso(slot.ends_at)} for slot in found]})


def _free(connection: sqlite3.Connection, account: AccountNo, wanted: Wanted) -> list[Opening]:
    staff = [person for person in rows_of(connection, account, "staff") if person["active"]]
    return openings(connection, account, rows_of(connection, account, "business")[0], staff, wanted)


class OldBookingAsked(BaseModel):
    start: AwareDatetime
    end: AwareDatetime
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class OldBooked(Camel):
    success: Literal[True]
    event_id: str
    html_link: str


@router.post("/book-appointment", response_model=OldBooked, responses=errors(401, 403, 409), operation_id="old_book")
async def old_book(asked: OldBookingAsked, request: Request, here: Here, account: Holder) -> Response:
    """Book a time with whoever is free."""
    within(here, BOOK, account.account_id)
    starts_at, ends_at = instant_ms(asked.start), instant_ms(asked.end)
    now_ms = here.clock.now_ms()
    if starts_at <= now_ms:
        raise Refusal(400, "Invalid request", message="The appointment must be in the future.")
    if not 15 * 60_000 <= ends_at - starts_at <= 240 * 60_000:
        raise Refusal(400, "Invalid request", message="The appointment must take 15 to 240 minutes.")

    def effect(tx: Transaction) -> str | None:
        for person in rows_of(tx.connection, account.number, "staff"):
            if person["active"]:
                doc = _new_booking(account, asked.summary, starts_at, ends_at, str(person["id"]), now_ms)
                if book(tx, account.number, doc, customer=None, also=[]) is not None:
                    return str(doc["id"])
        return None

    booking_id = await here.store.write(effect)
    if booking_id is None:
        raise Refusal(409, "Time slot not available", message="That time is already booked.")
    link = f"{request.base_url}api/clients/{account.account_id}/bookings"
    return JSONResponse({"success": True, "eventId": booking_id, "htmlLink": link})


def _new_booking(account: Account, summary: str, starts_at: int, ends_at: int, staff_id: str, now_ms: int) -> Document:
    return {
        "id": uuid7(now_ms),
        "customer_id": None,
        "customer_name": summary,
        "customer_phone": None,
        "customer_email": None,
        "service_id": None,
        "service_name": "Appointment",
        "staff_id": staff_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "time_zone": account.time_zone,
        "status": "confirmed",
        "source": "website",
        "employee_id": None,
        "call_id": None,
        "price_cents": 0,
        "paid_cents": 0,
        "payment_status": "pending",
        "notes": None,
        "reminder_sent": False,
        "created_at": now_ms,
        "confirmed_at": now_ms,
        "completed_at": None,
        "cancelled_at": None,
        "cancellation_reason": None,
        "series_id": None,
        "series_label": None,
        "updated_at": None,
        "updated_by": None,
        "updated_call_id": None,
        "resource_id": None,
    }
