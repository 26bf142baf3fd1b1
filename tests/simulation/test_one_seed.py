"""A seed is a history: the same one today and tomorrow, here and elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

TELL = """
from tests.simulation.stage import tell
print(*(tell(seed).digest for seed in (3, 11, 27, 41)))
"""


def test_a_seed_tells_one_history_whatever_order_sets_have() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", TELL],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("1", "2", "77")
    ]
    assert len(said[0].split()) == 4
    assert said[0] == said[1] == said[2]
