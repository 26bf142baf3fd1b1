"""What a history is made of: how often what is done and what goes wrong, as its seed draws it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.simulation.network import ON_FRAMES, ON_REQUESTS
from tests.simulation.premises import DEVICES

LUNA = (
    *("luna_books", "luna_moves", "luna_cancels", "luna_notes", "luna_renames"),
    *("somebody_deletes", "a_call_goes_on", "staff_come_and_go"),
)

RARE: Mapping[str, float] = {
    "compacts": 1.0,
    "compacts_newest": 1.0,
    "changes_epoch": 0.4,
    "backs_up": 1.0,
    "is_restored": 0.6,
    "cuts": 2.0,
    "mends": 4.0,
    "restarts": 1.0,
    "dies": 1.0,
    "crashes": 2.0,
    "runs_full": 2.0,
    "saves_file": 1.0,
    "restores_file": 0.7,
    "clones": 0.4,
    "pushes_beside": 1.0,
    "late_duplicate": 2.0,
    "breaks_on": 2.0,
    "kicks": 1.0,
}
"""What happens besides edits and Luna, with how often, before the seed has its say."""


@dataclass(kw_only=True)
class Plan:
    """What this history is made of.  Drawn from the seed; a test may set parts of it."""

    steps: int = 24
    devices: int = 2
    rare: dict[str, float] = field(default_factory=dict)
    owner: float = 20.0
    luna: float = 6.0
    work: float = 8.0
    chances: dict[str, float] = field(default_factory=dict)
    first_sync: float = 0.2
    tiny_pages: bool = False
    fast_s: tuple[float, ...] = (0.0, 0.0, 0.0)
    pauses: tuple[float, ...] = (0.0, 0.1, 1.0, 5.0)

    @classmethod
    def of(cls, seed: int) -> "Plan":
        """Swarm-style: each history does without half of what can go wrong, and has much of some of the rest."""
        chance = random.Random(f"plan {seed}")

        def some(rate: float) -> float:
            return rate * chance.choice((0.0, 0.0, 0.5, 1.0, 4.0))

        return cls(
            steps=chance.choice((12, 20, 36)),
            devices=chance.choice((2, 2, 3)),
            rare={name: some(rate / 2) for name, rate in RARE.items()} | {"mends": 2.0},
            owner=chance.choice((10.0, 15.0, 25.0)),
            luna=chance.choice((1.5, 4.0, 8.0)),
            # Drawn by itself, so that what a seed was before there were leads and tasks to change stays what it was.
            work=random.Random(f"work {seed}").choice((0.0, 0.0, 6.0, 12.0)),
            chances={name: some(0.03) for name in (*ON_REQUESTS, *ON_FRAMES)},
            first_sync=chance.choice((0.0, 0.0, 0.5)),
            tiny_pages=chance.random() < 0.35,
            fast_s=tuple(chance.choice((0.0, 0.0, 259_200.0, -259_200.0)) for _ in DEVICES),
            pauses=chance.choice(((0.0, 0.1, 1.0, 5.0), (0.0, 0.0, 0.1), (0.5, 2.0, 15.0))),
        )
