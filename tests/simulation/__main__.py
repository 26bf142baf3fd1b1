"""`python -m tests.simulation SEED`: one history, told step by step; `SEED-SEED`: many, and which of them fail.

Many in which a fault never happened have failed, too: some five hundred are needed for all of them.
"""

import sys
import time
import traceback
from collections import Counter

from tests.simulation.coverage import missing
from tests.simulation.stage import tell


def main(asked: str) -> int:
    first, _, last = asked.partition("-")
    if not last:
        told = tell(int(first), say=lambda line: print(line))  # noqa: T201
        print(told)  # noqa: T201
        return 0
    hit: Counter[str] = Counter()
    failed = 0
    begun = time.process_time()
    for seed in range(int(first), int(last)):
        try:
            hit += tell(seed).hit
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            failed += 1
            print(f"{seed}: {type(error).__name__}: {str(error)[:200]}", flush=True)  # noqa: T201
    count = int(last) - int(first)
    rate = count / (time.process_time() - begun)
    never = missing(hit)
    print(f"{count} histories, {failed} failed, {rate:.1f}/s, never hit: {never}")  # noqa: T201
    return 1 if failed or never else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except Exception:
        traceback.print_exc()
        sys.exit(1)
