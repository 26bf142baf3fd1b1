"""Whatever happens in whatever order, a row on screen is the server's row with the changes in it.

After each step every row is compared with a slow, obvious computation that shares nothing with the code but the tables.
"""

import sqlite3
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from client.models.mutations import Change, ChangeState
from client.storage import effective, outbox, schema
from client.storage.effective import Base
from tests.storage.mutations import become, create, patch, record
from tests.storage.rows import BOOKING, NOON_MS, put

IDS = ("a", "b", "c")
GROUPS = {
    "slot": ("starts_at", "ends_at", "staff_id", "resource_id"),
    "status": ("status", "cancellation_reason"),
    "notes": ("notes",),
    "customer": ("customer_phone",),
}
_HOURS = st.integers(0, 3).map(lambda hours: NOON_MS + hours * 3_600_000)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "starts_at": _HOURS,
    "ends_at": _HOURS,
    "staff_id": st.sampled_from(["mia", None]),
    "resource_id": st.sampled_from(["chair", None]),
    "status": st.sampled_from(["confirmed", "cancelled", "completed"]),
    "cancellation_reason": st.sampled_from([None, "ill"]),
    "notes": st.sampled_from([None, "x", "y"]),
    "customer_phone": st.sampled_from([None, "+1"]),
}
_ROW_IDS = st.sampled_from(IDS)
_VALUE_OF_GROUP = {
    group: st.fixed_dictionaries({name: _VALUES[name] for name in names}) for group, names in GROUPS.items()
}


def obvious(server: dict[str, Any] | None, changes: list[Change]) -> dict[str, Any] | None:
    """The row as the owner must see it, written down as one would say it."""
    row = dict(server) if server else None
    for change in changes:
        refused = {conflict["field"] for conflict in (change.result or {}).get("conflicts", [])}
        if change.state == "refused" or "row" in refused:
            continue
        if change.op == "booking.create":
            if row is None and not refused:
                row = {"id": change.row_id, "notes": None, "customer_phone": None, "cancellation_reason": None}
                row |= change.payload["values"]
        elif row is not None:
            for name, (_, new) in change.payload["set"].items():
                if not any(name in GROUPS[group] for group in refused if group in GROUPS):
                    row[name] = new
    return row


