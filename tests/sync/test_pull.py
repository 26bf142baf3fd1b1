"""Pages that do not answer what was asked, and how long to wait after each kind of failure."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from client.api.errors import (
    Gone,
    MalformedResponse,
    NotFound,
    RateLimited,
    ServerFault,
    Unreachable,
    UpgradeRequired,
)
from client.clock import Clock
from client.storage.errors import DatabaseUnavailable, DiskFull
from sync.backoff import Backoff, wait_for
from tests.backend_stub import example_rows as eg
from tests.sync.conftest import Device, World, some_history


def meddle(device: Device, change: Callable[[dict[str, Any]], None], *, times: int = 1) -> None:
    """Change the next pages on their way to the device."""
    honest = device.network.handle_async_request
    left = [times]

    async def dishonest(request: httpx.Request) -> httpx.Response:
        response = await honest(request)
        if request.url.path != "/v1/sync/changes" or left[0] == 0:
            return response
        left[0] -= 1
        page = json.loads(await response.aread())
        change(page)
        return httpx.Response(200, json=page)

    device.network.handle_async_request = dishonest  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda page: page.update(ticket="another"), "$.ticket"),
        (lambda page: page.update(stream="transcripts"), "$.ticket"),
        (lambda page: page.update(since="elsewhere"), "$.since"),
        (lambda page: page.update(cursor=page["since"], has_more=True), "$.cursor"),
        (lambda page: page["changes"]["bookings"][0].update(starts_at="noon"), "$.changes.bookings[0].starts_at"),
    ],
)
async def test_a_page_that_is_no_answer_changes_nothing(
    world: World, change: Callable[[dict[str, Any]], None], path: str
) -> None:
    world.put("bookings", eg.booking(starts_at=eg.NOON - 90 * eg.DAY, ends_at=eg.NOON))
    device = await world.device()
    await device.engine.sync_once()
    world.put("bookings", eg.booking())
    before = device.rows()
    meddle(device, change)
    with pytest.raises(MalformedResponse) as refused:
        await device.engine.sync_once()
    assert refused.value.path == path
    assert device.rows() == before
    await device.engine.sync_once()
    assert device.rows() == world.rows()


async def test_a_page_of_another_epoch_begins_a_resync(world: World) -> None:
    some_history(world)
    device = await world.device()
    await device.engine.sync_once()
    meddle(device, lambda page: page.update(epoch="elsewhere"))
    await device.engine.sync_once()
    assert device.rows() == world.rows()
    assert device.engine._streams.pullers["core"].state().gen == 2


async def test_a_server_that_only_ever_expires_is_given_up_for_now(world: World) -> None:
    some_history(world)
    device = await world.device()
    device.network.before = lambda _: None
    honest = device.network.handle_async_request

    async def expire(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/sync/changes" and request.url.params.get("cursor"):
            return httpx.Response(410, json={"code": "cursor_expired", "detail": "Gone.", "reason": "retention"})
        return await honest(request)

    device.network.handle_async_request = expire  # type: ignore[method-assign]
    with pytest.raises(Gone):
        await device.engine.sync_once()


async def test_a_first_sync_says_what_stopped_it_not_what_failed_because_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_history(world)
    device = await world.device()
    set_bulk, write = device.db.set_bulk, device.db.write

    async def no_room(bulk: bool) -> None:
        await set_bulk(bulk)
        if not bulk:
            raise DatabaseUnavailable("the log cannot be folded into the file")
        if refuse:
            monkeypatch.setattr(device.db, "write", full)

    async def full(_fn: Callable[[Any], Any]) -> None:
        raise DiskFull("the disk is full")

    monkeypatch.setattr(device.db, "set_bulk", no_room)
    refuse = True
    with pytest.raises(DiskFull):
        await device.engine.sync_once()
    refuse = False
    monkeypatch.setattr(device.db, "write", write)
    with pytest.raises(DatabaseUnavailable):
        await device.engine.sync_once()
    monkeypatch.setattr(device.db, "set_bulk", set_bulk)
    await device.engine.sync_once()
    assert device.rows() == world.rows()


# --- waiting ---------------------------------------------------------------------------------------------------------
def worst() -> Clock:
    """Chance always draws the longest wait."""
    return Clock(random_bits=lambda bits: (1 << bits) - 1)


def test_waits_double_up_to_five_minutes_and_begin_anew() -> None:
    backoff = Backoff(worst())
    waits = [round(backoff.after(Unreachable("no"))) for _ in range(12)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    backoff.reset()
    assert round(backoff.after(Unreachable("no"))) == 1
    assert 0 <= Backoff(Clock(random_bits=lambda _: 0)).after(Unreachable("no")) < 0.01


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [
        (RateLimited("slow", retry_after_s=30), 30, 31),
        (ServerFault("no", status=503, retry_after_s=7), 7, 8),
        (ServerFault("no", status=503), 0, 1),
        (UpgradeRequired("old", code="upgrade_required", min_schema=2), 900, 900),
        (NotFound("no", code="not_found"), 900, 900),
        (DiskFull("full"), 5, 6),
        (ValueError("a bug"), 5, 6),
    ],
)
def test_each_failure_has_its_wait(error: Exception, least: float, most: float) -> None:
    assert least <= Backoff(worst()).after(error) <= most


async def test_a_wait_can_be_cut_short() -> None:
    forever: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    clock = Clock(sleep=lambda _: asyncio.shield(forever))
    event = asyncio.Event()
    waiting = asyncio.create_task(wait_for(event, clock, 300))
    await asyncio.sleep(0)
    event.set()
    assert await asyncio.wait_for(waiting, 5)
    assert not await wait_for(asyncio.Event(), Clock(sleep=lambda _: asyncio.sleep(0)), 300)
