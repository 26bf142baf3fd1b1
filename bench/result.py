"""What a benchmark answers, and how the table in docs/benchmarks.md is written from it."""

import json
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


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
    """Keep the newest figures of each benchmark as JSON and write the table from all that are kept."""
    store = DOCS / "benchmarks.json"
    kept: dict[str, object] = json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}
    for result in results:
        kept[result.bench] = {
            **asdict(result),
            "measured_on": datetime.now(UTC).date().isoformat(),
            "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
            f"SQLite {sqlite3.sqlite_version}",
        }
    store.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (DOCS / "benchmarks.md").write_text(_table(kept), encoding="utf-8")


def _table(kept: dict[str, object]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` and `make soak`. Ratios are measured side by side in one run;",
        "absolute times belong to the machine named in [benchmarks.json](benchmarks.json).",
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
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _bound(value: float | None) -> str:
    return "" if value is None else f"≤ {_number(value)}"
