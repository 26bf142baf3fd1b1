"""The whole app without a browser: a hosted API, a device and its windows in one process, on one clock.

Everything is the real thing: screens, stores, SQLite in a folder, sync, the connection, the hosted API behind ASGI.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flet as ft
import pytest

import screens.sheets  # noqa: F401 - as in an app that has been open for a moment
from backend_stub.clock import uuid7
from backend_stub.demo import demo_users
from backend_stub.store import Commit, Document, Store, rows_of
from client.clock import Clock
from client.config import Config
from client.models.calls import PartialTurn
from client.models.link import LinkState, LinkStatus
from runtime import DeviceRuntime
from screens.app import mount
from screens.stores import Stores
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import Hosted, Start, start, store  # noqa: F401
from tests.backend_stub.manual_clock import ManualClock
from tests.harness import Harness
from tests.sync.network import Network

TIMEOUT_S = 30.0
STEP_S = 0.5
THREADS_S = 0.005
NOON = eg.NOON + eg.DAY
WORDS = "My daughter wants purple hair for the party"
CALL_ID, BOOKING_ID = uuid7(NOON), uuid7(NOON)
BOOKINGS: tuple[dict[str, Any], ...] = (
    {"id": BOOKING_ID, "call_id": CALL_ID, "customer_name": "Ines Okafor", "starts_at": NOON + eg.HOUR},
    {"customer_name": "Theo Lindqvist", "starts_at": NOON + 2 * eg.HOUR, "price_cents": 12_345},
)
"""Of today, besides those of the history."""
ENDED_CALL: dict[str, Any] = {
    "id": CALL_ID,
    "caller_name": "Ines Okafor",
    "started_at": NOON - eg.HOUR,
    "answered_at": NOON - eg.HOUR + 2000,
    "summary": "Ines booked a colour for her daughter.",
    "charge_cents": 4711,
    "booking_id": BOOKING_ID,
    "turn_count": 2,
}


@dataclass(kw_only=True)
class Window:
    """One window with the app in it."""

    harness: Harness
    stores: Stores

    @property
    def strip(self) -> str | None:
        """What the strip says, None while all is well."""
        found = self.harness.find("strip")
        return None if found is None else found.label

    def starting_with(self, prefix: str) -> list[str]:
        return [identifier for identifier in self.harness.identifiers() if identifier.startswith(prefix)]

    def everything(self) -> str:
        """Every word in the control tree: texts, labels, values."""
        words: list[str] = []
        for control in self.harness.controls():
            for value in vars(control).values():
                if isinstance(value, str):
                    words.append(value)
        return "\n".join([*words, *self.harness.texts()])


@dataclass(kw_only=True)
class Device:
    """One process on a device: its runtime, its network, the windows that are open."""

    runtime: DeviceRuntime
    network: Network
    stack: AsyncExitStack
    world: "World"
    links: list[LinkStatus] = field(default_factory=list[LinkStatus])

    async def begin(self) -> None:
        self.stack.push_async_callback(self.runtime.close)
        await self.runtime.open()
        self.stack.callback(self.runtime.listen(self))

    async def window(self, route: str = "/today", *, width: float = 390, height: float = 844) -> Window:
        """As `main.Process.window` does it: read, draw, then let the engine run."""
        harness = Harness(width=width, height=height, route=route, on_sent=self.world.was_sent)
        await self.stack.enter_async_context(harness)
        stores = Stores.build(self.runtime)
        self.stack.callback(stores.close)
        self.world.windows.append(harness)
        self.stack.callback(self.world.windows.remove, harness)
        await harness.run(lambda page: mount(page, stores))
        self.runtime.start()
        return Window(harness=harness, stores=stores)

    async def signed_in(self, route: str = "/today", *, role: str = "owner", **size: float) -> Window:
        """A window of that person of the demo business, with everything there."""
        window = await self.window(route, **size)
        await self.sign_in(window, role)
        await self.world.until(lambda: self.is_current)
        return window

    async def sign_in(self, window: Window, role: str = "owner") -> None:
        """Type e-mail and password."""
        person = next(user for user in demo_users(self.world.hosted.store) if user.role == role)
        await window.harness.type("sign_in.email", person.email)
        await window.harness.type("sign_in.password", person.password)
        await self.world.fire(window, "sign_in.submit")

    @property
    def is_current(self) -> bool:
        """Everything is here and connected."""
        link = self.runtime.link
        return (link.state, link.filling, link.trouble) == (LinkState.ONLINE, None, None)

    async def close(self) -> None:
        """End the process; harmless twice."""
        await self.stack.aclose()
        if self in self.world.devices:
            self.world.devices.remove(self)

    # --- what the runtime tells its windows
    def account_changed(self) -> None:
        self.world.nudge()

    def link_changed(self, link: LinkStatus) -> None:
        self.links.append(link)
        self.world.nudge()

    def partial_heard(self, partial: PartialTurn) -> None:
        del partial
        self.world.nudge()


@dataclass(kw_only=True)
class World:
    """The server's side, the clock, and waiting."""

    hosted: Hosted
    store: Store
    time: ManualClock
    folder: Path
    windows: list[Harness] = field(default_factory=list[Harness])
    devices: list[Device] = field(default_factory=list[Device])
    sent: Callable[[bytes], object] = len
    """Gets each message to a screen, packed."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def nudge(self, _: object = None) -> None:
        self._news.set()

    def was_sent(self, packed: bytes) -> None:
        self.sent(packed)
        self.nudge()

    async def device(self, name: str = "phone", *, fast_s: float = 0) -> Device:
        """A process on the device of that name; closing one and making another is a restart.  `fast_s`: its clock."""
        network = Network(self.hosted.app)
        clock = Clock(
            now=lambda: datetime.fromtimestamp(self.time.now_ms() / 1000 + fast_s, UTC),
            monotonic=self.time.monotonic,
            sleep=self.time.sleep,
            random_bits=random.Random(name).getrandbits,
        )
        config = Config(api_url="http://hosted.test", data_dir=self.folder / name, vault_passphrase="of no consequence")
        runtime = DeviceRuntime(config, clock=clock, transport=network, sockets=network.sockets)
        device = Device(runtime=runtime, network=network, stack=AsyncExitStack(), world=self)
        self.devices.append(device)
        await device.begin()
        return device

    async def until(self, holds: Callable[[], bool]) -> None:
        """Look again whenever something was painted, told or committed, while the clock stands still."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while not holds():
                    self._news.clear()
                    await self.settle()
                    if not (self._news.is_set() or holds()):
                        await self._news.wait()
        except TimeoutError:
            raise self._never_came() from None

    async def reads(self, window: Window, words: str) -> None:
        """Look again until the window says so: what a press leads to may come after the press was handled."""
        await self.until(lambda: window.harness.says(words))

    async def in_time(self, holds: Callable[[], bool], *, seconds: float = 90) -> None:
        """Let time pass in small steps until it holds, at most so long; threads get real time beside it."""
        for _ in range(int(seconds / STEP_S)):
            await self.settle()
            if holds():
                return
            await self.pass_time(STEP_S)
            await asyncio.sleep(THREADS_S)
        # What is under way in a thread may be slow, whatever the clock says.
        for _ in range(int(TIMEOUT_S / THREADS_S)):
            await self.settle()
            if holds():
                return
            await asyncio.sleep(THREADS_S)
        raise self._never_came()

    def _never_came(self) -> AssertionError:
        seen = "\n".join(f"  {text}" for window in self.windows for text in window.texts())
        return AssertionError(f"it never came; on screen:\n{seen}")

    async def pass_time(self, seconds: float) -> None:
        """Let the clock move, and the writers of both sides keep up."""
        await self.time.advance(seconds)
        await self.store.write(lambda _: None)
        for device in self.devices:
            if device.runtime.database is not None:
                await device.runtime.database.write(lambda _: None)
        await self.settle()

    async def settle(self) -> None:
        await asyncio.sleep(0)
        for window in self.windows:
            await window.settle()

    async def fire(self, window: Window, identifier: str, event: str = "click", data: Any = None) -> None:
        """Press something whose answer takes the server: waits until it was handled."""
        window.harness.named(identifier)
        handled = window.harness.start(window.harness.keyed(identifier), event, data)
        handled.add_done_callback(self.nudge)
        await self.until(handled.done)
        handled.result()
        await self._close_dialogs(window.harness)

    async def _close_dialogs(self, window: Harness) -> None:
        """What a client says when a dialog has faded."""
        shown = [*window.all(ft.AlertDialog), *window.all(ft.BottomSheet)]
        for dialog in [part for part in shown if not part.open]:
            await window.fire(dialog, "dismiss")

    async def faults(self, spec: str) -> None:
        answer = await self.hosted.http.put("/v1/_faults", content=spec)
        assert answer.is_success, answer.text

    def rows(self, kind: str) -> list[Document]:
        number = self.hosted.business.number
        return self.store.peek(lambda connection: rows_of(connection, number, kind))

    def told(self) -> list[Document]:
        """The messages to clients but for those that an employee sent by itself."""
        return [row for row in self.rows("messages") if row["sent_by"] != "Flora"]

    def put(self, kind: str, *docs: dict[str, Any]) -> None:
        number = self.hosted.business.number
        self.store.write_now(lambda tx: tx.put_many(number, kind, docs))

    @property
    def call(self) -> Document:
        """The call of now."""
        return max(self.rows("calls"), key=lambda row: row["started_at"])


