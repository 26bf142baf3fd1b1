"""Data that went back to an older copy in the same epoch is known however far it has come since."""

from pathlib import Path
from typing import Any

import pytest

from backend_stub import runs
from backend_stub.accounts import add_account
from backend_stub.store import AccountNo, Store
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asgi_socket import connected
from tests.backend_stub.asking import patch
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.feed_reader import Reader
from tests.backend_stub.going_back import copied, started_on
from tests.backend_stub.pushing import device, now, stored

Row = dict[str, Any]


async def book(hosted: Hosted, count: int) -> None:
    docs = [eg.booking(starts_at=eg.NOON + index * eg.HOUR) for index in range(count)]
    await hosted.store.write(lambda tx: tx.put_many(hosted.business.number, "bookings", docs))


@pytest.mark.parametrize("limit", [1, 3, 2000])
@pytest.mark.parametrize("pages", [1, 2, 9])
async def test_a_cursor_of_what_is_gone_expires(hosted: Hosted, limit: int, pages: int) -> None:
    """Of a first sync under way, of a pull under way, and of a complete one."""
    await book(hosted, 4)
    async with await hosted.client() as http:
        reader = Reader(http, limit=limit)
        copy = copied(hosted.store)
        await book(hosted, 2)
        for _ in range(pages):
            await reader.step()
        started_on(hosted.store, copy)
        await book(hosted, 9)
        answer = await reader.page()
    assert (answer.status_code, answer.json()["reason"]) == (410, "restore")


async def test_a_cursor_of_before_the_copy_goes_on(hosted: Hosted) -> None:
    await book(hosted, 4)
    async with await hosted.client() as http:
        reader = Reader(http)
        await reader.drain()
        copy = copied(hosted.store)
        await book(hosted, 2)
        started_on(hosted.store, copy)
        await book(hosted, 3)
        await reader.drain()
    assert len(reader.pages[-1]["changes"]["bookings"]) == 3


async def test_who_has_heard_what_is_gone_is_told_and_nothing_is_done(hosted: Hosted) -> None:
    row = await stored(hosted, eg.booking(notes=None))
    copy = copied(hosted.store)
    one = await device(hosted)
    first = (await one.send(one.numbered(patch(row["id"], notes=(None, "a"))))).json()
    assert first["forgot"] is False and first["cursor"]
    started_on(hosted.store, copy)
    await book(hosted, 5)
    one.heard = first["cursor"]
    again = (await one.send({"mid": 1, **patch(row["id"], notes=(None, "b"))})).json()
    page = (await one.http.get("/v1/sync/changes", params={"heard": one.heard})).json()
    assert (again["forgot"], again["results"], again["last_mid"], page["forgot"]) == (True, [], 0, True)
    assert now(hosted, "bookings", row["id"])["notes"] is None
    token = (await hosted.sign_in())["access_token"]
    async with connected(hosted.app, token, query=f"heard={one.heard}") as socket:
        assert (await socket.receive())["forgot"] is True


@pytest.mark.parametrize("heard", ["", "x", "WyJmIl0.x"])
async def test_what_cannot_be_read_tells_nothing(hosted: Hosted, heard: str) -> None:
    row = await stored(hosted, eg.booking(notes=None))
    one = await device(hosted)
    one.heard = heard
    assert (await one.one(patch(row["id"], notes=(None, "a"))))["status"] == "ok"
    page = (await one.http.get("/v1/sync/changes", params={"heard": heard})).json()
    assert page["forgot"] is False


async def test_what_was_heard_in_another_epoch_is_gone(hosted: Hosted) -> None:
    row = await stored(hosted, eg.booking(notes=None))
    one = await device(hosted)
    one.heard = (await one.send(one.numbered(patch(row["id"], notes=(None, "a"))))).json()["cursor"]
    hosted.store.new_epoch()
    answer = (await one.send()).json()
    assert (answer["forgot"], answer["last_mid"]) == (True, 1)


def test_each_start_is_a_run_of_its_own_and_each_seq_has_one(tmp_path: Path) -> None:
    number = AccountNo(1)
    begun = Store(tmp_path)
    begun.write_now(
        lambda tx: add_account(
            tx, account_id="a", business_name="S", business_type="salon", time_zone=eg.ZONE, now_ms=eg.NOON
        )
    )
    begun.close()
    found: list[runs.Reached] = []
    for _ in range(3):
        store = Store(tmp_path)
        for _ in range(2):
            store.write_now(lambda tx: tx.put(number, "bookings", eg.booking()))
        found.append(store.peek(lambda conn: runs.reached(conn, number)))
        every = store.peek(lambda conn: [runs.run_of(conn, number, seq) for seq in range(7)])
        store.close()
    assert [each.seq for each in found] == [2, 4, 6] and len({each.run for each in found}) == 3
    assert every == ["", *(each.run for each in found for _ in range(2))]
