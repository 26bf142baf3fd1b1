"""The calls of the last weeks: every booking Luna made has the call in which she made it, and there are the others.

Which calls there were is decided here; each is told from one of our own scripts, so that searching the transcripts
finds what people say.
"""

import random
from collections.abc import Iterable
from datetime import timedelta

from backend_stub.business.calendar import DAY_MS, HOUR_MS, MINUTE_MS, days
from backend_stub.business.documents import Row
from backend_stub.business.ids import Ids
from backend_stub.business.names import name_and_language
from backend_stub.business.people import fictional_numbers
from backend_stub.business.premises import Premises
from backend_stub.business.telling import Caller, Telling
from backend_stub.scripts import CallScript, own_scripts
from backend_stub.scripts.turns import ended, new_call, recording_of, satisfaction_of

CALL_DAYS = 60
_OTHERS_A_DAY = 8.0
_MISSED_SHARE = 0.1
_BY_SCRIPT = {
    "holiday-hours": 10,
    "payment": 16,
    "not-offered": 11,
    "angry-wants-person": 3,
    "emergency": 1,
    "empty-promise": 4,
    "booking-fails": 5,
    "spam": 12,
    "bad-line": 5,
    "reschedule": 12,
    "wrong-number": 6,
    "voicemail": 9,
}


