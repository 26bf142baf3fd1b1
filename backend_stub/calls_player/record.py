"""What is written about one call, and who has it.

    ringing ──> ai ──take_over──> connecting ──1–3 s──> human ──hand_back──> ai
       └─────────┴──────────────────┴─────────────────────┴──end, silence, last word──> over

Every commit happens under `lock`; the index of a turn is given out there, so that the committed turns are dense
whatever comes in between.
"""

import asyncio
import random
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

from backend_stub.calls_player.desk import Desk, Person, Row
from backend_stub.calls_player.pace import Pace
from backend_stub.clock import uuid7
from backend_stub.scripts.turns import Speaker, gap_turn, mean_sentiment, note_turn, speech_turn

Rows = list[tuple[str, Row]]


class Phase(Enum):
    """See the module's drawing."""

    RINGING = auto()
    AI = auto()
    CONNECTING = auto()
    HUMAN = auto()
    OVER = auto()


@dataclass(slots=True, kw_only=True)
class Speech:
    """Words on their way: not a turn yet."""

    turn_id: str
    speaker: Speaker
    started_at: int
    unsure: tuple[str, ...] = ()
    said: str = ""


class CallRecord:
    """The header and the turns of a call, as committed.  `helped_by`: the last person who spoke to the caller."""

    def __init__(
        self,
        call: Row,
        *,
        desk: Desk,
        pace: Pace,
        rng: random.Random,
        consent: Literal["given", "refused", "not_asked"],
    ) -> None:
        self._desk = desk
        self._pace = pace
        self._rng = rng
        self._consent = consent
        self.call = call
        self.turns: list[Row] = []
        self.seq = 0
        self.phase = Phase.RINGING
        self.helped_by: Person | None = None
        self.lock = asyncio.Lock()

    @property
    def call_id(self) -> str:
        return self.call["id"]

    @property
    def language(self) -> str:
        return self.call["language"]

    @property
    def over(self) -> bool:
        return self.phase is Phase.OVER

    def name_of(self, speaker: Speaker) -> str | None:
        match speaker:
            case "assistant":
                return self.call["employee_name"]
            case "human":
                return first_name(self.call["handler_name"] or "") or None
            case _:
                return self.call["caller_name"]

    def new_id(self) -> str:
        return uuid7(self._pace.now_ms(), self._rng)

    def speech(self, speaker: Speaker, unsure: tuple[str, ...] = ()) -> Speech:
        """Words that begin now."""
        return Speech(turn_id=self.new_id(), speaker=speaker, started_at=self._pace.now_ms(), unsure=unsure)

    def spoken(self, speech: Speech, text: str) -> Row:
        """The turn of words that end now."""
        return speech_turn(
            turn_id=speech.turn_id,
            call_id=self.call_id,
            index=len(self.turns),
            speaker=speech.speaker,
            name=self.name_of(speech.speaker),
            text=text,
            started_at=speech.started_at,
            ended_at=max(self._pace.now_ms(), speech.started_at),
            language=self.language,
            unsure=speech.unsure,
        )

    def note(self, note: str, user: Person, text: str, *, after: int = 0) -> Row:
        """A mark of supervision, to be committed behind `after` other turns."""
        return note_turn(
            turn_id=self.new_id(),
            call_id=self.call_id,
            index=len(self.turns) + after,
            note=note,
            name=first_name(user.name),
            text=text,
            at=self._pace.now_ms(),
            language=self.language,
        )

    def gap(self, began_ms: int) -> Row:
        """Words that were not received since then."""
        return gap_turn(
            turn_id=uuid7(began_ms, self._rng),
            call_id=self.call_id,
            index=len(self.turns),
            started_at=began_ms,
            ended_at=max(self._pace.now_ms(), began_ms + 1),
            language=self.language,
        )

    async def commit(self, turns: list[Row], others: Rows | None = None) -> None:
        """Turns, the header with its new figures and other rows, in one transaction.  Under the lock."""
        for turn in turns:
            if turn["index"] == len(self.turns):
                self.turns.append(turn)
            else:
                self.turns[turn["index"]] = turn
        self.call.update({"turn_count": len(self.turns), "sentiment": mean_sentiment(self.turns)})
        self._hear_consent(turns)
        rows: Rows = [("turns", turn) for turn in turns]
        self.seq = await self._desk.commit([*rows, ("calls", dict(self.call)), *(others or [])])

    def _hear_consent(self, turns: list[Row]) -> None:
        """The employee's first words disclose; the caller's first words after them are the answer."""
        if self._consent == "not_asked" or self.call["consent"]["state"] != "not_asked":
            return
        if not any(turn["kind"] == "speech" and turn["speaker"] == "caller" for turn in turns):
            return
        asked = next((turn for turn in self.turns if turn["speaker"] == "assistant"), None)
        if asked is not None:
            said_at = turns[0]["started_at"]
            self.call["consent"] = {"state": self._consent, "said_at": said_at, "text": asked["text"]}


def first_name(name: str) -> str:
    """ "Helen" of "Dr. Helen Park"."""
    words = name.removeprefix("Dr. ").split()
    return words[0] if words else name
