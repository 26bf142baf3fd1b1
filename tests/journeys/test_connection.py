"""What happens between a device and the server, as an owner sees it: the data stays, one quiet line says why."""

import re

import httpx
import pytest

from backend_stub.sessions import ACCESS_S
from client.models.link import LinkState
from client.storage.meta import skew_s
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import client_of
from tests.journeys.conftest import BOOKING_ID, CALL_ID, NOON, WORDS, OpenWorld, Window, World

AN_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def shows_the_day(window: Window) -> bool:
    return window.harness.says("Theo Lindqvist") and window.harness.says("TODAY · 2 BOOKINGS")


async def filled(world: World, name: str = "phone") -> None:
    """That device was used and put away."""
    device = await world.device(name)
    await device.signed_in()
    await device.close()


async def test_a_start_without_the_api_shows_the_day_and_recovers_by_itself(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await filled(world)
        device = await world.device()
        device.network.cut()
        window = await device.window()
        assert shows_the_day(window), "the first frame, before anything was asked"
        await world.until(lambda: window.strip == "Offline · data from 11:00")
        world.put("bookings", eg.booking(customer_name="Walter Nguyen", starts_at=NOON + 3 * eg.HOUR))
        await world.pass_time(20)
        assert window.strip == "Offline · data from 11:00" and shows_the_day(window)
        device.network.restore()
        await world.in_time(lambda: window.strip is None and device.is_current)
        await world.until(lambda: window.harness.says("Walter Nguyen"))


async def test_a_session_that_ended_locks_the_data_until_the_same_person_is_back(open_world: OpenWorld) -> None:
    """The server ended it by itself, as when a token is used twice; a device that is revoked: test_revoked.py."""
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        await world.until(lambda: shows_the_day(window))
        assert device.runtime.identity and device.runtime._people.keeper
        session = await device.runtime._people.keeper.of(device.runtime.identity)
        assert session
        async with client_of(world.hosted.app, session.tokens.access) as itself:
            (await itself.post("/v1/auth/sign-out")).raise_for_status()
        await world.in_time(lambda: window.harness.find("sign_in.submit") is not None)
        assert window.harness.says("Your session has ended. Sign in again; your data is kept.")
        for secret in ("Theo", "Ines", "Bella Salon", "purple hair", *(row["name"] for row in world.rows("customers"))):
            assert secret not in window.everything()
        device.network.before = nothing_to_sync
        device.network.sockets_allowed = False
        await device.sign_in(window)
        await world.until(lambda: shows_the_day(window))


def nothing_to_sync(request: httpx.Request) -> None:
    """Signing in works, the data does not come."""
    if "/sync/" in request.url.path:
        raise httpx.ConnectError("not now", request=request)


async def test_an_expired_access_token_is_renewed_once_and_nobody_notices(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        device.network.requests.clear()
        heard = len(device.links)
        await world.time.advance(ACCESS_S + 1)
        await world.until(lambda: "/v1/auth/token" in device.network.requests)
        world.put("bookings", eg.booking(customer_name="Walter Nguyen", starts_at=NOON + 3 * eg.HOUR))
        await world.in_time(lambda: window.harness.says("Walter Nguyen"))
        assert device.network.requests.count("/v1/auth/token") == 1
        assert all(link.state is LinkState.ONLINE and link.trouble is None for link in device.links[heard:])
        assert window.strip is None


async def test_the_front_desk_sees_neither_words_nor_money(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in(role="front_desk")
        await world.until(lambda: shows_the_day(window))
        assert "$" not in window.everything()
        await window.harness.tap("nav.calls")
        await window.harness.tap(f"call.{CALL_ID}")
        await world.until(lambda: window.harness.says("Transcripts are for owners and managers"))
        for secret in (WORDS, "47.11", "$"):
            assert secret not in window.everything()
        await window.harness.arrive(f"/bookings/2025-11-24/{BOOKING_ID}")
        await world.until(lambda: window.harness.says("Colour and cut"))
        for secret in ("90", "$"):
            assert secret not in AN_ID.sub("", window.everything())


async def test_the_owner_sees_both(open_world: OpenWorld) -> None:
    """What the front desk's journey looks for is really there to be seen."""
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in(f"/calls/{CALL_ID}")
        await world.until(lambda: window.harness.says(WORDS) and window.harness.says("$47.11"))


async def test_a_newer_server_changes_nothing(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await world.faults("unknown")
        device = await world.device()
        window = await device.signed_in()
        await world.until(lambda: shows_the_day(window) and window.strip is None)
        world.put("bookings", eg.booking(customer_name="Walter Nguyen", starts_at=NOON + 3 * eg.HOUR))
        await world.until(lambda: window.harness.says("Walter Nguyen"))
        await window.harness.tap("nav.calls")
        await world.until(lambda: window.harness.says("Ines Okafor"))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("refuse:503@/v1", "The server has trouble · data from 11:00"),
        ("refuse:429@/v1", "The server asks to wait until 11:0"),
        ("malformed@/v1", "The server's answer could not be read · data from 11:00"),
    ],
)
async def test_a_server_in_trouble_is_a_line_and_the_data_stays(fault: str, said: str, open_world: OpenWorld) -> None:
    async with open_world() as world:
        await filled(world)
        await world.faults(fault)
        device = await world.device()
        window = await device.window()
        assert shows_the_day(window)
        await world.in_time(lambda: (window.strip or "").startswith(said))
        assert shows_the_day(window)
        await window.harness.tap("nav.calls")
        assert window.harness.says("Ines Okafor")
        await world.faults("")
        await world.in_time(lambda: window.strip is None, seconds=330)


async def test_a_slow_server_keeps_nobody_waiting(open_world: OpenWorld) -> None:
    async with open_world() as world:
        await filled(world)
        world.put("bookings", eg.booking(customer_name="Walter Nguyen", starts_at=NOON + 3 * eg.HOUR))
        await world.faults("delay:15000@/v1,slow_body@/v1")
        device = await world.device()
        window = await device.window()
        assert shows_the_day(window)
        await world.pass_time(10)
        assert window.strip == "Connecting · data from 11:00" and shows_the_day(window)
        await world.in_time(lambda: window.harness.says("Walter Nguyen"))


@pytest.mark.parametrize("fast_s", [3 * 86_400, -3 * 86_400])
async def test_a_device_clock_days_off_is_told_and_today_stays_today(fast_s: int, open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device(fast_s=fast_s)
        window = await device.signed_in()
        await world.until(lambda: window.strip == "This device's clock is off; times are the server's.")
        assert window.harness.says("Monday 24 November") and shows_the_day(window)
        await world.in_time(
            lambda: device.runtime.database is not None and device.runtime.database.read(skew_s) is not None
        )
        await device.close()
        again = await world.device(fast_s=fast_s)
        again.network.cut()
        window = await again.window()
        await world.in_time(lambda: window.harness.says("Monday 24 November") and shows_the_day(window), seconds=61)
