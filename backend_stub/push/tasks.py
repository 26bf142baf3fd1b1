"""What `task.create` and `task.patch` do.  The later change wins."""

from typing import Any

from backend_stub.business.documents import new_task
from backend_stub.push.actor import Actor
from backend_stub.push.later import changes, done, may_be_made, note, there
from backend_stub.push.refusals import Outcome
from backend_stub.push.shapes_of_work import TaskCreate, TaskPatch
from backend_stub.store import Document, Transaction

_VERBS = {"done": "task_done", "dropped": "task_dropped", "open": "task_reopened"}


def create(tx: Transaction, actor: Actor, asked: TaskCreate) -> Outcome:
    if may_be_made(tx, actor, "tasks", asked.id):
        made = new_task(task_id=asked.id, created_at=actor.now_ms, created_by=actor.name, **asked.values.model_dump())
        tx.put(actor.account, "tasks", made)
        note(tx, actor, "task_created", ("tasks", asked.id, made["title"]))
    return done(tx, actor)


def patch(tx: Transaction, actor: Actor, asked: TaskPatch) -> Outcome:
    row = there(tx, actor, "tasks", asked.id)
    taken = changes(row, asked.set)
    if "state" in taken:
        taken |= _settled(actor, taken)
    if not taken:
        return done(tx, actor)
    after: Document = row | taken | {"updated_at": actor.now_ms}
    tx.put(actor.account, "tasks", after)
    if "state" in taken:
        subject = ("tasks", row["id"], after["title"])
        outcome = after["outcome"] if after["state"] == "done" else None
        note(tx, actor, _VERBS[after["state"]], subject, after=outcome, employee_id=row["employee_id"])
    return done(tx, actor)


def _settled(actor: Actor, taken: dict[str, Any]) -> Document:
    """When and by whom it was done; what is open or dropped was done by nobody."""
    if taken["state"] == "done":
        return {"done_at": actor.now_ms, "done_by": actor.name, "outcome": taken.get("outcome") or "ok"}
    return {"done_at": None, "done_by": None, "outcome": None}
