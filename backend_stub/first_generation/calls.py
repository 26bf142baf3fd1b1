"""Calls with their words, newest first."""

import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from backend_stub.first_generation.door import (
    Camel,
    Client,
    Refusal,
    TenantId,
    count_of,
    errors,
    iso,
    newest,
    own_tenant,
)
from backend_stub.services import Here
from backend_stub.store import Document, get_row, rows_by_ref

router = APIRouter(tags=["first generation"])


class OldCall(Camel):
    id: str
    phone_number: str | None
    started_at: str
    ended_at: str | None
    duration: int | None
    outcome: str | None
    ai_employee: str
    recording_url: str | None
    cost: float | None
    has_transcript: bool
    contact_info: dict[str, Any]
    summary: str | None


class OldCalls(Camel):
    success: Literal[True]
    calls: list[OldCall]
    total: int
    has_more: bool


class OldMessage(BaseModel):
    role: str
    content: str
    timestamp: str


class OldPair(Camel):
    question: str
    answer: str
    intent: str | None
    sequence_number: int


class OldCallDetail(OldCall):
    transcript: str
    messages: list[OldMessage]
    qa_pairs: list[OldPair]
    extracted_data: dict[str, Any]


class OldCallAnswer(BaseModel):
    success: Literal[True]
    call: OldCallDetail


@router.get("/api/calls", response_model=OldCalls, responses=errors(401, 403), operation_id="old_calls")
async def old_calls(
    here: Here,
    account: Client,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    tenant_id: TenantId = None,
) -> Response:
    """Calls, newest first."""
    own_tenant(account, tenant_id)

    def question(connection: sqlite3.Connection) -> dict[str, Any]:
        rows = newest(connection, account.number, "calls", limit, offset)
        total = count_of(connection, account.number, "calls")
        calls = [_call_document(row) for row in rows]
        return {"success": True, "calls": calls, "total": total, "hasMore": offset + len(rows) < total}

    return JSONResponse(await here.store.read(question))


@router.get(
    "/api/calls/{call_id}", response_model=OldCallAnswer, responses=errors(401, 403, 404), operation_id="old_call"
)
async def old_call(call_id: str, here: Here, account: Client, tenant_id: TenantId = None) -> Response:
    """One call with its words."""
    own_tenant(account, tenant_id)

    def question(connection: sqlite3.Connection) -> dict[str, Any] | None:
        call = get_row(connection, account.number, "calls", call_id)
        if call is None:
            return None
        turns = [turn for turn in rows_by_ref(connection, account.number, "turns", call_id) if turn["kind"] == "speech"]
        return _call_document(call) | {
            "transcript": "\n".join(f"{turn['speaker']}: {turn['text']}" for turn in turns),
            "messages": [_message(turn) for turn in turns],
            "qaPairs": [
                {"question": asked, "answer": answer, "intent": call["intent"], "sequenceNumber": number}
                for number, (asked, answer) in enumerate(_pairs(turns), 1)
            ],
            "extractedData": call["extracted"],
        }

    found = await here.store.read(question)
    if found is None:
        raise Refusal(404, "Call not found")
    return JSONResponse({"success": True, "call": found})


def _call_document(row: Document) -> dict[str, Any]:
    ended_at = row["ended_at"]
    return {
        "id": row["id"],
        "phoneNumber": row["caller_phone"],
        "startedAt": iso(row["started_at"]),
        "endedAt": None if ended_at is None else iso(ended_at),
        "duration": None if ended_at is None else (ended_at - row["started_at"]) // 1000,
        "outcome": row["outcome"],
        "aiEmployee": row["employee_name"],
        "recordingUrl": None,
        "cost": None if row["charge_cents"] is None else row["charge_cents"] / 100,
        "hasTranscript": row["turn_count"] > 0,
        "contactInfo": {"name": row["caller_name"], "phone": row["caller_phone"]},
        "summary": row["summary"],
    }


def _message(turn: Document) -> dict[str, Any]:
    role = "user" if turn["speaker"] == "caller" else "assistant"
    return {"role": role, "content": turn["text"], "timestamp": iso(turn["started_at"])}


def _pairs(turns: list[Document]) -> Iterator[tuple[str, str]]:
    """What the caller asked and what came back, in order."""
    for turn, reply in pairwise(turns):
        if turn["speaker"] == "caller" and reply["speaker"] != "caller":
            yield turn["text"], reply["text"]
