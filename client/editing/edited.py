"""What an edit leads to."""

from dataclasses import dataclass, field
from typing import Any

from client.models.ids import ChangeId
from client.models.mutations import Op, Undoing
from client.storage.outbox import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A change that was made and is shown.

    `before`, `after`: the row as it was and is shown, None where there is none.  `folded`: it became part of a change
    that waited already; `gone`: together they change nothing, so nothing waits.  `told`: the client gets a message.
    `undo`: how it can be taken back now, before anything was sent.  `recorded` is for `undo`.
    """

    change_id: ChangeId
    op: Op
    kind: str
    row_id: str
    folded: bool
    gone: bool
    before: dict[str, Any] | None = field(hash=False)
    after: dict[str, Any] | None = field(hash=False)
    undo: Undoing
    told: bool
    recorded: Recorded = field(repr=False)
