"""The example salon with two calls in which the same was asked: Maria's, and an older one that was put right."""

import sqlite3
from pathlib import Path
from typing import Any

from client.models.ids import CallId
from client.storage import meta
from client.storage.columns import milliseconds
from client.storage.database import Database
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import salon
from tests.storage.rows import CALL, HOUR_MS, TURN, put

HERS, STRANGERS = CallId("call-maria"), CallId("call-stranger")
ASKED = "What time do you open on Saturdays?"
WRONG = "We open at nine on Saturdays."
OLDER = "At half past eight on Saturdays."
CORRECTION: dict[str, Any] = {
    **{"id": "older", "call_id": STRANGERS, "turn_id": "s-1", "question": ASKED, "wrong": WRONG, "right": OLDER},
    **{"scope": "same_question", "state": "learned", "by": "Ana", "replaces": "[]", "version": 1, "gen": 1},
    "created_at": milliseconds(eg.NOW) - 24 * HOUR_MS,
}


def fill(conn: sqlite3.Connection) -> None:
    meta.put_identity(conn, eg.IDENTITY)
    conn.execute("UPDATE streams SET complete = 1, cursor = 'c' WHERE name = 'transcripts'")
    _call(conn, HERS, "m", 2, caller_name="Maria Gómez", customer_id="c-maria", caller_phone="+14155550142")
    _call(conn, STRANGERS, "s", 48, caller_name="Jun Ortiz")


def put_older(conn: sqlite3.Connection, **columns: Any) -> None:
    put(conn, "corrections", {**CORRECTION, **columns})


def open_calls(stores: Stores, folder: Path) -> Database:
    database = salon.open_salon(stores, folder)
    database.write_blocking(fill)
    stores.attach()
    return database


def _call(conn: sqlite3.Connection, call_id: str, begins: str, hours_ago: int, **columns: Any) -> None:
    at = milliseconds(eg.NOW) - hours_ago * HOUR_MS
    times = {"started_at": at, "answered_at": at, "ended_at": at + 60_000, "status": "ended", "turn_count": 2}
    put(conn, "calls", {**CALL, "id": call_id, "outcome": "info_provided", **times, **columns})
    said = (("caller", None, ASKED), ("assistant", "Luna", WRONG))
    for index, (speaker, name, text) in enumerate(said):
        row = {"id": f"{begins}-{index}", "call_id": call_id, "index": index, "speaker": speaker, "text": text}
        put(conn, "turns", {**TURN, **row, "name": name, "started_at": at + index * 4000})
