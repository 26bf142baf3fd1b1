"""What a mutation does to a row, whatever state the row is in; and how it is taken back."""

import pytest

from client.models.mutations import GROUP_OF, GROUPS, Op, Undoing, effect, host_of, refused_fields, tell_of, undoing
from client.storage import effective
from tests.storage.mutations import create, patch, slot

BLOCK = {
    "op": "block.create",
    "v": 1,
    "id": "k",
    "client_ts": 5,
    "values": {"starts_at": 1, "ends_at": 2, "title": "Lunch", "source": "manual"},
}
CALENDAR = {
    "op": "calendar.add",
    "v": 1,
    "id": "c",
    "client_ts": 5,
    "values": {"name": "Family", "url": "https://cal.example/secret/feed.ics"},
}


def test_a_made_booking_is_confirmed_in_the_business_zone_and_has_no_price_yet() -> None:
    row = effect(None, create("b"), time_zone="America/New_York")
    assert row is not None
    assert (row["id"], row["status"], row["time_zone"], row["source"]) == (
        "b",
        "confirmed",
        "America/New_York",
        "manual",
    )
    assert row["price_cents"] is None and row["version"] == 0


def test_a_row_that_has_arrived_is_not_made_again() -> None:
    assert effect({"id": "b", "notes": "hers"}, create("b", notes="mine")) == {"id": "b", "notes": "hers"}


def test_a_row_that_is_gone_is_not_changed() -> None:
    assert effect(None, patch("b", {"notes": ("", "x")})) is None


def test_what_the_server_refused_is_not_in_effect() -> None:
    row = effect(None, create("b"))
    both = patch("b", slot((0, 2)) | {"notes": (None, "late")})
    after = effect(row, both, GROUPS["slot"])
    assert row is not None and after is not None
    assert (after["starts_at"], after["notes"]) == (row["starts_at"], "late")
    assert effect(None, create("b"), GROUPS["slot"]) is None


def test_a_conflict_names_the_fields_it_refuses() -> None:
    assert refused_fields({"conflicts": [{"field": "slot", "mine": {}}, {"field": "notes"}]}) == {
        *GROUPS["slot"],
        "notes",
    }
    assert refused_fields({"conflicts": [{"field": "row"}]}) == set(GROUP_OF)
    # A booking that was cancelled meanwhile takes notes, though no new time.
    assert refused_fields({"conflicts": [{"field": "row", "mine": {"starts_at": 1}}]}) == {"starts_at"}
    assert refused_fields({"conflicts": None}) == refused_fields(None) == frozenset()


@pytest.mark.parametrize(
    ("status", "moment"), [("cancelled", "cancelled_at"), ("completed", "completed_at"), ("confirmed", "confirmed_at")]
)
def test_a_status_brings_its_moment_and_takes_the_others(status: str, moment: str) -> None:
    row = {**(effect(None, create("b")) or {}), "status": "no_show", "cancelled_at": 1, "completed_at": 1}
    after = effect(row, patch("b", {"status": ("no_show", status), "cancellation_reason": (None, None)}))
    assert after is not None and after[moment] is not None
    assert [after[other] for other in ("cancelled_at", "completed_at") if other != moment].count(None) >= 1


def test_what_another_service_costs_is_for_the_server_to_say() -> None:
    row = {**(effect(None, create("b", service_id="cut")) or {}), "price_cents": 4500}
    after = effect(row, patch("b", {"service_id": ("cut", "dye"), "service_name": ("Cut", "Dye")}))
    same = effect(row, patch("b", {"service_id": ("cut", "cut"), "service_name": ("Cut", "Dry cut")}))
    assert after is not None and after["price_cents"] is None
    assert same is not None and same["price_cents"] == 4500


def test_blocks_and_calendars_come_and_go() -> None:
    block = effect(None, BLOCK, time_zone="Europe/Berlin")
    assert block is not None and (block["title"], block["staff_id"], block["created_at"]) == ("Lunch", None, 5)
    assert effect(block, {"op": "block.remove", "v": 1, "id": "k", "client_ts": 6}) is None
    calendar = effect(None, CALENDAR)
    assert calendar is not None and (calendar["host"], calendar["state"]) == ("cal.example", "new")
    assert "url" not in calendar


@pytest.mark.parametrize("url", ["", "nonsense", "http://[", "https:///path"])
def test_an_address_without_a_host_has_none(url: str) -> None:
    assert host_of(url) == ""


def test_each_operation_says_how_it_is_undone() -> None:
    for op in Op:
        assert undoing(op, never_sent=True, told=True) is Undoing.REVERSIBLE
        assert op.kind in effective.KINDS
        assert [op.creates, op.puts, op.removes, op.patches, op.startswith("call.")].count(True) == 1
    assert undoing(Op.BOOKING_PATCH, never_sent=False, told=False) is Undoing.REVERSIBLE
    assert undoing(Op.BOOKING_PATCH, never_sent=False, told=True) is Undoing.COMPENSABLE
    assert undoing(Op.BOOKING_CREATE, never_sent=False, told=False) is Undoing.COMPENSABLE
    assert undoing(Op.CALENDAR_REMOVE, never_sent=False, told=False) is Undoing.FINAL


def test_a_message_is_read_from_its_mutation() -> None:
    tell = tell_of(create("b", tell={"text": "See you", "channel": "sms"}))
    assert tell is not None and (tell.text, tell.channel) == ("See you", "sms")
    assert tell_of(create("b")) is tell_of({}) is None
