"""What the owner chose for this device: appearance, language, how the clock is written, how bookings are laid out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import flet as ft


class Appearance(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class View(StrEnum):
    """How bookings are laid out: a day as a list, a day with a column a person, a week with a column a day."""

    AGENDA = "agenda"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`language` None follows the device, and the business where the device speaks neither language or does not say.

    `view` None leaves it to what the window has room for.
    """

    appearance: Appearance = Appearance.SYSTEM
    language: str | None = None
    hours: int = 24
    view: View | None = None
    figures: str = ""
    """In which order the figures are, as `Arrangement` writes it."""
    figures_as: str = ""


Save = Callable[[str, str], Awaitable[None]]


class PreferencesStore(ft.Observable):
    """Choices are kept with what `keep_with` gave; until then they last as long as the window."""

    def __init__(self) -> None:
        self.state = Preferences()
        self._save: Save | None = None

    def keep_with(self, save: Save) -> None:
        """`save(key, value)` keeps a choice on this device."""
        self._save = save

    def restore(self, kept: dict[str, str]) -> None:
        """Take what was kept; what a newer version wrote and this one does not know counts as not chosen."""
        appearance = kept.get("appearance", "")
        self.state = Preferences(
            appearance=Appearance(appearance) if appearance in set(Appearance) else Appearance.SYSTEM,
            language=kept.get("language") or None,
            hours=12 if kept.get("hours") == "12" else 24,
            view=View(view) if (view := kept.get("view", "")) in set(View) else None,
            figures=kept.get("figures", ""),
            figures_as=kept.get("figures_as", ""),
        )

    async def choose_appearance(self, appearance: Appearance) -> None:
        self.state = replace(self.state, appearance=appearance)
        await self._keep("appearance", appearance.value)

    async def choose_language(self, language: str | None) -> None:
        self.state = replace(self.state, language=language)
        await self._keep("language", language or "")

    async def choose_hours(self, hours: int) -> None:
        self.state = replace(self.state, hours=hours)
        await self._keep("hours", str(hours))

    async def choose_view(self, view: View) -> None:
        self.state = replace(self.state, view=view)
        await self._keep("view", view.value)

    async def choose_figures(self, arrangement: str) -> None:
        self.state = replace(self.state, figures=arrangement)
        await self._keep("figures", arrangement)

    async def choose_figures_as(self, look: str) -> None:
        self.state = replace(self.state, figures_as=look)
        await self._keep("figures_as", look)

    async def _keep(self, key: str, value: str) -> None:
        if self._save:
            await self._save(key, value)
