"""What may be asked, by whom, and what is stored of it: validation, roles, hostile input, customers and messages."""

import asyncio
from typing import Any

import pytest

from backend_stub.push.calendars import MOST_CALENDARS
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import MINUTE, TEN, create, move, mutation, patch, text_to
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.example_rows import Row
from tests.backend_stub.pushing import Device, all_of, device, now, stored

BLACK = "\u2028"


@pytest.fixture
async def phone(hosted: Hosted) -> Device:
    return await device(hosted)


def calendar(url: str = "https://calendar.example/a.ics", **more: Any) -> Row:
    return mutation("calendar.add", values={"name": "Ana's own", "url": url} | more)


WRONG_VALUES: list[Row] = [
    {"customer_name": ""},
    {"customer_name": "  "},
    {"customer_name": "x" * 121},
    {"customer_name": "x" * 10_000},
    {"customer_name": "Maria\x00"},
    {"customer_name": "Maria\nLopez"},
    {"customer_name": "\x7f"},
    {"customer_name": "\ud800"},
    {"customer_name": None},
    {"customer_name": 7},
    {"customer_name": ["Maria"]},
    {"service_name": "x" * 121},
    {"service_name": ""},
    {"notes": "x" * 2001},
    {"notes": "\x1b[31m"},
    {"notes": {"a": 1}},
    {"customer_phone": "1" * 41},
    {"customer_email": "x" * 255},
    {"starts_at": "2025-11-24T10:00"},
    {"starts_at": TEN + 0.5},
    {"starts_at": True},
    {"starts_at": -1},
    {"starts_at": 10**30, "ends_at": 10**30 + eg.HOUR},
    {"ends_at": TEN},
    {"ends_at": TEN - eg.HOUR},
    {"ends_at": TEN + 5 * MINUTE - 1},
    {"ends_at": TEN + 12 * eg.HOUR + 1},
    {"ends_at": TEN + 24 * eg.HOUR},
    {"status": "cancelled"},
    {"status": "tentative"},
    {"staff_id": "Ana"},
    {"staff_id": "019AB216-5780-7821-B624-F1A2E6F745A0"},
    {"staff_id": "019ab216-5780-7821-b624-f1a2e6f745a0"},
    {"service_id": "019ab216-5780-7821-b624-f1a2e6f745a0"},
    {"series_id": "every week"},
]


@pytest.mark.parametrize("wrong", WRONG_VALUES, ids=lambda wrong: str(wrong)[:60])
async def test_a_booking_nobody_can_have_meant_is_rejected(hosted: Hosted, phone: Device, wrong: Row) -> None:
    result = await phone.one(create(allow=("closed",), **{"ends_at": TEN + eg.HOUR} | wrong))
    assert (result["status"], result["code"]) == ("rejected", "invalid")
    assert result["detail"] and len(result["detail"]) <= 300
    assert all_of(hosted, "bookings") == []


async def test_the_shortest_and_the_longest_appointment(phone: Device) -> None:
    lengths = (5 * MINUTE, 12 * eg.HOUR)
    results = await phone.push(*(create(ends_at=TEN + length, allow=("closed",)) for length in lengths))
    assert [result["status"] for result in results] == ["ok", "ok"]


async def test_a_time_is_past_a_day_after_the_business_s_yesterday_began(phone: Device) -> None:
    """Noon there; a phone may be a day behind, not more."""
    yesterday = eg.NOON - 11 * eg.HOUR - eg.DAY
    results = await phone.push(*(create(starts_at=yesterday + late, allow=("closed",)) for late in (0, -1)))
    assert [(result["status"], result.get("code")) for result in results] == [("ok", None), ("rejected", "past")]


async def test_what_a_patch_leaves_alone_is_not_judged(hosted: Hosted, phone: Device) -> None:
    long_ago = await stored(hosted, eg.booking(starts_at=eg.NOON - 30 * eg.DAY, ends_at=eg.NOON - 29 * eg.DAY))
    staff = move(long_ago, long_ago["starts_at"], staff_id=hosted.business.staff_id, allow=("closed",))
    done = patch(long_ago["id"], status=("confirmed", "completed"))
    assert [result["status"] for result in await phone.push(staff, done)] == ["ok", "ok"]


@pytest.mark.parametrize(
    "name",
    ["--help", "<b>Bold</b>", "'; DROP TABLE booking; --", "مريم", "👩🏽‍🦱 Curl", "Ö" * 120, f"a{BLACK}b", "{0}%s"],
)
async def test_a_name_is_a_name(hosted: Hosted, phone: Device, name: str) -> None:
    asked = create(customer_name=f"  {name} ", notes=f"{name}\n\t{name}", customer_phone=" +1 (415) 555-0142 ")
    assert (await phone.one(asked))["status"] == "ok"
    row = now(hosted, "bookings", asked["id"])
    assert (row["customer_name"], row["notes"]) == (name, f"{name}\n\t{name}")
    page = (await phone.http.get("/v1/sync/changes")).json()
    assert [row["customer_name"] for row in page["changes"]["bookings"]] == [name]


