"""What the front desk is not shown: money, what callers said, forecasts of money; by page and by delta."""

import json
from typing import Any

import pytest

from backend_stub.clock import uuid7
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asgi_socket import connected
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.feed_reader import Reader


def forecast(measure: str, unit: str) -> dict[str, Any]:
    return {
        **{"id": uuid7(eg.NOON), "measure": measure, "unit": unit, "made_at": eg.NOON, "history_from": None},
        **{"history_days": 0, "state": "too_little", "needs_days": 56, "days": [], "total": None, "grid": None},
        "record": None,
    }


def rows_about_money(hosted: Hosted) -> list[tuple[str, dict[str, Any]]]:
    call = eg.ended_call(rate_cents=25, rounding_s=60)
    return [
        ("calls", call),
        ("corrections", eg.correction(call["id"])),
        ("assumptions", eg.assumptions(hosted.business.account_id, wage_cents_per_hour=2000)),
        ("forecasts", forecast("revenue_month", "cents")),
        ("forecasts", forecast("bookings_week", "count")),
        ("tasks", eg.task()),
    ]


async def write(hosted: Hosted) -> None:
    rows = rows_about_money(hosted)
    await hosted.store.write(lambda tx: [tx.put(hosted.business.number, kind, doc) for kind, doc in rows])


def seen(reader: Reader) -> set[tuple[str, str]]:
    return {(kind, row.get("measure", "")) for (kind, _), row in reader.rows.items()}


@pytest.mark.parametrize("before", [True, False], ids=["filling", "following"])
async def test_the_front_desk_sees_no_money_in_a_page(hosted: Hosted, before: bool) -> None:
    if before:
        await write(hosted)
    async with await hosted.client("front_desk") as desk, await hosted.client("owner") as owner:
        readers = Reader(desk), Reader(owner)
        for reader in readers:
            await reader.drain()
        if not before:
            await write(hosted)
            for reader in readers:
                await reader.drain()
    less, all_of_it = map(seen, readers)
    hidden = {("corrections", ""), ("assumptions", ""), ("forecasts", "revenue_month")}
    assert all_of_it - less == hidden
    (call,) = [row for (kind, _), row in readers[0].rows.items() if kind == "calls"]
    assert (call["rate_cents"], call["rounding_s"], call["charge_cents"]) == (None, 60, None)


async def test_a_delta_leaves_out_what_the_front_desk_may_not_see(hosted: Hosted) -> None:
    async with connected(hosted.app, (await hosted.sign_in("front_desk"))["access_token"]) as socket:
        for _ in range(2):
            await socket.receive_text()
        await write(hosted)
        delta = json.loads(await socket.receive_text())
        account = hosted.business.account_id
        await hosted.store.write(lambda tx: tx.remove(hosted.business.number, "assumptions", account, now_ms=eg.NOON))
        gone = json.loads(await socket.receive_text())
    assert set(delta["changes"]) == {"calls", "forecasts", "tasks"}
    assert [row["measure"] for row in delta["changes"]["forecasts"]] == ["bookings_week"]
    assert gone["t"] == "delta" and gone["deleted"] == {}


async def test_open_tasks_come_with_what_is_on_screen(hosted: Hosted) -> None:
    done = eg.task(state="done", done_at=eg.NOON)
    await hosted.store.write(lambda tx: tx.put_many(hosted.business.number, "tasks", [done, eg.task()]))
    async with await hosted.client() as http:
        page = (await http.get("/v1/sync/changes", params={"stream": "core", "ticket": "t"})).json()
    assert page["stage"] == "window"
    assert [row["state"] for row in page["changes"]["tasks"]] == ["open"]