async def revoke_devices(world: World) -> None:
    """Another device of the same owner signs out all others."""
    async with await world.hosted.client() as http:
        assert (await http.delete("/v1/auth/sessions")).is_success


OpenWorld = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def clock() -> ManualClock:
    """A Monday forenoon where the business is."""
    return ManualClock(NOON)


@pytest.fixture
async def open_world(
    start: Start,  # noqa: F811
    store: Store,  # noqa: F811
    clock: ManualClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenWorld:
    """Opens the demo business with a day under way.  Not a fixture itself: windows end in the task they began in."""
    monkeypatch.setenv("CHATTY_KEYCHAIN", "off")

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncGenerator[World]:
        hosted = await start(history=True, **{"faults": "", "limits": False, **settings})
        world = World(hosted=hosted, store=store, time=clock, folder=tmp_path)
        world.put("bookings", *(eg.booking(**its) for its in BOOKINGS))
        world.put("calls", eg.ended_call(**ENDED_CALL))
        world.put("turns", eg.turn(CALL_ID, 0, text=WORDS), eg.turn(CALL_ID, 1))
        loop = asyncio.get_running_loop()

        def committed(_: Commit) -> None:
            loop.call_soon_threadsafe(world.nudge)

        stop = store.subscribe(committed)
        try:
            yield world
        finally:
            for device in reversed(tuple(world.devices)):
                await device.close()
            stop()

    return opened