async def test_blank_optional_words_are_none(hosted: Hosted, phone: Device) -> None:
    asked = create(notes=" \n", customer_phone="", customer_email="  ")
    assert (await phone.one(asked))["status"] == "ok"
    row = now(hosted, "bookings", asked["id"])
    assert [row[name] for name in ("notes", "customer_phone", "customer_email", "customer_id")] == [None] * 4


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"set": {"price_cents": [9000, -1]}}, "read_only"),
        ({"set": {"paid_cents": [0, 1], "notes": [None, "Tea"]}}, "read_only"),
        ({"set": {"version": [1, 2]}}, "read_only"),
        ({"set": {"colour": [None, "red"]}}, "invalid"),
        ({"set": {}}, "invalid"),
        ({"set": []}, "invalid"),
        ({"set": {"notes": "Tea"}}, "invalid"),
        ({"set": {"notes": ["Tea"]}}, "invalid"),
        ({"set": {"notes": [None, "Tea", "Coffee"]}}, "invalid"),
        ({"set": {"notes": [{"deep": []}, "Tea"]}}, "invalid"),
        ({"set": {"starts_at": [TEN, TEN + 1]}}, "invalid"),
        ({"set": {"status": ["confirmed", "tentative"]}}, "invalid"),
        ({"set": {"cancellation_reason": [None, "x" * 301], "status": ["confirmed", "cancelled"]}}, "invalid"),
        ({"base_version": "1"}, "invalid"),
        ({"base_version": None}, "invalid"),
        ({"tell": {"text": "", "channel": "sms"}}, "invalid"),
        ({"tell": {"text": "x" * 481, "channel": "sms"}}, "invalid"),
        ({"tell": {"text": "Hi", "channel": "pigeon"}}, "invalid"),
        ({"tell": "Hi"}, "invalid"),
        ({"allow": ["everything"]}, "invalid"),
        ({"allow": "overlap"}, "invalid"),
        ({"id": "../../etc/passwd"}, "invalid"),
        ({"id": None}, "invalid"),
        ({"v": "1"}, "unknown_op"),
        ({"v": None}, "unknown_op"),
        ({"op": "Booking.Patch"}, "unknown_op"),
        ({"op": "\ud800"}, "unknown_op"),
    ],
)
async def test_a_patch_that_makes_no_sense_is_rejected(hosted: Hosted, phone: Device, wrong: Row, code: str) -> None:
    row = await stored(hosted, eg.booking())
    before = now(hosted, "bookings", row["id"])
    answer = await phone.send(phone.numbered(patch(row["id"], notes=(None, "Tea")) | wrong))
    result = answer.json()["results"][0]
    assert (result["status"], result["code"]) == ("rejected", code)
    assert now(hosted, "bookings", row["id"]) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 121},
        {"ends_at": TEN},
        {"ends_at": TEN + 366 * eg.DAY + 1},
        {"source": "calendar"},
        {"uid": "x" * 1001},
        {"staff_id": "019ab216-5780-7821-b624-f1a2e6f745a0"},
    ],
)
async def test_a_block_that_makes_no_sense_is_rejected(phone: Device, wrong: Row) -> None:
    values = {"starts_at": TEN, "ends_at": TEN + eg.HOUR, "title": "Dentist", "source": "manual"} | wrong
    result = await phone.one(mutation("block.create", values=values))
    assert (result["status"], result["code"]) == ("rejected", "invalid")


async def test_a_block_is_past_when_it_has_ended(phone: Device) -> None:
    yesterday = eg.NOON - 11 * eg.HOUR - eg.DAY
    values = {"starts_at": yesterday - 30 * eg.DAY, "title": "Away", "source": "ics"}
    asked = [mutation("block.create", values=values | {"ends_at": yesterday + late}) for late in (1, 0)]
    assert [result.get("code") for result in await phone.push(*asked)] == [None, "past"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "calendar",
        "file:///etc/passwd",
        "ftp://a.example/b.ics",
        "webcal://a.example/b.ics",
        "https://",
        "http:///x",
        "https://a.example/\x00",
        "javascript:alert(1)",
        "https://a.example/" + "x" * 2000,
        "https://[::1",
        7,
    ],
)
async def test_a_calendar_is_of_the_web(phone: Device, url: Any) -> None:
    result = await phone.one(calendar(url))
    assert (result["status"], result["code"]) == ("rejected", "invalid")


