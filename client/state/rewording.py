"""A change that waits or was refused, for the form that lets it say something else."""

import sqlite3
from dataclasses import dataclass

from client import editing
from client.editing import CorrectionDraft, LaterDraft, TaskDraft, Waiting
from client.models.calls import Call
from client.models.ids import ChangeId, MarkId
from client.models.marks import Mark, MarkWord
from client.state.aside import SetAside, named
from client.storage import calls, customers


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewording:
    """`call`: in which it was made, None where there was none or it is not on this device; `client`: who called in it.

    `aside`: what is put off.
    """

    what: Waiting
    call: Call | None = None
    client: str = ""
    aside: SetAside | None = None


def rewording_of(conn: sqlite3.Connection, change_id: ChangeId) -> Rewording | None:
    what = editing.waiting(conn, change_id)
    match what.draft if what else None:
        case TaskDraft(call_id=call_id) | CorrectionDraft(call_id=call_id) if what and call_id:
            call = calls.get(conn, call_id)
            customer = customers.get(conn, call.customer_id) if call and call.customer_id else None
            return Rewording(what=what, call=call, client=customer.name if customer else "")
        case LaterDraft() as draft if what:
            return Rewording(what=what, aside=named(conn, _mark(what, draft)))
        case _:
            return Rewording(what=what) if what else None


def _mark(what: Waiting, draft: LaterDraft) -> Mark:
    return Mark(
        mark_id=MarkId(what.row_id),
        about=draft.about,
        subject=draft.subject,
        word=MarkWord.LATER,
        until=draft.until,
        by=None,
        created_at=what.made_at,
        pending=True,
    )
