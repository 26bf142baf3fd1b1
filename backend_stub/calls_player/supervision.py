"""What people do to a call while it runs: the commands, and how the employee and the caller take them.

A command commits its mark and says what it wants; the playing task obeys as soon as it has drawn breath.
"""

import random
from collections import deque

from backend_stub.calls_player import replies
from backend_stub.calls_player.closing import Closing
from backend_stub.calls_player.desk import CallOver, CallTaken, NotHandling, Person
from backend_stub.calls_player.pace import Pace
from backend_stub.calls_player.record import CallRecord, Phase, first_name
from backend_stub.calls_player.voices import Voices

RE_ASK_AFTER_S = (20.0, 65.0, 180.0)
SILENCE_LIMIT_S = 600.0


class Supervision:
    """The commands of people for one call.  Each answers the seq of its commit.

    Each raises CallOver after the end and CallTaken when another person has the call.
    """

    def __init__(self, record: CallRecord, *, voices: Voices, closing: Closing, pace: Pace, rng: random.Random) -> None:
        self._record = record
        self._voices = voices
        self._closing = closing
        self._pace = pace
        self._rng = rng
        self._person: Person | None = None
        self._whispers: deque[str] = deque()
        self._sayings: deque[str] = deque()
        self._returned: tuple[Person, str | None] | None = None

    # --- commands

    async def whisper(self, text: str, user: Person) -> int:
        async with self._record.lock:
            self._refuse_if_not_for(user)
            self._whispers.append(text)
            await self._record.commit([self._record.note("whisper", user, text)])
            return self._heard()

    async def take_over(self, user: Person) -> int:
        """Accepted at once, obeyed within seconds.  Asking again changes nothing."""
        record = self._record
        async with record.lock:
            self._refuse_if_not_for(user)
            if self._person is not None:
                return record.seq
            self._person = user
            self._returned = None
            rows = self._voices.cut_short()
            record.phase = Phase.CONNECTING
            words = f"Connecting {first_name(user.name)}"
            await record.commit([*rows, record.note("connecting", user, words, after=len(rows))])
            return self._heard()

    async def say(self, text: str, user: Person) -> int:
        """Raises NotHandling unless the person has been connected."""
        async with self._record.lock:
            self._refuse_unless_handling(user)
            self._sayings.append(text)
            await self._record.commit([self._record.spoken(self._record.speech("human"), text)])
            return self._heard()

    async def hand_back(self, note: str | None, user: Person) -> int:
        """Raises NotHandling unless the person has been connected."""
        record = self._record
        async with record.lock:
            self._refuse_unless_handling(user)
            rows = self._voices.cut_short()
            words = note or f"{first_name(user.name)} handed the call back"
            record.phase = Phase.AI
            self._sayings.clear()
            self._returned = (user, note)
            record.call.update({"handler": "ai", "handler_user_id": None, "handler_name": None})
            await record.commit([*rows, record.note("hand_back", user, words, after=len(rows))])
            self._person = None
            return self._heard()

    async def end(self, user: Person) -> int:
        record = self._record
        async with record.lock:
            self._refuse_if_not_for(user)
            rows = self._voices.cut_short()
            rows.append(record.note("ended", user, f"{first_name(user.name)} ended the call", after=len(rows)))
            await self._closing.end_by(user, rows)
            return record.seq

    def _heard(self) -> int:
        self._pace.interrupt()
        return self._record.seq

    def _refuse_if_not_for(self, user: Person) -> None:
        if self._record.over:
            raise CallOver
        if self._person is not None and self._person.user_id != user.user_id:
            raise CallTaken(self._person.name)

    def _refuse_unless_handling(self, user: Person) -> None:
        self._refuse_if_not_for(user)
        if self._record.phase is not Phase.HUMAN:
            raise NotHandling

    # --- as the playing task sees it

    async def breathe(self) -> bool:
        """The pause before somebody speaks; False when a command came meanwhile."""
        await self._pace.wait_unless(self._asked_for_something, self._rng.uniform(0.5, 1.1))
        return not self._asked_for_something()

    def _asked_for_something(self) -> bool:
        return self._record.phase is not Phase.AI or bool(self._whispers) or self._returned is not None

    async def obey(self, *, script_is_done: bool) -> None:
        """Does what the commands ask for until nothing is left to obey."""
        while not self._record.over:
            if self._record.phase is Phase.CONNECTING and self._person is not None:
                await self._connect(self._person)
            elif self._record.phase is Phase.HUMAN:
                await self._listen_to_person()
            elif self._returned is not None:
                await self._take_back(*self._returned, script_is_done=script_is_done)
            elif self._whispers:
                await self._voice(self._whispers.popleft())
            else:
                return

    async def _voice(self, whisper: str) -> None:
        """The employee says what the whisper asks for, and the caller answers."""
        line, kind = replies.line_from_whisper(whisper, self._record.language)
        if await self._voices.speak("assistant", line) and await self.breathe():
            await self._voices.speak("caller", replies.answer_to_whisper(kind, self._record.language, self._rng))

    async def _connect(self, person: Person) -> None:
        """The employee hands over; then the person has the call."""
        record, name = self._record, first_name(person.name)
        began = self._pace.now_ms()
        await self._voices.speak("assistant", replies.hand_over(name, record.language, self._rng))
        # Never sooner than a second: the person's line is being connected.
        await self._pace.wait(1.0 - self._pace.since(began))
        async with record.lock:
            if record.phase is not Phase.CONNECTING:
                return
            record.phase = Phase.HUMAN
            record.helped_by = person
            handler = {"handler": "human", "handler_user_id": person.user_id, "handler_name": person.name}
            record.call.update(handler)
            await record.commit([record.note("take_over", person, f"{name} took the call over")])

    async def _listen_to_person(self) -> None:
        """The caller answers the person, asks into a silence, and gives up after ten minutes of it."""
        silence, asked = 0.0, 0
        while self._record.phase is Phase.HUMAN:
            if self._sayings:
                silence, asked = 0.0, 0
                await self._answer(self._sayings.popleft())
                continue
            limit = RE_ASK_AFTER_S[asked] if asked < len(RE_ASK_AFTER_S) else SILENCE_LIMIT_S
            await self._pace.wait_until(self._person_goes_on, limit - silence)
            if self._person_goes_on():
                continue
            silence = limit
            if limit >= SILENCE_LIMIT_S:
                await self._give_up()
            else:
                await self._voices.speak("caller", replies.still_waiting(asked, self._record.language))
                asked += 1

    async def _give_up(self) -> None:
        await self._voices.speak("caller", replies.giving_up(self._record.language))
        await self._closing.finish("hung_up", followup=True)

    def _person_goes_on(self) -> bool:
        return bool(self._sayings) or self._record.phase is not Phase.HUMAN

    async def _answer(self, words: str) -> None:
        await self._pace.wait(self._rng.uniform(0.6, 1.4))
        if self._record.phase is not Phase.HUMAN:
            return
        caller = self._record.call["caller_name"]
        said, goodbye = replies.answer_to_human(words, self._record.language, caller, self._rng)
        if await self._voices.speak("caller", said) and goodbye:
            await self._closing.finish("transferred", followup=False)

    async def _take_back(self, person: Person, note: str | None, *, script_is_done: bool) -> None:
        """The employee has the call again and says so, with what the person noted."""
        self._returned = None
        record, name = self._record, first_name(person.name)
        back = replies.taking_back(name, record.call["employee_name"], note, record.language)
        await self._voices.speak("assistant", back)
        if script_is_done and await self.breathe():
            ask, bye = replies.anything_else(record.language, self._rng)
            if await self._voices.speak("assistant", ask) and await self.breathe():
                await self._voices.speak("caller", bye)