class Switchboard:
    """Tells calls.  One for a history; everything random comes from its generator."""

    def __init__(self, premises: Premises, rng: random.Random, customers: list[Row]) -> None:
        self._premises = premises
        self._rng = rng
        self._ids = Ids(rng)
        self._scripts = {script.script_id: script for script in own_scripts(premises.kind.kind)}
        self._customers = [row for row in customers if row["status"] == "active"]
        self._by_id = {row["id"]: row for row in customers}
        used = {row["phone"] for row in customers}
        self._free_numbers = [n for n in fictional_numbers((), rng) if n not in used]
        self._staff_ids = [row["id"] for row in premises.staff]
        self._employee = premises.employees[0]
        self.calls: list[Row] = []
        self.turns: list[Row] = []
        self.leads: list[Row] = []
        self.promised: list[Row] = []
        """Calls in which the employee promised to call back and noted it nowhere."""

    # --- which calls there were

    def tell_bookings(self, bookings: Iterable[Row]) -> None:
        """A call for each booking Luna made in these weeks, and for some cancellations; the booking learns its call."""
        since = self._since()
        for row in bookings:
            if row["source"] == "luna" and row["created_at"] >= since:
                self._tell_booking(row)
            cancelled = row["cancelled_at"]
            if cancelled is not None and since <= cancelled < self._last_start() and self._awake(cancelled):
                self._tell_held("cancel", row, cancelled - MINUTE_MS)

    def tell_others(self, bookings: list[Row], factor: float) -> None:
        """Questions, complaints, spam, missed calls and the rest, some each day."""
        ahead = [row for row in bookings if row["status"] in ("confirmed", "completed") and row["customer_id"]]
        ahead = [row for row in ahead if row["starts_at"] >= self._since()]
        premises = self._premises
        for day in days(premises.today - timedelta(days=CALL_DAYS), premises.today):
            busy = 1.0 if premises.is_open(day) else 0.35
            for _ in range(round(self._rng.gauss(_OTHERS_A_DAY, 2.0) * busy * min(factor, 2.0))):
                at = premises.local.at(day, self._rng.randrange(7 * 60 + 30, 20 * 60)) + self._rng.randrange(60_000)
                if at < self._last_start():
                    self._tell_other(at, ahead)

    def _tell_other(self, at: int, ahead: list[Row]) -> None:
        if self._rng.random() < _MISSED_SHARE:
            self._tell_missed(at)
            return
        name = self._rng.choices(list(_BY_SCRIPT), list(_BY_SCRIPT.values()))[0]
        if name == "reschedule":
            drawn = self._rng.sample(ahead, min(60, len(ahead)))
            moved = next((b for b in drawn if b["created_at"] < at - DAY_MS and at + HOUR_MS < b["starts_at"]), None)
            if moved is not None:
                self._tell_held(name, moved, at)
            return
        script = self._scripts[name]
        told = self._begin(script, self._caller(script), at)
        told.about(self._rng.choice(self._premises.services))
        day = self._premises.local.day_of(at) + timedelta(days=self._rng.choice((1, 2, 3)))
        told.offer(self._premises.local.at(day, self._rng.randrange(20, 34) * 30), self._rng.choice(self._staff_ids))
        told.walk(None)
        self._keep(told, script.outcome, None)
        if name == "empty-promise":
            self.promised.append(told.call)

    def _since(self) -> int:
        return self._premises.local.at(self._premises.today - timedelta(days=CALL_DAYS), 0)

    def _last_start(self) -> int:
        """Calls of the history are over by now."""
        return self._premises.now_ms - 6 * MINUTE_MS

    def _awake(self, instant_ms: int) -> bool:
        """Two in five of those who cancel by day ring to do it."""
        return self._premises.local.wall(instant_ms).hour in range(7, 21) and self._rng.random() < 0.4

    # --- the kinds of calls

    def _tell_booking(self, booking: Row) -> None:
        customer = self._by_id.get(booking["customer_id"])
        new = customer is None or customer["created_at"] >= booking["created_at"] - MINUTE_MS
        spanish = (
            customer is not None
            and customer["language"] == "es"
            and booking["service_name"] in self._scripts["spanish"].words["service_es_of"]
        )
        script = self._scripts["spanish" if spanish else "new-customer" if new else "regular-rebooks"]
        known = None if new else customer
        caller = Caller(name=booking["customer_name"], phone=booking["customer_phone"], customer=known)
        told = self._begin(script, caller, booking["created_at"] - 60_000)
        told.about(self._service_of(booking))
        told.offer(booking["starts_at"], booking["staff_id"])
        told.walk(booking)
        told.move_to("book_appointment", booking["created_at"])
        told.call["customer_id"] = booking["customer_id"]
        booking["call_id"] = told.call["id"]
        self._keep(told, "booked", booking)

    def _tell_held(self, name: str, booking: Row, at: int) -> None:
        """A call about a booking there is already: cancelled, or moved to where it is now."""
        customer = self._by_id.get(booking["customer_id"])
        if customer is None:
            return
        script = self._scripts[name]
        told = self._begin(script, Caller(name=customer["name"], phone=customer["phone"], customer=customer), at)
        old = booking["starts_at"]
        old += 0 if name == "cancel" else self._rng.choice((-2, 1, 2, 7)) * DAY_MS
        told.about(self._service_of(booking))
        told.offer(booking["starts_at"], booking["staff_id"])
        told.hold(booking, old)
        told.walk(booking)
        if name == "cancel":
            told.move_to("cancel_booking", booking["cancelled_at"])
        self._keep(told, script.outcome, booking if name == "reschedule" else None)

    def _service_of(self, booking: Row) -> Row:
        return next(row for row in self._premises.services if row["id"] == booking["service_id"])

    def _tell_missed(self, at: int) -> None:
        known = self._rng.choice(self._customers) if self._rng.random() < 0.4 and self._customers else None
        phone = known["phone"] if known else self._rng.choice(self._free_numbers)
        call = new_call(
            call_id=self._ids.at(at),
            phone=phone,
            customer=known,
            name=known["name"] if known else None,
            direction="inbound",
            employee=self._employee,
            started_at=at,
            intent=None,
            language="en",
        )
        call = ended(call, at=at + self._rng.randrange(3000, 15000), outcome="missed")
        self.calls.append(
            call
            | {
                "summary": "Rang and hung up before the call was answered.",
                "requires_followup": True,
                "recording": recording_of(call["consent"]),
            }
        )

    # --- telling one

    def _caller(self, script: CallScript) -> Caller:
        if script.caller == "withheld":
            return Caller(name=None, phone=None, customer=None)
        if script.caller in ("known", "booked") or (script.caller == "any" and self._rng.random() < 0.6):
            customer = self._rng.choice(self._customers)
            return Caller(name=customer["name"], phone=customer["phone"], customer=customer)
        name, _ = name_and_language(self._rng)
        return Caller(name=name, phone=self._rng.choice(self._free_numbers), customer=None)

    def _begin(self, script: CallScript, caller: Caller, at: int) -> Telling:
        return Telling(script, caller, at, premises=self._premises, ids=self._ids, rng=self._rng)

    def _keep(self, told: Telling, outcome: str, booking: Row | None) -> None:
        told.close(outcome, booking)
        told.call["satisfaction"] = satisfaction_of(told.call, random.Random(told.call["id"]))
        self.calls.append(told.call)
        self.turns += told.turns
        self.leads += told.leads
