"""What the owner says about things shown to them, and about their own business.  The later word wins."""

from backend_stub.push.actor import Actor
from backend_stub.push.later import changes, done, there
from backend_stub.push.refusals import Outcome, Rejected
from backend_stub.push.shapes_of_work import AssumptionsSet, MarkClear, MarkSet
from backend_stub.push.team import must_be_named
from backend_stub.store import Transaction


def mark(tx: Transaction, actor: Actor, asked: MarkSet) -> Outcome:
    """There is one mark on a thing; another word replaces it."""
    values = asked.values.model_dump()
    must_be_named(tx, actor, asked.id, asked.values.about, asked.values.subject)
    row = tx.get(actor.account, "marks", asked.id)
    if row is None or any(row[name] != value for name, value in values.items()):
        made = {"by": actor.name, "created_at": actor.now_ms}
        tx.put(actor.account, "marks", {"id": asked.id} | values | made)
    return done(tx, actor)


def clear(tx: Transaction, actor: Actor, asked: MarkClear) -> Outcome:
    tx.remove(actor.account, "marks", asked.id, now_ms=actor.now_ms)
    return done(tx, actor)


def assume(tx: Transaction, actor: Actor, asked: AssumptionsSet) -> Outcome:
    if actor.role == "front_desk":
        raise Rejected("forbidden", "Your role does not allow seeing or changing figures about money.")
    row = there(tx, actor, "assumptions", asked.id)
    taken = changes(row, asked.set)
    if taken:
        tx.put(actor.account, "assumptions", row | taken | {"updated_at": actor.now_ms, "updated_by": actor.name})
    return done(tx, actor)
