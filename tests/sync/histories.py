"""Histories of two or three devices and a server from a seed, and what must be true after every step of them.

Everything happens in memory and in turns (push_model.py); whose turn it is, and what becomes of each request, is
chance.  Each seed has its own weather: some things happen often in it and others never.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from client.models.ids import ChangeId
from client.models.mutations import IN_EFFECT, Change
from client.storage import conflicts, cursors, effective, meta, outbox
from sync.apply import CORE
from tests.backend_stub import example_rows as eg
from tests.sync.push_model import TEN, Copy, Hosted, Parts, Phone, Request, as_text, booking_id

STEPS = 60
BOOKINGS = 3
MOST_PHONES = 3
ROUNDS = 40
"""Within so many rounds without faults everybody is at rest."""

Key = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A copy of a device's file; `made`: the changes the owner had made in it and not taken back."""

    data: bytes = field(repr=False)
    made: frozenset[int]


class History:
    WEIGHTS: ClassVar = {
        "edit": 24,
        "make": 6,
        "send": 40,
        "pull": 24,
        "server_edits": 12,
        "wait": 6,
        "defer": 4,
        "set_aside": 3,
        "retry": 4,
        "withdraw": 3,
        "decide": 9,
        "late": 6,
        "restart": 4,
        "copy_file": 6,
        "put_file_back": 5,
        "clone": 3,
        "copy_server": 4,
        "put_server_back": 3,
        "put_server_back_quietly": 1,
    }
    FATES: ClassVar = {
        "answered": 60,
        "request lost": 8,
        "answer lost": 14,
        "repeated": 8,
        "half handled": 8,
        "half answered": 8,
    }

    def __init__(self, seed: int, parts: Parts) -> None:
        self.chance = random.Random(seed)
        self.parts = parts
        self.hosted = Hosted(parts, BOOKINGS)
        self.phones = [self._phone(name) for name in ("phone", "tablet")]
        self.made: dict[str, set[int]] = {phone.name: set() for phone in self.phones}
        self.files: dict[str, File] = {}
        self.backup: Copy | None = None
        self.late_ones: list[Request] = []
        self.settled: set[str] = set()
        self.excused: set[str] = set()
        """Settled, by any device, before the server went back: nobody is to bring it again."""
        self.stuck: set[tuple[str, int]] = set()
        """Changes of a device that were refused or taken again by hand: their order is the owner's."""
        self.stamp, self.runs = 0, 1
        self.hit: Counter[str] = Counter()
        weather = {name: self.chance.choice((0, 1, 1, 3)) for name in self.WEIGHTS}
        always = ("edit", "send", "pull")
        self.weights = {name: weight * (weather[name] or name in always) for name, weight in self.WEIGHTS.items()}
        self.fates = {name: weight * self.chance.choice((0, 1, 1, 3)) for name, weight in self.FATES.items()}
        self.fates["answered"] += 20
        for phone in self.phones:
            self._pull_all(phone)

    def run(self) -> None:
        """Raises AssertionError where something that must be true is not."""
        names, weights = list(self.weights), list(self.weights.values())
        for _ in range(STEPS):
            action = self.chance.choices(names, weights)[0]
            phone = self.chance.choice(self.phones)
            getattr(self, action)(phone)
            self.check(self.phones if action.startswith("put_server_back") else [phone, self.phones[-1]])
        self._calm_down()

    # --- the owner ---------------------------------------------------------------------------------------------------
    def edit(self, phone: Phone) -> None:
        rows = [row for row in phone.shown().values() if row["status"] == "confirmed"]
        if not rows:
            return
        row = self.chance.choice(rows[:1] if self.chance.random() < 0.5 else rows)
        stamp = self._stamp()
        match self.chance.choice(("notes", "notes", "slot", "slot", "status")):
            case "notes":
                changed: dict[str, Any] = {"notes": f"n{stamp}"}
            case "slot":
                starts_at = TEN + self.chance.randrange(6) * eg.DAY + stamp * 1000
                changed = {"starts_at": starts_at, "ends_at": starts_at + eg.HOUR}
            case _:
                changed = {"status": "cancelled", "cancellation_reason": f"r{stamp}"}
        tell = f"t{stamp}" if self.chance.random() < 0.4 else None
        self._by_hand(phone, lambda: phone.patch(row["id"], changed, tell, stamp))
        self.hit["edit"] += 1

    def make(self, phone: Phone) -> None:
        stamp = self._stamp()
        starts_at = TEN + self.chance.randrange(8) * eg.DAY + self.chance.choice((0, 2, 12)) * eg.HOUR
        self._by_hand(phone, lambda: phone.make(booking_id(1000 + stamp), starts_at, f"t{stamp}", stamp))
        self.hit["make"] += 1

    def withdraw(self, phone: Phone) -> None:
        if change := self._one(phone, "queued", "refused", "parked"):
            self._by_hand(phone, lambda: phone.write(lambda conn: outbox.withdraw(conn, change.change_id)))
            self.hit["withdraw"] += 1

    def retry(self, phone: Phone) -> None:
        if change := self._one(phone, "queued", "refused", "parked"):
            if change.state == "refused":
                self.stuck.add((phone.name, change.change_id))
            phone.write(lambda conn: outbox.retry(conn, change.change_id))
            self.hit[f"retry {change.state}"] += 1

    def decide(self, phone: Phone) -> None:
        """Leave a conflict as it is, or make another change of the row that answers it."""
        found = [each for each in conflicts.open_conflicts(phone.conn) if each.resolved_by is None]
        if not found:
            return
        conflict = self.chance.choice(found)
        answer: ChangeId | None = None
        if conflict.row_id in phone.shown() and self.chance.random() < 0.7:
            stamp = self._stamp()
            self._by_hand(phone, lambda: phone.patch(conflict.row_id, {"notes": f"n{stamp}"}, None, stamp))
            answer = outbox.of_row(phone.conn, "bookings", conflict.row_id)[-1].change_id
        phone.write(lambda conn: conflicts.close(conn, conflict.conflict_id, answer, eg.NOON))
        self.hit["decide"] += 1

    # --- the wire ----------------------------------------------------------------------------------------------------
    def send(self, phone: Phone) -> None:
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            if not self._send(phone, self.chance.choices(list(self.fates), list(self.fates.values()))[0]):
                return

    def _send(self, phone: Phone, fate: str) -> bool:
        """Whether the device goes on at once."""
        following = phone.next_request(self.chance.choice((1, 2, 100)))
        if following is None:
            return False
        request, given_up = following
        self.hit[fate] += 1
        if fate == "request lost":
            phone.greeted = False
            return False
        half = (len(request.mutations) + 1) // 2
        before = set(self.hosted.decided)
        answer = self.hosted.push(request, handled=half if fate == "half handled" else None)
        self._in_order(phone, before)
        if fate == "repeated":
            self.late_ones.append(request)
        if fate == "answer lost":
            phone.greeted = False
            return False
        if fate == "half answered":
            answer.results = answer.results[:half]
        if not phone.hear(request, answer, given_up):
            phone.greeted = False
            return False
        return True

    def set_aside(self, phone: Phone) -> None:
        """The server fails on a change even alone, before or after it has done it."""
        following = phone.next_request(1) if phone.greeted else None
        if following is None or following[1] is not None or not following[0].mutations:
            return
        request, mid = following[0], following[0].mutations[0][0]
        (change,) = (each for each in phone.changes() if (each.client_id, each.mid) == (request.client_id, mid))
        before = set(self.hosted.decided)
        if self.chance.random() < 0.5:
            self.hosted.push(request)
        if self.chance.random() < 0.5:
            self.late_ones.append(request)
        skip = phone.spend(request.client_id, mid, change.row_id)
        answer = self.hosted.push(skip)
        self._in_order(phone, before)
        phone.greeted = False
        if answer.results:
            phone.set_aside(change, answer)
            self.hit["set aside"] += 1

    def late(self, _: Phone) -> None:
        """A copy of a request of before arrives, and nobody waits for the answer."""
        if self.late_ones:
            self.hosted.push(self.late_ones.pop(self.chance.randrange(len(self.late_ones))))
            self.hit["late"] += 1

    def pull(self, phone: Phone) -> None:
        for _ in range(self.chance.choice((1, 1, 2, 9))):
            if not phone.pull(self.hosted):
                return

    def defer(self, _: Phone) -> None:
        self.hosted.deferrals.append(5)
        self.hit["defer"] += 1

    def wait(self, phone: Phone) -> None:
        phone.now_ms += self.chance.choice((1000, 10_000))

    # --- the server's side -------------------------------------------------------------------------------------------
    def server_edits(self, _: Phone) -> None:
        rows = list(self.hosted.rows().values())
        if not rows:
            return
        row = self.chance.choice(rows[:1] if self.chance.random() < 0.5 else rows)
        stamp = self._stamp()
        match self.chance.choice(("notes", "notes", "notes", "notes", "slot", "slot", "gone")):
            case "notes":
                self.hosted.put(row | {"notes": f"s{stamp}"})
            case "slot":
                self.hosted.put(row | {"starts_at": row["starts_at"] + eg.HOUR, "ends_at": row["ends_at"] + eg.HOUR})
            case _:
                self.hosted.remove(row["id"])
        self.hit["server edits"] += 1

    def copy_server(self, _: Phone) -> None:
        self.backup = self.hosted.copy()

    def put_server_back(self, _: Phone) -> None:
        if self.backup is None:
            return
        self._goes_back(self.backup, f"e{self._stamp() + 1}")
        self.hit["server put back"] += 1

    def put_server_back_quietly(self, _: Phone) -> None:
        """In the same epoch.  Everybody looks before it has come as far as it had been.

        Who has an answer that it forgot may send as well: the numbers tell.
        """
        if self.backup is None:
            return
        self._goes_back(self.backup, self.backup.epoch)
        for phone in self.phones:
            phone.greeted = False
        for phone in sorted(self.phones, key=self._has_more_than_the_server):
            if not self._has_more_than_the_server(phone):
                phone.pull(self.hosted)
            else:
                for _ in range(self.chance.randrange(2, 5)):
                    self._send(phone, "answered")
            if not phone.greeted:
                self._send(phone, "answered")
        self.hit["server put back quietly"] += 1

    def _goes_back(self, backup: Copy, epoch: str) -> None:
        """The copy is put in place, and the server started on it."""
        self.excused |= self.settled
        self.runs += 1
        self.hosted.put_back(backup, epoch, f"r{self.runs}")
        self.late_ones.clear()

    def _has_more_than_the_server(self, phone: Phone) -> bool:
        """Whether it will see by the numbers of this client id that the server went back."""
        here = meta.client_id(phone.conn)
        answered = (each.mid for each in phone.changes() if each.client_id == here and each.state == "acked")
        return any((here, mid) not in self.hosted.decided for mid in answered)

    # --- the file ----------------------------------------------------------------------------------------------------
    def restart(self, phone: Phone) -> None:
        phone.restart()
        self.hit["restart"] += 1

    def copy_file(self, phone: Phone) -> None:
        self.files[phone.name] = self._file(phone)

    def put_file_back(self, phone: Phone) -> None:
        """The same copy may be put back again and again, each time with another future."""
        if file := self.files.get(phone.name):
            self._become(phone, file)
            self.hit["file put back"] += 1

    def clone(self, phone: Phone) -> None:
        if len(self.phones) < MOST_PHONES:
            twin = self._phone(f"twin of {phone.name}")
            self.phones.append(twin)
            self._become(twin, self._file(phone))
            self.hit["clone"] += 1

    def _file(self, phone: Phone) -> File:
        return File(data=phone.conn.serialize(), made=frozenset(self.made[phone.name]))

    def _become(self, phone: Phone, file: File) -> None:
        phone.conn.deserialize(file.data)
        phone.restart()
        self.made[phone.name] = set(file.made)

    # --- what must be true -------------------------------------------------------------------------------------------
    def check(self, touched: list[Phone]) -> None:
        """`touched`: those that may have become others in this step."""
        twice = [text for text, times in self.hosted.done.items() if times > 1]
        assert not twice, f"done twice: {twice[0]}"
        for phone in dict.fromkeys(touched):
            self.settled |= {each.text for each in phone.settled()}
            self._nothing_left_without_an_answer(phone)
            check_settled(phone, self.hosted, self.excused)
            check_conflicts(phone)
            check_shown(phone)
            check_values(phone, self.hosted, self.excused)

    def _nothing_left_without_an_answer(self, phone: Phone) -> None:
        here = {change.change_id for change in phone.changes()} | {each.change_id for each in phone.settled()}
        assert here == self.made[phone.name], f"{phone.name} lost {self.made[phone.name] - here}"

    def _in_order(self, phone: Phone, before: set[Key]) -> None:
        """What a device did to a row was decided in the order in which it was done."""
        changes = {as_text(change.payload): change for change in phone.changes()}
        decided = {text for text, _ in self.hosted.decided.values()}
        for key in self.hosted.decided.keys() - before:
            change = changes.get(self.hosted.decided[key][0])
            if change is None:
                continue
            for earlier in outbox.of_row(phone.conn, change.kind, change.row_id):
                if earlier.change_id >= change.change_id or earlier.state in ("refused", "acked"):
                    continue
                waits = as_text(earlier.payload) not in decided
                is_out_of_turn = waits and (phone.name, earlier.change_id) not in self.stuck
                assert not is_out_of_turn, f"{phone.name}: {change.change_id} was done before {earlier.change_id}"

    # --- the end -----------------------------------------------------------------------------------------------------
    def _calm_down(self) -> None:
        """Without faults everybody comes to rest, and then all agree."""
        self.hosted.deferrals.clear()
        for _ in range(ROUNDS):
            for phone in self.phones:
                phone.now_ms += 4_000_000
                for change in phone.changes():
                    if change.state == "parked":
                        phone.write(lambda conn, change=change: outbox.retry(conn, change.change_id))
                for _ in range(ROUNDS):
                    if not self._send(phone, "answered"):
                        break
                self._pull_all(phone)
            self.check(self.phones)
            if all(map(is_at_rest, self.phones)):
                break
        else:
            raise AssertionError(f"not at rest: {[(p.name, [str(c.state) for c in p.changes()]) for p in self.phones]}")
        for phone in self.phones:
            self._pull_all(phone)
            agree(phone, self.hosted)

    # --- small things ------------------------------------------------------------------------------------------------
    def _phone(self, name: str) -> Phone:
        return Phone(self.parts, name, lambda: str(UUID(int=self.chance.getrandbits(128), version=4)))

    def _pull_all(self, phone: Phone) -> None:
        for _ in range(ROUNDS * 5):
            if not phone.pull(self.hosted):
                return
        raise AssertionError("a pull never ends")

    def _stamp(self) -> int:
        self.stamp += 1
        return self.stamp

    def _one(self, phone: Phone, *states: str) -> Change | None:
        found = [change for change in phone.changes() if change.state in states]
        return self.chance.choice(found) if found else None

    def _by_hand(self, phone: Phone, act: Callable[[], Any]) -> None:
        """What the owner does may add and take away changes."""
        before = {change.change_id for change in phone.changes()}
        act()
        after = {change.change_id for change in phone.changes()}
        self.made[phone.name] = self.made[phone.name] - (before - after) | (after - before)


