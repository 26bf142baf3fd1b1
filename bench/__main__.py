"""`python -m bench [NAME …] [--list] [--json]`: run benchmarks, keep their figures, fail when a bound is missed."""

import argparse
import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict

from bench.result import Result, save

BENCHES = (
    "start",
    "first_sync",
    "live",
    "transcript",
    "stub_load",
    "edits",
    "changes",
    "many",
    "ahead",
    "search",
    "figures",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(BENCHES)} (all when none is given)")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and stop")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = parser.parse_args()
    if chosen.list:
        print("\n".join(BENCHES))
        return 0
    unknown = [name for name in chosen.names if name not in BENCHES]
    if unknown:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    results: list[Result] = []
    for name in chosen.names or BENCHES:
        print(f"… {name}", file=sys.stderr, flush=True)
        run: Callable[[], Result] = importlib.import_module(f"bench.{name}").run
        results.append(run())
        save(results[-1:])
        for measure in results[-1].measures:
            mark = "holds" if measure.holds else "MISSED"
            print(f"  {measure.name}: {measure.value:.4g} {measure.unit} {mark} {measure.detail}", file=sys.stderr)
    if chosen.json:
        print(json.dumps([asdict(result) for result in results], indent=1))
    return 0 if all(measure.holds for result in results for measure in result.measures) else 1


if __name__ == "__main__":
    sys.exit(main())
