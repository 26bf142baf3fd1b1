"""One live call from the first ring to the last word: the script's steps in order, with people coming in between.

The playing task and the commands share the call's record on one event loop; only here it is decided what comes next.
"""

import random

from backend_stub.calls_player import learned, replies
from backend_stub.calls_player.agreement import with_tools
from backend_stub.calls_player.closing import Closing
from backend_stub.calls_player.desk import Desk, PlayerClock, Row
from backend_stub.calls_player.employee import answers, receptionist
from backend_stub.calls_player.pace import Pace
from backend_stub.calls_player.reception import Reception
from backend_stub.calls_player.record import CallRecord, Phase
from backend_stub.calls_player.summary import BLOCKED, unanswered_while_held
from backend_stub.calls_player.supervision import Supervision
from backend_stub.calls_player.tools import Tools
from backend_stub.calls_player.voices import Voices
from backend_stub.scripts.form import CallScript, Gap, Line, Step, ToolStep
from backend_stub.scripts.turns import new_call
from backend_stub.scripts.wording import fill, spoken

RINGS_OUT_AFTER_S = 20.0


class Conversation:
    """A call from the first ring to its summary.  `play` runs it; `supervision` may act at any moment meanwhile."""

    def __init__(
        self,
        *,
        script: CallScript,
        reception: Reception,
        facts: dict[str, str],
        employee: Row,
        desk: Desk,
        clock: PlayerClock,
        speed: float,
        rng: random.Random,
    ) -> None:
        self._script = script
        self._steps = with_tools(script) if script.origin == "file" else script.steps
        self._next = 0
        self._asked: frozenset[str] = frozenset()
        self._desk = desk
        self._reception = reception
        self._rng = rng
        pace = self._pace = Pace(clock, speed)
        call = _ringing(script, reception, employee, clock.now_ms())
        record = self._record = CallRecord(call, desk=desk, pace=pace, rng=rng, consent=script.consent)
        voices = self._voices = Voices(record, desk, pace)
        tools = self._tools = Tools(record, reception, pace, rng, facts)
        self._closing = Closing(script, record, voices=voices, tools=tools, reception=reception, pace=pace)
        self.supervision = Supervision(record, voices=voices, closing=self._closing, pace=pace, rng=rng)

    @property
    def call_id(self) -> str:
        return self._record.call_id

    @property
    def phone(self) -> str | None:
        return self._record.call["caller_phone"]

    @property
    def is_answered(self) -> bool:
        return self._record.call["answered_at"] is not None

    async def play(self) -> None:
        """From the first ring to the end.  Returns when the call is over, whoever ended it."""
        await self._ring()
        if self._record.over:
            return
        await self._answer()
        while not self._record.over and self._next < len(self._steps):
            await self.supervision.obey(script_is_done=False)
            if not self._record.over and await self._perform(self._steps[self._next]):
                self._next += 1
        await self.supervision.obey(script_is_done=True)
        await self._closing.finish_played()

    async def _ring(self) -> None:
        """Rings until the employee answers, or a person; when neither does, the call is missed."""
        async with self._record.lock:
            await self._record.commit([])
        if self.phone is not None and self._script.direction == "inbound" and self._desk.is_blocked(self.phone):
            await self._turn_away()
            return
        await self._pace.wait(self._rng.uniform(2, 4))
        employee = receptionist(self._desk)
        if answers(employee, self._pace.now_ms()):
            return
        await self._pace.wait_until(lambda: self._record.phase is not Phase.RINGING, RINGS_OUT_AFTER_S)
        async with self._record.lock:
            if self._record.phase is Phase.RINGING:
                who = self._record.call["caller_name"] or "The caller"
                held = unanswered_while_held(who, employee["name"]) if employee["state"] == "held" else None
                await self._closing.close([], "missed", followup=True, summary=held)

    async def _turn_away(self) -> None:
        """A blocked number is not answered, by nobody."""
        await self._pace.wait(1.0)
        async with self._record.lock:
            if self._record.phase is Phase.RINGING:
                await self._closing.close([], "spam", summary=BLOCKED)

    async def _answer(self) -> None:
        record = self._record
        async with record.lock:
            record.call.update({"status": "live", "answered_at": self._pace.now_ms()})
            if record.phase is Phase.RINGING:
                record.phase = Phase.AI
            await record.commit([])

    async def _perform(self, step: Step) -> bool:
        """Plays a step; False when a command came first and the step is still to be played."""
        if step.when is not None and step.when not in self._tools.flags:
            return True
        match step:
            case Line():
                return await self._line(step)
            case ToolStep():
                return await self._use(step)
            case Gap():
                return await self._miss_words(step.seconds)

    async def _line(self, line: Line) -> bool:
        if not await self.supervision.breathe():
            return False
        facts = self._tools.facts
        template = self._rng.choice(line.variants)
        text = spoken(template, facts) if self._script.origin == "own" else template
        if line.speaker == "assistant":
            text = learned.answer(text, line.variants, self._asked, self._put_right())
        elif line.speaker == "caller":
            self._asked = learned.things_in(template, facts)
            # Nobody knows what it is about before the caller has said it.
            self._record.call["intent"] = self._script.intent
        unsure = tuple(fill(part, facts) for part in line.low_confidence)
        wants_person = fill(line.wants_person, facts) if line.wants_person is not None else None
        finished = await self._voices.speak(line.speaker, text, unsure=unsure, wants_person=wants_person)
        # A caller who was interrupted late has made the point; an employee says the line again later.
        return finished or (line.speaker == "caller" and 2 * self._voices.cut_after > len(text))

    def _put_right(self) -> list[Row]:
        """The corrections that count in this call."""
        today = self._reception.local(self._pace.now_ms()).date()
        return learned.counting(self._desk.corrections(), self._record.call["customer_id"], today)

    async def _use(self, step: ToolStep) -> bool:
        result = await self._tools.use(step)
        if result is not None and "taken" in result.flags and self._script.origin == "file":
            await self._admit_failure()
        return result is not None

    async def _admit_failure(self) -> None:
        """A call from a file goes on as if booked; when the diary says no, the employee says so and it ends there."""
        employee, caller = replies.booking_gone(self._record.language)
        if await self._voices.speak("assistant", employee) and await self.supervision.breathe():
            await self._voices.speak("caller", caller)
        self._next = len(self._steps)

    async def _miss_words(self, seconds: float) -> bool:
        began = self._pace.now_ms()
        await self._pace.wait(seconds)
        async with self._record.lock:
            if self._record.over:
                return False
            await self._record.commit([self._record.gap(began)])
        return True


def _ringing(script: CallScript, reception: Reception, employee: Row, now_ms: int) -> Row:
    return new_call(
        call_id=reception.call_id,
        phone=reception.phone,
        customer=reception.customer,
        name=reception.name,
        direction=script.direction,
        employee=employee,
        started_at=now_ms,
        intent=None,
        language=script.language,
    )
