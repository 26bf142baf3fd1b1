"""Watches one device from outside and remembers: what it showed as saved may not be lost, nor go back on its word.

The numbers are those of the invariants in docs/proof.md.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from client.models.mutations import GROUPS, IN_EFFECT
from client.storage import cursors
from tests.simulation.audit import Audit, Violation
from tests.simulation.device import Device

Row = dict[str, Any]
KINDS = ("bookings", "blocks", "leads", "tasks", "marks", "employees", "calls", "blocked_numbers", "corrections")
TAKES_BACK = frozenset({"queued", "refused", "parked"})
_OUTBOX = ("change_id", "kind", "id", "op", "payload", "state", "client_id", "mid", "result")
_STUCK = {"refused": "change refused", "parked": "change set aside"}
FIELDS = (
    *(name for names in GROUPS.values() for name in names),
    *(
        "stage",
        "next_followup_at",
        "assigned_to",
        "value_cents",
        "title",
        "details",
        "due_at",
        "state",
        "word",
        "until",
    ),
    *("phone", "reason", "wrong", "right", "wage_cents_per_hour", "hours_per_week", "flags"),
)
"""What is compared.  What follows from these by itself, such as when something was done, is not."""

REMOVES = ("remove", "clear", "withdraw", "unblock")


@dataclass(frozen=True, slots=True)
class Kept:
    """A change as it was last seen in the outbox."""

    state: str
    client_id: str | None
    mid: int | None
    payload: str


class Witness:
    def __init__(self, device: Device, audit: Audit) -> None:
        self._device = device
        self._audit = audit
        self.forget()

    def forget(self) -> None:
        """Another file has taken the place of the one that was watched."""
        self._files = self._device.files
        self._changes: dict[int, Kept] | None = None
        self._settled: set[int] = set()
        self._versions: dict[tuple[str, str], int] = {}
        self._restored = -1
        self._seen = -1
        self._conflicts: set[tuple[int, str]] = set()

    def look(self, *, owner: bool, restored: int) -> None:
        """Compare with the last look.  `owner`: they did something since; `restored`: how often the server was."""
        if self._files != self._device.files:
            self.forget()
        self._device.read(lambda conn: self._look(conn, owner, restored))

    def _look(self, conn: sqlite3.Connection, owner: bool, restored: int) -> None:
        version = conn.execute("PRAGMA data_version").fetchone()[0]
        if version == self._seen and not owner and restored == self._restored:
            return
        self._seen = version
        found = conn.execute(f"SELECT {', '.join(_OUTBOX)} FROM outbox ORDER BY change_id")
        outbox = [dict(zip(_OUTBOX, row, strict=True)) for row in found]
        history = {
            row[0]: row
            for row in conn.execute("SELECT change_id, kind, id, result FROM history ORDER BY change_id")
            if row[0] not in self._settled
        }
        self._count_stuck(outbox)
        self._nothing_is_lost(outbox, history, owner)
        self._answers_have_conflicts(conn, outbox, history)
        self._own_words_stay_visible(conn, history, restored)
        self._rows_only_get_newer(conn, restored)
        self._shown_is_base_and_changes(conn, outbox)
        self._changes = {
            row["change_id"]: Kept(row["state"], row["client_id"], row["mid"], row["payload"]) for row in outbox
        }
        self._settled |= history.keys()
        self._restored = restored

    def _count_stuck(self, outbox: list[Row]) -> None:
        before = self._changes or {}
        for row in outbox:
            if row["state"] in _STUCK and (kept := before.get(row["change_id"])) and kept.state != row["state"]:
                self._device.hit(_STUCK[row["state"]])

    def _nothing_is_lost(self, outbox: list[Row], history: dict[int, Any], owner: bool) -> None:
        """1: a change leaves the outbox with a result that the server gave, or because the owner took it back.

        Or because it undid one that the server then refused: that leaves nothing to do.
        """
        known = self._changes
        if known is None:
            return
        now = {row["change_id"]: row for row in outbox}
        for change_id, kept in known.items():
            if change_id in now:
                if kept.mid is not None and kept.state == "sent" and now[change_id]["payload"] != kept.payload:
                    raise Violation(f"change {change_id} was sent and is another one now")
            elif change_id in history:
                self._was_answered(change_id, history[change_id])
            elif not (owner and kept.state in TAKES_BACK) and not _undid_a_refused(kept, outbox):
                raise Violation(f"change {change_id} ({kept.state}) is gone without a result")
        if not owner and (more := now.keys() - known.keys()):
            raise Violation(f"changes {sorted(more)} were made by nobody")

    def _was_answered(self, change_id: int, row: Any) -> None:
        result = json.loads(row[3] or "{}")
        if result.get("status") not in ("ok", "conflict"):
            raise Violation(f"change {change_id} is history without a result: {row[3]}")
        # It may have got another number since it was last seen, from another client id.
        if not any(mid == result["mid"] and result["status"] in said for (_, mid), said in self._audit.answers.items()):
            raise Violation(f"the server never said {result['status']} to number {result['mid']}")

    def _answers_have_conflicts(self, conn: sqlite3.Connection, outbox: list[Row], history: dict[int, Any]) -> None:
        """5: what the server did not apply is a conflict that the owner sees."""
        results = [(row["change_id"], row["result"]) for row in outbox if row["state"] == "acked"]
        results += [(change_id, row[3]) for change_id, row in history.items()]
        for change_id, text in results:
            for clash in json.loads(text or "{}").get("conflicts", ()):
                key = (change_id, clash["field"])
                if key in self._conflicts:
                    continue
                sql = "SELECT 1 FROM conflicts WHERE change_id = ? AND field = ?"
                if conn.execute(sql, key).fetchone() is None:
                    raise Violation(f"the conflict over {key[1]} of change {change_id} was not kept")
                self._conflicts.add(key)

    def _own_words_stay_visible(self, conn: sqlite3.Connection, history: dict[int, Any], restored: int) -> None:
        """3: when a change is settled, the row here is at least as new as the one it made."""
        if self._changes is None or restored != self._restored:
            return
        core = cursors.stream(conn, "core")
        for change_id, kind, row_id, text in history.values():
            result, kept = json.loads(text or "{}"), self._changes.get(change_id)
            if kept is None or result.get("epoch") != core.epoch or core.epoch != self._audit.epoch:
                continue
            made = self._audit.versions.get((core.epoch, kept.client_id or "", result["mid"], row_id))
            # Later changes may show it otherwise, or hide it: then its base counts.
            sql = "SELECT version FROM bases WHERE kind = ? AND id = ? AND row IS NOT NULL"
            row = (
                conn.execute(sql, (kind, row_id)).fetchone()
                or conn.execute(f"SELECT version FROM {kind} WHERE id = ?", (row_id,)).fetchone()
            )
            if made is not None and row is not None and row[0] < made:
                raise Violation(f"change {change_id} made version {made} of {row_id}, shown is {row[0]}")
            if made is not None and row is None and self._is_there(kind, row_id, made):
                raise Violation(f"change {change_id} made {row_id}, which is not shown")

    def _is_there(self, kind: str, row_id: str, since: int) -> bool:
        """Whether the server has had the row at every moment from that version on."""
        docs = self._audit.ledger.docs.get((kind, row_id), {})
        return all(doc is not None for version, doc in docs.items() if version >= since)

    def _rows_only_get_newer(self, conn: sqlite3.Connection, restored: int) -> None:
        """4: and what a clean row says is what the server said at that version."""
        fresh = restored != self._restored
        versions: dict[tuple[str, str], int] = {}
        for kind in KINDS:
            for row_id, version, dirty in conn.execute(f"SELECT id, version, dirty FROM {kind}"):
                if dirty and not version:
                    continue  # on top of nothing: made here, or gone from the server below its changes
                key = (kind, row_id)
                before, versions[key] = self._versions.get(key), version
                if before is not None and version < before and not fresh and restored == 0:
                    raise Violation(f"{kind} {row_id} went back from version {before} to {version}")
                if not dirty and restored == 0 and version != before:
                    self._equals(conn, kind, row_id, version)
        self._versions = versions

    def _equals(self, conn: sqlite3.Connection, kind: str, row_id: str, version: int) -> None:
        doc = self._audit.doc(kind, row_id, version)
        if doc is None:
            raise Violation(f"{kind} {row_id} is shown at version {version}, at which it was deleted")
        cursor = conn.execute(f"SELECT * FROM {kind} WHERE id = ?", (row_id,))
        shown = dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
        for name, value in doc.items():
            if name in shown and _read(shown[name], value) != value:
                raise Violation(f"{kind} {row_id} says {name} = {shown[name]!r}, the server said {value!r}")

    def _shown_is_base_and_changes(self, conn: sqlite3.Connection, outbox: list[Row]) -> None:
        """8: recomputed here from the base and the changes, by nothing but the tables."""
        bases = {
            (kind, row_id): None if row is None else json.loads(row)
            for kind, row_id, row in conn.execute("SELECT kind, id, row FROM bases")
        }
        changed = {(row["kind"], row["id"]) for row in outbox if row["state"] in IN_EFFECT}
        if changed != bases.keys():
            raise Violation(f"bases and changes do not belong together: {sorted(changed ^ bases.keys())}")
        for (kind, row_id), base in bases.items():
            mine = [row for row in outbox if (row["kind"], row["id"]) == (kind, row_id) and row["state"] in IN_EFFECT]
            wanted = _replayed(base, mine)
            cursor = conn.execute(f"SELECT * FROM {kind} WHERE id = ?", (row_id,))
            found = cursor.fetchone()
            shown = None if found is None else dict(zip((c[0] for c in cursor.description), found, strict=True))
            if (wanted is None) != (shown is None):
                raise Violation(f"{kind} {row_id} is shown as {shown}, it should be {wanted}")
            for name, value in (wanted or {}).items():
                if shown is not None and name in FIELDS and shown.get(name) != value:
                    told = f"base {base} and changes {[(row['payload'], row['state'], row['result']) for row in mine]}"
                    raise Violation(f"{row_id} shows {name} = {shown.get(name)!r}, not {value!r}: {told}")


def _read(shown: Any, like: Any) -> Any:
    """A column's value; what the server sends as a list or an object is kept as JSON text."""
    return json.loads(shown) if isinstance(like, list | dict) and isinstance(shown, str) else shown