class Forgetful(History):
    """Servers that go back in the same epoch, and copies of files, each several times.  Nobody looks meanwhile."""

    WEIGHTS: ClassVar = History.WEIGHTS | {
        "copy_file": 12,
        "put_file_back": 10,
        "clone": 6,
        "copy_server": 10,
        "put_server_back": 2,
        "put_server_back_quietly": 8,
    }

    def put_server_back_quietly(self, _: Phone) -> None:
        if self.backup is not None:
            self._goes_back(self.backup, self.backup.epoch)
            self.hit["server put back quietly"] += 1


# --- what must be true of a device, whatever has happened ------------------------------------------------------------
def check_settled(phone: Phone, hosted: Hosted, excused: Collection[str]) -> None:
    """The server has said of each what is written down, and the rows are of the same epoch."""
    decided = set(hosted.decided.values())
    core = cursors.stream(phone.conn, CORE)
    for each in phone.settled():
        if each.text in excused:
            continue
        said = (each.text, each.result["status"])
        assert said in decided, f"the server never said so: {said}"
        assert not core.complete or each.result["epoch"] == core.epoch, f"settled by rows of another epoch: {said}"


def check_values(phone: Phone, hosted: Hosted, excused: Collection[str]) -> None:
    """Where nothing waits, a row shows what was settled last or what came after it."""
    shown = phone.shown()
    for each in phone.settled():
        row = shown.get(each.row_id)
        new = each.payload.get("set", {}).get("notes", (None, None))[1]
        if row is None or row["dirty"] or new is None or each.result["status"] != "ok" or each.text in excused:
            continue
        line = hosted.line[each.row_id][::-1]
        since = line[: line.index(new) + 1]
        assert row["notes"] in since, f"{phone.name} shows {row['notes']}, which was before {new}"


