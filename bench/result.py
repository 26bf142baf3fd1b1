"""What a benchmark answers, and how the table in docs/benchmarks.md is written from it."""

import json
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import yardstick
from bench.yardstick import Yardstick

DOCS = Path(__file__).parent.parent / "docs"

PEERS = (
    ("a raw client: plain HTTP, typed decoding, `executemany`, indexes after the load", "1.0", "55", "22.2", "", ""),
    ("httpx and msgspec, gzip, pages of 5,000", "1.5", "69", "22.2", "1.0", "1.0"),
    ("httpx, pages of 1,000, indexes first", "2.6", "46", "22.5", "", ""),
    ("WatermelonDB with better-sqlite3", "5.0", "637", "24.9", "4.6", "9.0"),
    ("RxDB, in memory only", "5.7", "539", "none", "1.8", "6.5"),
    ("PowerSync SDK", "8.9", "268", "123.0", "48", "27"),
    ("PouchDB with express-pouchdb", "24.7–33", "301", "26.7", "6.8–10", "340–470"),
)
"""From the design study's section 4: first sync, memory, file, pull of 100, push of 1,000."""

ABOUT_PEERS = (
    "The peers were **not measured here**. Their figures are those of the study this design rests on (section 4):",
    "50,000 bookings of 620 B from a server on the same machine into persistent storage, one run on two cores of",
    "Linux x86_64 with Python 3.11 and SQLite 3.40, before this program was written. No later version of any of them",
    "was tried. First sync is a multiple of the raw client's time in that run, pull and push of the second line's.",
    "This program's line has its own ratios from the table above, against floors of the same kind, measured on the day",
    "and machine named there.",
)

OURS = {"first": ("first_sync", 0), "pull": ("changes", 0), "push": ("changes", 1)}
"""Which figures of ours stand beside those of the peers: benchmark, and number of its measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure.  `must` and `aim` are upper bounds in the figure's own unit; None where there is none."""

    name: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.must is None or self.value <= self.must


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One benchmark: an id from `python -m bench --list`, a sentence about what was compared, its measures."""

    bench: str
    what: str
    measures: tuple[Measure, ...]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0..1) of the values lie, nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def save(results: Sequence[Result]) -> None:
    """Keep the newest figures of each benchmark as JSON, with how fast the machine is just now, and write the table."""
    store = DOCS / "benchmarks.json"
    kept: dict[str, object] = json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}
    for result in results:
        kept[result.bench] = {
            **asdict(result),
            "measured_on": datetime.now(UTC).date().isoformat(),
            "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
            f"SQLite {sqlite3.sqlite_version}",
            "yardstick": asdict(yardstick.measure()),
        }
    store.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (DOCS / "benchmarks.md").write_text(table(kept), encoding="utf-8")


def table(kept: dict[str, object]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` and `make soak`. Ratios are measured side by side in one run;",
        "absolute times belong to the machine named in [benchmarks.json](benchmarks.json).",
        *_machine(kept),
        "",
        "| benchmark | figure | measured | aim | must | |",
        "|---|---|---|---|---|---|",
    ]
    for entry in kept.values():
        assert isinstance(entry, dict)
        for number, raw in enumerate(entry["measures"]):
            measure = Measure(**raw)
            title = f"{entry['what']} ({entry['measured_on']})" if number == 0 else ""
            lines.append(
                f"| {title} | {measure.name}{f' — {measure.detail}' if measure.detail else ''} | "
                f"{_number(measure.value)} {measure.unit} | {_bound(measure.aim)} | {_bound(measure.must)} | "
                f"{'holds' if measure.holds else '**missed**'} |"
            )
    return "\n".join([*lines, *_beside_peers(kept)]) + "\n"


def _machine(kept: dict[str, object]) -> list[str]:
    """How fast the machine was when these figures were taken, in one line; nothing where no yardstick was kept."""
    entries = [entry for entry in kept.values() if isinstance(entry, dict)]
    found = [Yardstick(**entry["yardstick"]) for entry in entries if "yardstick" in entry]
    if not found:
        return []
    loops, syncs = [each.loop_ms for each in found], [each.sync_ms for each in found]
    return [
        f"The machine meanwhile: a million additions in plain Python took {_spread(loops)} ms, "
        f"a write of 4 KB with its sync {_spread(syncs)} ms."
    ]


def _spread(values: Sequence[float]) -> str:
    low, high = _number(min(values)), _number(max(values))
    return low if low == high else f"{low} to {high} (median {_number(statistics.median(values))})"


def _beside_peers(kept: dict[str, object]) -> list[str]:
    """What others take for the same, as it was measured elsewhere, and what is measured here against the same floor."""
    ours = {what: _kept(kept, *where) for what, where in OURS.items()}
    lines = [
        "",
        "## Beside others",
        *ABOUT_PEERS,
        "",
        "| | first sync | memory, MB | file, MB | pull of 100 | push of 1,000 |",
        "|---|---|---|---|---|---|",
        f"| **this program** (own run) | {ours['first']} | see above | see above | {ours['pull']} | {ours['push']} |",
    ]
    return [*lines, *(f"| {' | '.join(peer)} |" for peer in PEERS)]


def _kept(kept: dict[str, object], bench: str, number: int) -> str:
    entry = kept.get(bench)
    return _number(Measure(**entry["measures"][number]).value) if isinstance(entry, dict) else "not measured yet"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _bound(value: float | None) -> str:
    return "" if value is None else f"≤ {_number(value)}"
