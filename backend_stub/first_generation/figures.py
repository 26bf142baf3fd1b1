"""Figures of a period, computed from the rows, each with the period before it; nothing is made up."""

import math
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from backend_stub.first_generation.door import Camel, Client, Own, Period, TenantId, errors, iso, midnight, own_tenant
from backend_stub.services import Here
from backend_stub.store import AccountNo, Document

router = APIRouter(tags=["first generation"])


class OldFigures(Camel):
    """`conversion_rate`: calls that ended in a booking, in percent of the calls answered."""

    calls: int
    bookings: int
    revenue: float
    conversion_rate: float


class OldPeriods(Camel):
    today: OldFigures
    week: OldFigures
    month: OldFigures
    year: OldFigures | None = None
    previous: dict[Literal["today", "week", "month", "year"], OldFigures]


class OldMetrics(BaseModel):
    success: Literal[True]
    metrics: OldPeriods
    timestamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """[since, until) in milliseconds."""

    since: int
    until: int


@router.get(
    "/api/clients/{client_id}/metrics",
    response_model=OldMetrics,
    response_model_exclude_none=True,
    responses=errors(401, 403, 404),
    operation_id="old_metrics",
)
async def old_metrics(here: Here, account: Own, period: Period = "today") -> Response:
    """Calls, bookings made, revenue of completed bookings, conversion; each with the period before it."""
    now_ms = here.clock.now_ms()
    asked: tuple[Period, ...] = ("today", "week", "month", "year") if period == "year" else ("today", "week", "month")

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        spans = {name: spans_of(name, now_ms, ZoneInfo(account.time_zone)) for name in asked}
        return {
            **{name: figures(connection, account.number, now) for name, (now, _) in spans.items()},
            "previous": {name: figures(connection, account.number, before) for name, (_, before) in spans.items()},
        }

    metrics = await here.store.read(question)
    return JSONResponse({"success": True, "metrics": metrics, "timestamp": iso(now_ms)})


def spans_of(period: Period, now_ms: int, zone: ZoneInfo) -> tuple[Span, Span]:
    """The period under way up to now, and as much of the one before, in the business's days; weeks begin on Monday."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()
    match period:
        case "today":
            first, before = today, today - timedelta(days=1)
        case "week":
            first = today - timedelta(days=today.weekday())
            before = first - timedelta(days=7)
        case "month":
            first = today.replace(day=1)
            before = (first - timedelta(days=1)).replace(day=1)
        case "year":
            first = today.replace(month=1, day=1)
            before = first.replace(year=first.year - 1)
    since, earlier = midnight(first, zone), midnight(before, zone)
    return Span(since=since, until=now_ms), Span(since=earlier, until=min(earlier + now_ms - since, since))


def figures(connection: sqlite3.Connection, account: AccountNo, span: Span) -> dict[str, Any]:
    names = {"account": account, "since": span.since, "until": span.until}
    calls, booked = connection.execute(
        "SELECT count(*), coalesce(sum(json_extract(doc, '$.outcome') = 'booked'), 0) FROM entity"
        " WHERE account = :account AND kind = 'calls' AND deleted_at IS NULL AND at >= :since AND at < :until",
        names,
    ).fetchone()
    made = connection.execute(
        "SELECT count(*) FROM entity WHERE account = :account AND kind = 'bookings' AND deleted_at IS NULL"
        " AND at >= :since AND json_extract(doc, '$.created_at') >= :since"
        " AND json_extract(doc, '$.created_at') < :until",
        names,
    ).fetchone()[0]
    cents = connection.execute(
        "SELECT coalesce(sum(json_extract(doc, '$.price_cents')), 0) FROM entity WHERE account = :account"
        " AND kind = 'bookings' AND deleted_at IS NULL AND at >= :since AND at < :until"
        " AND json_extract(doc, '$.status') = 'completed'",
        names,
    ).fetchone()[0]
    rate = round(100 * booked / calls, 1) if calls else 0.0
    return {"calls": calls, "bookings": made, "revenue": cents / 100, "conversionRate": rate}


class OldAnalytics(Camel):
    total_calls: int
    bookings: int
    conversion_rate: float
    avg_duration: float
    total_cost: float


class OldAnalyticsAnswer(BaseModel):
    success: Literal[True]
    analytics: OldAnalytics


@router.get(
    "/api/calls/analytics", response_model=OldAnalyticsAnswer, responses=errors(401, 403), operation_id="old_analytics"
)
async def old_analytics(here: Here, account: Client, period: Period = "week", tenant_id: TenantId = None) -> Response:
    """Totals of the period under way."""
    own_tenant(account, tenant_id)
    span, _ = spans_of(period, here.clock.now_ms(), ZoneInfo(account.time_zone))
    analytics = await here.store.read(lambda connection: _analytics(connection, account.number, span))
    return JSONResponse({"success": True, "analytics": analytics})


def _analytics(connection: sqlite3.Connection, account: AccountNo, span: Span) -> dict[str, Any]:
    rows = connection.execute(
        "SELECT doc FROM entity WHERE account = ? AND kind = 'calls' AND deleted_at IS NULL AND at >= ? AND at < ?",
        (account, span.since, span.until),
    )
    calls: list[Document] = [msgspec.json.decode(row[0]) for row in rows]
    seconds = [call["ended_at"] // 1000 - call["started_at"] // 1000 for call in calls if call["ended_at"] is not None]
    booked = sum(call["outcome"] == "booked" for call in calls)
    return {
        "totalCalls": len(calls),
        "bookings": booked,
        "conversionRate": round(100 * booked / len(calls), 1) if calls else 0.0,
        "avgDuration": round(math.fsum(seconds) / len(seconds), 1) if seconds else 0.0,
        "totalCost": sum(call["charge_cents"] or 0 for call in calls) / 100,
    }