class Device(RuleBasedStateMachine):
    """One device: the owner, the sending half and the feed take turns."""

    def __init__(self) -> None:
        super().__init__()
        self.conn = sqlite3.connect(":memory:", isolation_level=None)
        schema.migrate(self.conn)
        self.server: dict[str, tuple[dict[str, Any] | None, int]] = {}
        self.version = 1
        self.undoable: outbox.Recorded | None = None

    def teardown(self) -> None:
        self.conn.close()

    # --- the feed ----------------------------------------------------------------------------------------------------
    @rule(row_id=_ROW_IDS, values=st.fixed_dictionaries(_VALUES))
    def server_writes(self, row_id: str, values: dict[str, Any]) -> None:
        self.version += 1
        row = {**BOOKING, "id": row_id, **values}
        self.server[row_id] = (row, self.version)
        if row_id in effective.dirty_ids(self.conn, "bookings"):
            full = {key: value for key, value in row.items() if key not in ("version", "gen")}
            effective.put_base(self.conn, "bookings", row_id, Base(row=full, version=self.version, gen=1))
            effective.rebase(self.conn, "bookings", row_id)
        else:
            self.conn.execute("DELETE FROM bookings WHERE id = ?", (row_id,))
            put(self.conn, "bookings", {**row, "version": self.version})

    @rule(row_id=_ROW_IDS)
    def server_deletes(self, row_id: str) -> None:
        self.version += 1
        self.server[row_id] = (None, self.version)
        if row_id in effective.dirty_ids(self.conn, "bookings"):
            effective.put_base(self.conn, "bookings", row_id, Base(row=None, version=self.version, gen=1))
            effective.rebase(self.conn, "bookings", row_id)
        else:
            self.conn.execute("DELETE FROM bookings WHERE id = ?", (row_id,))

    # --- the owner ---------------------------------------------------------------------------------------------------
    @rule(row_id=_ROW_IDS)
    def make(self, row_id: str) -> None:
        if effective.effective_row(self.conn, "bookings", row_id) is None:
            self.undoable = record(self.conn, create(row_id))

    @rule(row_id=_ROW_IDS, group=st.sampled_from(list(GROUPS)), data=st.data())
    def change(self, row_id: str, group: str, data: st.DataObject) -> None:
        row = effective.effective_row(self.conn, "bookings", row_id)
        if row is None:
            return
        new = data.draw(_VALUE_OF_GROUP[group])
        if any(row[name] != value for name, value in new.items()):
            fields = {name: (row[name], value) for name, value in new.items()}
            self.undoable = record(self.conn, patch(row_id, fields))
            self._read_your_writes(row_id, new)

    @precondition(lambda self: self.undoable)
    @rule()
    def undo_at_once(self) -> None:
        assert self.undoable is not None
        outbox.restore(self.conn, self.undoable)
        self.undoable = None

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if change := self._one(data, "queued", "refused", "parked"):
            assert outbox.withdraw(self.conn, change.change_id)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        if change := self._one(data, "queued", "refused", "parked"):
            assert outbox.retry(self.conn, change.change_id)

    # --- the sending half --------------------------------------------------------------------------------------------
    @rule()
    def send(self) -> None:
        for change in outbox.entries(self.conn):
            if change.never_sent:
                become(self.conn, change.change_id, ChangeState.SENT)

    @rule(data=st.data(), refused=st.sets(st.sampled_from([*GROUPS, "row"])))
    def answer(self, data: st.DataObject, refused: set[str]) -> None:
        if change := self._one(data, "sent"):
            result = {"conflicts": [{"field": group} for group in sorted(refused)]}
            become(self.conn, change.change_id, ChangeState.ACKED, version=self.version, result=result)

    @rule(data=st.data(), state=st.sampled_from([ChangeState.REFUSED, ChangeState.PARKED]))
    def refuse(self, data: st.DataObject, state: ChangeState) -> None:
        if change := self._one(data, "sent"):
            if state is ChangeState.REFUSED:
                outbox.leave_out(self.conn, change)
            become(self.conn, change.change_id, state, result={"status": "rejected"})

    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        if change := self._one(data, "acked"):
            self.conn.execute("DELETE FROM outbox WHERE change_id = ?", (change.change_id,))
            effective.rebase(self.conn, change.kind, change.row_id)

    # --- what holds at all times -------------------------------------------------------------------------------------
    @invariant()
    def rows_are_base_and_changes(self) -> None:
        for row_id in IDS:
            changes = outbox.of_row(self.conn, "bookings", row_id)
            server, _ = self.server.get(row_id, (None, 0))
            expected = obvious(server, changes)
            found = effective.effective_row(self.conn, "bookings", row_id)
            assert self._pick(found, expected) == expected

    @invariant()
    def bases_are_kept_while_there_are_changes(self) -> None:
        changed = {change.row_id for change in outbox.entries(self.conn) if change.state != "refused"}
        assert effective.dirty_ids(self.conn, "bookings") == changed
        dirty = {row_id for (row_id,) in self.conn.execute("SELECT id FROM bookings WHERE dirty")}
        there = {row_id for (row_id,) in self.conn.execute("SELECT id FROM bookings")}
        assert dirty == changed & there

    @invariant()
    def no_change_that_waits_is_empty(self) -> None:
        for change in outbox.entries(self.conn):
            fields = change.payload.get("set")
            if change.never_sent and fields is not None:
                assert any(old != new for old, new in fields.values())

    def _read_your_writes(self, row_id: str, new: dict[str, Any]) -> None:
        """What was just changed is on screen, unless that change took an earlier one back."""
        assert self.undoable is not None
        if self.undoable.gone:
            return
        payload = self.undoable.after[-1].payload
        row = effective.effective_row(self.conn, "bookings", row_id) or {}
        for name, value in new.items():
            if name in payload.get("set", payload.get("values", {})):
                assert row[name] == value

    def _one(self, data: st.DataObject, *states: str) -> Change | None:
        found = [change for change in outbox.entries(self.conn) if change.state in states]
        return data.draw(st.sampled_from(found)) if found else None

    @staticmethod
    def _pick(row: dict[str, Any] | None, like: dict[str, Any] | None) -> dict[str, Any] | None:
        if row is None or like is None:
            return row
        return {name: row[name] for name in like if name not in ("version", "gen")} | {
            name: like[name] for name in like if name in ("version", "gen")
        }


TestDevice = Device.TestCase
TestDevice.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
