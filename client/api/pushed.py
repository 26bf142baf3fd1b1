"""The answer to a push, decoded strictly: what is not a possible answer to what was sent is none.

A wrong word here could lose a change of the owner's or apply one twice, so more is checked than the shape: results are
those of the first mutations that were sent, in their order, and none is of a number the server says it has not reached.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from client.api.errors import MalformedResponse
from client.api.rows import Instant, Text, Whole
from client.api.wire import read

Mid = Annotated[int, Meta(ge=0, le=2**53)]
Version = Annotated[int, Meta(ge=0, le=2**53)]
Value = str | int | float | bool | None


class By(Struct, kw_only=True):
    """Who made the server's value what it is."""

    name: Text
    at: Instant
    call_id: Text | None = None


class Other(Struct, kw_only=True):
    """What has the slot: a booking, or a block with its title in place of a name."""

    booking_id: Text | None = None
    block_id: Text | None = None
    customer_name: Text
    service_name: Text
    staff_id: Text | None = None
    resource_id: Text | None = None
    starts_at: Instant
    ends_at: Instant
    source: Text
    by_name: Text | None = None
    created_at: Instant | None = None
    call_id: Text | None = None


class Free(Struct, kw_only=True):
    starts_at: Instant
    ends_at: Instant
    staff_id: Text | None = None
    resource_id: Text | None = None


class Clash(Struct, kw_only=True):
    """One group of fields that the server did not take, with all a person needs to decide."""

    field: Text
    why: Text
    base: dict[str, Value] = {}
    mine: dict[str, Value] = {}
    server: dict[str, Value] = {}
    by: By | None = None
    with_: Other | None = msgspec.field(default=None, name="with")
    free: list[Free] = []


class PushResult(Struct, kw_only=True):
    """What became of one mutation.  `version`: the account's seq of the commit, at least that of all it rests on."""

    mid: Mid
    status: Literal["ok", "conflict", "rejected", "deferred", "mismatch"]
    version: Version | None = None
    code: Text | None = None
    detail: Text | None = None
    retry_after_s: Annotated[float, Meta(ge=0)] | None = None
    conflicts: list[Clash] = []


class PushAnswer(Struct, kw_only=True):
    """`last_mid`: the last number of this client the server has dealt with.

    `cursor`: to be told as `heard` from now on; empty from a server that does not know.  `forgot`: the server's data
    does not go on from what was `heard`, and nothing was done.
    """

    client_id: Text
    last_mid: Mid
    epoch: Text
    account_id: Text
    server_time: Whole
    cursor: Text = ""
    forgot: bool = False
    results: list[PushResult]


_answer = msgspec.json.Decoder(PushAnswer)


def decode_answer(body: bytes, sent: Sequence[int]) -> PushAnswer:
    """The answer to a push of the numbers `sent`.  Raises MalformedResponse."""
    answer = read(_answer, body)
    if len(answer.results) > len(sent):
        raise MalformedResponse("$.results")
    for place, (result, mid) in enumerate(zip(answer.results, sent, strict=False)):
        wrong = _wrong(result, mid, answer.last_mid)
        if wrong:
            raise MalformedResponse(f"$.results[{place}].{wrong}")
    return answer


def _wrong(result: PushResult, mid: int, last_mid: int) -> str | None:
    """The member that makes this no result of mutation `mid`."""
    if result.mid != mid or mid > last_mid:
        return "mid"
    if result.status in ("ok", "conflict") and result.version is None:
        return "version"
    fields = [clash.field for clash in result.conflicts]
    if bool(fields) != (result.status == "conflict") or len(set(fields)) != len(fields):
        return "conflicts"
    return None
