"""One call: its snapshot, and the owner's commands while it runs."""

from enum import StrEnum

import msgspec
from msgspec import Struct

from client.api.connection import Api
from client.api.wire import Rows, Snapshot, decode_snapshot, read
from client.models.ids import CallId, CommandId


class CommandKind(StrEnum):
    WHISPER = "whisper"
    TAKE_OVER = "take_over"
    SAY = "say"
    HAND_BACK = "hand_back"
    END = "end"


class CommandResult(Struct, frozen=True, kw_only=True):
    """`version`: the seq of the commit that did it; the rows it changed come by the feed."""

    command_id: str
    call_id: str
    kind: str
    state: str
    version: int


_result = msgspec.json.Decoder(CommandResult)


async def snapshot(api: Api, call_id: CallId) -> Snapshot[Rows]:
    """The call with its turns, customer and bookings.  Raises NotFound."""
    return decode_snapshot((await api.request("GET", f"/v1/calls/{call_id}")).body)


async def command(
    api: Api, *, call_id: CallId, command_id: CommandId, kind: CommandKind, text: str | None = None
) -> CommandResult:
    """Do something to a running call; repeating it with the same `command_id` does it once.

    Raises Conflict with `call_over` or `call_taken` (and who has it), Forbidden, Invalid, NotFound.
    """
    body = {"command_id": command_id, "kind": kind.value}
    if text is not None:
        body["text"] = text
    return read(_result, (await api.request("POST", f"/v1/calls/{call_id}/commands", body=body, timeout_s=10.0)).body)
