"""Many histories in a row: which fail, and what was hit in them."""

import os
from collections import Counter
from collections.abc import Iterable

from tests.simulation.coverage import missing
from tests.simulation.stage import tell

EACH = 25
"""Histories to a test, so that one is over in good time on a busy machine."""


class Many:
    """Remembers what was told, for the question whether everything was hit."""

    def __init__(self, first: int, last: int) -> None:
        self._seeds = range(first, last)
        self._hit: dict[int, Counter[str]] = {}

    @property
    def starts(self) -> list[int]:
        return list(self._seeds[::EACH])

    def tell(self, seeds: Iterable[int]) -> None:
        """Raises on the first that fails, with the line that tells it again."""
        for seed in seeds:
            try:
                self._hit[seed] = tell(seed).hit
            except Exception as error:
                raise AssertionError(f"python -m tests.simulation {seed}   # {error}") from error

    def tell_from(self, start: int) -> None:
        self.tell(self._seeds[start - self._seeds.start :][:EACH])

    def never_hit(self) -> list[str]:
        """Faults that came in none of them; those that were not told yet are told first."""
        self.tell(seed for seed in self._seeds if seed not in self._hit)
        return missing(sum(self._hit.values(), Counter()))


def seeds(first: int, last: int) -> Many:
    """`CHATTY_SEEDS=50` makes fewer of them."""
    return Many(first, min(last, first + int(os.environ.get("CHATTY_SEEDS", last - first))))
