"""The three-way merge, every case of it: as a pure function over each group, and from outside over the wire."""

from itertools import product
from typing import Any

import pytest

from backend_stub.push.merge import FOLLOWS, GROUPS, merge
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import TEN, move, patch, text_to
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.example_rows import Row
from tests.backend_stub.pushing import all_of, device, now, stored

HAD, WANTED, OTHER = 0, 1, 2
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "starts_at": (TEN, TEN + eg.HOUR, TEN + 2 * eg.HOUR),
    "ends_at": (TEN + eg.HOUR, TEN + 2 * eg.HOUR, TEN + 3 * eg.HOUR),
    "staff_id": (None, "staff-1", "staff-2"),
    "resource_id": ("chair-1", None, "chair-2"),
    "service_id": ("service-1", None, "service-2"),
    "service_name": ("Cut", "Colour", "Balayage"),
    "notes": (None, "Tea", "Coffee"),
    "customer_name": ("Maria", "María", "Marie"),
    "customer_phone": ("1", None, "2"),
    "customer_email": (None, "a@b.example", "c@d.example"),
}
PLAIN = [group for group in GROUPS if group != "status"]
STATUSES = tuple(FOLLOWS)


def row_with(**changes: Any) -> Row:
    changed = {"updated_at": eg.NOON, "updated_by": "Luna", "updated_call_id": "call-1"}
    return eg.booking(**{name: values[HAD] for name, values in VALUES.items()}) | changed | changes


@pytest.mark.parametrize("group", PLAIN)
def test_a_group_is_taken_left_or_in_conflict_as_a_whole(group: Any) -> None:
    names = GROUPS[group]
    changes = {name: (VALUES[name][HAD], VALUES[name][WANTED]) for name in names}
    for state in product((HAD, WANTED, OTHER), repeat=len(names)):
        row = row_with(**{name: VALUES[name][which] for name, which in zip(names, state, strict=True)})
        merged = merge(row, changes)
        if set(state) == {WANTED}:
            assert not merged.taken and not merged.clashes
        elif set(state) == {HAD}:
            assert merged.taken == {group: {name: VALUES[name][WANTED] for name in names}}
            assert not merged.clashes
        else:
            clash = merged.clashes[group]
            assert not merged.taken and clash.why == "changed"
            assert clash.base == {name: VALUES[name][HAD] for name in names}
            assert clash.mine == {name: VALUES[name][WANTED] for name in names}
            assert clash.server == {name: row[name] for name in names}
            assert clash.by == {"name": "Luna", "at": eg.NOON, "call_id": "call-1"}


@pytest.mark.parametrize(("one", "other"), [(a, b) for a in PLAIN for b in PLAIN if a != b])
def test_groups_do_not_hold_each_other_up(one: Any, other: Any) -> None:
    changes = {name: VALUES[name][:2] for group in (one, other) for name in GROUPS[group]}
    merged = merge(row_with(**{name: VALUES[name][OTHER] for name in GROUPS[other]}), changes)
    assert (list(merged.taken), list(merged.clashes)) == ([one], [other])


@pytest.mark.parametrize("field", GROUPS["customer"])
def test_only_the_fields_that_were_sent_are_compared(field: str) -> None:
    others = {name: VALUES[name][OTHER] for name in GROUPS["customer"] if name != field}
    merged = merge(row_with(**others), {field: VALUES[field][:2]})
    assert merged.taken == {"customer": {field: VALUES[field][WANTED]}}


@pytest.mark.parametrize(("here", "had", "wanted"), list(product(STATUSES, repeat=3)))
def test_the_status_machine(here: str, had: str, wanted: str) -> None:
    merged = merge(row_with(status=here), {"status": (had, wanted), "cancellation_reason": (None, "Ill")})
    why = merged.clashes["status"].why if merged.clashes else None
    if here == wanted:
        assert not merged.taken and why is None
    elif here != had:
        assert why == {"cancelled": "cancelled", "completed": "completed"}.get(here, "changed")
    elif wanted in FOLLOWS[here]:
        assert merged.taken == {"status": {"status": wanted, "cancellation_reason": "Ill"}}
    else:
        assert why == "illegal"


def test_which_status_may_follow_which() -> None:
    assert {had: sorted(next_ones) for had, next_ones in FOLLOWS.items()} == {
        "pending": ["cancelled", "completed", "confirmed", "no_show"],
        "confirmed": ["cancelled", "completed", "no_show", "pending"],
        "cancelled": ["confirmed", "pending"],
        "completed": ["confirmed", "no_show"],
        "no_show": ["completed", "confirmed"],
    }


@pytest.mark.parametrize("group", PLAIN)
def test_of_a_cancelled_booking_only_the_notes_change(group: Any) -> None:
    changes = {name: VALUES[name][:2] for name in GROUPS[group]}
    merged = merge(row_with(status="cancelled"), changes)
    if group == "notes":
        assert list(merged.taken) == ["notes"]
    else:
        assert not merged.taken
        assert (merged.clashes["row"].why, merged.clashes["row"].base.keys()) == ("cancelled", set(GROUPS[group]))
    already = merge(row_with(status="cancelled", **{name: VALUES[name][WANTED] for name in GROUPS[group]}), changes)
    assert not already.taken and not already.clashes


