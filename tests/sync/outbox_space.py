"""Every state that two devices, three changes and a server can get into, and every way between them.

The steps are those of push_model.py, so the functions are the real ones.  A step depends on one device, or on one
device and the server, and not on the other: each is taken once and remembered, and walking through all combinations
costs a look into a table.
"""

import hashlib
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec

from client.api.pushed import decode_answer
from client.models.ids import ChangeId
from client.models.mutations import Change
from client.storage import meta, outbox
from tests.backend_stub import example_rows as eg
from tests.sync.histories import (
    agree,
    check_conflicts,
    check_settled,
    check_shown,
    check_values,
    is_at_rest,
)
from tests.sync.push_model import Copy, Hosted, Parts, Phone, Request, as_text, booking_id

NAMES = ("phone", "tablet")
ROW = booking_id(0)
LOCAL = ("outbox", "history", "conflicts", "bases", "bookings", "meta", "streams")
REMOTE = ("entity", "client", "mutation_result", "account")


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """A device: what is in its file (`key`: what of that matters), and what its process knows.

    `lives`: how often an older copy of the file was put in its place.  `edits`: what the owner has done in this one,
    `made`: the changes that are left of it.
    """

    key: bytes
    data: bytes = field(repr=False)
    greeted: bool
    asked: ChangeId | None
    lives: int
    edits: int
    made: frozenset[int]

    def what(self) -> tuple[object, ...]:
        return self.key, self.greeted, self.asked, self.lives, self.edits, self.made


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    key: bytes
    copy: Copy = field(repr=False)


class State(NamedTuple):
    """`late`: a request of which a copy is still on its way.  `kept`, `backup`: copies of phone and server.
    `excused`: what was settled before the server went back.

    Of files and servers that are the same there is only one (`Space.one`), so states are compared at no cost.
    """

    files: tuple[File, File]
    server: Server
    late: Request | None = None
    kept: File | None = None
    backup: Server | None = None
    deferrals: int = 0
    excused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freedom:
    """What may happen besides edits, sending, losing, repeating, pulling and restarts; how often it may.

    It is the phone's file that is put back, always the same copy.
    """

    edits: tuple[int, int] = (2, 1)
    repeats: bool = False
    files_put_back: int = 0
    server_put_back: bool = False
    deferrals: int = 0


Ways = Mapping[State, tuple[State, str] | None]
"""Each state with the one it was first reached from, and how."""