async def test_the_address_of_a_calendar_never_comes_back(hosted: Hosted, phone: Device) -> None:
    asked = calendar("https://ana:secret-1@calendar.example:8443/secret-2.ics?key=secret-3")
    assert [result["status"] for result in await phone.push(asked, asked)] == ["ok", "ok"]
    pages = (await phone.http.get("/v1/sync/changes")).text + (await phone.send()).text
    assert "secret" not in pages
    row = now(hosted, "calendars", asked["id"])
    assert (row["host"], row["state"], row["events"]) == ("calendar.example", "new", 0)
    assert [result["status"] for result in await phone.push(*[mutation("calendar.remove", asked["id"])] * 2)] == [
        "ok"
    ] * 2
    assert all_of(hosted, "calendars") == []


async def test_there_are_only_so_many_calendars(phone: Device) -> None:
    results = await phone.push(*(calendar() for _ in range(MOST_CALENDARS + 1)))
    assert [result.get("code") for result in results] == [None] * MOST_CALENDARS + ["too_many"]


async def test_the_front_desk_books_but_neither_doubles_nor_connects(hosted: Hosted) -> None:
    desk, manager = await device(hosted, "front_desk"), await device(hosted, "manager")
    staff = {"staff_id": hosted.business.staff_id}
    row = create(**staff)
    block = {"starts_at": TEN, "ends_at": TEN + eg.HOUR, "title": "Lunch", "source": "manual"}
    asked = [
        row,
        patch(row["id"], notes=(None, "Tea")),
        create(**staff, starts_at=TEN + 12 * eg.HOUR, allow=("closed",)),
        mutation("block.create", values=block),
        create(**staff, allow=("overlap",)),
        patch(row["id"], notes=("Tea", "Coffee"), allow=("overlap",)),
        calendar(),
        mutation("calendar.remove", row["id"]),
    ]
    results = await desk.push(*asked)
    assert [result.get("code") for result in results] == [None] * 4 + ["forbidden"] * 4
    assert [result["status"] for result in await manager.push(create(**staff, allow=("overlap",)), calendar())] == [
        "ok"
    ] * 2


# --- customers


async def test_a_new_booking_finds_its_customer_by_number_or_makes_one(hosted: Hosted, phone: Device) -> None:
    ids = sorted(eg.customer()["id"] for _ in range(2))
    names = ("Maria Lopez", "Juan Lopez")
    family = [eg.customer(id=key, name=name, total_bookings=3) for key, name in zip(ids, names, strict=True)]
    await hosted.store.write(lambda tx: tx.put_many(hosted.business.number, "customers", family))
    asked = [
        create(customer_name="juan lopez", customer_phone="+1 415-555-0142"),
        create(customer_name="Somebody", customer_phone="+14155550142"),
        create(customer_name="New", customer_phone="+14155550177", customer_email="new@example.com"),
        create(customer_name="New", customer_phone="(+1) 415 555 0177"),
        create(customer_name="Walk-in"),
        create(customer_id=family[1]["id"], customer_name="Juan"),
        create(customer_id=eg.customer()["id"], customer_phone="+14155550142"),
    ]
    assert {result["status"] for result in await phone.push(*asked)} == {"ok"}
    linked = [now(hosted, "bookings", one["id"])["customer_id"] for one in asked]
    fresh = next(row for row in all_of(hosted, "customers") if row["phone"] == "+14155550177")
    maria, juan = (one["id"] for one in family)
    assert linked == [juan, maria, fresh["id"], fresh["id"], None, juan, maria]
    assert (fresh["name"], fresh["email"], fresh["language"]) == ("New", "new@example.com", "en")
    counts = {row["id"]: row["total_bookings"] for row in all_of(hosted, "customers")}
    assert counts == {maria: 5, juan: 5, fresh["id"]: 2}


async def test_a_status_moves_the_customer_s_counts(hosted: Hosted, phone: Device) -> None:
    asked = create(customer_phone="+14155550177")
    await phone.one(asked)

    async def after(had: str, wanted: str) -> tuple[int, int, int | None]:
        await phone.one(patch(asked["id"], status=(had, wanted)))
        row = now(hosted, "customers", now(hosted, "bookings", asked["id"])["customer_id"])
        return row["total_bookings"], row["no_shows"], row["last_visit_at"]

    assert await after("confirmed", "no_show") == (1, 1, None)
    assert await after("no_show", "completed") == (1, 0, TEN)
    assert await after("completed", "confirmed") == (1, 0, TEN)
    assert await after("confirmed", "cancelled") == (0, 0, TEN)
    assert await after("cancelled", "pending") == (1, 0, TEN)


# --- messages


