"""The business as a client of the service: opening one, reading it and its bookings."""

import secrets
import sqlite3
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, StringConstraints
from starlette.responses import JSONResponse, Response

from backend_stub.accounts import Account, EmailTaken, account_of, users_in
from backend_stub.first_generation.door import (
    Camel,
    Own,
    Refusal,
    count_of,
    errors,
    iso,
    issue_token,
    newest,
    within,
)
from backend_stub.limits import FIRST_GENERATION
from backend_stub.opening import open_account
from backend_stub.services import Here, address_of
from backend_stub.store import AccountNo, Document, Transaction, rows_of
from backend_stub.wire import BusinessType, Email, Text

DEFAULT_ZONE = "America/New_York"

router = APIRouter(tags=["first generation"])


class NewClient(Camel):
    business_name: Text
    owner_name: Text
    email: Email
    phone: Text
    business_type: BusinessType = "salon"
    time_zone: Annotated[str, StringConstraints(max_length=64)] = DEFAULT_ZONE


class OldHours(BaseModel):
    start: str
    end: str


class OldClient(Camel):
    id: str
    business_name: str
    business_type: str
    owner_name: str
    email: str
    phone: str
    address: str
    description: str
    services: list[str]
    working_hours: OldHours
    time_zone: str
    status: str


class OldCredentials(Camel):
    api_key: str
    jwt_token: str


class OldClientAnswer(BaseModel):
    success: Literal[True]
    client: OldClient


class OldNewClientAnswer(OldClientAnswer):
    credentials: OldCredentials


@router.post(
    "/api/clients", response_model=OldNewClientAnswer, status_code=201, responses=errors(409), operation_id="old_add"
)
async def old_add_client(asked: NewClient, request: Request, here: Here) -> Response:
    """A new business, with the credentials of this generation."""
    within(here, FIRST_GENERATION, address_of(request))
    try:
        zone = ZoneInfo(asked.time_zone)
    except (KeyError, ValueError, OSError):
        raise Refusal(400, "Invalid request", message="This is not a time zone of the IANA database.") from None
    api_key = f"ak_{secrets.token_urlsafe(24)}"
    now_ms = here.clock.now_ms()

    def effect(tx: Transaction) -> AccountNo:
        owner = open_account(
            tx,
            business_name=asked.business_name,
            business_type=asked.business_type,
            zone=zone,
            owner_name=asked.owner_name,
            email=asked.email,
            password_hash="",
            now_ms=now_ms,
        )
        business = rows_of(tx.connection, owner.account, "business")[0]
        tx.put(owner.account, "business", business | {"phone": asked.phone})
        return owner.account

    try:
        number = await here.store.write(effect)
    except EmailTaken:
        raise Refusal(409, "Client already exists") from None
    account = here.store.peek(lambda connection: account_of(connection, number))
    client = await here.store.read(lambda connection: _client_document(connection, account))
    token = issue_token(here.keys, account, email=asked.email, api_key=api_key, now_ms=now_ms)
    body = {"success": True, "client": client, "credentials": {"apiKey": api_key, "jwtToken": token}}
    return JSONResponse(body, 201, headers={"Cache-Control": "no-store"})


@router.get(
    "/api/clients/{client_id}",
    response_model=OldClientAnswer,
    responses=errors(401, 403, 404),
    operation_id="old_client",
)
async def old_client(here: Here, account: Own) -> Response:
    """The business."""
    client = await here.store.read(lambda connection: _client_document(connection, account))
    return JSONResponse({"success": True, "client": client})


def _client_document(connection: sqlite3.Connection, account: Account) -> dict[str, Any]:
    business = rows_of(connection, account.number, "business")[0]
    owner = next(user for user in users_in(connection, account.number) if user.role == "owner")
    ranges = [hours for day in business["opening_hours"].values() for hours in day]
    return {
        "id": account.account_id,
        "businessName": business["name"],
        "businessType": business["business_type"],
        "ownerName": owner.name,
        "email": owner.email,
        "phone": business["phone"],
        "address": business["address"],
        "description": "",
        "services": [row["name"] for row in rows_of(connection, account.number, "services") if row["active"]],
        "workingHours": {
            "start": min((hours[0] for hours in ranges), default=""),
            "end": max((hours[1] for hours in ranges), default=""),
        },
        "timeZone": business["time_zone"],
        "status": "active",
    }


class OldBooking(Camel):
    id: str
    customer_name: str
    customer_phone: str | None
    service: str
    time: str
    duration: int
    status: str
    notes: str | None
    created_at: str


class OldBookings(BaseModel):
    success: Literal[True]
    bookings: list[OldBooking]
    total: int


@router.get(
    "/api/clients/{client_id}/bookings",
    response_model=OldBookings,
    responses=errors(401, 403, 404),
    operation_id="old_bookings",
)
async def old_bookings(here: Here, account: Own, limit: Annotated[int, Query(ge=1, le=1000)] = 10) -> Response:
    """The bookings that start last, newest first."""

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        rows = newest(connection, account.number, "bookings", limit, 0)
        total = count_of(connection, account.number, "bookings")
        return {"success": True, "bookings": [_booking_document(row) for row in rows], "total": total}

    return JSONResponse(await here.store.read(question))


def _booking_document(row: Document) -> dict[str, Any]:
    return {
        "id": row["id"],
        "customerName": row["customer_name"],
        "customerPhone": row["customer_phone"],
        "service": row["service_name"],
        "time": iso(row["starts_at"]),
        "duration": (row["ends_at"] - row["starts_at"]) // 60_000,
        "status": row["status"],
        "notes": row["notes"],
        "createdAt": iso(row["created_at"]),
    }