def check_conflicts(phone: Phone) -> None:
    """For each answer the owner has the conflicts in it, and no others."""
    told = {change.change_id: _fields(change.result) for change in phone.changes() if change.state == "acked"}
    told |= {each.change_id: _fields(each.result) for each in phone.settled()}
    noted: dict[int, set[str]] = {}
    sql = "SELECT change_id, field, state = 'open' AND resolved_by IS NULL FROM conflicts"
    for change_id, name, undecided in phone.conn.execute(sql):
        # What was decided out of an answer that is asked for again is only remembered.
        if change_id in told or undecided:
            noted.setdefault(change_id, set()).add(name)
    assert noted == {change_id: fields for change_id, fields in told.items() if fields}, f"{phone.name}: {noted}"


def check_shown(phone: Phone) -> None:
    """A row is what the server had with the changes in it, and has a base exactly if there are some."""
    changed = {change.row_id for change in phone.changes() if change.state in IN_EFFECT}
    assert effective.dirty_ids(phone.conn, "bookings") == changed
    phone.conn.execute("BEGIN")
    for row_id in changed:
        before = effective.effective_row(phone.conn, "bookings", row_id)
        assert effective.rebase(phone.conn, "bookings", row_id) == before, f"{phone.name}: {row_id}"
    phone.conn.execute("ROLLBACK")