def test_a_patch_that_brings_a_booking_back_may_change_it_too() -> None:
    changes = {"status": ("cancelled", "confirmed")} | {name: VALUES[name][:2] for name in GROUPS["slot"]}
    assert set(merge(row_with(status="cancelled"), changes).taken) == {"status", "slot"}
    too_late = merge(row_with(status="cancelled"), changes | {"status": ("no_show", "confirmed")})
    assert (list(too_late.taken), set(too_late.clashes)) == ([], {"status", "row"})


def test_a_patch_that_cancels_agrees_with_a_cancelled_booking() -> None:
    changes = {"status": ("confirmed", "cancelled")} | {name: VALUES[name][:2] for name in GROUPS["slot"]}
    merged = merge(row_with(status="cancelled"), changes)
    assert (list(merged.taken), merged.clashes) == (["slot"], {})


# --- from outside


async def test_what_merges_is_applied_and_what_does_not_is_told(hosted: Hosted) -> None:
    row = await stored(hosted, eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN, notes="Theirs"))
    phone = await device(hosted)
    result = await phone.one(
        move(row, TEN + eg.HOUR, tell=text_to()) | {"set": move(row, TEN + eg.HOUR)["set"] | {"notes": ["Old", "Mine"]}}
    )
    after = now(hosted, "bookings", row["id"])
    assert result["status"] == "conflict"
    assert [(told["field"], told["why"]) for told in result["conflicts"]] == [("notes", "changed")]
    assert (after["starts_at"], after["notes"], after["version"]) == (TEN + eg.HOUR, "Theirs", result["version"])
    assert all_of(hosted, "messages") == []


async def test_whoever_changes_a_booking_is_named_and_nobody_before(hosted: Hosted) -> None:
    row = await stored(hosted, eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN))
    phone, desk = await device(hosted), await device(hosted, "front_desk")
    hosted.clock.jump(60)
    assert (await desk.one(move(row, TEN + eg.HOUR)))["status"] == "ok"
    late = await phone.one(move(row, TEN + 2 * eg.HOUR))
    by = late["conflicts"][0]["by"]
    assert by == {"name": "Front Desk of Salon Aurora", "at": eg.NOON + 60_000, "call_id": None}
    after = now(hosted, "bookings", row["id"])
    assert (after["updated_at"], after["updated_by"], after["updated_call_id"]) == (by["at"], by["name"], None)


async def test_what_is_as_wanted_already_is_no_change(hosted: Hosted) -> None:
    row = await stored(hosted, eg.booking(notes="Tea"))
    before = now(hosted, "bookings", row["id"])
    result = await (await device(hosted)).one(patch(row["id"], notes=("Coffee", "Tea")))
    assert (result["status"], now(hosted, "bookings", row["id"])) == ("ok", before)


@pytest.mark.parametrize(
    ("status", "instants"),
    [
        ("cancelled", (True, False, True)),
        ("completed", (True, True, False)),
        ("no_show", (True, False, False)),
        ("pending", (False, False, False)),
    ],
)
async def test_a_status_has_its_instant_and_no_other(hosted: Hosted, status: str, instants: tuple[bool, ...]) -> None:
    row = await stored(hosted, eg.booking(staff_id=hosted.business.staff_id, starts_at=TEN))
    phone = await device(hosted)
    await phone.one(patch(row["id"], status=("confirmed", status), cancellation_reason=(None, "Ill")))
    after = now(hosted, "bookings", row["id"])
    told = tuple(after[name] is not None for name in ("confirmed_at", "completed_at", "cancelled_at"))
    assert (after["status"], told) == (status, instants)
    assert after["cancellation_reason"] == ("Ill" if status == "cancelled" else None)
    if status != "pending":
        await phone.one(patch(row["id"], status=(status, "confirmed")))
        back = now(hosted, "bookings", row["id"])
        assert (back["status"], back["completed_at"], back["cancelled_at"]) == ("confirmed", None, None)
        assert back["cancellation_reason"] is None


async def test_a_change_of_service_brings_its_price(hosted: Hosted) -> None:
    row = await stored(hosted, eg.booking(price_cents=1))
    phone = await device(hosted)
    service = {"service_id": (None, hosted.business.service_id), "service_name": ("Colour and cut", "Cut")}
    assert (await phone.one(patch(row["id"], **service)))["status"] == "ok"
    assert now(hosted, "bookings", row["id"])["price_cents"] == 9000


async def test_a_deleted_or_unknown_booking_is_not_made_again(hosted: Hosted) -> None:
    row = await stored(hosted, eg.booking())
    await hosted.store.write(lambda tx: tx.remove(hosted.business.number, "bookings", row["id"], now_ms=eg.NOON))
    for row_id in (row["id"], eg.booking()["id"]):
        told = (await (await device(hosted)).one(patch(row_id, notes=(None, "Tea"))))["conflicts"]
        expected = {"field": "row", "why": "deleted", "base": {"notes": None}, "mine": {"notes": "Tea"}, "server": {}}
        assert told == [expected | {"by": None, "with": None, "free": []}]
    assert all_of(hosted, "bookings") == []
