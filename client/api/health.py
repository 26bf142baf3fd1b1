"""Is the hosted API there, and what time does it think it is?"""

import msgspec
from msgspec import Struct

from client.api.connection import Api
from client.api.wire import read


class Health(Struct, frozen=True, kw_only=True):
    """`server_time` in milliseconds; `demo`: one-tap demo sign-in is offered."""

    status: str
    version: str
    server_time: int
    epoch: str = ""
    demo: bool = False


_health = msgspec.json.Decoder(Health)


async def health(api: Api, *, timeout_s: float = 5.0) -> Health:
    """Needs no sign-in."""
    return read(_health, (await api.request("GET", "/v1/health", signed_in=False, timeout_s=timeout_s)).body)
