"""Daily series whose truth is known: rates of weekday, season, growth, holidays and closed days, and counts of them."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

MONDAY = date(2024, 9, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """`spread`: how much a day's rate varies of its own accord, 0 for a Poisson day."""

    seed: int
    a_day: float
    weekdays: tuple[float, ...]
    season: float = 0.2
    growth: float = 0.15
    spread: float = 0.1
    days: int = 500

    def counts(self) -> dict[date, float | None]:
        rng = np.random.default_rng(self.seed)
        rates = self.rates()
        noise = rng.gamma(1 / self.spread**2, self.spread**2, self.days) if self.spread else 1.0
        drawn = rng.poisson(rates * noise)
        return {MONDAY + timedelta(days=day): float(count) for day, count in enumerate(drawn)}

    def rates(self) -> npt.NDArray[np.float64]:
        places = np.arange(self.days)
        rates = self.a_day * np.array(self.weekdays)[places % 7]
        rates *= 1 + self.season * np.sin(2 * np.pi * (places + 40 * self.seed) / 365.25)
        rates *= (1 + self.growth) ** (places / 365.25)
        for place in range(self.days):
            day = MONDAY + timedelta(days=place)
            if (day.month, day.day) in {(12, 25), (12, 26), (1, 1), (7, 4)}:
                rates[place] = 0.0
        return rates


SALON = (0.5, 0.8, 0.9, 1.1, 1.5, 1.8, 0.4)
OFFICE = (1.2, 1.1, 1.0, 1.0, 0.9, 0.0, 0.0)
SHOP = (0.0, 0.9, 0.9, 1.0, 1.3, 1.6, 0.0)


def businesses(seeds: range) -> list[Business]:
    """One a seed: small and large, calm and restless, closed on no day, on one, on two."""
    shapes = (SALON, OFFICE, SHOP)
    return [
        Business(
            seed=seed,
            a_day=(6.0, 15.0, 40.0, 120.0)[seed % 4],
            weekdays=shapes[seed % 3],
            spread=(0.0, 0.1, 0.2)[seed // 3 % 3],
            growth=(-0.2, 0.0, 0.3)[seed // 2 % 3],
            days=(160, 300, 500, 760)[seed // 4 % 4],
        )
        for seed in seeds
    ]