async def test_a_message_leaves_with_what_was_accepted_and_only_with_that(hosted: Hosted, phone: Device) -> None:
    asked = create(customer_phone="+14155550142", staff_id=hosted.business.staff_id, tell=text_to("See you at ten."))
    refused = create(customer_phone="+14155550142", staff_id=hosted.business.staff_id, tell=text_to("Never sent."))
    late = create(customer_phone="+14155550142", starts_at=TEN + 20 * eg.HOUR, tell=text_to("Never sent."))
    results = await phone.push(asked, refused, late)
    assert [result["status"] for result in results] == ["ok", "conflict", "rejected"]
    (message,) = all_of(hosted, "messages")
    booking = now(hosted, "bookings", asked["id"])
    assert (message["text"], message["channel"], message["recipient"]) == ("See you at ten.", "sms", "+14155550142")
    assert (message["state"], message["sent_by"], message["sent_at"]) == ("sent", "Owner of Salon Aurora", eg.NOON)
    assert (message["booking_id"], message["customer_id"]) == (booking["id"], booking["customer_id"])
    assert message["version"] == results[0]["version"]


async def test_nobody_can_be_told_without_an_address(hosted: Hosted, phone: Device) -> None:
    email = {"text": "Hello", "channel": "email"}
    await phone.push(
        create(tell=text_to()), create(customer_phone="+1", tell=email), create(customer_email="a@b.c", tell=email)
    )
    told = {(row["channel"], row["state"], row["recipient"]) for row in all_of(hosted, "messages")}
    assert told == {("sms", "failed", None), ("email", "failed", None), ("email", "sent", "a@b.c")}


@pytest.mark.parametrize("phone_number", ["abc", "+1", "+1 415 555 0142 x3", "1" * 16])
async def test_nobody_is_texted_at_what_is_no_number(hosted: Hosted, phone: Device, phone_number: str) -> None:
    (result,) = await phone.push(create(customer_phone=phone_number, tell=text_to("At ten.")))
    (message,) = all_of(hosted, "messages")
    assert (result["status"], message["state"], message["recipient"]) == ("ok", "failed", None)


async def test_a_device_that_lost_its_number_does_not_text_twice(hosted: Hosted, phone: Device) -> None:
    """Restored from a backup, it sends again under a new number what it had sent."""
    made = create(customer_phone="+14155550142", staff_id=hosted.business.staff_id, tell=text_to("At ten."))
    await phone.one(made)
    moved = move(now(hosted, "bookings", made["id"]), TEN + eg.HOUR, tell=text_to("At eleven."))
    cancelled = patch(made["id"], status=("confirmed", "cancelled"), tell=text_to("Cancelled."))
    await phone.push(moved, cancelled)
    restored = await device(hosted)
    results = await restored.push(made | {"values": made["values"] | {"starts_at": TEN}}, moved, cancelled)
    assert [result["status"] for result in results] == ["conflict", "ok", "ok"]
    assert [row["text"] for row in sorted(all_of(hosted, "messages"), key=lambda row: row["version"])] == [
        "At ten.",
        "At eleven.",
        "Cancelled.",
    ]


async def test_the_same_words_go_out_again_only_with_news_or_to_another_number(hosted: Hosted) -> None:
    """A note is no news to a client: a copy of the device's file that put one to the move sends it with its message."""
    row = await stored(hosted, eg.booking(customer_phone="+14155550142"))
    moved = move(row, TEN + eg.HOUR, tell=text_to("At eleven."))
    noted = moved | {"set": moved["set"] | {"notes": [None, "window"]}}
    readdressed = patch(row["id"], customer_phone=("+14155550142", "+14155550143"), tell=text_to("At eleven."))
    for asked in (moved, noted, readdressed):
        assert (await (await device(hosted)).one(asked))["status"] == "ok"
    assert now(hosted, "bookings", row["id"])["notes"] == "window"
    assert sorted(message["recipient"] for message in all_of(hosted, "messages")) == ["+14155550142", "+14155550143"]


async def test_two_who_do_the_same_tell_it_if_only_one_did(hosted: Hosted, phone: Device) -> None:
    row = await stored(hosted, eg.booking(customer_phone="+14155550142"))
    quietly, aloud = (
        patch(row["id"], status=("confirmed", "cancelled"), tell=tell) for tell in (None, text_to("Off."))
    )
    tablet = await device(hosted)
    assert [(await one.one(asked))["status"] for one, asked in ((phone, quietly), (tablet, aloud))] == ["ok", "ok"]
    assert [row["text"] for row in all_of(hosted, "messages")] == ["Off."]


async def test_two_at_once_cannot_both_have_it(hosted: Hosted) -> None:
    devices = [await device(hosted) for _ in range(6)]
    asked = [one.one(create(staff_id=hosted.business.staff_id)) for one in devices]
    assert sorted(result["status"] for result in await asyncio.gather(*asked)) == ["conflict"] * 5 + ["ok"]
