"""A change feed in forty lines of dictionaries: what a right server would answer, for tests of what is done with it."""

import json
from dataclasses import dataclass, field
from typing import Any

from client.api import wire

CLOCK_MS = 1_763_898_000_000
State = dict[tuple[str, str], int]
"""(kind, id) to version."""


def row(kind: str, row_id: str, version: int) -> dict[str, Any]:
    """A whole row; one field says the version again, so that mixed-up columns are noticed."""
    match kind:
        case "bookings":
            return {
                "id": row_id,
                "customer_name": f"v{version}",
                "service_name": "Cut",
                "starts_at": CLOCK_MS,
                "ends_at": CLOCK_MS + 1,
                "time_zone": "UTC",
                "status": "confirmed",
                "source": "luna",
                "payment_status": "pending",
                "reminder_sent": False,
                "created_at": CLOCK_MS,
                "version": version,
            }
        case "turns":
            return {
                "id": row_id,
                "call_id": "c",
                "index": 0,
                "kind": "speech",
                "speaker": "caller",
                "text": f"v{version}",
                "started_at": CLOCK_MS,
                "language": "en",
                "low_confidence": [],
                "version": version,
            }
        case _:
            return {"id": row_id, "shape": f"v{version}", "version": version}


STREAM_OF = {"bookings": "core", "turns": "transcripts", "holograms": "core"}
"""Holograms are of a newer server."""


@dataclass
class FeedModel:
    epoch: str = "e1"
    seq: int = 0
    rows: State = field(default_factory=dict)
    tombstones: State = field(default_factory=dict)
    floor: int = 0
    history: dict[tuple[str, int], State] = field(default_factory=lambda: {("e1", 0): {}})
    deltas: list[wire.Delta[wire.Rows]] = field(default_factory=list)

    def commit(self, puts: list[tuple[str, str]], removes: list[tuple[str, str]]) -> None:
        """One transaction; each change has a version of its own, as in the feed's contract."""
        prev = self.seq
        changes: dict[str, list[Any]] = {}
        deleted: dict[str, list[Any]] = {}
        for key in puts:
            self.seq += 1
            self.rows[key] = self.seq
            self.tombstones.pop(key, None)
            changes.setdefault(key[0], []).append(row(*key, self.seq))
        for key in removes:
            if self.rows.pop(key, None) is not None:
                self.seq += 1
                self.tombstones[key] = self.seq
                deleted.setdefault(key[0], []).append({"id": key[1], "version": self.seq})
        if self.seq == prev:
            return
        self.history[self.epoch, self.seq] = dict(self.rows)
        document = {
            "epoch": self.epoch,
            "prev": self.following(prev),
            "cursor": self.following(self.seq),
            "seq": self.seq,
            "changes": changes,
            "deleted": deleted,
        }
        self.deltas.append(wire.decode_delta(json.dumps(document).encode()))

    def restore(self) -> None:
        """Back to a backup: a new epoch in which versions begin anew and half the rows are gone."""
        self.epoch = f"e{int(self.epoch[1:]) + 1}"
        survivors = sorted(self.rows)[::2]
        self.rows = {key: number for number, key in enumerate(survivors, 1)}
        self.seq = len(survivors)
        self.floor = 0
        self.tombstones = {}
        self.history[self.epoch, self.seq] = dict(self.rows)

    def compact(self) -> None:
        """Forget all tombstones: cursors of before expire."""
        self.floor = self.seq
        self.tombstones = {}

    def following(self, at: int) -> str:
        return json.dumps([self.epoch, "follow", at, 0])

    def page(self, stream: str, cursor: str, limit: int) -> wire.Page[wire.Rows] | None:
        """The page after `cursor`, None where it has expired."""
        epoch, phase, at, snap = json.loads(cursor) if cursor else (self.epoch, "window", "", self.seq)
        if epoch != self.epoch or (at if phase == "follow" else snap) < self.floor:
            return None
        mine = {key: version for key, version in self.rows.items() if STREAM_OF[key[0]] == stream}
        gone = {key: version for key, version in self.tombstones.items() if STREAM_OF[key[0]] == stream}
        if phase == "follow":
            news = sorted(version for version in (*mine.values(), *gone.values()) if version > at)
            upto = self.seq if len(news) <= limit else news[limit - 1]
            sent = {key: version for key, version in mine.items() if at < version <= upto}
            dead = {key: version for key, version in gone.items() if at < version <= upto}
            after, more = self.following(upto), len(news) > limit
        else:
            order = [key for key in sorted(mine, key=lambda key: (key[1], key[0])) if f"{key[1]}{key[0]}" > at]
            sent, dead, more = {key: mine[key] for key in order[:limit]}, {}, True
            done = len(order) <= limit
            last = "" if done else f"{order[limit - 1][1]}{order[limit - 1][0]}"
            after = self.following(snap) if done else json.dumps([self.epoch, "backfill", last, snap])
        document = {
            "epoch": self.epoch,
            "ticket": "t",
            "stream": stream,
            "since": cursor,
            "cursor": after,
            "has_more": more,
            "seq": self.seq,
            "stage": phase,
            "changes": _grouped({key: row(*key, version) for key, version in sent.items()}),
            "deleted": _grouped({key: {"id": key[1], "version": version} for key, version in dead.items()}),
            "server_time": CLOCK_MS,
        }
        return wire.decode_page(json.dumps(document).encode())

    def snapshot(self, keys: list[tuple[str, str]]) -> wire.Snapshot[wire.Rows]:
        rows = {key: row(*key, self.rows[key]) for key in keys if key in self.rows}
        document = {"epoch": self.epoch, "seq": self.seq, "changes": _grouped(rows)}
        return wire.decode_snapshot(json.dumps(document).encode())


def _grouped(rows: dict[tuple[str, str], dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for (kind, _), document in rows.items():
        groups.setdefault(kind, []).append(document)
    return groups
