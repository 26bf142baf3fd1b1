"""The calls in progress with how they go, and the words being spoken in them."""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

import flet as ft

from client.insight.health import Health, Heard, LiveCall, by_need, call_health
from client.insight.sentiment import Point, SentimentLine
from client.models.calls import Call, PartialTurn, Turn
from client.models.ids import CallId, TurnId
from client.state.live_query import LiveQuery
from client.storage import calls
from client.storage.knowing import data_version


@dataclass(slots=True)
class _Kept:
    """One transcript as last read: by id in order of index, and as the tuple that is handed out."""

    by_id: dict[TurnId, Turn] = field(default_factory=dict[TurnId, Turn])
    read_at: tuple[sqlite3.Connection, int] | None = None
    newest: int = -1
    turns: tuple[Turn, ...] = ()
    judged: tuple[Call, datetime, Health] | None = None
    heard: Heard = field(default_factory=Heard)
    line: SentimentLine = field(default_factory=SentimentLine)


class Transcripts:
    """The turns of calls as last read, so that a commit costs the turns it changed and not the whole call.

    Shared by the stores that look at the same calls.  `heard_until`: of what comes later this device knows nothing.
    """

    def __init__(self, heard_until: Callable[[], datetime]) -> None:
        self._heard_until = heard_until
        self._kept: dict[CallId, _Kept] = {}
        self._wanted: dict[str, set[CallId]] = {}

    def read(self, conn: sqlite3.Connection, call_id: CallId) -> tuple[Turn, ...]:
        """All turns in order of index; the same objects as last time where nothing changed."""
        kept = self._kept.setdefault(call_id, _Kept())
        read_at = (conn, data_version(conn))
        if kept.read_at == read_at:
            return kept.turns
        kept.read_at = read_at
        changed = self._take(kept, calls.turns(conn, call_id, after_version=kept.newest))
        if calls.turn_count(conn, call_id) != len(kept.by_id):
            kept.by_id.clear()
            changed = self._take(kept, calls.turns(conn, call_id)) or True
        if changed:
            kept.turns, kept.judged = tuple(kept.by_id.values()), None
        return kept.turns

    def judge(self, call: Call) -> Health:
        """How the call goes by the turns last read; asked twice in one second about the same it is worked out once."""
        kept, until = self._kept[call.call_id], self._heard_until()
        second = until.replace(microsecond=0)
        if kept.judged is None or kept.judged[:2] != (call, second):
            kept.judged = (call, second, call_health(call, kept.turns, until, kept.heard))
        return kept.judged[2]

    def sentiment(self, call_id: CallId) -> tuple[Point, ...]:
        """How the caller's words went, by the turns last read."""
        kept = self._kept[call_id]
        return kept.line.of(kept.turns)

    def named(self, call_id: CallId, turn_ids: Collection[TurnId]) -> tuple[Turn, ...]:
        """These turns in order of index, as last read."""
        kept = self._kept.get(call_id, _Kept())
        found = (kept.by_id[turn_id] for turn_id in turn_ids if turn_id in kept.by_id)
        return tuple(sorted(found, key=lambda turn: turn.index))

    def before(self, call_id: CallId, index: int) -> tuple[Turn, ...]:
        """The turns before that index, as last read."""
        kept = self._kept.get(call_id, _Kept())
        return tuple(turn for turn in kept.turns if turn.index < index)

    def keep(self, who: str, call_ids: set[CallId]) -> None:
        """`who` looks at these calls now; what nobody looks at is dropped."""
        self._wanted[who] = call_ids
        for call_id in set(self._kept) - set[CallId]().union(*self._wanted.values()):
            del self._kept[call_id]

    def _take(self, kept: _Kept, turns: list[Turn]) -> bool:
        """Keeps the order of index; turns nearly always come at the end, so sorting is the exception."""
        last = next(reversed(kept.by_id.values())).index if kept.by_id else -1
        for turn in turns:
            out_of_order = turn.turn_id not in kept.by_id and turn.index < last
            kept.by_id[turn.turn_id] = turn
            last = max(last, turn.index)
            kept.newest = max(kept.newest, turn.version)
            if out_of_order:
                kept.by_id = dict(sorted(kept.by_id.items(), key=lambda item: item[1].index))
        return bool(turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCallsState:
    """Who needs the owner most first.

    `lost`: were in progress when this device last heard of them, at `heard_at`, which is too long ago.
    """

    calls: tuple[LiveCall, ...] = ()
    lost: tuple[Call, ...] = ()
    heard_at: datetime | None = None


class LiveCallsStore(LiveQuery[LiveCallsState]):
    tables = frozenset({"calls", "turns"})

    def __init__(self, transcripts: Transcripts, lost_since: Callable[[], datetime | None]) -> None:
        super().__init__(LiveCallsState())
        self._transcripts = transcripts
        self._lost_since = lost_since

    def read(self, conn: sqlite3.Connection) -> LiveCallsState:
        live = calls.live(conn)
        if (heard_at := self._lost_since()) is not None:
            self._transcripts.keep("live", set())
            return LiveCallsState(lost=tuple(live), heard_at=heard_at if live else None)
        self._transcripts.keep("live", {call.call_id for call in live})
        return LiveCallsState(calls=by_need(self._judged(conn, call) for call in live))

    def _judged(self, conn: sqlite3.Connection, call: Call) -> LiveCall:
        self._transcripts.read(conn, call.call_id)
        return LiveCall(call=as_shown(call), health=self._transcripts.judge(call))


def as_shown(call: Call) -> Call:
    """The call without what counts up with every word and is not on screen, so that a word repaints its line alone."""
    return replace(call, version=0, turn_count=0, sentiment=None)


class PartialsStore(ft.Observable):
    """The words being spoken, by turn.  Never stored; dropped with the turn that replaces them or with the call."""

    def __init__(self) -> None:
        self.latest: PartialTurn | None = None
        self._partials: dict[CallId, dict[TurnId, PartialTurn]] = {}

    def hear(self, partial: PartialTurn) -> None:
        self._partials.setdefault(partial.call_id, {})[partial.turn_id] = partial
        self.latest = partial

    def of(self, call_id: CallId) -> tuple[PartialTurn, ...]:
        return tuple(self._partials.get(call_id, {}).values())

    def forget(self, call_id: CallId, turn_ids: set[TurnId]) -> None:
        """The turns have arrived."""
        partials = self._partials.get(call_id, {})
        for turn_id in turn_ids & set(partials):
            del partials[turn_id]

    def keep_only(self, call_ids: set[CallId]) -> None:
        for call_id in set(self._partials) - call_ids:
            del self._partials[call_id]
