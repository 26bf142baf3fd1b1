"""How slow this machine is just now, so that a limit on processor time is one on our own work, not on the machine."""

import time

STEPS = 1_000_000
USUAL_S = 0.03
"""What so many additions take where the limits were set, about."""


def slowness() -> float:
    """A factor for a limit in seconds of processor time: 1 where the machine is at least of the usual speed."""
    return max(1.0, min(_loop() for _ in range(3)) / USUAL_S)


def _loop() -> float:
    began = time.process_time()
    total = 0
    for number in range(STEPS):
        total += number
    return time.process_time() - began
