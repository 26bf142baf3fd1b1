"""Where the app begins, for `flet run`, for built apps and for `chatty run`: one runtime, a window for each session.

Nothing is imported at the top: Flet's server first, what the first frame needs while its client loads, which takes it
longer, and the rest when that frame is out.
"""

import asyncio
import gc
import importlib
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    import flet as ft

    from client.config import Config
    from runtime import DeviceRuntime

FIRST_FRAME: Final = ("screens.app", "screens.today")
CONTROLS: Final = (
    *("CircleAvatar", "Component", "IconButton", "ListView", "MergeSemantics", "Row", "SafeArea", "Semantics"),
    *("SemanticsService", "SharedPreferences", "Stack", "TextButton"),
    *("use_dialog", "use_effect", "use_memo", "use_ref", "use_state"),
)
"""What of Flet the first frame is made of, and Flet imports when it is first named."""
ENGINE: Final = ("client.api.http", "client.api.network_socket", "sync.engine", "sync.indexing")


class Process:
    """The one runtime of this process, being made ready beside the start of Flet's server."""

    def __init__(self, config: "Config | None" = None) -> None:
        self._config = config
        self._ready: asyncio.Task[DeviceRuntime] | None = None
        self._going_on: asyncio.Task[None] | None = None

    def prepare(self) -> None:
        # Next to nothing that is made while starting is let go again: looking for it takes a tenth of the time.
        gc.disable()
        self._ready = asyncio.create_task(self._prepare(), name="prepare")

    async def window(self, page: "ft.Page") -> None:
        """A session: its stores read the database, the first frame goes out, then the sync engine starts."""
        assert self._ready
        runtime = await self._ready
        await runtime.enter_page()
        from screens.app import mount
        from screens.stores import Stores

        mount(page, Stores.build(runtime))
        if self._going_on is None:
            self._going_on = asyncio.create_task(self._go_on(runtime), name="go on")

    async def close(self) -> None:
        if self._going_on is not None:
            self._going_on.cancel()
            await asyncio.gather(self._going_on, return_exceptions=True)
        if self._ready is not None:
            await (await self._ready).close()

    async def _prepare(self) -> "DeviceRuntime":
        try:
            runtime = await asyncio.to_thread(_make, self._config)
            await asyncio.gather(runtime.open_before_page(), asyncio.to_thread(_import_first_frame))
        finally:
            # What was imported stays, so that it need not be looked through ever again.
            gc.freeze()
            gc.enable()
        return runtime

    async def _go_on(self, runtime: "DeviceRuntime") -> None:
        """The first frame is on its way: now whatever it did not need."""
        await asyncio.to_thread(_import, ENGINE)
        runtime.start()
        from screens.places import SCREENS

        await asyncio.to_thread(_import, SCREENS)
        gc.freeze()  # these stay, too


def _import_first_frame() -> None:
    import flet as ft

    _import(FIRST_FRAME)
    for name in CONTROLS:
        getattr(ft, name)


def _import(names: Iterable[str]) -> None:
    for name in names:
        importlib.import_module(name)


def _make(config: "Config | None") -> "DeviceRuntime":
    """Imports what runs below the screens, so it belongs on a thread."""
    # httpx imports its own command line, and with it rich, click and pygments, unless that cannot be had.
    sys.modules.setdefault("httpx._main", cast(ModuleType, None))
    from client.config import read_config
    from runtime import DeviceRuntime

    return DeviceRuntime(config or read_config())


async def serve() -> None:
    gc.disable()
    import flet as ft

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
