"""The figures of a seeded business of each kind on a fixed day: right by a slow reading of the server's own documents,
and the same as they were written down in data/golden.json.

`python -m tests.insight.test_golden` writes them down anew, when a figure or the seed has changed on purpose.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from backend_stub.business import History, build_history
from backend_stub.business.kinds import KINDS
from client.api import wire
from client.insight.metrics import Metric
from client.insight.periods import Chosen, Period, stretch
from client.models.business import WEEKDAYS
from client.storage import cursors, schema, tallying
from sync.apply import Ask, apply_pages
from tests.insight.test_figures import Slow, read

GOLDEN: Final = Path(__file__).parent / "data" / "golden.json"
CONTRACT: Final = Path(__file__).parents[2] / "backend_stub" / "contract" / "changes_page.json"
TODAY: Final = date(2025, 11, 26)
NOW: Final = datetime(2025, 11, 26, 20, tzinfo=UTC)
"""Noon in Los Angeles."""

BOOKINGS: Final = 400
PERIODS: Final = (Period.WEEK, Period.MONTH, Period.YEAR)


@cache
def history(kind: str) -> History:
    return build_history(kind=kind, seed=9, today=TODAY, bookings=BOOKINGS)


Documented = Mapping[str, Sequence[Mapping[str, Any]]]


def device(rows: Documented) -> sqlite3.Connection:
    """A device that has had all of it from the server, as one page."""
    page: dict[str, Any] = json.loads(CONTRACT.read_bytes())
    page["changes"] = {name: [{**row, "version": 1} for row in each] for name, each in rows.items() if name != "turns"}
    page |= {"has_more": False}
    conn = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(conn)
    state = cursors.stream(conn, "core")
    ask = Ask(stream="core", cursor="", gen=state.gen, epoch=state.epoch, seq=state.seq)
    assert apply_pages(conn, ask, [wire.decode_page(json.dumps(page).encode())])
    schema.ensure_indexes(conn)
    tallying.ensure(conn)
    return conn


class Documents(Slow):
    """The same questions, of the server's documents: no database, no tallies, no judging."""

    def __init__(self, kind: str, start: datetime, end: datetime, zone: ZoneInfo) -> None:
        self.rows = history(kind).rows
        super().__init__(sqlite3.connect(":memory:"), start, end, zone)

    def all(self, table: str) -> list[dict[str, Any]]:
        return [_Document(row) for row in self.rows[table]]

    def _worked(self) -> float:
        """Minute by minute of the wall's clock, each person for himself."""
        first, last = (at.astimezone(self.zone).replace(tzinfo=None) for at in (self.start, self.end))
        closed = set(self.all("business")[0]["closed_days"])
        minutes = 0
        for days in range((last.date() - first.date()).days + 1):
            day = first.date() + timedelta(days=days)
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
            for person in self.all("staff") if day.isoformat() not in closed else ():
                for opens, closes in person["works"][WEEKDAYS[day.weekday()]] if person["active"] else ():
                    begins, ends = (midnight + timedelta(minutes=_minutes(text)) for text in (opens, closes))
                    minutes += max(0, round((min(ends, last) - max(begins, first)).total_seconds() / 60))
        return minutes * 60_000


class _Document(dict[str, Any]):
    """What an optional field is when it is not there."""

    def __missing__(self, key: str) -> None:
        return None


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


@cache
def found(kind: str) -> dict[str, dict[str, float | None]]:
    """Each figure of each period, as the app says it."""
    conn = device(history(kind).rows)
    figures = {period.value: read(conn, Chosen(period=period), NOW) for period in PERIODS}
    conn.close()
    return {
        period: {metric.value: _rounded(figure.figure.value) for metric, figure in each.items()}
        for period, each in figures.items()
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_figures_are_those_that_were_written_down(kind: str) -> None:
    assert found(kind) == json.loads(GOLDEN.read_text(encoding="utf-8"))[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_right_by_the_server_s_own_documents(kind: str) -> None:
    zone = ZoneInfo(history(kind).account["time_zone"])
    for period in PERIODS:
        it = stretch(Chosen(period=period), NOW, zone)
        slow = Documents(kind, it.start, it.end, zone)
        expected = {metric.value: slow.value(metric) for metric in Metric}
        assert found(kind)[period.value] == {name: _near(value) for name, value in expected.items()}, period


def _near(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, abs=1e-6)


def test_there_is_something_to_count() -> None:
    year = [found(kind)["year"] for kind in KINDS]
    assert all(any(each[metric.value] for each in year) for metric in Metric), "each figure of some kind"
    assert len({json.dumps(each) for each in year}) == len(KINDS), "no two of them alike"


if __name__ == "__main__":
    golden = {kind: found(kind) for kind in KINDS}
    GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n", encoding="utf-8")
