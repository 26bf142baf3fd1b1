"""What the device tells of itself while the app is shown: whether anybody looks, and by what it is connected."""

import contextlib
from collections.abc import Collection
from typing import Final

import flet as ft

from screens.stores import Stores
from widgets.component import handler

_SEEN: Final = {
    ft.AppLifecycleState.RESUME: True,
    ft.AppLifecycleState.SHOW: True,
    ft.AppLifecycleState.HIDE: False,
    ft.AppLifecycleState.PAUSE: False,
}


class Surroundings:
    """Passes on what matters to who brings the data: when to try again, and what can wait."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._connected = True
        # Held, because Flet lets go of a service that nobody holds.
        self._network: ft.Connectivity | None = None

    async def turned(self, e: ft.AppLifecycleStateChangeEvent) -> None:
        """Phones suspend sockets out of sight: back on screen means catching up now."""
        if (seen := _SEEN.get(e.state)) is not None:
            await self._stores.runtime.in_sight(seen)

    async def ask(self) -> None:
        """By what the device is connected, now and from now on.  A client that cannot say is connected somehow."""
        self._network = ft.Connectivity(on_change=handler(self._changed))
        with contextlib.suppress(TimeoutError, RuntimeError, TypeError):
            self._hear(await self._network.get_connectivity())

    def _changed(self, e: ft.ConnectivityChangeEvent) -> None:
        self._hear(e.connectivity)

    def _hear(self, ways: Collection[ft.ConnectivityType]) -> None:
        runtime, kinds = self._stores.runtime, ft.ConnectivityType
        runtime.metered(kinds.MOBILE in ways and not {kinds.WIFI, kinds.ETHERNET} & {*ways})
        was, self._connected = self._connected, bool({*ways} - {kinds.NONE})
        if self._connected and not was:
            runtime.kick()
