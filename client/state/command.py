"""The owner's hand in the open call: what is typed, what is asked before an act, what was sent and what came of it."""

from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from client.api import calls as api_calls
from client.api.calls import CommandKind
from client.api.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    ServerFault,
    SignedOut,
    Unreachable,
)
from client.models.calls import Call, Handler
from client.models.ids import CallId, CommandId
from client.state.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A command that did not happen.  `why` is a key of the catalogue under `command.failed.*`."""

    kind: CommandKind
    why: str
    name: str = ""
    detail: str = ""


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
    """The owner's hand in the open call.  A failed command keeps its text and says why; trying again repeats its id."""

    def __init__(self, runtime: Runtime) -> None:
        self.state = CommandState()
        self._runtime = runtime
        self._unanswered: tuple[CallId, CommandKind, str | None, CommandId] | None = None

    def clear(self) -> None:
        self.state = CommandState()

    def type(self, text: str) -> None:
        self.state = replace(self.state, draft=text, failure=None, done=None)

    def type_note(self, text: str) -> None:
        self.state = replace(self.state, note=text)

    def ask(self, question: str | None) -> None:
        self.state = replace(self.state, asking=question, holding=False)

    def hold(self, holding: bool) -> None:
        self.state = replace(self.state, holding=holding)

    def saw(self, call: Call) -> None:
        """The call as it is now: a take-over is complete once a human has it."""
        if self.state.connecting and (call.handler is Handler.HUMAN or not call.is_live):
            self.state = replace(self.state, connecting=False)

    async def whisper(self, call_id: CallId) -> None:
        await self._with_draft(call_id, CommandKind.WHISPER)

    async def say(self, call_id: CallId) -> None:
        await self._with_draft(call_id, CommandKind.SAY)

    async def take_over(self, call_id: CallId) -> None:
        if await self._send(call_id, CommandKind.TAKE_OVER, None):
            self.state = replace(self.state, connecting=True)

    async def hand_back(self, call_id: CallId) -> None:
        if await self._send(call_id, CommandKind.HAND_BACK, self.state.note.strip() or None):
            self.state = replace(self.state, note="")

    async def end(self, call_id: CallId) -> None:
        await self._send(call_id, CommandKind.END, None)

    async def _with_draft(self, call_id: CallId, kind: CommandKind) -> None:
        text = self.state.draft.strip()
        if text and await self._send(call_id, kind, text) and self.state.draft.strip() == text:
            self.state = replace(self.state, draft="")

    async def _send(self, call_id: CallId, kind: CommandKind, text: str | None) -> bool:
        if self.state.sending is not None:
            return False
        self.state = replace(self.state, sending=kind, failure=None, asking=None, holding=False, done=None)
        command_id = self._id_for(call_id, kind, text)
        try:
            await api_calls.command(self._runtime.api, call_id=call_id, command_id=command_id, kind=kind, text=text)
        except ApiError as error:
            if not isinstance(error, Unreachable | ServerFault | RateLimited):
                self._unanswered = None
            self.state = replace(self.state, sending=None, failure=_failure(kind, error))
            return False
        self._unanswered = None
        self.state = replace(self.state, sending=None, done=kind)
        return True

    def _id_for(self, call_id: CallId, kind: CommandKind, text: str | None) -> CommandId:
        """The id of the same command that got no answer, else a new one: a lost reply must not whisper twice."""
        if self._unanswered and self._unanswered[:3] == (call_id, kind, text):
            return self._unanswered[3]
        command_id = CommandId(self._runtime.clock.new_id())
        self._unanswered = (call_id, kind, text, command_id)
        return command_id


def _failure(kind: CommandKind, error: ApiError) -> Failure:
    match error:
        case Unreachable():
            return Failure(kind=kind, why="unreachable")
        case ServerFault():
            return Failure(kind=kind, why="server_fault")
        case RateLimited():
            return Failure(kind=kind, why="rate_limited")
        case Conflict(code="call_over"):
            return Failure(kind=kind, why="call_over")
        case Conflict(code="call_taken"):
            return Failure(kind=kind, why="call_taken", name=error.handler_name or "")
        case SignedOut():
            return Failure(kind=kind, why="signed_out")
        case Forbidden():
            return Failure(kind=kind, why="forbidden")
        case NotFound():
            return Failure(kind=kind, why="not_found")
        case Invalid():
            return Failure(kind=kind, why="invalid", detail=error.detail)
        case _:
            return Failure(kind=kind, why="other", detail=error.detail)
