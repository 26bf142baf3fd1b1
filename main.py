"""Where the app begins, for `flet run`, for built apps and for `chatty run`: one runtime, a window for each session.

Only Flet is imported at the top.  Everything else is imported while the client loads, which takes it longer.
"""

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import TYPE_CHECKING, cast

import flet as ft

if TYPE_CHECKING:
    from client.config import Config
    from runtime import DeviceRuntime

Window = Callable[[ft.Page], Awaitable[None]]


class Process:
    """The one runtime of this process, being made ready beside the start of Flet's server."""

    def __init__(self, config: "Config | None" = None) -> None:
        self._config = config
        self._ready: asyncio.Task[DeviceRuntime] | None = None

    def prepare(self) -> None:
        self._ready = asyncio.create_task(self._prepare(), name="prepare")

    async def window(self, page: ft.Page) -> None:
        """A session: its stores read the database, the first frame goes out, then the sync engine starts."""
        assert self._ready
        runtime = await self._ready
        await runtime.enter_page()
        from screens.app import mount
        from screens.stores import Stores

        mount(page, Stores.build(runtime))
        runtime.start()

    async def close(self) -> None:
        if self._ready is not None:
            await (await self._ready).close()

    async def _prepare(self) -> "DeviceRuntime":
        runtime = await asyncio.to_thread(_make, self._config)
        await asyncio.gather(runtime.open_before_page(), asyncio.to_thread(importlib.import_module, "screens.app"))
        return runtime


def _make(config: "Config | None") -> "DeviceRuntime":
    """Imports what runs below the screens, so it belongs on a thread."""
    # httpx imports its own command line, and with it rich, click and pygments, unless that cannot be had.
    sys.modules.setdefault("httpx._main", cast(ModuleType, None))
    from client.config import read_config
    from runtime import DeviceRuntime

    return DeviceRuntime(config or read_config())


async def serve() -> None:
    process = Process()
    serving = asyncio.create_task(ft.run_async(process.window, no_cdn=True), name="serve")
    await asyncio.sleep(0)  # the server first: its client has the longer way
    process.prepare()
    try:
        await serving
    finally:
        await process.close()


if __name__ == "__main__":
    asyncio.run(serve())
