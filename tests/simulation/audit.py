"""What really happened on the server, written down from beside: every row version, every mutation that took effect.

It knows nothing of how devices come to agree with the server, so it can say when they do not.
"""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import msgspec

from backend_stub.push import results
from backend_stub.push.leads import OVER
from backend_stub.push.merge import GROUPS
from backend_stub.store import BUSY_STATUSES, AccountNo, Commit, Transaction, rows_of

Row = dict[str, Any]
Key = tuple[str, str]
"""(kind, id)"""

MERGED = {name for names in GROUPS.values() for name in names} - {"cancellation_reason"}
"""Fields whose former value has to be the one the owner saw; the reason goes with the status."""


KINDS = {
    **{"booking": "bookings", "block": "blocks", "lead": "leads", "task": "tasks", "employee": "employees"},
    **{"mark": "marks", "correction": "corrections", "call": "calls", "number": "blocked_numbers"},
    "assumptions": "assumptions",
}
"""What an operation is about."""


class Violation(AssertionError):
    """Something that was promised did not hold."""


@dataclass(kw_only=True)
class Ledger:
    """What goes back in time when the server does."""

    taken: dict[str, int] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    overbooked: set[str] = field(default_factory=set)
    docs: dict[Key, dict[int, Row | None]] = field(default_factory=dict)


