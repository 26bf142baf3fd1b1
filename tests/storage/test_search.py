"""People and bookings are found by what an owner would type, however it is written; nothing that is typed does harm."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.clock import Clock
from client.models.ids import CustomerId
from client.storage import bookings, letters, schema
from client.storage.database import Database
from client.storage.search import Found, search
from tests import example_data as eg
from tests.storage.rows import BOOKING, HOUR_MS, NOON, NOON_MS, put

CUSTOMER = {"status": "active", "total_bookings": 0, "no_shows": 0, "language": "en", "version": 1, "gen": 1}
PEOPLE: dict[str, dict[str, Any]] = {
    "maria": {"name": "María Gómez", "phone": "+1 (555) 010-4567", "email": "maria@salon.example", "last_visit_at": 5},
    "mark": {"name": "Mark Lopez", "preferred_name": "Mac", "phone": "+1 555 0142", "last_visit_at": 9},
    "soren": {"name": "Søren Łuczak", "last_visit_at": 1},
    "ohara": {"name": "Ann O'Hara"},
    "odd": {"name": "100% [*]?_\\ --help"},
    "arabic": {"name": eg.ARABIC},
    "greek": {"name": "ΖΩΗ"},
    "emoji": {"name": eg.EMOJI},
    "ana": {"name": "Mariana Ruiz", "last_visit_at": 99},
}


def fill(conn: sqlite3.Connection) -> None:
    for row_id, person in PEOPLE.items():
        put(conn, "customers", {"id": row_id, **person, **CUSTOMER})
    put(
        conn,
        "services",
        {
            **{"id": "balayage", "name": "Balayage", "duration_minutes": 60, "buffer_minutes": 0, "price_cents": 1},
            **{"category": "Hair", "active": 1, "version": 1, "gen": 1},
        },
    )
    for number, (hours, who, service) in enumerate(
        [(-48, "maria", None), (-2, "maria", None), (3, "maria", "balayage"), (1, "mark", None), (50, "maria", None)]
    ):
        at = {"starts_at": NOON_MS + hours * HOUR_MS, "ends_at": NOON_MS + (hours + 1) * HOUR_MS}
        put(conn, "bookings", {**BOOKING, "id": f"b{number}", "customer_id": who, "service_id": service, **at})
    walk_in = {"customer_name": "María Walk-In", "starts_at": NOON_MS + 2 * HOUR_MS}
    put(conn, "bookings", {**BOOKING, "id": "walk-in", "customer_id": None, **walk_in})


@pytest.fixture
def conn(path: Path) -> Iterator[sqlite3.Connection]:
    Database.open(path, Clock()).close()
    conn = sqlite3.connect(path, isolation_level=None)
    fill(conn)
    yield conn
    conn.close()


def names(found: Found) -> list[str]:
    return [str(customer.customer_id) for customer in found.customers]


def find(conn: sqlite3.Connection, text: str, limit: int = 20) -> Found:
    return search(conn, text, limit, NOON)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("maria", ["ana", "maria"]),
        ("MARÍA", ["ana", "maria"]),
        ("ana", ["ana"]),
        ("mari gom", ["maria"]),
        ("gomez mar", ["maria"]),
        ("mac", ["mark"]),
        ("lopez", ["mark"]),
        ("soren", ["soren"]),
        ("SØREN", ["soren"]),
        ("luczak", ["soren"]),
        ("o'hara", ["ohara"]),
        ("maria@salon", ["maria"]),
        ("5550104567", ["maria"]),
        ("555-0142", ["mark"]),
        ("+1 (555)", ["mark", "maria"]),
        ("ruiz", ["ana"]),
        ("go", ["maria"]),
        ("lo", ["mark"]),
        (eg.ARABIC.split()[0], ["arabic"]),
        ("ζωη", ["greek"]),
        ("zoe", ["emoji"]),
        ("omez", ["maria"]),
        ("--help", ["odd"]),
        ("100%", ["odd"]),
        ("zzzz", []),
        ("maria zzzz", []),
    ],
)
def test_people_are_found(conn: sqlite3.Connection, text: str, expected: list[str]) -> None:
    assert names(find(conn, text)) == expected


@pytest.mark.parametrize("text", ["[*]", "?_\\", "[*]?_\\"])
def test_signs_stand_for_themselves(conn: sqlite3.Connection, text: str) -> None:
    assert names(find(conn, text)) == ["odd"]


@pytest.mark.parametrize("text", ["", "  ", "\x00", "\n\t", "\u202e"])
def test_nothing_is_found_for_nothing(conn: sqlite3.Connection, text: str) -> None:
    assert find(conn, text) == Found()


def test_bookings_come_with_their_people_the_next_first(conn: sqlite3.Connection) -> None:
    found = find(conn, "gomez")
    assert [booking.booking_id for booking in found.bookings] == ["b2", "b4", "b1", "b0"]
    assert [booking.booking_id for booking in find(conn, "gomez", 3).bookings] == ["b2", "b4", "b1"]
    by_number = find(conn, "555 0142")
    assert [booking.booking_id for booking in by_number.bookings] == ["b3"]


def test_bookings_of_nobody_known_and_of_a_service(conn: sqlite3.Connection) -> None:
    assert [booking.booking_id for booking in find(conn, "walk").bookings] == ["walk-in"]
    by_service = find(conn, "balay")
    assert (names(by_service), [booking.booking_id for booking in by_service.bookings]) == ([], ["b2"])


def test_the_limit_holds(conn: sqlite3.Connection) -> None:
    found = find(conn, "a", 2)
    assert len(found.customers) == 2 and len(found.bookings) <= 2


_TEXTS = st.text(max_size=60) | st.text(alphabet="\"'*?[]%_\\()-^{}:; ANDORNEAR\x00", max_size=30) | st.just(eg.HUGE)


@pytest.fixture(scope="module")
def kept() -> Iterator[sqlite3.Connection]:
    """One database for all the examples."""
    conn = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(conn)
    fill(conn)
    yield conn
    conn.close()


@given(text=_TEXTS)
def test_nothing_that_is_typed_does_harm(kept: sqlite3.Connection, text: str) -> None:
    before = kept.total_changes
    find(kept, text)
    assert kept.total_changes == before


_LETTERS = st.text(st.characters(max_codepoint=0x17F, categories=("L",)), min_size=1, max_size=8)


@given(around=_LETTERS, word=_LETTERS)
def test_a_pattern_matches_what_holds_the_letters_in_any_form(kept: sqlite3.Connection, around: str, word: str) -> None:
    plain = "".join(char for char in word if len(letters.folded(char)) == 1)
    if plain:
        texts = (plain, plain.upper(), letters.folded(plain))
        for text in texts:
            if len(letters.folded(text)) == len(plain):
                matches = kept.execute(
                    "SELECT ? GLOB ?", (f"{around}{text}{around}", letters.glob(letters.folded(plain)))
                )
                assert matches.fetchone()[0]


# --- one customer ----------------------------------------------------------------------------------------------------
def test_the_next_and_the_last_booking_of_somebody(conn: sqlite3.Connection) -> None:
    maria = CustomerId("maria")
    following = bookings.next_of(conn, maria, NOON)
    last = bookings.previous_of(conn, maria, NOON)
    assert following is not None and last is not None
    assert (following.booking_id, last.booking_id) == ("b2", "b1")
    conn.execute("UPDATE bookings SET status = 'cancelled' WHERE id IN ('b2', 'b1')")
    following = bookings.next_of(conn, maria, NOON)
    assert following is not None and following.booking_id == "b4"
    assert bookings.next_of(conn, maria, NOON + timedelta(days=9)) is None
    assert bookings.previous_of(conn, CustomerId("nobody"), NOON) is None


def test_the_bookings_of_one_member_of_staff(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE bookings SET staff_id = 'mia' WHERE id = 'b3'")
    end = NOON + timedelta(days=1)
    found = bookings.overlapping(conn, NOON, end, staff_id="mia")  # type: ignore[arg-type]
    assert [booking.booking_id for booking in found] == ["b3"]
    assert len(bookings.overlapping(conn, NOON, end)) == 3