class Space:
    def __init__(self, freedom: Freedom, parts: Parts | None = None) -> None:
        parts = parts or Parts()
        self.freedom = freedom
        self._hosted = Hosted(parts, 1)
        ids = iter(str(uuid5(UUID(int=0), name)) for name in NAMES)
        self._phones = tuple(Phone(parts, name, lambda: next(ids)) for name in NAMES)
        self._sent = cache(self._send)
        self._heard = cache(self._hear)
        self._done = cache(self._push)
        self._pulled = cache(self._pull)
        self._edited = cache(self._edit)
        self._restarted = cache(self._restart)
        self._failed = cache(self._fail)
        self._again = cache(self._put_back)
        self._back = cache(self._went_back)
        self._settled = cache(self._texts)
        self._checked: set[tuple[File, Server, frozenset[str]]] = set()
        self._known: dict[object, Any] = {}

    def first(self) -> State:
        one, other = (self._began(phone) for phone in self._phones)
        return State(files=(one, other), server=self._served(), deferrals=self.freedom.deferrals)

    def walk(self) -> tuple[int, int]:
        """How many states and ways there are.  Raises AssertionError with the way to what must not be."""
        first = self.first()
        came_from: dict[State, tuple[State, str] | None] = {first: None}
        ways = 0
        waiting = deque([first])
        while waiting:
            state = waiting.popleft()
            try:
                self.check(state)
                for name, following in self.ways(state):
                    ways += 1
                    if following not in came_from:
                        came_from[following] = state, name
                        waiting.append(following)
            except AssertionError as error:
                raise AssertionError(f"{error} after {_path(came_from, state)}") from error
        self._all_come_to_rest(came_from)
        return len(came_from), ways

    # --- what may happen ---------------------------------------------------------------------------------------------
    def ways(self, state: State) -> Iterator[tuple[str, State]]:
        for who, name in enumerate(NAMES):
            file = state.files[who]
            if file.edits < self.freedom.edits[who]:
                yield f"{name} edits", _with(state, who, self._edited(who, file))
            yield f"{name} restarts", _with(state, who, self._restarted(who, file))
            yield f"{name} pulls", _with(state, who, self._pulled(who, file, state.server))
            yield from self._sending(state, who, name)
            yield from self._putting_files_back(state, who, name)
        if state.late is not None:
            server, _ = self._done(state.server, state.late, False)
            yield "a copy arrives", state._replace(server=server, late=None)
        if self.freedom.server_put_back and state.backup is None:
            yield "the server is copied", state._replace(backup=state.server)
        elif state.backup is not None and state.server.copy.epoch == "e1" and state.server != state.backup:
            settled = frozenset().union(*(self._settled(who, file) for who, file in enumerate(state.files)))
            server = self._back(state.backup)
            yield "the server is put back", state._replace(server=server, late=None, excused=settled)

    def _sending(self, state: State, who: int, name: str) -> Iterator[tuple[str, State]]:
        file, request, given_up = self._sent(who, state.files[who])
        if request is None:
            return
        failed = self._failed(file)
        yield f"{name} sends, it is lost", _with(state, who, failed)
        for put_off in (False, True)[: 1 + bool(state.deferrals and request.mutations)]:
            server, answer = self._done(state.server, request, put_off)
            heard = self._heard(who, file, request, answer, given_up)
            rest = state._replace(server=server, deferrals=state.deferrals - put_off)
            yield f"{name} sends", _with(rest, who, heard)
            yield f"{name} sends, the answer is lost", _with(rest, who, failed)
            if self.freedom.repeats and state.late is None and request.mutations:
                yield f"{name} sends, a copy stays behind", _with(rest, who, heard)._replace(late=request)

    def _putting_files_back(self, state: State, who: int, name: str) -> Iterator[tuple[str, State]]:
        file, kept = state.files[who], state.kept
        if who or not self.freedom.files_put_back:
            return
        if kept is None:
            yield f"{name}'s file is copied", state._replace(kept=file)
        elif file.lives < self.freedom.files_put_back and kept.key != file.key:
            yield f"{name}'s file is put back", _with(state, who, self._again(kept, file.lives + 1))

    # --- what must be true -------------------------------------------------------------------------------------------
    def check(self, state: State) -> None:
        for who, file in enumerate(state.files):
            pair = file, state.server, state.excused
            if pair in self._checked:
                continue
            self._checked.add(pair)
            phone, hosted = self._phone(who, file), self._at(state.server)
            twice = [text for text, times in hosted.done.items() if times > 1]
            assert not twice, f"done twice: {twice}"
            here = {change.change_id for change in phone.changes()} | {each.change_id for each in phone.settled()}
            assert here == file.made, f"{phone.name} lost {file.made - here}"
            check_settled(phone, hosted, state.excused)
            check_values(phone, hosted, state.excused)
            check_conflicts(phone)
            check_shown(phone)
            _check_order(phone, hosted)

    def _all_come_to_rest(self, states: Ways) -> None:
        """Without faults, from wherever they are."""
        rests: set[State] = set()
        for state in states:
            path: list[State] = []
            while state not in rests:
                path.append(state)
                assert len(path) < 60, f"never at rest: {_path(states, path[0])}"
                following = self._calmer(state)
                if following == state:
                    self._is_right_at_rest(state, lambda at=path[0]: _path(states, at))
                    break
                state = following
            rests.update(path)

    def _calmer(self, state: State) -> State:
        """What happens next if nothing goes wrong; the same when nothing is left to do."""
        for who in (0, 1):
            file, request, given_up = self._sent(who, state.files[who])
            if request is not None:
                server, answer = self._done(state.server, request, False)
                return _with(state, who, self._heard(who, file, request, answer, given_up))._replace(server=server)
            pulled = self._pulled(who, file, state.server)
            if pulled != file:
                return _with(state, who, pulled)
            later = self._restarted(who, file)
            if later.key != file.key:
                return _with(state, who, later)
        return state

    def _is_right_at_rest(self, state: State, path: Callable[[], str]) -> None:
        hosted = self._at(state.server)
        for who in (0, 1):
            phone = self._phone(who, state.files[who])
            assert is_at_rest(phone), f"{phone.name} does not come to rest: {path()}"
            agree(phone, hosted)

    # --- the steps, each taken once ----------------------------------------------------------------------------------
    def _send(self, who: int, file: File) -> tuple[File, Request | None, Change | None]:
        phone = self._phone(who, file)
        following = phone.next_request()
        request, given_up = following if following is not None else (None, None)
        return self._filed(phone, file), request, given_up

    def _push(self, server: Server, request: Request, put_off: bool) -> tuple[Server, bytes]:
        hosted = self._at(server)
        hosted.deferrals[:] = [5] if put_off else []
        answer = hosted.push(request)
        return self._served(), msgspec.json.encode(answer)

    def _hear(self, who: int, file: File, request: Request, answer: bytes, given_up: Change | None) -> File:
        phone = self._phone(who, file)
        heard = decode_answer(answer, [mid for mid, _ in request.mutations])
        phone.greeted = phone.hear(request, heard, given_up)
        return self._filed(phone, file)

    def _pull(self, who: int, file: File, server: Server) -> File:
        phone, hosted = self._phone(who, file), self._at(server)
        while phone.pull(hosted):
            pass
        return self._filed(phone, file)

    def _restart(self, who: int, file: File) -> File:
        phone = self._phone(who, file)
        phone.restart()
        return self._filed(phone, file)

    def _edit(self, who: int, file: File) -> File:
        """The phone changes the notes and then the slot, the tablet the notes, all of one booking."""
        phone = self._phone(who, file)
        before = {change.change_id for change in phone.changes()}
        starts_at = phone.shown()[ROW]["starts_at"] + eg.HOUR
        slot = {"starts_at": starts_at, "ends_at": starts_at + eg.HOUR}
        told = f"{phone.name}, {file.edits} in life {file.lives}"
        phone.patch(ROW, slot if file.edits else {"notes": told}, told, 10 * file.lives + file.edits)
        made = file.made | ({change.change_id for change in phone.changes()} - before)
        return self._filed(phone, replace(file, edits=file.edits + 1, made=made))

    def _went_back(self, to: Server) -> Server:
        hosted = self._at(to)
        hosted.epoch = "e2"
        return self._served()

    def _fail(self, file: File) -> File:
        return self.one(replace(file, greeted=False, asked=None))

    def _put_back(self, kept: File, life: int) -> File:
        return self.one(replace(kept, lives=life, greeted=False, asked=None))

    def _texts(self, who: int, file: File) -> frozenset[str]:
        return frozenset(each.text for each in self._phone(who, file).settled())

    # --- states and what they are made of ----------------------------------------------------------------------------
    def one(self, file: File) -> File:
        """The one of those that are the same."""
        return self._known.setdefault(file.what(), file)

    def _began(self, phone: Phone) -> File:
        while phone.pull(self._hosted):
            pass
        nothing = File(key=b"", data=b"", greeted=False, asked=None, lives=0, edits=0, made=frozenset())
        return self._filed(phone, nothing)

    def _filed(self, phone: Phone, before: File) -> File:
        asked = None if phone.asked is None else phone.asked.change_id
        key, data = _digest(phone.conn, LOCAL), phone.conn.serialize()
        return self.one(replace(before, key=key, data=data, greeted=phone.greeted, asked=asked))

    def _served(self) -> Server:
        hosted = self._hosted
        said = repr((hosted.epoch, sorted(hosted.done.items()), sorted(hosted.decided.items())))
        key = _digest(hosted.conn, REMOTE, said)
        return self._known.setdefault(key, Server(key=key, copy=hosted.copy()))

    def _phone(self, who: int, file: File) -> Phone:
        phone = self._phones[who]
        phone.conn.deserialize(file.data)
        phone.greeted = file.greeted
        phone.asked = None if file.asked is None else outbox.get(phone.conn, file.asked)
        # Ids nobody has had: neither in this life, where each comes from the one before, nor in another.
        phone.new_id = lambda: str(uuid5(UUID(meta.client_id(phone.conn)), str(file.lives)))
        return phone

    def _at(self, server: Server) -> Hosted:
        self._hosted.put_back(server.copy, server.copy.epoch, server.copy.run)
        return self._hosted


def _digest(conn: sqlite3.Connection, tables: tuple[str, ...], more: str = "") -> bytes:
    """Of what was heard last only the epoch counts: here the server goes back in another one."""
    rows = [conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]
    rows = [[row for row in found if row[0] != "heard"] for found in rows]
    return hashlib.blake2b(f"{rows}{more}".encode(), digest_size=16).digest()


def _with(state: State, who: int, file: File) -> State:
    return state._replace(files=(file, state.files[1]) if who == 0 else (state.files[0], file))


def _check_order(phone: Phone, hosted: Hosted) -> None:
    """No change was decided while an earlier one of the same row waits."""
    decided = {text for text, _ in hosted.decided.values()}
    waits = False
    for change in outbox.of_row(phone.conn, "bookings", ROW):
        is_decided = as_text(change.payload) in decided
        assert not (waits and is_decided), f"{phone.name}: {change.change_id} was done out of turn"
        waits = waits or (change.state in ("queued", "sent", "parked") and not is_decided)


def _path(ways: Ways, state: State) -> str:
    steps: list[str] = []
    while (before := ways[state]) is not None:
        state, step = before
        steps.append(step)
    return " · ".join(reversed(steps)) or "nothing"
