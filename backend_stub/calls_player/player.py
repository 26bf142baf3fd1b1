"""Keeps several calls going, one after another on each line, and passes commands to the call they are for.

Who rings is decided here: a number of the range kept for fiction, and whom the desk knows under it.
"""

import asyncio
import itertools
import random
from collections.abc import Iterator, Sequence

from backend_stub.business.names import name_and_language
from backend_stub.business.people import fictional_numbers
from backend_stub.calls_player.conversation import Conversation
from backend_stub.calls_player.desk import CallOver, Desk, Person, PlayerClock, Row
from backend_stub.calls_player.employee import answers, doing, is_due, receptionist
from backend_stub.calls_player.reception import Reception
from backend_stub.calls_player.supervision import Supervision
from backend_stub.clock import uuid7
from backend_stub.scripts.facts import facts_of
from backend_stub.scripts.form import CallScript

_FIRST_RING_S = 1.0
_BETWEEN_LINES_S = 4.0
_GAP_S = (2.0, 6.0)
_LOOK_UPS = 60
_BOOKED_LOOK_UPS = 2000
_KNOWN_SHARE = 0.6


class CallsPlayer:
    """Plays the scripts in order, round and round, `concurrent` at a time; `rounds` ends it after so many.

    `speed` divides every pause; `seed` decides who rings and every other choice.
    """

    def __init__(
        self,
        *,
        scripts: Sequence[CallScript],
        desk: Desk,
        clock: PlayerClock,
        speed: float,
        concurrent: int = 2,
        seed: int = 0,
        rounds: int | None = None,
    ) -> None:
        if not scripts:
            raise ValueError("there is no call to play")
        self._desk = desk
        self._clock = clock
        self._speed = max(speed, 0.01)
        self._concurrent = max(1, min(concurrent, 50))
        self._rng = random.Random(f"calls/{seed}")
        self._queue = itertools.cycle(scripts) if rounds is None else iter(list(scripts) * rounds)
        self._live: dict[str, Conversation] = {}
        self._callers: Callers | None = None
        self._telling = asyncio.Lock()

    async def run(self) -> None:
        """Plays until cancelled, or until the rounds are done."""
        await self._say_what_it_does()
        async with asyncio.TaskGroup() as lines:
            for line in range(self._concurrent):
                lines.create_task(self._line(_FIRST_RING_S + line * _BETWEEN_LINES_S))

    async def _line(self, first_ring_s: float) -> None:
        """One telephone line: a call, a short gap, the next call."""
        await self._pause(first_ring_s)
        for script in self._queue:
            await self._play(script)
            await self._pause(self._rng.uniform(*_GAP_S))

    async def _play(self, script: CallScript) -> None:
        employee = receptionist(self._desk)
        if script.direction == "outbound" and not answers(employee, self._clock.now_ms()):
            return
        conversation = self._conversation(script, employee)
        self._live[conversation.call_id] = conversation
        try:
            await self._say_what_it_does()
            await conversation.play()
        finally:
            del self._live[conversation.call_id]
        await self._say_what_it_does()

    async def _pause(self, seconds: float) -> None:
        await self._clock.sleep(seconds / self._speed)

    def _conversation(self, script: CallScript, employee: Row) -> Conversation:
        rng = random.Random(self._rng.getrandbits(64))
        now = self._clock.now_ms()
        if self._callers is None:
            self._callers = Callers(self._desk, self._rng)
        busy = frozenset(call.phone for call in self._live.values() if call.phone)
        phone, customer, name = self._callers.next(script, now, busy)
        service, other = self._services(script, rng)
        reception = Reception(
            desk=self._desk,
            rng=rng,
            call_id=uuid7(now, rng),
            employee_id=employee["id"],
            language=script.language,
            phone=phone,
            name=name,
            customer=customer,
            service=service,
            staff_name=_asked_for(script),
        )
        return Conversation(
            script=script,
            reception=reception,
            facts=self._facts(script, reception, employee, other, now) if script.origin == "own" else {},
            employee=employee,
            desk=self._desk,
            clock=self._clock,
            speed=self._speed,
            rng=rng,
        )

    def _services(self, script: CallScript, rng: random.Random) -> tuple[Row, Row]:
        """What the call is about and something else on the list.  A call from a file is about the usual thing."""
        services = sorted((row for row in self._desk.services() if row["active"]), key=lambda row: row["id"])
        usual = services[: max(2, len(services) // 2)]
        first = usual[0] if script.origin == "file" else rng.choice(usual)
        named = script.words.get("service_es_of", ()) if script.language == "es" else ()
        first = next((row for row in services if row["name"] in named), first)
        return first, rng.choice([row for row in services if row is not first] or services)

    def _facts(
        self, script: CallScript, reception: Reception, employee: Row, other: Row, now_ms: int
    ) -> dict[str, str]:
        return facts_of(
            script,
            business=self._desk.business(),
            employee=employee,
            owner="the owner",
            caller=reception.name,
            service=reception.service,
            other=other,
            today=reception.local(now_ms).date(),
            rng=reception.rng,
        )

    async def _say_what_it_does(self) -> None:
        """Keeps the employee's sentence true, and lets those go on who were held until now.

        One at a time: the count of now must not come after a later one.
        """
        async with self._telling:
            now_ms = self._clock.now_ms()
            for each in self._desk.employees():
                if is_due(each, now_ms):
                    await self._desk.go_on(each)
            employee = receptionist(self._desk)
            takes_calls = answers(employee, now_ms)
            sentence = doing(employee, sum(takes_calls or call.is_answered for call in self._live.values()), now_ms)
            if employee["doing"] != sentence:
                await self._desk.commit([("employees", employee | {"doing": sentence})])

    # --- supervision; each answers the seq of its commit

    async def whisper(self, call_id: str, text: str, user: Person) -> int:
        """Tells the employee something the caller does not hear; it shapes what is said next."""
        return await self._supervised(call_id).whisper(text, user)

    async def take_over(self, call_id: str, user: Person) -> int:
        """Accepted at once; the call is the person's one to three seconds later.  Raises CallOver or CallTaken."""
        return await self._supervised(call_id).take_over(user)

    async def say(self, call_id: str, text: str, user: Person) -> int:
        """The person's own words to the caller.  Raises NotHandling unless the call is theirs."""
        return await self._supervised(call_id).say(text, user)

    async def hand_back(self, call_id: str, note: str | None, user: Person) -> int:
        """The employee goes on from where it was, acknowledging the note."""
        return await self._supervised(call_id).hand_back(note, user)

    async def end(self, call_id: str, user: Person) -> int:
        """Ends the call at once."""
        return await self._supervised(call_id).end(user)

    def _supervised(self, call_id: str) -> Supervision:
        conversation = self._live.get(call_id)
        if conversation is None:
            raise CallOver
        return conversation.supervision


class Callers:
    """Who rings next."""

    def __init__(self, desk: Desk, rng: random.Random) -> None:
        self._desk = desk
        self._rng = rng
        own = str(desk.business()["phone"])
        self._numbers = [number for number in fictional_numbers((own[2:5],), rng) if number != own]
        self._near = self._numbers[-99:]

    def next(self, script: CallScript, now_ms: int, busy: frozenset[str]) -> tuple[str | None, Row | None, str | None]:
        """(number, customer, name): a customer when the script wants one, or by chance when it does not care.

        Nobody rings from a number that is in a call already (`busy`).
        """
        if script.caller == "withheld":
            return None, None, None
        if script.caller in ("known", "booked") or (script.caller == "any" and self._rng.random() < _KNOWN_SHARE):
            found = self._customer(script, now_ms, busy)
            if found is not None:
                return found["phone"], found, found["name"]
        return self._stranger(busy), None, self._name(script.language)

    def _name(self, language: str) -> str:
        drawn = [name_and_language(self._rng) for _ in range(40 if language == "es" else 1)]
        return next((name for name, speaks in drawn if speaks == language), drawn[0][0])

    def _customer(self, script: CallScript, now_ms: int, busy: frozenset[str]) -> Row | None:
        for number in self._likely(script, busy):
            for customer in self._desk.customers_by_phone(number):
                if customer["status"] != "active" or (script.language == "es" and customer["language"] != "es"):
                    continue
                if script.caller != "booked" or self._desk.upcoming(customer["id"], now_ms):
                    return customer
        return None

    def _likely(self, script: CallScript, busy: frozenset[str]) -> Iterator[str]:
        """Numbers of customers.  Of those who are booked there may be few, so they are looked for everywhere."""
        yield from self._sample(self._near, busy)
        if script.caller == "booked":
            yield from self._sample(self._numbers[-_BOOKED_LOOK_UPS:], busy, _BOOKED_LOOK_UPS)

    def _stranger(self, busy: frozenset[str]) -> str:
        for number in self._sample(self._numbers, busy):
            if not self._desk.customers_by_phone(number):
                return number
        return self._rng.choice(self._numbers)

    def _sample(self, numbers: Sequence[str], busy: frozenset[str], most: int = _LOOK_UPS) -> list[str]:
        drawn = self._rng.sample(numbers, min(most, len(numbers)))
        return [number for number in drawn if number not in busy]


def _asked_for(script: CallScript) -> str | None:
    names = [str(value) for key, value in script.extracted.items() if key.endswith("_name")]
    return names[0] if script.origin == "file" and names else None
