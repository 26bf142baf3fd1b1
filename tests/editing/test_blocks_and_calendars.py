"""Time taken and given back, and the calendars the server shall read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from client.editing import (
    BlockDraft,
    BookingDraft,
    NotAllowed,
    Why,
    add_calendar,
    create_block,
    create_booking,
    remove_block,
    remove_calendar,
)
from client.models.account import Role
from client.models.ids import BlockId, CalendarId, StaffId
from client.storage import blocks, calendars
from tests import example_data as eg
from tests.editing.conftest import ANA, MIA, Salon
from tests.storage.rows import put


def block(**changes: Any) -> BlockDraft:
    values = {"starts_at": eg.at("13:00"), "ends_at": eg.at("14:00"), "title": " Lunch ", "staff_id": MIA}
    return BlockDraft(**{**values, **changes})


def take(salon: Salon, draft: BlockDraft) -> BlockId:
    return BlockId(salon.do(create_block, draft, new_id=salon.new_id).row_id)


def test_blocked_time_is_shown_and_keeps_bookings_out(salon: Salon) -> None:
    block_id = take(salon, block())
    found = salon.db.read(lambda conn: blocks.get(conn, block_id))
    assert found is not None and (found.title, found.pending, found.zone) == ("Lunch", True, eg.ZONE)
    wanted = BookingDraft(
        customer_name="Ben", service_name="Cut", staff_id=MIA, starts_at=eg.at("13:30"), ends_at=eg.at("14:00")
    )
    with pytest.raises(NotAllowed) as caught:
        salon.do(create_booking, wanted, new_id=salon.new_id)
    assert caught.value.why is Why.BLOCKED and caught.value.obstacle is not None
    assert caught.value.obstacle.block is not None and caught.value.obstacle.block.block_id == block_id
    salon.do(remove_block, block_id)
    salon.do(create_booking, wanted, new_id=salon.new_id)
    assert [change.op for change in salon.changes()] == ["booking.create"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"title": "  "}, Why.NO_TITLE),
        ({"title": eg.HUGE}, Why.TEXT_TOO_LONG),
        ({"ends_at": eg.at("13:00")}, Why.TOO_SHORT),
        ({"ends_at": eg.at("12:00")}, Why.TOO_SHORT),
        ({"ends_at": eg.at("13:00") + timedelta(days=367)}, Why.TOO_LONG),
        ({"starts_at": eg.at("00:00") - timedelta(days=2), "ends_at": eg.at("00:00")}, Why.PAST),
        ({"starts_at": datetime(2099, 12, 31, tzinfo=UTC), "ends_at": datetime(2100, 2, 1, tzinfo=UTC)}, Why.TOO_FAR),
        ({"staff_id": StaffId("nobody")}, Why.STAFF_UNKNOWN),
        ({"staff_id": StaffId("s-gone")}, Why.STAFF_UNKNOWN),
    ],
)
def test_blocks_that_make_no_sense(salon: Salon, changes: dict[str, Any], why: Why) -> None:
    with pytest.raises(NotAllowed) as caught:
        take(salon, block(**changes))
    assert caught.value.why is why
    assert salon.changes() == []


def test_a_block_may_lie_over_bookings_at_any_hour_and_reach_back(salon: Salon) -> None:
    salon.add("b", "13:00")
    take(salon, block(starts_at=eg.at("00:00") - timedelta(days=1), ends_at=eg.at("23:00"), staff_id=None))


def test_what_a_calendar_blocks_is_changed_in_the_calendar(salon: Salon) -> None:
    row = {"id": "k", "starts_at": 0, "ends_at": 1, "time_zone": "UTC", "title": "x", "source": "calendar"}
    salon.write(lambda conn: put(conn, "blocks", {**row, "created_at": 0, "version": 1, "gen": 1}))
    for block_id, why in (("k", Why.FROM_CALENDAR), ("none", Why.NOT_THERE)):
        with pytest.raises(NotAllowed) as caught:
            salon.do(remove_block, BlockId(block_id))
        assert caught.value.why is why


def test_a_calendar_shows_its_host_and_never_its_address(salon: Salon) -> None:
    edited = salon.do(add_calendar, " Family ", "webcal://cal.example/secret/feed.ics", ANA, new_id=salon.new_id)
    (found,) = salon.db.read(calendars.everything)
    assert (found.name, found.host, found.state, found.pending) == ("Family", "cal.example", "new", True)
    assert salon.changes()[0].payload["values"]["url"] == "https://cal.example/secret/feed.ics"
    assert "secret" not in repr(edited.after)
    salon.do(remove_calendar, CalendarId(edited.row_id))
    assert salon.db.read(calendars.everything) == [] and salon.changes() == []


@pytest.mark.parametrize(
    "url",
    [
        *("", "cal.example/feed", "ftp://cal.example/x", "https://", "https:///x", "http://[", "file:///etc/passwd"),
        *("https://cal.example:port/", "https://cal.example/a b", "javascript:alert(1)", "https://cal.example/\x00"),
    ],
)
def test_addresses_that_are_none(salon: Salon, url: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        salon.do(add_calendar, "Family", url, new_id=salon.new_id)
    assert caught.value.why in (Why.BAD_ADDRESS, Why.TEXT_UNREADABLE)
    assert salon.changes() == []


def test_calendars_are_not_for_the_front_desk(salon: Salon) -> None:
    salon.as_role(Role.FRONT_DESK)
    for ask in (
        lambda: salon.do(add_calendar, "Family", "https://cal.example/f", new_id=salon.new_id),
        lambda: salon.do(remove_calendar, CalendarId("c")),
    ):
        with pytest.raises(NotAllowed) as caught:
            ask()
        assert caught.value.why is Why.FORBIDDEN
    take(salon, block())


def test_a_calendar_that_is_not_there(salon: Salon) -> None:
    with pytest.raises(NotAllowed) as caught:
        salon.do(remove_calendar, CalendarId("none"))
    assert caught.value.why is Why.NOT_THERE
