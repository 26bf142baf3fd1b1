"""Two changes of one row that the server has not heard of become one.

What comes out leads to the same row as both did, and asks the server for no more than both did.
"""

from typing import Any

from client.models.operations import GROUP_OF, GROUPS, TOGETHER, Op, Payload

TIMELY = frozenset({"slot", "service", "status"})
"""Groups that decide who has which time: their changes may not overtake those of other rows, and clients are told of
them."""

_SETTLING = frozenset({"state", "outcome"})


def folds(earlier: Payload, later: Payload, *, adjacent: bool) -> bool:
    """Whether `later` can become part of `earlier`.  `adjacent`: no other change was made between them.

    A change that frees or takes time keeps its place among the changes of other rows: "move Maria away, then Ben into
    her time" is refused by the server the other way round.
    """
    op = Op(later["op"])
    if op is Op.TASK_PATCH and earlier["op"] == Op.TASK_CREATE:
        # A task is made open.
        return not later["set"].keys() & _SETTLING
    if op is not Op.BOOKING_PATCH:
        return op == earlier["op"] and (op.patches or op.puts)
    if touched(later) & TIMELY and not adjacent:
        return False
    match Op(earlier["op"]):
        case Op.BOOKING_PATCH:
            return True
        case Op.BOOKING_CREATE:
            # A booking is made pending or confirmed, nothing else.
            return later["set"].get("status", (None, "confirmed"))[1] in ("pending", "confirmed")
        case _:
            return False


def fold(earlier: Payload, later: Payload) -> Payload | None:
    """Both as one, None when nothing is left of them."""
    if Op(earlier["op"]) is Op.BOOKING_CREATE:
        values = {**earlier["values"], **_news(later)}
        return {**earlier, "values": values, "tell": _tell(earlier, later), "allow": _allow(earlier, later)}
    if Op(earlier["op"]) is Op.TASK_CREATE:
        return {**earlier, "values": {**earlier["values"], **_news(later)}}
    if "set" not in later:
        return later
    fields = _joined(earlier["set"], later["set"])
    if not fields:
        return None
    if Op(later["op"]) is not Op.BOOKING_PATCH:
        return {**earlier, "client_ts": later["client_ts"], "set": fields}
    folded = {**earlier, "client_ts": later["client_ts"], "set": fields, "allow": _allow(earlier, later)}
    # Nobody is told of a move that was taken back before it was one.
    void = bool((touched(earlier) | touched(later)) & TIMELY) and not touched(folded) & TIMELY
    return {**folded, "tell": None if void else _tell(earlier, later)}


def continued(payload: Payload, gone: Payload) -> Payload | None:
    """A later patch when the earlier patch `gone` is taken away from under it: it starts from what that one did.

    None when it then changes nothing.
    """
    starts = {name: old for name, (old, _) in gone["set"].items()}
    fields = _returned({name: [starts.get(name, old), new] for name, (old, new) in payload["set"].items()})
    return {**payload, "set": fields} if fields else None


def touched(payload: Payload) -> frozenset[str]:
    """The groups of fields a booking's mutation changes; all of them when it makes or removes the row."""
    fields = payload.get("set")
    return frozenset(GROUPS) if fields is None else frozenset(GROUP_OF[name] for name in fields)


def inverse(payload: Payload) -> dict[str, Any]:
    """The fields of a patch, from what it made of them to what they were."""
    return {name: [new, old] for name, (old, new) in payload["set"].items()}


def _news(later: Payload) -> dict[str, Any]:
    return {name: new for name, (_, new) in later["set"].items() if name != "cancellation_reason"}


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    joined = {name: [first.get(name, pair)[0], pair[1]] for name, pair in second.items()}
    return _returned({**first, **joined})


def _returned(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is as it was.  Where fields only mean something together, one that has changed keeps the others."""
    moved = {GROUP_OF.get(name) for name, (old, new) in fields.items() if old != new}.intersection(TOGETHER)
    return {name: pair for name, pair in fields.items() if pair[0] != pair[1] or GROUP_OF.get(name) in moved}


def _tell(earlier: Payload, later: Payload) -> dict[str, Any] | None:
    """The later message, or silence, wins, unless the later change is of a sort that clients are not told of."""
    decides = later.get("tell") or touched(later) & TIMELY
    return (later if decides else earlier).get("tell")


def _allow(earlier: Payload, later: Payload) -> list[str]:
    """What was allowed on purpose.  What was allowed for one slot is not allowed for the next."""
    kept = () if "slot" in touched(later) else earlier.get("allow") or ()
    return sorted({*kept, *(later.get("allow") or ())})
