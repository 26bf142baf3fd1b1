"""What is read again of leads that have changed is what reading all of them gives."""

import random
import sqlite3
from collections.abc import Callable

import pytest

from client.insight.metrics import Metric
from client.state import waits as module
from client.state.waits import Waits
from client.storage.database import Database
from tests.state.conftest import db as db
from tests.storage.rows import EVENT, HOUR_MS, LEAD, NOON_MS, put

METRICS = (Metric.FIRST_CONTACT, Metric.VELOCITY)
STAGES = ("new", "contacted", "qualified", "converted", "lost")


class Pipeline:
    """A server's leads and what happens to them; each step is one that a sync or an edit can make."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._version = 100
        self._made = 0

    def step(self, conn: sqlite3.Connection) -> None:
        steps: tuple[Callable[[sqlite3.Connection], None], ...] = (
            *(self._add, self._move, self._move, self._edit, self._take_back, self._tell, self._tell),
            *(self._remove, self._replace),
        )
        self._dice.choice(steps)(conn)

    def _add(self, conn: sqlite3.Connection) -> None:
        self._made += 1
        put(conn, "leads", self._lead(f"lead-{self._made}"))

    def _lead(self, lead_id: str) -> dict[str, object]:
        self._version += 1
        at = NOON_MS - self._dice.randrange(500) * HOUR_MS
        new = {"stage": self._dice.choice(STAGES), "created_at": at, "updated_at": at, "version": self._version}
        return {**LEAD, **new, "id": lead_id, "phone": f"+1 555 {self._dice.randrange(4):07}"}

    def _some(self, conn: sqlite3.Connection, where: str = "1") -> str | None:
        ids = [lead_id for (lead_id,) in conn.execute(f"SELECT id FROM leads WHERE {where} ORDER BY id")]
        return self._dice.choice(ids) if ids else None

    def _move(self, conn: sqlite3.Connection) -> None:
        self._version += 1
        sql = "UPDATE leads SET stage = ?, updated_at = updated_at + 1000, version = ? WHERE id = ?"
        conn.execute(sql, (self._dice.choice(STAGES), self._version, self._some(conn)))

    def _edit(self, conn: sqlite3.Connection) -> None:
        conn.execute(
            "UPDATE leads SET stage = ?, dirty = 1 WHERE id = ?", (self._dice.choice(STAGES), self._some(conn))
        )

    def _take_back(self, conn: sqlite3.Connection) -> None:
        """The row is the server's again, at the version it had."""
        conn.execute("UPDATE leads SET stage = 'new', dirty = 0 WHERE id = ?", (self._some(conn, "dirty"),))

    def _tell(self, conn: sqlite3.Connection) -> None:
        lead_id = self._some(conn)
        if lead_id is not None:
            self._made += 1
            at = NOON_MS - self._dice.randrange(500) * HOUR_MS
            before, after = self._dice.choice((("new", "contacted"), ("contacted", "qualified")))
            row = {**EVENT, "id": f"event-{self._made}", "verb": "lead_stage", "subject_id": lead_id, "at": at}
            put(conn, "events", {**row, "before": before, "after": after})

    def _remove(self, conn: sqlite3.Connection) -> None:
        conn.execute("DELETE FROM leads WHERE id = ?", (self._some(conn),))

    def _replace(self, conn: sqlite3.Connection) -> None:
        """One goes and another comes in one commit: there are as many as before."""
        self._remove(conn)
        self._add(conn)


@pytest.mark.parametrize("seed", range(12))
async def test_what_has_changed_is_read_again_and_nothing_is_missed(seed: int, db: Database) -> None:
    pipeline, kept = Pipeline(seed), Waits()
    for _ in range(8):
        db.write_blocking(pipeline._add)
    for metric in METRICS:
        db.read(lambda conn, metric=metric: kept.of(conn, metric))
    for _ in range(80):
        db.write_blocking(pipeline.step)
        db.read(kept.catch_up)
        for metric in METRICS:
            now, anew = db.read(lambda conn, metric=metric: (kept.of(conn, metric), Waits().of(conn, metric)))
            assert sorted(now, key=repr) == sorted(anew, key=repr)
            assert [wait.at for wait in now] == [wait.at for wait in anew]


async def test_only_the_leads_that_changed_are_read(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    read = module._READ[Metric.VELOCITY]
    monkeypatch.setitem(
        module._READ, Metric.VELOCITY, lambda conn, lead_ids: (asked.append(lead_ids), read(conn, lead_ids))[1]
    )
    pipeline, kept = Pipeline(1), Waits()
    for _ in range(5):
        db.write_blocking(pipeline._add)
    db.read(lambda conn: kept.of(conn, Metric.VELOCITY))
    db.read(kept.catch_up)
    db.write_blocking(lambda conn: conn.execute("UPDATE leads SET stage = 'lost', version = 900 WHERE id = 'lead-2'"))
    db.read(kept.catch_up)
    assert asked == [None, {"lead-2"}]