def is_at_rest(phone: Phone) -> bool:
    """Nothing waits but what needs the owner, and what rests on it."""
    changes = phone.changes()
    refused = {change.row_id for change in changes if change.state == "refused" and change.op.creates}
    return all(change.state == "refused" or change.row_id in refused for change in changes)


def agree(phone: Phone, hosted: Hosted) -> None:
    """At rest the device shows what the server has, and nobody was told anything twice."""
    waiting = {change.row_id for change in phone.changes()}
    mine = {row_id: _seen(row) for row_id, row in phone.shown().items() if row_id not in waiting}
    theirs = {row_id: _seen(row) for row_id, row in hosted.rows().items() if row_id not in waiting}
    assert mine == theirs, phone.name
    sent = Counter(hosted.messages())
    assert not sent or max(sent.values()) == 1, f"told twice: {sent.most_common(1)}"


def _fields(result: dict[str, Any] | None) -> set[str]:
    return {conflict["field"] for conflict in (result or {}).get("conflicts", ())}


def _seen(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "notes", "starts_at", "ends_at", "status", "version")}


KINDS = {"": History, "forgetful": Forgetful}


def run(seed: int, parts: Parts | None = None, kind: str = "") -> Counter[str]:
    """What happened in it.  Raises AssertionError where something that must be true is not."""
    history = KINDS[kind](seed, parts or Parts())
    history.run()
    return history.hit


if __name__ == "__main__":
    sys.stdout.write(f"{run(int(sys.argv[1]), kind=''.join(sys.argv[2:]))}\n")
