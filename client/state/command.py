"""The owner's hand in the open call: what is typed, what is asked before an act, what was sent and what came of it."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from client.api import calls as api_calls
from client.api.calls import CommandKind
from client.api.errors import ApiError, RateLimited, ServerFault, Unreachable
from client.models.calls import Call, Handler
from client.models.ids import CallId, CommandId
from client.state.command_failure import SPOKEN, Failure, failure_of, may_have_arrived, untold
from client.state.runtime import Runtime

AGAIN_S: Final = (2.0, 4.0, 8.0, 16.0)
"""When a command without an answer is asked again.  Later than that the call has gone on: it is the owner's to say."""

What = tuple[CallId, CommandKind, str | None]


@dataclass(slots=True, kw_only=True)
class _Asked:
    command_id: CommandId
    may_have_arrived: bool = False


class Asking:
    """Which question is on screen before something that cannot be undone."""

    TAKE_OVER: Final = "take_over"
    END: Final = "end"
    HAND_BACK: Final = "hand_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandState:
    """`draft`: what is typed to whisper or to say.  `note`: what is typed for handing back.

    `connecting`: the take-over was accepted and the employee finishes its sentence.
    """

    draft: str = ""
    note: str = ""
    sending: CommandKind | None = None
    failure: Failure | None = None
    connecting: bool = False
    holding: bool = False
    asking: str | None = None
    done: CommandKind | None = None


class CommandStore(ft.Observable):
    """The owner's hand in the open call.  A failed command keeps its text and says why; trying again repeats its id.

    One that may have arrived is asked again by itself for a while, until there is an answer or the call shows it.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.state = CommandState()
        self._runtime = runtime
        self._call: Call | None = None
        self._unanswered: dict[What, _Asked] = {}
        self._settling: asyncio.Task[None] | None = None
        self._opened = 0

    def clear(self) -> None:
        """Another call is looked at, or none.  What was said to this one keeps its id, to be heard once."""
        self._stop()
        self._opened += 1
        self._call = None
        self._unanswered = {what: asked for what, asked in self._unanswered.items() if what[1] in SPOKEN}
        self.state = CommandState()

    def close(self) -> None:
        self._stop()
        self._opened += 1

    def type(self, text: str) -> None:
        self.state = replace(self.state, draft=text, failure=None, done=None)

    def type_note(self, text: str) -> None:
        self.state = replace(self.state, note=text)

    def ask(self, question: str | None) -> None:
        self.state = replace(self.state, asking=question, holding=False)

    def hold(self, holding: bool) -> None:
        self.state = replace(self.state, holding=holding)

    def saw(self, call: Call) -> None:
        """The call as it is now: a take-over is complete once a human has it, and what it shows needs no answer."""
        self._call = call
        self._unanswered = {each: asked for each, asked in self._unanswered.items() if not _in_effect(each[1], call)}
        if self.state.connecting and _in_effect(CommandKind.TAKE_OVER, call):
            self.state = replace(self.state, connecting=False)
        failure = self.state.failure
        if failure is not None and failure.untold and _in_effect(failure.kind, call):
            self._stop()
            self._did(self._act(failure.kind, call.call_id))

    async def whisper(self, call_id: CallId) -> None:
        await self._with_draft(call_id, CommandKind.WHISPER)

    async def say(self, call_id: CallId) -> None:
        await self._with_draft(call_id, CommandKind.SAY)

    async def take_over(self, call_id: CallId) -> None:
        await self._send(self._act(CommandKind.TAKE_OVER, call_id))

    async def hand_back(self, call_id: CallId) -> None:
        await self._send(self._act(CommandKind.HAND_BACK, call_id))

    async def end(self, call_id: CallId) -> None:
        await self._send(self._act(CommandKind.END, call_id))

    async def _with_draft(self, call_id: CallId, kind: CommandKind) -> None:
        if text := self.state.draft.strip():
            await self._send((call_id, kind, text))

    def _act(self, kind: CommandKind, call_id: CallId) -> What:
        return call_id, kind, (self.state.note.strip() or None) if kind is CommandKind.HAND_BACK else None

    async def _send(self, what: What) -> None:
        if self.state.sending is not None:
            return
        self._stop()
        opened = self._opened
        self.state = replace(self.state, sending=what[1], failure=None, asking=None, holding=False, done=None)
        failure = await self._ask(what)
        if opened != self._opened:
            return
        self._told(what, failure)
        if self.state.failure is not None and self.state.failure.untold:
            self._settling = asyncio.get_running_loop().create_task(self._settle(what))

    async def _settle(self, what: What) -> None:
        failure: Failure | None = None
        for seconds in AGAIN_S:
            await self._runtime.clock.sleep(seconds)
            failure = await self._ask(what)
            if failure is None or not failure.untold:
                break
        self._settling = None
        self._told(what, untold(failure.kind, again=False) if failure and failure.untold else failure)

    async def _ask(self, what: What) -> Failure | None:
        """Why it is not known to be done, None where it is.  The same words again are the same command."""
        call_id, kind, text = what
        asked = self._unanswered.setdefault(what, _Asked(command_id=CommandId(self._runtime.clock.new_id())))
        try:
            await api_calls.command(
                self._runtime.api, call_id=call_id, command_id=asked.command_id, kind=kind, text=text
            )
        except (Unreachable, ServerFault, RateLimited) as error:
            asked.may_have_arrived |= may_have_arrived(error)
            return untold(kind, again=True) if asked.may_have_arrived else failure_of(kind, error)
        except ApiError as error:
            self._unanswered.pop(what, None)
            return failure_of(kind, error)
        self._unanswered.pop(what, None)
        return None

    def _told(self, what: What, failure: Failure | None) -> None:
        """What came of it, unless the call has shown it meanwhile."""
        if failure is None or (failure.untold and self._call is not None and _in_effect(what[1], self._call)):
            self._did(what)
        else:
            self.state = replace(self.state, sending=None, failure=failure)

    def _did(self, what: What) -> None:
        _, kind, text = what
        state = replace(self.state, sending=None, failure=None, done=kind)
        if kind in SPOKEN and state.draft.strip() == text:
            state = replace(state, draft="")
        elif kind is CommandKind.HAND_BACK:
            state = replace(state, note="")
        elif kind is CommandKind.TAKE_OVER:
            call = self._call
            state = replace(state, connecting=call is None or not _in_effect(kind, call))
        self.state = state

    def _stop(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None


def _in_effect(kind: CommandKind, call: Call) -> bool:
    """Whether the call is as this would make it; of words only the answer tells."""
    match kind:
        case CommandKind.END:
            return not call.is_live
        case CommandKind.TAKE_OVER:
            return call.handler is Handler.HUMAN or not call.is_live
        case CommandKind.HAND_BACK:
            return call.handler is Handler.AI or not call.is_live
        case _:
            return False