class Audit:
    """`answers`: every result that was given, by (client, mid).  `versions`: of a row, right after a mutation."""

    def __init__(self, account: AccountNo) -> None:
        self.ledger = Ledger()
        self.answers: dict[tuple[str, int], list[str]] = {}
        self.versions: dict[tuple[str, str, int, str], int] = {}
        self.epoch = ""
        self.files_were_copied = False
        self._account = account
        self._numbers: dict[tuple[str, int], Row] = {}

    # --- rows --------------------------------------------------------------------------------------------------------
    def committed(self, commit: Commit) -> None:
        for row in commit.rows or ():
            doc = None if row.doc is None else msgspec.json.decode(row.doc)
            self.ledger.docs.setdefault((row.kind, row.id), {})[row.version] = doc

    def doc(self, kind: str, row_id: str, version: int) -> Row | None:
        """The row as it was at that version.  Raises Violation for a version the server never had."""
        docs = self.ledger.docs.get((kind, row_id), {})
        if version not in docs:
            raise Violation(f"{kind} {row_id} never had the version {version}, only {sorted(docs)}")
        return docs[version]

    def sent(self, push: Row) -> None:
        """2: a number means one change for ever, or nothing at all (`skip`).  Copies of a file number on their own."""
        for mutation in push["mutations"]:
            if mutation["op"] == "skip":
                continue
            known = self._numbers.setdefault((push["client_id"], mutation["mid"]), mutation)
            if known != mutation and not self.files_were_copied:
                raise Violation(f"{push['client_id']} {mutation['mid']} was {known}, now {mutation}")

    # --- mutations ---------------------------------------------------------------------------------------------------
    @contextmanager
    def watching(self) -> Iterator[None]:
        """While this lasts, look over the server's shoulder whenever it carries out a mutation."""
        carry_out = results._Turn._outcome

        def watched(turn: Any, tx: Transaction) -> Any:
            before = self._row(tx, turn.payload)
            outcome = carry_out(turn, tx)
            self._took(tx, turn.actor, turn.payload, outcome, before)
            return outcome

        with patch.object(results._Turn, "_outcome", watched):
            yield

    def _row(self, tx: Transaction, payload: Mapping[str, Any]) -> Row | None:
        kind = KINDS.get(str(payload.get("op")).partition(".")[0])
        return tx.get(self._account, kind, str(payload.get("id"))) if kind else None

    def _took(self, tx: Transaction, actor: Any, payload: Mapping[str, Any], outcome: Any, before: Row | None) -> None:
        last = self.ledger.taken.get(actor.client_id, 0)
        if actor.mid <= last:
            raise Violation(f"{actor.client_id} {actor.mid} takes effect twice")
        if actor.mid != last + 1:
            raise Violation(f"{actor.client_id} {actor.mid} takes effect after {last}")
        self.ledger.taken[actor.client_id] = actor.mid
        self.answers.setdefault((actor.client_id, actor.mid), []).append(outcome.status)
        after = self._row(tx, payload)
        if after is not None:
            self.versions[self.epoch, actor.client_id, actor.mid, after["id"]] = after["version"]
        if outcome.status == "ok" and (tell := payload.get("tell")):
            self.ledger.accepted[tell["text"]] += 1
        if "overlap" in (payload.get("allow") or ()):
            self.ledger.overbooked.add(str(payload["id"]))
        if payload.get("op") == "booking.patch" and before is not None and after is not None:
            self._no_silent_overwrite(payload, before, after)
        if outcome.status in ("ok", "conflict") and str(payload.get("op")).startswith("lead"):
            self._both_notes(payload, before, after)
            self._no_end_overwritten(payload, before, after)
        if after is not None and after != before and str(payload.get("op")).startswith("booking"):
            self.no_double_booking(rows_of(tx.connection, self._account, "bookings"), only=after["id"])

    def _no_silent_overwrite(self, payload: Mapping[str, Any], before: Row, after: Row) -> None:
        for name in MERGED:
            if before[name] == after[name]:
                continue
            had, wanted = payload["set"].get(name, (None, None))
            if name not in payload["set"] or before[name] != had or after[name] != wanted:
                raise Violation(
                    f"{name} of {payload['id']} became {after[name]!r} from {before[name]!r}, the owner saw {had!r}"
                )

    def _both_notes(self, payload: Mapping[str, Any], before: Row | None, after: Row | None) -> None:
        """What was accepted is there, and what the owner had not seen is there, too; unless the lead is gone."""
        had, wanted = payload.get("set", {}).get("notes", (None, None))
        if before is None or after is None or wanted is None:
            return
        unseen = before["notes"] if before["notes"] != had else None
        for text in filter(None, (wanted, unseen)):
            if text not in (after["notes"] or ""):
                raise Violation(f"{text!r} is not in the notes of {payload['id']}: {after['notes']!r}")

    def _no_end_overwritten(self, payload: Mapping[str, Any], before: Row | None, after: Row | None) -> None:
        """A lead that is over, or is put into a stage in which it is, was seen as it was by whoever moved it."""
        if before is None or after is None or before["stage"] == after["stage"]:
            return
        had, wanted = payload["set"].get("stage", (None, None))
        if after["stage"] != wanted or (before["stage"] != had and OVER & {before["stage"], wanted}):
            raise Violation(f"the lead {payload['id']} went from {before['stage']} to {wanted}, the owner saw {had}")

    def no_double_booking(self, bookings: list[Row], only: str | None = None) -> None:
        """Nobody and nothing is booked twice at a time, unless the owner wanted it so."""
        busy = [row for row in bookings if row["status"] in BUSY_STATUSES and row["id"] not in self.ledger.overbooked]
        for one in busy if only is None else [row for row in busy if row["id"] == only]:
            for other in busy:
                if (
                    one["id"] != other["id"]
                    and any(one[whose] and one[whose] == other[whose] for whose in ("staff_id", "resource_id"))
                    and one["starts_at"] < other["ends_at"]
                    and other["starts_at"] < one["ends_at"]
                ):
                    raise Violation(f"{one['id']} and {other['id']} are at the same time")

    def messages(self, rows: list[Row]) -> None:
        """Every client was told once what they were to be told, and only what was accepted.

        Where a device's file was copied, two devices may do the same thing, each for itself, and say so.
        """
        sent = Counter(row["text"] for row in rows)
        for text in self.ledger.accepted.keys() | sent.keys():
            most = self.ledger.accepted[text] if self.files_were_copied else 1
            if not min(1, self.ledger.accepted[text]) <= sent[text] <= most:
                raise Violation(f"{text!r} was sent {sent[text]} times, accepted {self.ledger.accepted[text]} times")

    # --- back in time ------------------------------------------------------------------------------------------------
    def remember(self) -> Ledger:
        return copy.deepcopy(self.ledger)

    def go_back(self, then: Ledger) -> None:
        self.ledger = copy.deepcopy(then)
