"""One server, one session: where requests leave the device and where every failure gets its name.

It refreshes an expired access token once and repeats the request; it does not retry anything else, because only the
caller knows whether waiting makes sense.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import Struct

from client.api.errors import (
    ApiError,
    Conflict,
    DeviceRevoked,
    Forbidden,
    Gone,
    Invalid,
    MalformedResponse,
    NotFound,
    RateLimited,
    Refused,
    ServerFault,
    SignedOut,
    TooLarge,
    Unreachable,
    UpgradeRequired,
    WrongCredentials,
)
from client.api.sockets import OpenSocket, Socket, SocketRefused, is_loopback, open_socket
from client.api.wire import read
from client.clock import Clock
from client.models.account import Tokens

if TYPE_CHECKING:
    import httpx

    from client.api.http import Http, Response

CLIENT_ID = "owner-app"
DEVICE_REVOKED = "device_revoked"
LONGEST_RETRY_AFTER_S = 3600.0


class TokenStore(Protocol):
    """Where the tokens of this server rest between two starts."""

    async def load(self) -> Tokens | None:
        """None: nobody is signed in."""
        ...

    async def save(self, tokens: Tokens) -> None:
        """Durable when it returns; the server has already forgotten the tokens before these."""
        ...

    async def clear(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A successful answer.  `server_date_ms` is its Date header (whole seconds), None without one."""

    status: int
    body: bytes
    server_date_ms: int | None


class Problem(Struct, kw_only=True):
    """RFC 9457, with the members of ours; an OAuth error has `error` and `error_description` instead."""

    code: str = ""
    detail: str = ""
    error: str = ""
    error_description: str = ""
    retry_after_s: float | None = None
    epoch: str | None = None
    reason: str = ""
    min_schema: int | None = None
    handler_name: str | None = None
    errors: list[dict[str, str]] = []


class TokensAnswer(Struct, kw_only=True):
    """The part of the contract's tokens answer that makes a Tokens."""

    access_token: str
    expires_in: int
    refresh_token: str
    device_id: str
    session_id: str


_problem = msgspec.json.Decoder(Problem)
_tokens = msgspec.json.Decoder(TokensAnswer)

_REFRESHABLE = {"token_expired", "token_invalid", "token_missing"}


