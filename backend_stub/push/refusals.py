"""How a mutation that was not simply carried out is told: rejected as a whole, or in conflict in some of its fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from backend_stub.store import Document

Field = Literal["slot", "service", "status", "notes", "customer", "row", "stage"]
Why = Literal["slot_taken", "changed", "cancelled", "completed", "illegal", "deleted", "closed"]
Code = Literal["unknown_op", "invalid", "read_only", "closed", "past", "forbidden", "too_many", "gone"]


class Rejected(Exception):
    """The whole mutation is refused for good, and nothing of it is done.  Routine.

    `detail` is one sentence an owner can read.
    """

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One field of a mutation that could not be merged: what the device had, what it wants, and what is here.

    `other` is what is in the way of a slot, `free` what could be had instead, nearest first.
    """

    field: Field
    why: Why
    base: dict[str, Any]
    mine: dict[str, Any]
    server: dict[str, Any]
    by: Document | None = None
    other: Document | None = None
    free: Sequence[Document] = ()

    def document(self) -> Document:
        return {
            "field": self.field,
            "why": self.why,
            "base": self.base,
            "mine": self.mine,
            "server": self.server,
            "by": self.by,
            "with": self.other,
            "free": list(self.free),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a mutation.  `version`: a seq of the account that is at least that of all it rests on."""

    status: Literal["ok", "conflict", "rejected", "deferred"]
    version: int | None
    clashes: Sequence[Clash] = ()
    code: str | None = None
    detail: str | None = None
    retry_after_s: int | None = None

    def document(self, mid: int) -> Document:
        told: Document = {"mid": mid, "status": self.status, "version": self.version}
        told |= {"code": self.code, "detail": self.detail} if self.code is not None else {}
        told |= {"retry_after_s": self.retry_after_s} if self.retry_after_s is not None else {}
        return told | ({"conflicts": [clash.document() for clash in self.clashes]} if self.clashes else {})


def changed_by(row: Document) -> Document | None:
    """Who last changed the row and when; None when nobody has since it was made."""
    if row["updated_by"] is None:
        return None
    return {"name": row["updated_by"], "at": row["updated_at"], "call_id": row["updated_call_id"]}
