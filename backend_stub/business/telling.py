"""Tells one call of the past from a script: its header and its turns.

Nothing is on the desk here: what a tool answered is known from the booking it led to.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from backend_stub.business.calendar import DAY_MS, HOUR_MS, days
from backend_stub.business.documents import Row, lead_of_call
from backend_stub.business.ids import Ids
from backend_stub.business.premises import Premises
from backend_stub.scripts import CallScript, Gap, Line, Step, ToolStep
from backend_stub.scripts.facts import facts_of
from backend_stub.scripts.turns import (
    ended,
    gap_turn,
    mean_sentiment,
    new_call,
    recording_of,
    speech_turn,
    tool_turn,
)
from backend_stub.scripts.wording import (
    fill,
    fill_values,
    short_slot,
    spoken,
    spoken_price,
    spoken_slot,
    tool_inputs,
)

_WORD_MS = 1000 / 2.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who rings; `customer` None for somebody unknown."""

    name: str | None
    phone: str | None
    customer: Row | None


class Telling:
    """A call as it is being told.  `about`, then what is known of times, then `walk`, then `close`."""

    def __init__(
        self, script: CallScript, caller: Caller, at: int, *, premises: Premises, ids: Ids, rng: random.Random
    ) -> None:
        self._script = script
        self._caller = caller
        self._premises = premises
        self._ids = ids
        self._rng = rng
        self._employee = premises.employees[0]
        self._staff = {row["id"]: row["name"] for row in premises.staff}
        self._facts: dict[str, str] = {}
        self._booking: Row | None = None
        self.turns: list[Row] = []
        self.leads: list[Row] = []
        self.call = new_call(
            call_id=ids.at(at),
            phone=caller.phone,
            customer=caller.customer,
            name=caller.name,
            direction=script.direction,
            employee=self._employee,
            started_at=at,
            intent=script.intent,
            language=script.language,
        )
        answered = at + rng.randrange(2000, 4000)
        self.call |= {"status": "live", "answered_at": answered}
        self._at = answered + 300
        """Where the telling has got to."""

    # --- what is known

    def about(self, service: Row) -> None:
        """What the call is about."""
        premises = self._premises
        self._facts = facts_of(
            self._script,
            business=premises.business,
            employee=self._employee,
            owner=premises.users[0]["name"].split()[0],
            caller=self.call["caller_name"],
            service=service,
            other=self._rng.choice([row for row in premises.services if row is not service]),
            today=premises.local.day_of(self.call["started_at"]),
            rng=self._rng,
        )

    def offer(self, starts_ms: int, staff_id: str) -> None:
        """This time is the first offer; two others near it come after it."""
        late = self._premises.local.wall(starts_ms).hour >= 16
        hours = self._rng.choice((-2, -1) if late else (1, 2))
        self._facts |= {
            "slot": self._slot(starts_ms),
            "slot_2": self._slot(starts_ms + hours * HOUR_MS),
            "slot_3": self._slot(self._another_day(starts_ms)),
            "when": self._slot(starts_ms, "en"),
            "staff": self._staff.get(staff_id, "the team"),
        }

    def hold(self, booking: Row, starts_ms: int) -> None:
        """The caller has this booking, at that time when the call begins."""
        self._facts |= {
            "held_service": booking["service_name"].lower(),
            "held_slot": self._slot(starts_ms),
            "held_staff": self._staff.get(booking["staff_id"], "the team"),
        }

    def _slot(self, instant_ms: int, language: str | None = None) -> str:
        local = self._premises.local
        today = local.day_of(self.call["started_at"])
        return spoken_slot(local.wall(instant_ms), today, language or self._script.language)

    def _another_day(self, starts_ms: int) -> int:
        """The same time on the next open day."""
        at = self._premises.local.wall(starts_ms)
        ahead = days(at.date() + timedelta(days=1), at.date() + timedelta(days=8))
        day = next((day for day in ahead if self._premises.is_open(day)), at.date())
        return self._premises.local.at(day, at.hour * 60 + at.minute)

    # --- what is said and done

    def walk(self, booking: Row | None) -> None:
        """Tells the script's steps; `booking` is the one that comes of it or that it is about."""
        self._booking = booking
        flags = {"known" if self._caller.customer else "unknown", "held", "free"}
        flags |= {"booked"} if booking is not None else set()
        for step in self._script.steps:
            if step.when is None or step.when in flags:
                self._at += self._rng.randrange(450, 1100)
                self.turns.append(self._turn(step))
                self._at = self.turns[-1]["ended_at"]

    def _turn(self, step: Step) -> Row:
        turn_id = self._ids.at(self._at)
        match step:
            case Line():
                return self._said(turn_id, step)
            case Gap():
                return gap_turn(
                    turn_id=turn_id,
                    call_id=self.call["id"],
                    index=len(self.turns),
                    started_at=self._at,
                    ended_at=self._at + round(step.seconds * 1000),
                    language=self._script.language,
                )
            case ToolStep():
                return self._used(turn_id, step)

    def _said(self, turn_id: str, line: Line) -> Row:
        text = spoken(self._rng.choice(line.variants), self._facts)
        if line.wants_person is not None:
            self.call |= {"escalation_reason": fill(line.wants_person, self._facts), "requires_followup": True}
        return speech_turn(
            turn_id=turn_id,
            call_id=self.call["id"],
            index=len(self.turns),
            speaker=line.speaker,
            name=self._employee["name"] if line.speaker == "assistant" else self.call["caller_name"],
            text=text,
            started_at=self._at,
            ended_at=self._at + round((text.count(" ") + 1) * _WORD_MS),
            language=self._script.language,
            unsure=[fill(part, self._facts) for part in line.low_confidence],
        )

    def _used(self, turn_id: str, step: ToolStep) -> Row:
        facts = self._facts
        inputs = fill_values(step.inputs, facts)
        inputs = tool_inputs(step.name, inputs, service=facts["service"], phone=self._caller.phone)
        outputs = step.outputs if step.outputs is not None else self._outputs(step, inputs)
        return tool_turn(
            turn_id=turn_id,
            call_id=self.call["id"],
            index=len(self.turns),
            name=self._employee["name"],
            tool=step.name,
            inputs=inputs,
            outputs=fill_values(outputs, facts),
            status="failed" if step.failed else "ok",
            started_at=self._at,
            ended_at=self._at + self._rng.randrange(600, 1500),
            language=self._script.language,
        )

    def _outputs(self, step: ToolStep, inputs: Row) -> Row:
        """What a tool answered, known from what came of it."""
        match step.name:
            case "find_customer":
                return self._found()
            case "look_up_price":
                return self._price(inputs["about"])
            case "look_up_hours":
                return {"today": self._facts["hours_today"], "result": f"{self._facts['hours_today']} today"}
            case "add_lead":
                self.leads.append(self._lead(inputs["about"]))
                return {"lead_id": self.leads[-1]["id"], "result": "added"}
            case "check_availability":
                first = self._short(self._booking) if self._booking else self._facts["slot"]
                return {"result": f"3 free, first {first}"}
            case _:
                return self._booked(step.name)

    def _found(self) -> Row:
        customer = self._caller.customer
        if customer is None:
            return {"found": False, "result": "not a customer yet"}
        return {"found": True, "customer_id": customer["id"], "result": customer["name"]}

    def _price(self, about: str) -> Row:
        listed = {row["name"].lower(): row["price_cents"] for row in self._premises.services}
        cents = listed.get(about.lower())
        if cents is None:
            return {"offered": False, "result": "not on the price list"}
        return {"offered": True, "price_cents": cents, "result": spoken_price(cents)}

    def _booked(self, tool: str) -> Row:
        booking = self._booking
        if booking is None:
            return {"result": "none ahead"}
        staff = self._staff.get(booking["staff_id"], "")
        result = {
            "find_booking": booking["service_name"],
            "cancel_booking": "done",
            "reschedule_booking": self._short(booking),
        }.get(tool, f"{self._short(booking)} with {staff}")
        starts = {"starts_at": booking["starts_at"], "staff": staff} if tool == "book_appointment" else {}
        return {"booking_id": booking["id"], "result": result} | starts

    def _short(self, booking: Row) -> str:
        return short_slot(self._premises.local.wall(booking["starts_at"]))

    def _lead(self, about: str) -> Row:
        return lead_of_call(
            lead_id=self._ids.at(self._at),
            call_id=self.call["id"],
            name=self._caller.name,
            phone=self._caller.phone,
            about=about,
            stage="new" if self._premises.now_ms - self._at < 5 * DAY_MS else "contacted",
            score=self._rng.randint(45, 68),
            value_cents=self._rng.choice(self._premises.services)["price_cents"],
            next_followup_at=None,
            created_at=self._at,
        )

    # --- when it was, and what remains of it

    def move_to(self, tool_name: str, done_ms: int) -> None:
        """Shifts the call so that its tool ends at the very moment the booking was made or cancelled."""
        tool = next(turn for turn in self.turns if turn["tool"] and turn["tool"]["name"] == tool_name)
        shift = done_ms - tool["ended_at"]
        self._at += shift
        for row in (self.call, *self.turns):
            for key in ("started_at", "answered_at", "ended_at"):
                if row.get(key) is not None:
                    row[key] += shift
        self.call["id"] = self._ids.at(self.call["started_at"])
        for turn in self.turns:
            turn |= {"id": self._ids.at(turn["started_at"]), "call_id": self.call["id"]}

    def close(self, outcome: str, booking: Row | None) -> None:
        """Ends the call; `booking` is the one it made or moved."""
        script, call = self._script, self.call
        call |= ended(call, at=self._at + 800, outcome=outcome)
        call |= {
            "extracted": fill_values(script.extracted, self._facts),
            "summary": spoken(script.summary.get(outcome) or script.summary[""], self._facts),
            "sentiment": mean_sentiment(self.turns),
            "requires_followup": script.followup or call["requires_followup"],
            "booking_id": booking["id"] if booking else None,
            "consent": self._consent(),
            "turn_count": len(self.turns),
        }
        call["recording"] = recording_of(call["consent"])

    def _consent(self) -> Row:
        asked = next((turn for turn in self.turns if turn["speaker"] == "assistant"), None)
        said = next((turn for turn in self.turns if turn["speaker"] == "caller"), None)
        if self._script.consent == "not_asked" or asked is None or said is None:
            return {"state": "not_asked", "said_at": None, "text": None}
        return {"state": self._script.consent, "said_at": said["started_at"], "text": asked["text"]}
