"""What the device tells of itself while the app is shown: whether anybody looks, its connection, its battery."""

import contextlib
from collections.abc import Collection
from typing import Final

import flet as ft

from client.models.link import Thrift
from screens.stores import Stores
from widgets.component import handler

_SEEN: Final = {
    ft.AppLifecycleState.RESUME: True,
    ft.AppLifecycleState.SHOW: True,
    ft.AppLifecycleState.HIDE: False,
    ft.AppLifecycleState.PAUSE: False,
}


LOW_PERCENT: Final = 20
"""A battery that holds no more than this, and is not being charged, is low."""


class Surroundings:
    """Passes on what matters to who brings the data: when to try again, and what can wait."""

    def __init__(self, stores: Stores, *, is_phone: bool) -> None:
        self._stores = stores
        self._is_phone = is_phone
        self._connected = True
        self._is_metered = self._is_low = False
        # Held, because Flet lets go of a service that nobody holds.
        self._network: ft.Connectivity | None = None
        self._battery: ft.Battery | None = None

    async def turned(self, e: ft.AppLifecycleStateChangeEvent) -> None:
        """Phones suspend sockets out of sight: back on screen means catching up now."""
        if (seen := _SEEN.get(e.state)) is not None:
            await self._stores.runtime.in_sight(seen)
            if seen:
                await self._look_at_battery()

    async def ask(self) -> None:
        """How things stand, now and from now on.  A client that cannot say is connected somehow and has its power."""
        self._network = ft.Connectivity(on_change=handler(self._changed))
        with contextlib.suppress(TimeoutError, RuntimeError, TypeError):
            self._hear(await self._network.get_connectivity())
        if self._is_phone:
            self._battery = ft.Battery(on_state_change=handler(self._look_at_battery))
            await self._look_at_battery()

    def _changed(self, e: ft.ConnectivityChangeEvent) -> None:
        self._hear(e.connectivity)

    def _hear(self, ways: Collection[ft.ConnectivityType]) -> None:
        kinds = ft.ConnectivityType
        self._is_metered = kinds.MOBILE in ways and not {kinds.WIFI, kinds.ETHERNET} & {*ways}
        self._spare()
        was, self._connected = self._connected, bool({*ways} - {kinds.NONE})
        if self._connected and not was:
            self._stores.runtime.kick()

    async def _look_at_battery(self) -> None:
        """Whether it is low: the device spares it, or little is left and nothing comes in.

        How much is left is asked when the owner comes back; a client tells by itself only when charging begins or ends.
        """
        if self._battery is None:
            return
        with contextlib.suppress(TimeoutError, RuntimeError, TypeError, ValueError):
            spared = await self._battery.is_in_battery_save_mode()
            if not spared and await self._battery.get_battery_state() is ft.BatteryState.DISCHARGING:
                left = await self._battery.get_battery_level()
                spared = left is not None and left <= LOW_PERCENT
            self._is_low = bool(spared)
            self._spare()

    def _spare(self) -> None:
        low = Thrift.LOW_BATTERY if self._is_low else None
        self._stores.runtime.spare(Thrift.METERED if self._is_metered else low)
