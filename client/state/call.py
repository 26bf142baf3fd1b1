"""What is known of the call that is open: the row, how it goes, what to do about it, and what belongs to it.

Its words are in `transcript`, the owner's hand in it in `command`: they change at other speeds.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.insight.actions import Action, next_actions
from client.insight.corrections import Noted, standing
from client.insight.health import Health, Level, Reason
from client.insight.sentiment import Point
from client.models.bookings import Booking
from client.models.calls import Call, Speaker, Turn
from client.models.corrections import BlockedNumber
from client.models.customers import Customer
from client.models.ids import CallId, CustomerId, TurnId
from client.models.leads import Lead
from client.models.marks import About
from client.models.promises import Judged
from client.models.tasks import Task
from client.state.live_calls import Transcripts, as_shown
from client.state.live_query import LiveQuery
from client.state.transcript import LineNotes, TranscriptStore
from client.storage import bookings, business, calls, corrections, customers, leads, marks, promises, tasks
from client.storage.errors import StorageError

CALM: Final = Health(level=Level.STABLE, reason=Reason.CALM)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    """`missing`: this device has no such call.  `sentiment`, `actions`: empty without a transcript.

    `last_word_at`: when the newest turn ended.  `promises`: of a call that is over; `settled`: the turns of those that
    the owner has done with.  `leads`, `tasks`: what came of it.  `blocked`: calls from its number are not answered.
    """

    call: Call | None = None
    health: Health = CALM
    sentiment: tuple[Point, ...] = ()
    actions: tuple[Action, ...] = ()
    set_aside: tuple[Action, ...] = ()
    evidence: tuple[Turn, ...] = ()
    customer: Customer | None = None
    booking: Booking | None = None
    leads: tuple[Lead, ...] = ()
    tasks: tuple[Task, ...] = ()
    corrections: tuple[Noted, ...] = ()
    promises: tuple[Judged, ...] = ()
    settled: frozenset[str] = frozenset()
    blocked: BlockedNumber | None = None
    last_word_at: datetime | None = None
    has_turns: bool = False
    missing: bool = False


class CallStore(LiveQuery[CallState]):
    """What is known of the open call; hands its turns on to the transcript."""

    tables = frozenset(
        {
            *("calls", "turns", "customers", "bookings", "services"),
            *("leads", "tasks", "corrections", "call_promises", "marks", "blocked_numbers"),
            "business",
        }
    )

    def __init__(
        self,
        now: Callable[[], datetime],
        money: Callable[[int], str],
        transcript: TranscriptStore,
        transcripts: Transcripts,
    ) -> None:
        super().__init__(CallState())
        self._now = now
        self._money = money
        self._transcript = transcript
        self._call_id: CallId | None = None
        self._turns = transcripts

    @property
    def call_id(self) -> CallId | None:
        return self._call_id

    def open(self, call_id: CallId | None) -> None:
        if call_id == self._call_id:
            return
        self._call_id = call_id
        self._turns.keep("open", {call_id} if call_id else set())
        self._transcript.clear()
        self.state = CallState()
        self.refresh()

    def turn(self, turn_id: TurnId) -> Turn | None:
        """A turn of the open call."""
        return next(iter(self._turns.named(self._call_id, (turn_id,))), None) if self._call_id else None

    def asked_before(self, turn: Turn) -> str | None:
        """What the caller said last before this turn: the question that it answers."""
        if self._call_id is None:
            return None
        said = self._turns.before(self._call_id, turn.index)
        return next((each.text for each in reversed(said) if each.speaker is Speaker.CALLER), None)

    def turn_of_minute(self) -> None:
        """A correction counts until the end of its last day."""
        if any(noted.correction.last_day for noted in self.state.corrections):
            self.refresh()

    def read(self, conn: sqlite3.Connection) -> CallState:
        if self._call_id is None:
            return CallState()
        call = calls.get(conn, self._call_id)
        if call is None:
            return CallState(missing=True)
        turns = self._turns.read(conn, call.call_id)
        self._transcript.show_turns(turns, live=call.is_live)
        health = self._turns.judge(call) if call.is_live else CALM
        self._transcript.mark(health.evidence)
        marked = marks.about(conn, About.SUGGESTION) if call.is_live else {}
        dismissed = frozenset(subject for _, subject in marked)
        promised = promises.of_call(conn, call.call_id)
        corrected = self._corrected(conn, call)
        self._transcript.annotate(notes_of(call, promised, corrected))
        return CallState(
            call=as_shown(call),
            health=health,
            sentiment=self._turns.sentiment(call.call_id),
            actions=self._actions(conn, call, turns, dismissed),
            set_aside=tuple(each for each in self._actions(conn, call, turns) if each.action_id in dismissed)
            if dismissed
            else (),
            evidence=self._turns.named(call.call_id, health.evidence),
            customer=customers.get(conn, call.customer_id) if call.customer_id else None,
            booking=bookings.get(conn, call.booking_id) if call.booking_id else None,
            leads=tuple(leads.of_call(conn, call.call_id)),
            tasks=tuple(tasks.of_call(conn, call.call_id)),
            corrections=corrected,
            promises=promised,
            settled=frozenset(subject for _, subject in marks.about(conn, About.PROMISE)) if promised else frozenset(),
            blocked=corrections.blocked_number(conn, call.caller_phone) if call.caller_phone else None,
            last_word_at=(turns[-1].ended_at or turns[-1].started_at) if turns else None,
            has_turns=bool(turns),
        )

    def _corrected(self, conn: sqlite3.Connection, call: Call) -> tuple[Noted, ...]:
        found, ours = corrections.of_call(conn, call.call_id), business.get(conn)
        if not found or ours is None:
            return ()
        today = self._now().astimezone(ours.zone).date()
        return tuple(Noted(each, standing(each, today), _name(conn, each.customer_id)) for each in found)

    def failed(self, error: StorageError) -> CallState:
        del error
        return replace(self.state, missing=self.state.call is None)

    def _actions(
        self, conn: sqlite3.Connection, call: Call, turns: Sequence[Turn], dismissed: frozenset[str] = frozenset()
    ) -> tuple[Action, ...]:
        if not call.is_live:
            return ()
        services = business.services(conn)
        return next_actions(call, turns, services, self._money, dismissed)


def _name(conn: sqlite3.Connection, customer_id: CustomerId | None) -> str | None:
    customer = customers.get(conn, customer_id) if customer_id else None
    return customer.name if customer else None


def notes_of(call: Call, promised: Sequence[Judged], corrected: Sequence[Noted]) -> dict[TurnId, LineNotes]:
    """What stands beside the lines of a call."""
    notes: dict[TurnId, LineNotes] = {}
    for judged in promised:
        before = notes.get(judged.promise.turn_id, LineNotes())
        notes[judged.promise.turn_id] = replace(before, promises=(*before.promises, judged))
    for flag in call.flags:
        notes[flag.turn_id] = replace(notes.get(flag.turn_id, LineNotes()), flag=flag.label)
    for noted in corrected:
        turn_id = noted.correction.turn_id
        before = notes.get(turn_id, LineNotes())
        notes[turn_id] = replace(before, corrections=(*before.corrections, noted))
    return notes