class Api:
    """The hosted API at `base_url` (no trailing slash).  `aclose` it.

    `transport` and `sockets` are the seams for tests: an httpx transport, and an OpenSocket.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tokens: TokenStore,
        clock: Clock,
        transport: "httpx.AsyncBaseTransport | None" = None,
        sockets: OpenSocket = open_socket,
    ) -> None:
        self.base_url = base_url
        self.clock = clock
        self._store = tokens
        self._held: Tokens | None = None
        self._refreshing: asyncio.Task[Tokens] | None = None
        self._sockets = sockets
        self._transport = transport
        self._http: Http | None = None

    async def aclose(self) -> None:
        if self._refreshing is not None:
            # A refresh under way must reach the store, or the session is lost.
            with contextlib.suppress(ApiError):
                await self._refreshing
        if self._http is not None:
            await self._http.aclose()

    # --- requests --------------------------------------------------------------------------------------------------
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: object | None = None,
        form: Mapping[str, str] | None = None,
        signed_in: bool = True,
        timeout_s: float = 20.0,
    ) -> Answer:
        """Send one request and return its 2xx answer; anything else is raised as an ApiError.

        `timeout_s` bounds each silence; three times as long bounds the whole.  With `signed_in` the access token goes
        along and an expired one is refreshed once.
        """
        if not signed_in:
            return self._checked(await self._send(method, path, params, body, form, None, timeout_s))
        tokens = await self._current()
        response = await self._send(method, path, params, body, form, tokens.access, timeout_s)
        if response.status == 401:
            tokens = await self._after_401(_problem_of(response.body), tokens)
            response = await self._send(method, path, params, body, form, tokens.access, timeout_s)
            if response.status == 401:
                raise self._refused_again(response.headers, response.body)
        return self._checked(response)

    async def socket(self, path: str) -> tuple[Socket, str]:
        """An open WebSocket, and the access token it was opened with.  Raises as `request` does."""
        tokens = await self._current()
        try:
            return await self._open_socket(path, tokens), tokens.access
        except SocketRefused as refused:
            # A server that closes before accepting answers 403 whatever its reason.
            if refused.status not in (401, 403):
                raise self._error(refused.status, refused.headers, refused.body) from None
            problem = _problem_of(refused.body)
        tokens = await self._after_401(problem, tokens)
        try:
            return await self._open_socket(path, tokens), tokens.access
        except SocketRefused as refused:
            if refused.status == 401:
                raise self._refused_again(refused.headers, refused.body) from None
            raise self._error(refused.status, refused.headers, refused.body) from None

    async def _open_socket(self, path: str, tokens: Tokens) -> Socket:
        url = "ws" + self.base_url.removeprefix("http") + path
        return await self._sockets(url, {"Authorization": f"Bearer {tokens.access}"})

    # --- tokens ----------------------------------------------------------------------------------------------------
    async def adopt(self, answer: Answer) -> Tokens:
        """Keep the tokens of a sign-in or refresh; they are in the store before anybody can use them."""
        wire = read(_tokens, answer.body)
        tokens = Tokens(
            access=wire.access_token,
            refresh=wire.refresh_token,
            expires_at_ms=(answer.server_date_ms or self.clock.now_ms()) + wire.expires_in * 1000,
            device_id=wire.device_id,
            session_id=wire.session_id,
        )
        # Held first: should the store fail, this process at least does not use the spent refresh token again.
        self._held = tokens
        await self._store.save(tokens)
        return tokens

    async def renew(self, refused: str | None = None) -> None:
        """Refresh the tokens now, unless somebody already does.  Raises SignedOut when the session has ended.

        With `refused`, the access token the server said no to, only while that is still the current one.
        """
        tokens = await self._current()
        if refused is None or tokens.access == refused:
            await self._refreshed(tokens)

    async def forget(self) -> None:
        """Drop the tokens here and in the store."""
        self._held = None
        await self._store.clear()

    async def _current(self) -> Tokens:
        if self._held is None:
            self._held = await self._store.load()
        if self._held is None:
            raise SignedOut("You are signed out.", code="token_missing")
        return self._held

    async def _after_401(self, problem: Problem, used: Tokens) -> Tokens:
        """Other tokens than `used`, or SignedOut."""
        other = await self._others(used)
        if other is not None:
            return other
        if problem.code in _REFRESHABLE or not problem.code:
            return await self._refreshed(used)
        raise await self._ended(problem, "You were signed out.")

    def _refused_again(self, headers: Mapping[str, str], body: bytes) -> ApiError:
        """A 401 to tokens that took the place of refused ones.  Unless the session has ended, the server is in trouble:

        whoever takes a refresh token and does not know the access token it gave for it contradicts itself.
        """
        problem = _problem_of(body)
        if problem.code in _REFRESHABLE or not problem.code:
            detail = problem.detail or "The server does not know the sign-in it has just renewed."
            return ServerFault(detail, status=401, retry_after_s=self._retry_after_s(headers, problem))
        return self._error(401, headers, body)

    async def _ended(self, problem: Problem, detail: str) -> SignedOut:
        """The server has ended the session; its tokens are of no more use, except to hear once more of a revocation."""
        if problem.code != DEVICE_REVOKED:
            await self.forget()
        return _signed_out(problem.detail or detail, problem.code or "session_revoked")

    async def _others(self, used: Tokens) -> Tokens | None:
        """Tokens that somebody else, perhaps another process, has put in the place of `used`."""
        if self._held is not None and self._held.access != used.access:
            return self._held
        stored = await self._store.load()
        if stored is None or stored.access == used.access:
            return None
        self._held = stored
        return stored

    async def _refreshed(self, used: Tokens) -> Tokens:
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh(used), name="refresh tokens")
        # Shielded: whoever waits may be cancelled, the exchange may not be, or its answer would be lost.
        return await asyncio.shield(self._refreshing)

    async def _refresh(self, used: Tokens) -> Tokens:
        other = await self._others(used)
        if other is not None:
            return other
        form = {"grant_type": "refresh_token", "refresh_token": used.refresh, "client_id": CLIENT_ID}
        try:
            response = await self._send("POST", "/v1/auth/token", None, None, form, None, 20.0)
        except Unreachable:
            # The reply may be what was lost; for ten seconds the server repeats it.
            response = await self._send("POST", "/v1/auth/token", None, None, form, None, 5.0)
        if response.status in (400, 401):
            problem = _problem_of(response.body)
            other = await self._others(used)
            if other is not None:
                return other
            raise await self._ended(problem, "Please sign in again.")
        return await self.adopt(self._checked(response))

    # --- sending and judging ---------------------------------------------------------------------------------------
    async def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        body: object | None,
        form: Mapping[str, str] | None,
        access: str | None,
        timeout_s: float,
    ) -> "Response":
        headers: dict[str, str] = {}
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        if access is not None:
            headers["Authorization"] = f"Bearer {access}"
        if self._http is None:
            from client.api.http import Http

            self._http = Http(local=is_loopback(self.base_url), transport=self._transport)
        return await self._http.send(
            method,
            self.base_url + path,
            params=params,
            content=content,
            form=form,
            headers=headers,
            timeout_s=timeout_s,
        )

    def _checked(self, response: "Response") -> Answer:
        if 200 <= response.status < 300:
            return Answer(
                status=response.status,
                body=response.body,
                server_date_ms=_http_date_ms(response.headers.get("date")),
            )
        raise self._error(response.status, response.headers, response.body)

    def _error(self, status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
        problem = _problem_of(body)
        detail = problem.detail or problem.error_description or f"The server answered with status {status}."
        if status == 429:
            return RateLimited(detail, retry_after_s=self._retry_after_s(headers, problem) or 1.0)
        if status >= 500 or status in (408, 425):
            return ServerFault(detail, status=status, retry_after_s=self._retry_after_s(headers, problem))
        if status >= 400:
            return _refused(status, problem, detail)
        return MalformedResponse("$")

    def _retry_after_s(self, headers: Mapping[str, str], problem: Problem) -> float | None:
        """Seconds to wait, from a number or a date, never negative and at most an hour."""
        text = {name.lower(): value for name, value in headers.items()}
        asked = text.get("retry-after", "")
        if asked.isascii() and asked.isdigit():
            wait: float | None = float(asked)
        elif (until_ms := _http_date_ms(asked)) is not None:
            now_ms = _http_date_ms(text.get("date")) or self.clock.now_ms()
            wait = (until_ms - now_ms) / 1000
        else:
            wait = problem.retry_after_s
        return None if wait is None else min(max(wait, 0.0), LONGEST_RETRY_AFTER_S)


def _problem_of(body: bytes) -> Problem:
    """The problem document, or an empty one if a proxy answered with something else."""
    try:
        return _problem.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return Problem()


def _refused(status: int, problem: Problem, detail: str) -> Refused:
    code = problem.code or problem.error
    match status:
        case 401 if code == "wrong_credentials":
            return WrongCredentials(detail, code=code)
        case 401:
            return _signed_out(detail, code)
        case 403:
            return Forbidden(detail, code=code)
        case 404:
            return NotFound(detail, code=code)
        case 409:
            return Conflict(detail, code=code, handler_name=problem.handler_name)
        case 410:
            return Gone(detail, code=code, epoch=problem.epoch, reason=problem.reason)
        case 413:
            return TooLarge(detail, code=code or "too_large")
        case 422:
            errors = tuple((error.get("path", ""), error.get("message", "")) for error in problem.errors)
            return Invalid(detail, code=code, errors=errors)
        case 426:
            return UpgradeRequired(detail, code=code, min_schema=problem.min_schema)
        case _:
            return Refused(detail, code=code)


def _signed_out(detail: str, code: str) -> SignedOut:
    return DeviceRevoked(detail, code=code) if code == DEVICE_REVOKED else SignedOut(detail, code=code)


def _http_date_ms(text: str | None) -> int | None:
    try:
        at = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
