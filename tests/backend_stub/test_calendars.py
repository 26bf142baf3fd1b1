"""Feeds the server reads: blocks stay equal to them, and the calendar says honestly when that was last so."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend_stub.app import create_app
from backend_stub.calendars.fetching import LARGEST
from backend_stub.calendars.poller import EVERY_S, LONGEST_FETCH_S
from backend_stub.calendars.reading import read
from backend_stub.calendars.times import Read
from backend_stub.settings import Settings
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import TEN, create, mutation
from tests.backend_stub.conftest import Hosted, Start
from tests.backend_stub.example_rows import Row
from tests.backend_stub.feed_reader import Reader
from tests.backend_stub.ics_server import IcsServer, ics_server
from tests.backend_stub.pushing import Device, all_of, device, now
from tests.backend_stub.test_calendar_reading import feed

AT_TEN = "UID:ten\nDTSTART:20251124T180000Z\nDTEND:20251124T190000Z\nSUMMARY:Dentist"
AT_NOON = "UID:noon\nDTSTART:20251124T200000Z\nDTEND:20251124T210000Z\nSUMMARY:Lunch"


@pytest.fixture
async def server() -> AsyncIterator[IcsServer]:
    async with ics_server() as served:
        yield served


async def read_here(data: bytes, /, *, zone: str, since_ms: int, until_ms: int) -> Read:
    """Without a program of its own, which takes a second to start."""
    return read(data, zone=ZoneInfo(zone), since_ms=since_ms, until_ms=until_ms)


@pytest.fixture
async def hosted(start: Start) -> Hosted:
    return await start(read_feed=read_here)


@pytest.fixture
async def phone(hosted: Hosted) -> Device:
    return await device(hosted)


async def checked(hosted: Hosted, calendar_id: str, after: int = -1) -> Row:
    """The calendar once it has been looked at by a reading that ended after that instant."""
    async with asyncio.timeout(30):
        while True:
            with hosted.app.state.services.hub.expecting(hosted.business.number) as commit:
                row = now(hosted, "calendars", calendar_id)
                if row["checked_at"] is not None and row["checked_at"] > after:
                    break
                await commit
    # The compaction and the next reading: nobody is being asked while the time is moved on.
    await hosted.clock.sleepers(2)
    return row


async def again(hosted: Hosted, calendar_id: str) -> Row:
    """A quarter of an hour later."""
    before = now(hosted, "calendars", calendar_id)["checked_at"]
    await hosted.clock.advance(EVERY_S)
    return await checked(hosted, calendar_id, before)


async def added(hosted: Hosted, phone: Device, url: str, **more: Any) -> Row:
    asked = mutation("calendar.add", values={"name": "Ana's own", "url": url} | more)
    assert (await phone.one(asked))["status"] == "ok"
    return await checked(hosted, asked["id"])


def titles(hosted: Hosted) -> list[str]:
    return [row["title"] for row in all_of(hosted, "blocks")]


async def test_a_calendar_is_read_at_once_and_its_times_are_blocked(
    hosted: Hosted, phone: Device, server: IcsServer
) -> None:
    server.serve(feed(AT_TEN, AT_NOON))
    calendar = await added(hosted, phone, server.url, staff_id=hosted.business.staff_id)
    assert (calendar["state"], calendar["trouble"], calendar["events"]) == ("ok", None, 2)
    assert calendar["last_ok_at"] == calendar["checked_at"] == eg.NOON
    block = all_of(hosted, "blocks")[0]
    assert (block["title"], block["starts_at"], block["ends_at"]) == ("Dentist", TEN, TEN + eg.HOUR)
    assert (block["source"], block["calendar_id"], block["uid"]) == ("calendar", calendar["id"], "ten")
    assert (block["staff_id"], block["time_zone"]) == (hosted.business.staff_id, eg.ZONE)
    refused = await phone.one(create(staff_id=hosted.business.staff_id))
    told = refused["conflicts"][0]["with"]
    assert (told["block_id"], told["by_name"], told["source"]) == (block["id"], "Ana's own", "calendar")
    assert "private" not in str(all_of(hosted, "calendars"))


async def test_blocks_stay_equal_to_the_feed_and_the_change_feed_says_so(
    hosted: Hosted, phone: Device, server: IcsServer
) -> None:
    server.serve(feed(AT_TEN, AT_NOON))
    calendar = await added(hosted, phone, server.url)
    reader = Reader(phone.http)
    await reader.drain()
    ten, noon = sorted(all_of(hosted, "blocks"), key=lambda row: row["starts_at"])
    server.serve(feed(AT_NOON.replace("Lunch", "Long lunch"), AT_TEN.replace("UID:ten", "UID:other")))
    assert (await again(hosted, calendar["id"]))["events"] == 2
    after = {row["id"]: row for row in all_of(hosted, "blocks")}
    assert ten["id"] not in after and after[noon["id"]]["title"] == "Long lunch"
    assert after[noon["id"]]["created_at"] == noon["created_at"]
    phone.http.headers["Authorization"] = f"Bearer {(await hosted.sign_in())['access_token']}"
    await reader.drain()
    assert {key[1] for key in reader.rows if key[0] == "blocks"} == set(after)
    assert ("blocks", ten["id"]) in reader.gone


async def test_what_has_not_changed_is_not_written_again(hosted: Hosted, phone: Device, server: IcsServer) -> None:
    server.serve(feed(AT_TEN, AT_NOON))
    calendar = await added(hosted, phone, server.url)
    before = all_of(hosted, "blocks")
    await again(hosted, calendar["id"])
    assert all_of(hosted, "blocks") == before


async def test_only_what_has_changed_is_asked_for_until_the_day_is_over(
    hosted: Hosted, phone: Device, server: IcsServer
) -> None:
    server.serve(feed(AT_TEN), ETag='"one"', Last_Modified="Sun, 23 Nov 2025 10:00:00 GMT")
    calendar = await added(hosted, phone, server.url)
    server.serve(b"", status="304 Not Modified")
    unchanged = await again(hosted, calendar["id"])
    assert (unchanged["state"], unchanged["events"]) == ("ok", 1)
    assert unchanged["last_ok_at"] == eg.NOON + EVERY_S * 1000
    assert (server.asked[1]["if-none-match"], titles(hosted)) == ('"one"', ["Dentist"])
    assert server.asked[1]["if-modified-since"] == "Sun, 23 Nov 2025 10:00:00 GMT"
    server.serve(feed(AT_NOON))
    hosted.clock.jump(13 * 3600)
    await again(hosted, calendar["id"])
    assert "if-none-match" not in server.asked[2]
    assert titles(hosted) == ["Lunch"]


async def test_a_calendar_that_stops_answering_says_so_and_keeps_what_it_said(
    hosted: Hosted, phone: Device, server: IcsServer
) -> None:
    server.serve(feed(AT_TEN))
    calendar = await added(hosted, phone, server.url)
    server.serve(b"", status="503 Service Unavailable")
    failed = await again(hosted, calendar["id"])
    assert (failed["state"], failed["trouble"], failed["events"]) == ("trouble", "server_fault", 1)
    assert (failed["last_ok_at"], failed["checked_at"]) == (eg.NOON, eg.NOON + EVERY_S * 1000)
    assert titles(hosted) == ["Dentist"]
    late = await device(hosted)
    assert (await late.one(create(staff_id=hosted.business.staff_id)))["status"] == "conflict"
    server.serve(feed(AT_TEN))
    back = await again(hosted, calendar["id"])
    assert (back["state"], back["trouble"], back["last_ok_at"]) == ("ok", None, back["checked_at"])


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        ("401 Unauthorized", "refused"),
        ("403 Forbidden", "refused"),
        ("404 Not Found", "not_found"),
        ("410 Gone", "not_found"),
        ("429 Too Many Requests", "server_fault"),
        ("500 Internal Server Error", "server_fault"),
        ("204 No Content", "server_fault"),
    ],
)
async def test_an_answer_that_is_no_calendar_has_its_word(
    hosted: Hosted, phone: Device, server: IcsServer, status: str, trouble: str
) -> None:
    server.serve(b"", status=status)
    calendar = await added(hosted, phone, server.url)
    assert (calendar["state"], calendar["trouble"], calendar["last_ok_at"]) == ("trouble", trouble, None)


async def test_nobody_there_is_unreachable(hosted: Hosted, phone: Device) -> None:
    async with ics_server() as gone:
        url = gone.url
    assert (await added(hosted, phone, url))["trouble"] == "unreachable"
    assert (await added(hosted, phone, "http://256.256.256.256/"))["trouble"] == "unreachable"


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"not even HTTP\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nBEGIN", "unreachable"),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "unreadable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ngarbage", "unreadable"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * (LARGEST + 1), "too_large"),
    ],
    ids=["no http", "cut short", "away to a file", "round and round", "packed", "garbage", "huge"],
)
async def test_hostile_answers(hosted: Hosted, phone: Device, server: IcsServer, answer: bytes, trouble: str) -> None:
    server.answer = answer
    assert (await added(hosted, phone, server.url))["trouble"] == trouble
    assert titles(hosted) == []


async def test_a_server_that_says_nothing_is_given_up(hosted: Hosted, phone: Device, server: IcsServer) -> None:
    server.silent = True
    asked = mutation("calendar.add", values={"name": "Silent", "url": server.url})
    await phone.one(asked)
    async with asyncio.timeout(10):
        await server.was_asked.wait()
    await hosted.clock.advance(LONGEST_FETCH_S)
    assert (await checked(hosted, asked["id"]))["trouble"] == "timeout"


async def test_what_was_damaged_is_told_beside_what_could_be_read(
    hosted: Hosted, phone: Device, server: IcsServer
) -> None:
    server.serve(feed("DTSTART:soon", AT_NOON), ETag='"one"')
    calendar = await added(hosted, phone, server.url)
    assert (calendar["state"], calendar["trouble"], titles(hosted)) == ("trouble", "incomplete", ["Lunch"])
    assert calendar["last_ok_at"] == eg.NOON
    server.serve(b"", status="304 Not Modified")
    assert (await again(hosted, calendar["id"]))["trouble"] == "incomplete"


async def test_a_calendar_that_is_removed_takes_its_blocks_along_and_is_not_asked_again(
    hosted: Hosted, phone: Device, server: IcsServer
) -> None:
    server.serve(feed(AT_TEN, AT_NOON))
    calendar = await added(hosted, phone, server.url)
    other = await added(hosted, phone, server.url)
    assert len(titles(hosted)) == 4
    assert (await phone.one(mutation("calendar.remove", calendar["id"])))["status"] == "ok"
    assert len(titles(hosted)) == 2
    await again(hosted, other["id"])
    assert len(server.asked) == 3
    assert len(titles(hosted)) == 2


async def test_a_calendar_of_before_is_read_by_a_program_of_its_own_when_the_server_starts(
    hosted: Hosted, phone: Device, server: IcsServer
) -> None:
    """Another app over the same store stands for the server that was started again."""
    server.serve(feed(AT_TEN))
    calendar = await added(hosted, phone, server.url)
    hosted.clock.jump(60)
    restarted = create_app(hosted.store, hosted.clock, Settings(play=False))
    async with restarted.router.lifespan_context(restarted):
        assert (await checked(hosted, calendar["id"], calendar["checked_at"]))["state"] == "ok"
