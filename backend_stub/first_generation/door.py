"""Who may come in, how often, and how they are refused; and the few things all routes of this generation share."""

import sqlite3
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import jwt
import msgspec
from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse, Response

from backend_stub.accounts import Account, find_account
from backend_stub.limits import FIRST_GENERATION, Limit, Taken
from backend_stub.services import Bearer, Here, Services
from backend_stub.sessions import Keys
from backend_stub.store import AccountNo, Document

YEAR_S = 365 * 86_400
Period = Literal["today", "week", "month", "year"]


class Refusal(Exception):
    """`{"error", "message"?}` with a status."""

    def __init__(self, status: int, error: str, *, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, **more}
        self.headers = headers


async def refuse(_request: Request, exc: Exception) -> Response:
    assert isinstance(exc, Refusal)
    return JSONResponse(exc.body, exc.status, headers=exc.headers)


class ErrorBody(BaseModel):
    error: str
    message: str | None = None
    details: Any = None
    timestamp: str | None = None


class LimitBody(ErrorBody):
    retry_after: Annotated[int, Field(alias="retryAfter")]
    limit: int
    remaining: int
    reset: str


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    told: dict[int | str, dict[str, Any]] = {status: {"model": ErrorBody} for status in (*statuses, 400, 413)}
    return told | {429: {"model": LimitBody}}


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


def issue_token(keys: Keys, account: Account, *, email: str, api_key: str, now_ms: int) -> str:
    """This generation's JWT, good for a year."""
    issued = now_ms // 1000
    claims = {
        "client_id": account.account_id,
        "api_key": api_key,
        "business_name": account.business_name,
        "email": email,
        "iat": issued,
        "exp": issued + YEAR_S,
    }
    return jwt.encode(claims, keys.first_generation, algorithm="HS256")


def within(here: Services, limit: Limit, key: str) -> None:
    taken = here.limits.take(limit, key)
    if taken.retry_after_s is not None:
        raise _too_often(here, taken, taken.retry_after_s)


def _too_often(here: Services, taken: Taken, retry_after_s: int) -> Refusal:
    return Refusal(
        429,
        "Too many requests",
        headers={"Retry-After": str(retry_after_s)},
        retryAfter=retry_after_s,
        limit=taken.limit,
        remaining=taken.remaining,
        reset=iso(here.clock.now_ms() + taken.reset_s * 1000),
    )


def account_of_token(here: Services, token: str | None) -> Account:
    """Raises 401 without a token, 403 for a bad one."""
    if not token:
        raise Refusal(401, "Access token required", headers={"WWW-Authenticate": "Bearer"})
    try:
        claims = jwt.decode(
            token,
            here.keys.first_generation,
            algorithms=["HS256"],
            options={"verify_exp": False, "verify_iat": False, "require": ["client_id", "api_key", "exp"]},
        )
    except jwt.InvalidTokenError:
        raise Refusal(403, "Invalid or expired token") from None
    account = here.store.peek(lambda connection: find_account(connection, str(claims["client_id"])))
    if account is None or int(claims["exp"]) * 1000 <= here.clock.now_ms():
        raise Refusal(403, "Invalid or expired token")
    return account


async def _holder(here: Here, bearer: Bearer) -> Account:
    return account_of_token(here, bearer.credentials if bearer else None)


Holder = Annotated[Account, Depends(_holder)]


async def _client(here: Here, account: Holder) -> Account:
    within(here, FIRST_GENERATION, account.account_id)
    return account


Client = Annotated[Account, Depends(_client)]


async def _own(client_id: str, client: Client) -> Account:
    if client_id != client.account_id:
        raise Refusal(404, "Client not found")
    return client


Own = Annotated[Account, Depends(_own)]


def own_tenant(account: Account, tenant_id: str | None) -> None:
    if tenant_id is not None and tenant_id != account.account_id:
        raise Refusal(403, "Access denied")


TenantId = Annotated[str | None, Query(alias="tenantId", max_length=64)]


def newest(connection: sqlite3.Connection, account: AccountNo, kind: str, limit: int, offset: int) -> list[Document]:
    rows = connection.execute(
        "SELECT doc FROM entity WHERE account = ? AND kind = ? AND deleted_at IS NULL"
        " ORDER BY at DESC, id DESC LIMIT ? OFFSET ?",
        (account, kind, limit, offset),
    )
    return [msgspec.json.decode(row[0]) for row in rows]


def count_of(connection: sqlite3.Connection, account: AccountNo, kind: str) -> int:
    return connection.execute(
        "SELECT count(*) FROM entity WHERE account = ? AND kind = ? AND deleted_at IS NULL", (account, kind)
    ).fetchone()[0]


def midnight(day: date, zone: ZoneInfo) -> int:
    return instant_ms(datetime(day.year, day.month, day.day, tzinfo=zone))


def instant_ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
