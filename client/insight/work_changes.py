"""What a change of a lead, a task, the team or a mark does, in the terms of the trade; see changes.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from client.insight.deeds import Act, Deed, instant_of, mapping_of, pairs_of, text_of

_MADE: Final = {"lead.create": Act.LEAD_NEW, "task.create": Act.TASK_NEW, "correction.create": Act.CORRECT}
_OTHERS: Final = {
    "lead.remove": Act.LEAD_REMOVE,
    "correction.withdraw": Act.UNCORRECT,
    "call.flag": Act.FLAG,
    "call.unflag": Act.UNFLAG,
    "number.block": Act.BLOCK_NUMBER,
    "number.unblock": Act.UNBLOCK_NUMBER,
    "mark.clear": Act.MARK_CLEAR,
    "assumptions.set": Act.ASSUME,
}
_WORDS: Final = {
    "done": Act.MARK_DONE,
    "later": Act.MARK_LATER,
    "not_useful": Act.MARK_NOT_USEFUL,
    "never": Act.MARK_NEVER,
}


def work_deed(op: str, payload: Mapping[str, Any], row: Mapping[str, Any]) -> Deed | None:
    """None for an operation that is not one of these."""
    changed = pairs_of(payload.get("set"))
    after = {**row, **mapping_of(payload.get("values")), **{field: new for field, (_, new) in changed.items()}}
    match op:
        case "lead.patch":
            return _lead(changed, after)
        case "task.patch":
            return _task(changed, after)
        case "employee.patch":
            return _employee(after)
        case "mark.set":
            return _deed((_WORDS.get(text_of(after.get("word")), Act.OTHER),), after)
        case _:
            act = _MADE.get(op) or _OTHERS.get(op)
            return _deed((act,), after) if act else None


def _deed(acts: tuple[Act, ...], row: Mapping[str, Any], starts_at: datetime | None = None, **said: str) -> Deed:
    """`said`: what of `said`, `to` and `word` is not what the row itself says."""
    about = text_of(row.get("about"))
    number = text_of(row.get("phone")) if "caller_name" not in row else ""
    return Deed(
        act=acts[0],
        also=acts[1:],
        name=next(filter(None, (text_of(row.get(name)) for name in ("name", "title", "caller_name"))), ""),
        starts_at=starts_at,
        said=said.get("said", text_of(row.get("right")) or text_of(row.get("reason"))),
        to=said.get("to", number),
        word=said.get("word", f"about.{about}" if about else ""),
    )


def _lead(changed: Mapping[str, tuple[Any, Any]], row: Mapping[str, Any]) -> Deed:
    acts: list[Act] = []
    more = {"to": ""}
    at = instant_of(row.get("next_followup_at")) if "next_followup_at" in changed else None
    if "stage" in changed:
        acts.append(Act.LEAD_STAGE)
        more |= {"word": f"stage.{text_of(row.get('stage'))}", "said": text_of(row.get("lost_reason"))}
    if "next_followup_at" in changed:
        acts.append(Act.LEAD_FOLLOWUP if at else Act.LEAD_NO_FOLLOWUP)
    if "assigned_to" in changed:
        acts.append(Act.LEAD_ASSIGN)
        more |= {} if "word" in more else {"to": text_of(row.get("assigned_to"))}
    if "value_cents" in changed:
        acts.append(Act.LEAD_VALUE)
    if "notes" in changed:
        acts.append(Act.LEAD_NOTE)
        more.setdefault("said", text_of(row.get("notes")))
    if "lost_reason" in changed and "stage" not in changed:
        acts.append(Act.LEAD_REASON)
        more.setdefault("said", text_of(row.get("lost_reason")))
    return _deed(tuple(acts) or (Act.OTHER,), row, at, **more)


def _task(changed: Mapping[str, tuple[Any, Any]], row: Mapping[str, Any]) -> Deed:
    acts: list[Act] = []
    if "state" in changed or "outcome" in changed:
        acts.append(_task_act(text_of(row.get("state")), text_of(row.get("outcome"))))
    if "due_at" in changed:
        acts.append(Act.TASK_DUE if row.get("due_at") is not None else Act.TASK_EDIT)
    if "assigned_to" in changed:
        acts.append(Act.TASK_ASSIGN)
    if changed.keys() & {"title", "details"} and Act.TASK_EDIT not in acts:
        acts.append(Act.TASK_EDIT)
    at = instant_of(row.get("due_at")) if Act.TASK_DUE in acts else None
    return _deed(tuple(acts) or (Act.OTHER,), row, at, to=text_of(row.get("assigned_to")))


def _task_act(state: str, outcome: str) -> Act:
    match state:
        case "done":
            return Act.TASK_PUT_RIGHT if outcome == "corrected" else Act.TASK_DONE
        case "dropped":
            return Act.TASK_DROP
        case _:
            return Act.TASK_REOPEN


def _employee(row: Mapping[str, Any]) -> Deed:
    until = instant_of(row.get("held_until"))
    if row.get("state") != "held":
        return _deed((Act.GO_ON,), row)
    return _deed((Act.HOLD_UNTIL if until else Act.HOLD,), row, until)
