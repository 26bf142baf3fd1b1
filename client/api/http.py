"""One request and its answer over HTTP; the one file that sees httpx and its exceptions.

Imported with the first request: most starts draw, and many commands end, without one.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from client.api.errors import MalformedResponse, NoAnswer, Unreachable

# A whole answer may take this much longer than the longest silence within it.
_PATIENCE = 3.0

# Nothing of the request has left the device.
_NEVER_SENT = (
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError),
    *(httpx.UnsupportedProtocol, httpx.InvalidURL),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Any answer, also one that says no."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """Connections to one server.  `aclose` it.  `local`: the server is on this machine."""

    def __init__(self, *, local: bool, transport: httpx.AsyncBaseTransport | None) -> None:
        self._client = httpx.AsyncClient(
            transport=transport,
            # On one machine compressing costs more than it saves, and a proxy is never the way.
            headers={"Accept-Encoding": "identity" if local else "gzip", "Accept": "application/json"},
            trust_env=not local,
            limits=httpx.Limits(max_connections=8, keepalive_expiry=30),
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str | int] | None,
        content: bytes | None,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
        timeout_s: float,
    ) -> Response:
        """`timeout_s` bounds each silence; three times as long bounds the whole.

        Raises Unreachable, NoAnswer where it may have arrived, or MalformedResponse for a body that is not in the
        encoding it claims.
        """
        try:
            async with asyncio.timeout(timeout_s * _PATIENCE):
                answer = await self._client.request(
                    method,
                    url,
                    params=params,
                    content=content,
                    data=form,
                    headers=headers,
                    timeout=httpx.Timeout(timeout_s, connect=5.0),
                )
        except httpx.DecodingError as error:
            raise MalformedResponse("$") from error
        except _NEVER_SENT as error:
            raise Unreachable("TheChattyAI cannot be reached.") from error
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            raise NoAnswer("TheChattyAI did not answer.") from error
        return Response(status=answer.status_code, headers=answer.headers, body=answer.content)
