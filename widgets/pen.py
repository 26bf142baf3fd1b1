"""How an owner writes days and times into fields, and how what they write is read: in their language, or in either."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from client.insight.typed_time import day_of
from widgets import format as fmt
from widgets.strings import LANGUAGES, Words, catalogue


class Pen:
    """`words`: the language and clock of the window as they are now."""

    def __init__(self, words: Callable[[], Words]) -> None:
        self._words = words

    def clock(self, minute: int) -> str:
        return fmt.wall_clock(self._words(), minute)

    def day(self, day: date, today: date) -> str:
        """25 November; with its year when that is another one."""
        said = fmt.day_plain(self._words(), day)
        return said if day.year == today.year else f"{said} {day.year}"

    def day_of(self, text: str, today: date) -> date | None:
        return day_of(text, today, _months())


@cache
def _months() -> Mapping[str, int]:
    return {catalogue(language)[f"month.{n}"].lower(): n for language in LANGUAGES for n in range(1, 13)}
