"""A booking made longer in a grid on the two odd nights: its ghost ends where the pointer is, and says true times."""

import sqlite3
from datetime import date, timedelta

import pytest

from client.state.preferences import View
from tests import example_data as eg
from tests.screens.test_moving import MARIA, Salon, salon  # noqa: F401
from tests.state.conftest import db, ms  # noqa: F401
from widgets.grid_card import MOUSE_EDGE


@pytest.mark.parametrize("salon", [(View.DAY, 1440.0)], indirect=True)
@pytest.mark.parametrize(
    ("night", "begins", "drawn_to", "said"),
    [
        (date(2026, 3, 8), "01:00", 210, "01:00 – 03:30 · 90 min"),
        (date(2026, 11, 1), "00:30", 180, "00:30 – 03:00 · 3 h 30 min"),
    ],
    ids=["spring", "autumn"],
)
async def test_the_edge_of_a_card_ends_where_it_is_let_go(
    salon: Salon,  # noqa: F811
    night: date,
    begins: str,
    drawn_to: int,
    said: str,
) -> None:
    at = eg.at(begins, night)

    def move(conn: sqlite3.Connection) -> None:
        conn.execute('UPDATE business SET opening_hours = \'{"sun": [["00:00", "24:00"]]}\'')
        conn.execute(
            "UPDATE bookings SET staff_id = NULL, starts_at = ?, ends_at = ? WHERE id = ?",
            (ms(at), ms(at + timedelta(minutes=30)), MARIA),
        )

    await salon.database.write(move)
    await salon.window.arrive(f"/bookings/{night}")
    box = salon.box()
    assert box.left is not None and box.top is not None and box.height
    hour = (box.height + 2) * 2
    x, y = box.left + 20, box.top + box.height - MOUSE_EDGE / 2
    minutes = drawn_to - (int(begins[:2]) * 60 + int(begins[3:]))
    await salon.mouse("pan_start", x, y)
    await salon.mouse("pan_update", x, y + (minutes - 30) * hour / 60)
    assert salon.window.says(said)
    ghost = salon.ghost()
    assert ghost is not None and ghost.height == minutes * hour / 60 - 2
    await salon.let_go()
    after = salon.box()
    assert (after.top, after.height) == (ghost.top, ghost.height), "it stands where its ghost stood"
