"""One line over all that happened with a customer, in pages that neither repeat nor lose anything."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.models.bookings import Booking, Message
from client.models.calls import Call
from client.models.ids import CustomerId
from client.models.mutations import Change, PastChange
from client.storage import timeline
from client.storage.database import Database
from tests.storage.mutations import patch, record
from tests.storage.rows import BOOKING, CALL, HOUR_MS, NOON_MS, put

MARIA = CustomerId("maria")
MESSAGE = {"channel": "sms", "text": "See you", "state": "sent", "sent_by": "Ana", "version": 1, "gen": 1}


@pytest.fixture
def conn(path: Path, db: Database) -> Iterator[sqlite3.Connection]:
    del db
    conn = sqlite3.connect(path, isolation_level=None)
    for number in range(4):
        # Everything at the same few instants, so that pages end in the middle of one.
        at = NOON_MS + number // 2 * HOUR_MS
        put(conn, "bookings", {**BOOKING, "id": f"b{number}", "customer_id": MARIA, "starts_at": at})
        put(conn, "calls", {**CALL, "id": f"call{number}", "customer_id": MARIA, "started_at": at})
        put(conn, "messages", {**MESSAGE, "id": f"m{number}", "customer_id": MARIA, "sent_at": at})
    put(conn, "bookings", {**BOOKING, "id": "other", "customer_id": "ben"})
    put(conn, "calls", {**CALL, "id": "other", "customer_id": "ben"})
    record(conn, patch("b0", {"notes": (None, "x")}), now_ms=NOON_MS + HOUR_MS)
    record(conn, patch("other", {"notes": (None, "x")}))
    conn.execute(
        "INSERT INTO history (change_id, op, v, kind, id, payload, undo, created_at, settled_at) "
        "VALUES (99, 'booking.patch', 1, 'bookings', 'b1', '{}', '{}', ?, 0)",
        (NOON_MS,),
    )
    yield conn
    conn.close()


def test_everything_of_one_customer_newest_first(conn: sqlite3.Connection) -> None:
    entries = timeline.of_customer(conn, MARIA, 100)
    kinds = [type(entry.thing) for entry in entries]
    assert {kind: kinds.count(kind) for kind in (Booking, Call, Message, Change, PastChange)} == {
        **{Booking: 4, Call: 4, Message: 4, Change: 1, PastChange: 1}
    }
    assert entries == sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 13, 14, 50])
def test_pages_are_the_whole(conn: sqlite3.Connection, size: int) -> None:
    whole = timeline.of_customer(conn, MARIA, 100)
    pages: list[timeline.Entry] = []
    while page := timeline.of_customer(conn, MARIA, size, pages[-1] if pages else None):
        pages.extend(page)
    assert [entry.key for entry in pages] == [entry.key for entry in whole]


def test_nobody_has_an_empty_line(conn: sqlite3.Connection) -> None:
    assert timeline.of_customer(conn, CustomerId("--help"), 10) == []
