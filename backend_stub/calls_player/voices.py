"""Speaking on a call: word by word, with partial frames, until the words are a turn or somebody cuts them short."""

import math

from backend_stub.calls_player.desk import Desk, Row
from backend_stub.calls_player.pace import Pace
from backend_stub.calls_player.record import CallRecord, Speech
from backend_stub.scripts.turns import Speaker

WORDS_A_SECOND = 2.6
PARTIAL_EVERY_S = 0.125


class Voices:
    """The caller's and the employee's voice; one speaks at a time."""

    def __init__(self, record: CallRecord, desk: Desk, pace: Pace) -> None:
        self._record = record
        self._desk = desk
        self._pace = pace
        self._speech: Speech | None = None
        self.cut_after = 0
        """How many letters of the last words that were cut short had been said."""

    async def speak(
        self, speaker: Speaker, text: str, *, unsure: tuple[str, ...] = (), wants_person: str | None = None
    ) -> bool:
        """Speaks, then commits the turn.  False when it was cut short.  `wants_person`: why these words ask for one."""
        speech = self._speech = self._record.speech(speaker, unsure)
        words = text.split(" ")
        # At high speed several words share a frame, so that there are never more than eight a second.
        stride = max(1, math.ceil(WORDS_A_SECOND * PARTIAL_EVERY_S * self._pace.speed))
        for count in range(stride, len(words) + stride, stride):
            await self._pace.wait(len(words[count - stride : count]) / WORDS_A_SECOND)
            if self._speech is not speech:
                return False
            speech.said = " ".join(words[:count])
            if count < len(words):
                self._send_partial(speech)
        return await self._finished(speech, text, wants_person)

    async def _finished(self, speech: Speech, text: str, wants_person: str | None) -> bool:
        async with self._record.lock:
            if self._speech is not speech:
                return False
            self._speech = None
            if wants_person is not None:
                self._record.call.update({"escalation_reason": wants_person, "requires_followup": True})
            await self._record.commit([self._record.spoken(speech, text)])
        return True

    def cut_short(self) -> list[Row]:
        """Ends what is being said after the words said so far: its turn, or nothing when it had not begun."""
        speech, self._speech = self._speech, None
        self.cut_after = len(speech.said) if speech is not None else 0
        return [self._record.spoken(speech, f"{speech.said} —")] if speech is not None and speech.said else []

    def _send_partial(self, speech: Speech) -> None:
        self._desk.partial(
            {
                "t": "eph",
                "kind": "partial",
                "call_id": self._record.call_id,
                "turn_id": speech.turn_id,
                "index": len(self._record.turns),
                "speaker": speech.speaker,
                "name": self._record.name_of(speech.speaker),
                "text": speech.said,
            }
        )
