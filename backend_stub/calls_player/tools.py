"""The employee's tools as they stand in the transcript: running, then done with what they found, or stopped.

What a tool really does is the reception's business.
"""

import random

from backend_stub.calls_player.desk import Row
from backend_stub.calls_player.pace import Pace
from backend_stub.calls_player.reception import Reception, Result
from backend_stub.calls_player.record import CallRecord, Rows
from backend_stub.scripts.form import ToolStep
from backend_stub.scripts.turns import tool_turn
from backend_stub.scripts.wording import fill_values, tool_inputs


class Tools:
    """What was used on one call and what came of it.

    `facts`: what may be said; `flags`: what turns of the script may depend on; `booking`: the one made or moved.
    """

    def __init__(
        self, record: CallRecord, reception: Reception, pace: Pace, rng: random.Random, facts: dict[str, str]
    ) -> None:
        self._record = record
        self._reception = reception
        self._pace = pace
        self._rng = rng
        self._running: Row | None = None
        self.facts = facts
        self.flags: set[str] = set()
        self.booking: Row | None = None

    async def use(self, step: ToolStep) -> Result | None:
        """Uses the tool; None when the call ended meanwhile."""
        async with self._record.lock:
            if self._record.over:
                return None
            self._running = self._turn(self._record.new_id(), step)
            await self._record.commit([self._running])
        await self._pace.wait(self._rng.uniform(0.7, 1.5))
        async with self._record.lock:
            if self._record.over:
                return None
            result = await self._result(step)
            self.flags |= result.flags
            self.facts |= result.learned
            if result.committed:
                self._keep(result)
            else:
                await self._record.commit([self._done(result)], result.rows)
            self._running = None
        return result

    def stop(self) -> list[Row]:
        """The turn of a tool that was running when the call ended."""
        if self._running is None:
            return []
        return [self._done(Result(ok=False, outputs={"result": "stopped, the call ended"}))]

    def _turn(self, turn_id: str, step: ToolStep) -> Row:
        record, reception = self._record, self._reception
        inputs = fill_values(step.inputs, self.facts)
        return tool_turn(
            turn_id=turn_id,
            call_id=record.call_id,
            index=len(record.turns),
            name=record.call["employee_name"],
            tool=step.name,
            inputs=tool_inputs(step.name, inputs, service=reception.service["name"], phone=reception.phone),
            outputs={},
            status="running",
            started_at=self._pace.now_ms(),
            ended_at=None,
            language=record.language,
        )

    def _done(self, result: Result) -> Row:
        assert self._running is not None
        running, tool = self._running, self._running["tool"]
        return tool_turn(
            turn_id=running["id"],
            call_id=running["call_id"],
            index=running["index"],
            name=running["name"],
            tool=tool["name"],
            inputs=tool["inputs"],
            outputs=result.outputs,
            status="ok" if result.ok else "failed",
            started_at=running["started_at"],
            ended_at=self._pace.now_ms(),
            language=running["language"],
        )

    async def _result(self, step: ToolStep) -> Result:
        if step.outputs is not None:
            return Result(ok=not step.failed, outputs=fill_values(step.outputs, self.facts))
        inputs = fill_values(step.inputs, self.facts)
        return await self._reception.use(step.name, inputs, self._pace.now_ms(), self._along)

    def _along(self, result: Result) -> Rows:
        """What a transaction of the desk carries: the tool that asked for it, and the call that now knows more."""
        rows: Rows = [("turns", self._done(result))]
        return rows if result.booking is None else [*rows, ("calls", self._record.call | self._known_by(result))]

    def _known_by(self, result: Result) -> Row:
        customer = result.customer or self._reception.customer
        known = {"customer_id": customer["id"], "caller_name": customer["name"]} if customer else {}
        return known | {"booking_id": result.booking["id"] if result.booking else None}

    def _keep(self, result: Result) -> None:
        """It has been committed together with the call's rows: remember it."""
        if result.booking is not None:
            self._record.call.update(self._known_by(result))
            self.booking = result.booking
        self._record.turns[-1] = self._done(result)
