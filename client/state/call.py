"""What is known of the call that is open: the row, how it goes, what to do about it, and what belongs to it.

Its words are in `transcript`, the owner's hand in it in `command`: they change at other speeds.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from client.insight.actions import Action, next_actions
from client.insight.health import Health, Level, Reason
from client.insight.sentiment import Point
from client.models.bookings import Booking
from client.models.calls import Call, Turn
from client.models.customers import Customer
from client.models.ids import CallId
from client.state.live_calls import Transcripts, as_shown
from client.state.live_query import LiveQuery
from client.state.transcript import TranscriptStore
from client.storage import bookings, business, calls, customers
from client.storage.errors import StorageError

CALM: Final = Health(level=Level.STABLE, reason=Reason.CALM)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    """`missing`: this device has no such call.  `sentiment`, `actions`: empty without a transcript.

    `last_word_at`: when the newest turn ended.
    """

    call: Call | None = None
    health: Health = CALM
    sentiment: tuple[Point, ...] = ()
    actions: tuple[Action, ...] = ()
    evidence: tuple[Turn, ...] = ()
    customer: Customer | None = None
    booking: Booking | None = None
    last_word_at: datetime | None = None
    has_turns: bool = False
    missing: bool = False


class CallStore(LiveQuery[CallState]):
    """What is known of the open call; hands its turns on to the transcript."""

    tables = frozenset({"calls", "turns", "customers", "bookings", "services"})

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
        self._dismissed: frozenset[str] = frozenset()

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

    def dismiss(self, action_id: str) -> None:
        """Not useful: this suggestion does not come back for this turn."""
        self._dismissed |= {action_id}
        self.refresh()

    def read(self, conn: sqlite3.Connection) -> CallState:
        if self._call_id is None:
            return CallState()
        call = calls.get(conn, self._call_id)
        if call is None:
            return CallState(missing=True)
        turns = self._turns.read(conn, call.call_id)
        self._transcript.show_turns(turns, live=call.is_live)
        health = self._turns.judge(call, self._now()) if call.is_live else CALM
        self._transcript.mark(health.evidence)
        return CallState(
            call=as_shown(call),
            health=health,
            sentiment=self._turns.sentiment(call.call_id),
            actions=self._actions(conn, call, turns),
            evidence=self._turns.named(call.call_id, health.evidence),
            customer=customers.get(conn, call.customer_id) if call.customer_id else None,
            booking=bookings.get(conn, call.booking_id) if call.booking_id else None,
            last_word_at=(turns[-1].ended_at or turns[-1].started_at) if turns else None,
            has_turns=bool(turns),
        )

    def failed(self, error: StorageError) -> CallState:
        del error
        return replace(self.state, missing=self.state.call is None)

    def _actions(self, conn: sqlite3.Connection, call: Call, turns: Sequence[Turn]) -> tuple[Action, ...]:
        if not call.is_live:
            return ()
        return next_actions(call, turns, business.services(conn), self._money, self._dismissed)
