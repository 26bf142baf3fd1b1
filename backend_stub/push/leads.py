"""What `lead.create`, `lead.patch` and `lead.remove` do.

The later change wins; of two notes both are kept; of two stages, one of which ends the lead, neither is preferred.
"""

from typing import Any

from backend_stub.push.actor import Actor
from backend_stub.push.later import changes, done, last_done, may_be_made, note, there
from backend_stub.push.refusals import Clash, Outcome, Rejected
from backend_stub.push.shapes_of_work import LeadCreate, LeadPatch, LeadRemove, LeadSet, NewLead
from backend_stub.store import Document, Transaction

BETWEEN = "\n———\n"
"""The line between two notes that were written at the same time."""

OVER = frozenset({"converted", "unqualified", "lost"})
"""Stages in which nobody follows the lead up any more."""

_EVENTS = {"stage": "lead_stage", "assigned_to": "lead_assigned", "next_followup_at": "lead_followup"}


def create(tx: Transaction, actor: Actor, asked: LeadCreate) -> Outcome:
    _check_money(actor, asked.values.value_cents)
    if may_be_made(tx, actor, "leads", asked.id):
        tx.put(actor.account, "leads", _document(actor, asked.id, asked.values))
        note(tx, actor, "lead_created", ("leads", asked.id, asked.values.name))
    return done(tx, actor)


def patch(tx: Transaction, actor: Actor, asked: LeadPatch) -> Outcome:
    """A lead that leaves `lost` has no reason for it any more."""
    row = there(tx, actor, "leads", asked.id)
    if "value_cents" in asked.set.model_fields_set:
        _check_money(actor, asked.set.value_cents)
    clash = _apart(tx, actor, row, asked.set)
    taken = {name: new for name, new in changes(row, asked.set).items() if clash is None or name not in clash.mine}
    if "notes" in taken:
        taken["notes"] = both(row["notes"], asked.set)
    if taken.get("stage", row["stage"]) != "lost" and row["lost_reason"] is not None:
        taken["lost_reason"] = None
    if taken:
        tx.put(actor.account, "leads", row | taken | {"updated_at": actor.now_ms})
    for name, verb in _EVENTS.items():
        if name in taken:
            note(tx, actor, verb, ("leads", row["id"], row["name"]), before=row[name], after=taken[name])
    if clash is not None:
        return Outcome(status="conflict", version=tx.seq(actor.account), clashes=[clash])
    return done(tx, actor)


def _apart(tx: Transaction, actor: Actor, row: Document, asked: LeadSet) -> Clash | None:
    """Two stages that differ, and at least one of them ends the lead: whoever wanted this one decides."""
    if "stage" not in asked.model_fields_set:
        return None
    had, wanted = asked.stage
    if row["stage"] in (had, wanted) or not OVER & {row["stage"], wanted}:
        return None
    reasons = asked.lost_reason if "lost_reason" in asked.model_fields_set else (None, None)
    return Clash(
        field="stage",
        why="changed",
        base={"stage": had, "lost_reason": reasons[0]},
        mine={"stage": wanted, "lost_reason": reasons[1]},
        server={"stage": row["stage"], "lost_reason": row["lost_reason"]},
        by=last_done(tx, actor, _EVENTS["stage"], row["id"]),
    )


def remove(tx: Transaction, actor: Actor, asked: LeadRemove) -> Outcome:
    """Removing twice is removing once."""
    row = tx.get(actor.account, "leads", asked.id)
    if row is not None:
        tx.remove(actor.account, "leads", asked.id, now_ms=actor.now_ms)
        note(tx, actor, "lead_removed", ("leads", asked.id, row["name"]))
    return done(tx, actor)


def both(here: str | None, asked: LeadSet) -> str | None:
    """The notes as wanted where nobody else has changed them; else what is here and what was written."""
    had, wanted = asked.notes
    if here is None or here == had:
        return wanted
    if wanted is None or wanted in here:
        return here
    return wanted if here in wanted else f"{here}{BETWEEN}{wanted}"


def _check_money(actor: Actor, value: object) -> None:
    if value is not None and actor.role == "front_desk":
        raise Rejected("forbidden", "Your role does not allow changing what a lead is worth.")


def _document(actor: Actor, lead_id: str, values: NewLead) -> Document:
    score, reasons = scored(values)
    fixed: dict[str, Any] = {"stage": "new", "budget": None, "timeline": None, "next_followup_at": None, "tags": []}
    return {
        "id": lead_id,
        **values.model_dump(),
        **fixed,
        "score": score,
        "score_reasons": reasons,
        "interest": "hot" if score >= 70 else "warm" if score >= 40 else "cold",
        "assigned_to": None,
        "lost_reason": None,
        "created_at": actor.now_ms,
        "updated_at": actor.now_ms,
    }


def scored(values: NewLead) -> tuple[int, list[str]]:
    """What is known of somebody whom a person has entered, from 25 for a mere name up to 85; each reason in words."""
    reasons = [
        (20, "Rang the business", values.source == "call"),
        (15, "Left a number", values.phone is not None),
        (15, "Named what they want", bool(values.needs or values.interested_services)),
        (10, "What it is worth is known", values.value_cents is not None),
    ]
    return 25 + sum(points for points, _, holds in reasons if holds), [words for _, words, holds in reasons if holds]
