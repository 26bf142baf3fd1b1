"""How a call ends: what it came to, what remains of it, and the calls that a stopped server left open."""

from collections.abc import Sequence

from backend_stub.calls_player.desk import Person, Row
from backend_stub.calls_player.pace import Pace
from backend_stub.calls_player.reception import Reception
from backend_stub.calls_player.record import CallRecord, Phase, first_name
from backend_stub.calls_player.summary import extracted_of, summary_of
from backend_stub.calls_player.tools import Tools
from backend_stub.calls_player.voices import Voices
from backend_stub.scripts.form import CallScript
from backend_stub.scripts.turns import ended, recording_of, satisfaction_of
from backend_stub.scripts.wording import short_slot


class Closing:
    """The end of one call, whoever brings it about."""

    def __init__(
        self, script: CallScript, record: CallRecord, *, voices: Voices, tools: Tools, reception: Reception, pace: Pace
    ) -> None:
        self._script = script
        self._record = record
        self._voices = voices
        self._tools = tools
        self._reception = reception
        self._pace = pace

    async def finish(self, outcome: str, *, followup: bool) -> None:
        """Ends the call unless it is over."""
        async with self._record.lock:
            if not self._record.over:
                await self.close(self._voices.cut_short(), outcome, followup=followup)

    async def finish_played(self) -> None:
        """Ends a call whose last word has been said."""
        outcome = self._outcome_of_script()
        await self.finish(outcome, followup=self._script.followup or outcome not in ("booked", self._script.outcome))

    async def end_by(self, person: Person, rows: list[Row]) -> None:
        """The call as it stands, with these turns.  Under the lock."""
        outcome, name = self.outcome_when_ended(), self._record.call["caller_name"] or "the caller"
        cut = f"{first_name(person.name)} ended the call with {name} before it was finished."
        await self.close(rows, outcome, summary=cut if outcome == "hung_up" else None, asked=False)

    async def close(
        self,
        rows: list[Row],
        outcome: str,
        *,
        followup: bool = False,
        summary: str | None = None,
        asked: bool = True,
    ) -> None:
        """The last commit of the call, with these turns.  Under the lock.

        `summary` instead of the usual one.  `asked`: whether the caller may be asked afterwards how it was.
        """
        record = self._record
        rows = [*self._tools.stop(), *rows]
        record.phase = Phase.OVER
        self._pace.interrupt()
        # A person who spoke to the caller has dealt with what was asked for.
        settled = record.helped_by is not None and outcome in ("booked", "transferred")
        followup = (followup or record.call["requires_followup"]) and not settled
        record.call.update(ended(record.call, at=self._pace.now_ms(), outcome=outcome))
        record.call.update(requires_followup=followup, summary=summary or self._summary(outcome))
        if outcome == "missed" or record.call["answered_at"] is None:
            # Nobody heard what it was about.
            record.call.update(intent=None)
        elif outcome != "hung_up":
            # What the whole call would have come to was not all said in one that was cut short.
            record.call.update(extracted=self._extracted())
        record.call.update(recording=recording_of(record.call["consent"]))
        if asked:
            record.call.update(satisfaction=satisfaction_of(record.call, self._reception.rng))
        await record.commit(rows)

    def outcome_when_ended(self) -> str:
        """What a call that somebody ends has come to by now."""
        if self._tools.booking is not None:
            return "booked"
        if self._record.helped_by is not None:
            return "transferred"
        return "missed" if self._record.call["answered_at"] is None else "hung_up"

    def _outcome_of_script(self) -> str:
        if self._tools.booking is not None:
            return "booked"
        if self._record.helped_by is not None:
            return "transferred"
        if "not_held" in self._tools.flags:
            return "info_provided"
        return "booking_failed" if self._script.outcome == "booked" else self._script.outcome

    def _extracted(self) -> Row:
        booking = self._tools.booking
        day = self._reception.local(booking["starts_at"]).date().isoformat() if booking else None
        return extracted_of(self._script, self._tools.facts, booking, day)

    def _summary(self, outcome: str) -> str:
        helped_by = self._record.helped_by
        return summary_of(
            self._script,
            outcome=outcome,
            facts=self._tools.facts,
            who=self._record.call["caller_name"] or "The caller",
            when=self._booked_when(),
            handler=first_name(helped_by.name) if helped_by else None,
        )

    def _booked_when(self) -> str | None:
        booking, staff = self._tools.booking, self._tools.facts.get("staff")
        if booking is None:
            return None
        when = short_slot(self._reception.local(booking["starts_at"]))
        return f"{booking['service_name']}, {when}" + (f" with {staff}" if staff else "")


def closed_rows(call: Row, turns: Sequence[Row], now_ms: int) -> list[tuple[str, Row]]:
    """What is to be written to end a call that a stopped server left open, given all its turns.

    A tool that was running has failed, and the call ended with its last turn.
    """
    last_ms = max((turn["ended_at"] or turn["started_at"] for turn in turns), default=call["started_at"])
    outcome = _outcome_when_cut(call, turns)
    header = ended(call, at=min(last_ms, now_ms), outcome=outcome) | {
        "summary": call["summary"] or "The line was cut before the call was finished.",
        "requires_followup": call["requires_followup"] or outcome != "booked",
        "recording": recording_of(call["consent"]),
    }
    return [*(("turns", _stopped(turn, last_ms)) for turn in turns if _is_running(turn)), ("calls", header)]


def _outcome_when_cut(call: Row, turns: Sequence[Row]) -> str:
    if call["booking_id"]:
        return "booked"
    if call["handler"] == "human":
        return "transferred"
    if call["answered_at"] is None:
        return "missed"
    spoken = any(turn["kind"] == "speech" and turn["speaker"] == "caller" for turn in turns)
    return "info_provided" if spoken else "hung_up"


def _is_running(turn: Row) -> bool:
    return turn["tool"] is not None and turn["tool"]["status"] == "running"


def _stopped(turn: Row, at_ms: int) -> Row:
    text = f"{turn['tool']['label']} → stopped"
    return turn | {"ended_at": at_ms, "tool": turn["tool"] | {"status": "failed"}, "text": text}