def _replayed(base: Row | None, changes: list[Row]) -> Row | None:
    row = dict(base) if base else None
    for change in changes:
        payload, result = json.loads(change["payload"]), json.loads(change["result"] or "{}")
        refused = {name for clash in result.get("conflicts", ()) for name in clash["mine"]}
        if change["op"].endswith("create"):
            if row is None and not refused:
                row = dict(payload["values"])
        elif change["op"] in ("mark.set", "number.block"):
            row = {**(row or {}), **payload["values"]}
        elif change["op"].endswith(REMOVES):
            row = None
        elif row is not None and change["op"].startswith("call."):
            row["flags"] = _flagged(row["flags"], payload)
        elif row is not None:
            row |= {name: new for name, (_, new) in payload["set"].items() if name not in refused}
    return row


def _flagged(flags: str, payload: Row) -> str:
    others = [flag for flag in json.loads(flags) if flag["turn_id"] != payload["turn_id"]]
    mine = [{"turn_id": payload["turn_id"], "label": payload["label"]}] if payload["op"] == "call.flag" else []
    return json.dumps([*others, *mine], separators=(",", ":"))


def _undid_a_refused(kept: Kept, outbox: list[Row]) -> bool:
    if kept.state != "queued":
        return False
    wanted = json.loads(kept.payload)
    back = {name: [new, old] for name, (old, new) in wanted.get("set", {}).items()}
    refused = [json.loads(row["payload"]) for row in outbox if row["state"] == "refused"]
    return bool(back) and any(
        each["id"] == wanted["id"] and back.items() <= each.get("set", {}).items() for each in refused
    )
