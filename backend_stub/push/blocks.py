"""What `block.create` and `block.remove` do.  A block is a fact about somebody's time: no booking hinders it."""

from backend_stub.push.actor import Actor
from backend_stub.push.bookings import gone, in_conflict, is_gone
from backend_stub.push.placing import Diary
from backend_stub.push.refusals import Clash, Outcome, Rejected
from backend_stub.push.shapes import BlockCreate, BlockRemove
from backend_stub.store import Transaction

SHORTEST_MS, LONGEST_MS = 60_000, 366 * 86_400_000


def create(tx: Transaction, actor: Actor, asked: BlockCreate) -> Outcome:
    values = asked.values.model_dump()
    row = tx.get(actor.account, "blocks", asked.id)
    if row is not None:
        differ = {name: value for name, value in values.items() if row[name] != value}
        server = {name: row[name] for name in differ}
        other = Clash(field="row", why="changed", base={}, mine=differ, server=server)
        return in_conflict(tx, actor, [other]) if differ else Outcome(status="ok", version=tx.seq(actor.account))
    if is_gone(tx, actor, "blocks", asked.id):
        return in_conflict(tx, actor, [gone({}, values)])
    _check(Diary.open(tx, actor.account, actor.now_ms), asked)
    more = {"time_zone": actor.time_zone, "calendar_id": None, "created_at": actor.now_ms}
    return Outcome(status="ok", version=tx.put(actor.account, "blocks", {"id": asked.id} | values | more))


def remove(tx: Transaction, actor: Actor, asked: BlockRemove) -> Outcome:
    """Removing twice is removing once.  What a calendar blocks is changed in the calendar."""
    row = tx.get(actor.account, "blocks", asked.id)
    if row is not None and row["source"] == "calendar":
        raise Rejected("read_only", "This time is blocked by a calendar; change it there.")
    version = tx.remove(actor.account, "blocks", asked.id, now_ms=actor.now_ms)
    return Outcome(status="ok", version=tx.seq(actor.account) if version is None else version)


def _check(diary: Diary, asked: BlockCreate) -> None:
    values = asked.values
    if not SHORTEST_MS <= values.ends_at - values.starts_at <= LONGEST_MS:
        raise Rejected("invalid", "A block takes at least a minute and at most a year.")
    if values.ends_at <= diary.yesterday_ms():
        raise Rejected("past", "That time is over.")
    diary.check_people(values.staff_id)
