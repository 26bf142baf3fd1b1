"""The three-way merge of a booking, field group by field group.  Pure: no database, no clock, no diary.

For each group that a patch changes: what is here equals what is wanted, nothing to do; equals what the device had,
take it; anything else is a clash, and what is here stays.  Whether a time can be had is decided in placing.py.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from backend_stub.push.refusals import Clash, Field, Why, changed_by
from backend_stub.store import Document

Changes = Mapping[str, tuple[Any, Any]]
"""Field to (what the device had, what it wants)."""

GROUPS: Mapping[Field, tuple[str, ...]] = {
    "status": ("status", "cancellation_reason"),
    "slot": ("starts_at", "ends_at", "staff_id", "resource_id"),
    "service": ("service_id", "service_name"),
    "notes": ("notes",),
    "customer": ("customer_name", "customer_phone", "customer_email"),
}
"""What changes together.  The status comes first, because it decides whether the others still matter."""

STAYS_OPEN_WHEN_CANCELLED: frozenset[Field] = frozenset({"status", "notes"})

FOLLOWS: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"confirmed", "cancelled", "completed", "no_show"}),
    "confirmed": frozenset({"pending", "cancelled", "completed", "no_show"}),
    "cancelled": frozenset({"confirmed", "pending"}),
    "completed": frozenset({"confirmed", "no_show"}),
    "no_show": frozenset({"confirmed", "completed"}),
}
"""Which status may follow which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`taken`: by group, the fields that become what is wanted.  A group in neither was as wanted already."""

    taken: dict[Field, dict[str, Any]]
    clashes: dict[Field, Clash]

    def values(self) -> dict[str, Any]:
        return {name: value for group in self.taken.values() for name, value in group.items()}

    def without(self, fields: Collection[Field], clash: Clash) -> "Merged":
        """The same, but for groups that turned out not to be possible."""
        taken: dict[Field, dict[str, Any]] = {name: values for name, values in self.taken.items() if name not in fields}
        return Merged(taken=taken, clashes={**self.clashes, clash.field: clash})


def merge(row: Document, changes: Changes) -> Merged:
    """On a booking that stays cancelled only its notes can change; the rest of the patch is one clash of the row."""
    taken: dict[Field, dict[str, Any]] = {}
    clashes: dict[Field, Clash] = {}
    late: dict[str, tuple[Any, Any]] = {}
    for field, names in GROUPS.items():
        group = {name: changes[name] for name in names if name in changes}
        if not group or _as_wanted(row, group):
            continue
        if field not in STAYS_OPEN_WHEN_CANCELLED and _stays_cancelled(row, changes, taken):
            late |= group
        elif (why := _obstacle(row, group)) is None:
            taken[field] = {name: wanted for name, (_, wanted) in group.items()}
        else:
            clashes[field] = clash(row, field, why, group)
    if late:
        clashes["row"] = clash(row, "row", "cancelled", late)
    return Merged(taken=taken, clashes=clashes)


def _stays_cancelled(row: Document, changes: Changes, taken: Mapping[Field, dict[str, Any]]) -> bool:
    """A patch that itself cancels agrees with the row, so what else it says is merged like anything else."""
    agrees = "status" in changes and changes["status"][1] == "cancelled"
    return row["status"] == "cancelled" and "status" not in taken.get("status", {}) and not agrees


def clash(row: Document, field: Field, why: Why, group: Changes) -> Clash:
    """A clash over what is in `row` now."""
    return Clash(
        field=field,
        why=why,
        base={name: had for name, (had, _) in group.items()},
        mine={name: wanted for name, (_, wanted) in group.items()},
        server={name: row[name] for name in group},
        by=changed_by(row),
    )


def _as_wanted(row: Document, group: Changes) -> bool:
    """The status alone decides about its group: cancelling twice is one cancellation, whatever the reasons."""
    if "status" in group:
        return row["status"] == group["status"][1]
    return all(row[name] == wanted for name, (_, wanted) in group.items())


def _obstacle(row: Document, group: Changes) -> Why | None:
    if "status" in group:
        had, wanted = group["status"]
        if row["status"] == had:
            return None if wanted in FOLLOWS.get(had, ()) else "illegal"
        return (
            "cancelled" if row["status"] == "cancelled" else "completed" if row["status"] == "completed" else "changed"
        )
    return None if all(row[name] == had for name, (had, _) in group.items()) else "changed"
