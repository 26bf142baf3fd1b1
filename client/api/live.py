"""The live connection: frames in, decoded one by one.  What a frame does to the database is decided in sync/."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from client.api.connection import Api
from client.api.errors import ApiError, MalformedResponse, Unreachable
from client.api.sockets import Socket, SocketClosed
from client.api.wire import (
    Bye,
    Delta,
    Hello,
    Partial,
    Ping,
    Poke,
    Rows,
    Snapshot,
    decode_delta,
    decode_snapshot,
    read,
)
from client.models.calls import PartialTurn, Speaker
from client.models.ids import CallId, TurnId

SIGN_IN_AGAIN = 4401

Frame = Hello | Snapshot[Rows] | Delta[Rows] | Poke | PartialTurn | Ping

BROKEN = Poke(seq=-1)
"""What a frame that cannot be read becomes: something is newer, nobody knows what."""


class _Head(Struct, kw_only=True):
    t: str
    kind: str = ""


_head = msgspec.json.Decoder(_Head)
_hello = msgspec.json.Decoder(Hello)
_poke = msgspec.json.Decoder(Poke)
_partial = msgspec.json.Decoder(Partial)
_bye = msgspec.json.Decoder(Bye)


class LiveConnection:
    """An open live connection, opened with the access token `access`.

    `malformed` counts the frames that could not be read, `ignored` the unknown ones.
    """

    def __init__(self, api: Api, socket: Socket, access: str) -> None:
        self.malformed = 0
        self.ignored = 0
        self._api = api
        self._socket = socket
        self._access = access

    async def frames(self) -> AsyncIterator[Frame]:
        """Frames in order until the connection ends, which is always an exception: Unreachable or SignedOut mostly.

        Pings are answered here and passed on as signs of life.
        """
        farewell = ""
        while True:
            try:
                text = await self._socket.receive()
            except SocketClosed as closed:
                raise await self._ending(closed.code, farewell) from None
            try:
                frame = _decode(text)
            except MalformedResponse:
                self.malformed += 1
                yield BROKEN
                continue
            match frame:
                case None:
                    self.ignored += 1
                case Bye(code=code):
                    farewell = code
                case Ping():
                    await self._send({"t": "pong"})
                    yield frame
                case _:
                    yield frame

    async def watch(self, call_ids: Collection[CallId]) -> None:
        """Ask for the words so far of these calls only."""
        await self._send({"t": "watch", "call_ids": sorted(call_ids)})

    async def close(self) -> None:
        await self._socket.close()

    async def _send(self, frame: dict[str, Any]) -> None:
        # A connection that has ended is noticed, with its reason, by whoever reads.
        with contextlib.suppress(SocketClosed):
            await self._socket.send(msgspec.json.encode(frame).decode())

    async def _ending(self, code: int, farewell: str) -> ApiError:
        """The error that this end of the connection is."""
        if code == SIGN_IN_AGAIN or farewell in ("session_revoked", "device_revoked", "token_expired"):
            try:
                # An expired token is replaced; the refresh token of an ended session is refused, with the reason.
                await self._api.renew(self._access)
            except ApiError as error:
                return error
        return Unreachable("The live connection ended.")


@contextlib.asynccontextmanager
async def connect(api: Api, client_id: str, heard: str = "") -> AsyncGenerator[LiveConnection]:
    """`client_id`: whose last number the hello shall tell; `heard`: as for a page.

    Raises Unreachable, SignedOut and as `Api.request`.
    """
    asked = {"client_id": client_id, **({"heard": heard} if heard else {})}
    socket, access = await api.socket("/v1/live?" + urlencode(asked))
    try:
        yield LiveConnection(api, socket, access)
    finally:
        await socket.close()


def _decode(text: str | bytes) -> Frame | Bye | None:
    """The frame, None for one of a kind this app does not know.  Raises MalformedResponse."""
    head = read(_head, text)
    match head.t:
        case "hello":
            return read(_hello, text)
        case "snapshot":
            return decode_snapshot(text)
        case "delta":
            return decode_delta(text)
        case "poke":
            return read(_poke, text)
        case "eph" if head.kind == "partial":
            return _partial_turn(read(_partial, text))
        case "ping":
            return Ping()
        case "bye":
            return read(_bye, text)
        case _:
            return None


def _partial_turn(wire: Partial) -> PartialTurn:
    try:
        speaker = Speaker(wire.speaker)
    except ValueError:
        speaker = Speaker.UNKNOWN
    return PartialTurn(
        call_id=CallId(wire.call_id),
        turn_id=TurnId(wire.turn_id),
        index=wire.index,
        speaker=speaker,
        name=wire.name,
        text=wire.text,
    )
