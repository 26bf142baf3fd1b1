"""Requests, refreshing and the naming of failures, over a scripted server."""

import asyncio
import gzip
import json
from collections.abc import Callable
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from client.api import auth, calls, health
from client.api import sync as feed
from client.api.errors import (
    ApiError,
    Conflict,
    DeviceRevoked,
    Forbidden,
    Gone,
    Invalid,
    MalformedResponse,
    NoAnswer,
    NotFound,
    RateLimited,
    Refused,
    ServerFault,
    SignedOut,
    Unreachable,
    UpgradeRequired,
    WrongCredentials,
)
from client.api.sockets import SocketRefused
from client.models.ids import CallId, CommandId
from tests.api.devices import MemoryTokens, ScriptedSockets, api_of, later, problem, tokens, tokens_answer

CONTRACT = Path(__file__).parents[2] / "backend_stub" / "contract"


def contract(name: str) -> bytes:
    return (CONTRACT / f"{name}.json").read_bytes()


async def failure(answer: httpx.Response | Exception) -> ApiError:
    """What a request becomes when the server answers so."""

    def handler(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with api_of(handler) as api:
        with pytest.raises(ApiError) as failed:
            await api.request("GET", "/v1/health", signed_in=False)
    return failed.value


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("problem_wrong_credentials", 401, WrongCredentials),
        ("problem_session_revoked", 401, SignedOut),
        ("problem_device_revoked", 401, DeviceRevoked),
        ("problem_token_expired", 401, SignedOut),
        ("problem_forbidden", 403, Forbidden),
        ("problem_not_found", 404, NotFound),
        ("problem_call_over", 409, Conflict),
        ("problem_call_taken", 409, Conflict),
        ("problem_email_taken", 409, Conflict),
        ("problem_cursor_expired", 410, Gone),
        ("problem_invalid", 422, Invalid),
        ("problem_upgrade_required", 426, UpgradeRequired),
        ("problem_rate_limited", 429, RateLimited),
        ("problem_server_fault", 500, ServerFault),
        ("problem_unavailable", 503, ServerFault),
        ("oauth_error", 400, Refused),
        ("oauth_error_device_revoked", 400, Refused),
    ],
)
async def test_every_problem_of_the_contract_has_its_error(name: str, status: int, kind: type[ApiError]) -> None:
    error = await failure(httpx.Response(status, content=contract(name)))
    document = json.loads(contract(name))
    assert type(error) is kind
    assert error.detail == document.get("detail", document.get("error_description"))
    if isinstance(error, Refused):
        assert error.code == document["code"]


async def test_the_particulars_of_a_refusal_are_kept() -> None:
    taken = await failure(httpx.Response(409, content=contract("problem_call_taken")))
    assert isinstance(taken, Conflict) and taken.handler_name == "Ana Reyes"
    invalid = await failure(httpx.Response(422, content=contract("problem_invalid")))
    assert isinstance(invalid, Invalid) and invalid.errors[0][0] == "query.limit"
    gone = await failure(httpx.Response(410, content=contract("problem_cursor_expired")))
    assert isinstance(gone, Gone) and gone.reason == "retention"
    old = await failure(httpx.Response(426, content=contract("problem_upgrade_required")))
    assert isinstance(old, UpgradeRequired) and old.min_schema == 1


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "999999"}, 3600),
        ({"retry-after": format_datetime(later(90), usegmt=True)}, 90),
        ({"retry-after": format_datetime(later(90), usegmt=True), "date": format_datetime(later(30), usegmt=True)}, 60),
        ({"retry-after": format_datetime(later(-90), usegmt=True)}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
async def test_retry_after_in_seconds_and_dates(headers: dict[str, str], wait_s: float | None) -> None:
    fault = await failure(httpx.Response(503, headers=headers))
    assert isinstance(fault, ServerFault) and fault.retry_after_s == wait_s
    limited = await failure(httpx.Response(429, headers=headers))
    assert isinstance(limited, RateLimited) and limited.retry_after_s == (wait_s or 1.0)


async def test_a_rate_limit_may_say_its_seconds_in_the_document() -> None:
    error = await failure(httpx.Response(429, content=contract("problem_rate_limited")))
    assert isinstance(error, RateLimited) and error.retry_after_s == 12


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError("no route"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("full"), httpx.ProxyError("no")],
)
async def test_what_never_left_is_unreachable(error: Exception) -> None:
    assert type(await failure(error)) is Unreachable


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("slow"),
        httpx.ReadError("cut"),
        httpx.WriteError("cut"),
        httpx.RemoteProtocolError("cut"),
        ConnectionResetError("cut"),
        TimeoutError("slow"),
    ],
)
async def test_what_left_and_got_no_answer_may_have_been_done(error: Exception) -> None:
    assert type(await failure(error)) is NoAnswer


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425])
async def test_a_proxy_that_answers_with_a_page_is_a_server_fault(status: int) -> None:
    error = await failure(httpx.Response(status, text="<html>Bad gateway</html>"))
    assert isinstance(error, ServerFault) and error.status == status


async def test_an_answer_that_cannot_be_unpacked_is_malformed() -> None:
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"not gzip"))
    assert type(await failure(response)) is MalformedResponse
    assert type(await failure(httpx.Response(304))) is MalformedResponse


@pytest.mark.parametrize("body", [b"", b"[]", b'{"status":"ok"}', b'{"status":"ok"'])
async def test_a_malformed_answer_says_where(body: bytes) -> None:
    async with api_of(lambda _: httpx.Response(200, content=body)) as api:
        with pytest.raises(MalformedResponse):
            await health.health(api)


async def test_nothing_is_compressed_on_one_machine_and_all_over_the_net() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["accept-encoding"])
        body = gzip.compress(contract("health"))
        return httpx.Response(200, content=body, headers={"content-encoding": "gzip"})

    for url in ("http://127.0.0.1:8550", "https://api.thechatty.test"):
        async with api_of(handler, url=url) as api:
            assert (await health.health(api)).demo
    assert asked == ["identity", "gzip"]


# --- refreshing ------------------------------------------------------------------------------------------------------
class Server:
    """Accepts one access token and rotates refresh tokens; counts the refreshes."""

    def __init__(self, store: MemoryTokens) -> None:
        self.store = store
        self.valid = 2
        self.refreshes: list[str] = []
        self.requests: list[str] = []
        self.before_refresh: Callable[[], None] = lambda: None
        self.refusal = problem(401, "token_expired")

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/auth/token":
            self.refreshes.append(dict(httpx.QueryParams(request.content.decode()))["refresh_token"])
            self.before_refresh()
            return tokens_answer(self.valid)
        self.requests.append(request.headers["authorization"])
        if request.headers["authorization"] != f"Bearer access-{self.valid}":
            return self.refusal
        assert self.store.tokens is not None and self.store.tokens.access == f"access-{self.valid}", "used before saved"
        return httpx.Response(200, content=contract("me"))


async def test_an_expired_token_is_refreshed_once_and_saved_before_it_is_used() -> None:
    store = MemoryTokens(tokens(1))
    server = Server(store)
    async with api_of(server, store=store) as api:
        assert (await auth.me(api)).name == "Ana Reyes"
        assert (await auth.me(api)).name == "Ana Reyes"
    assert server.refreshes == ["refresh-1"]
    assert [saved.refresh for saved in store.saved] == ["refresh-2"]


async def test_many_expired_requests_share_one_refresh() -> None:
    store = MemoryTokens(tokens(1))
    server = Server(store)
    async with api_of(server, store=store) as api:
        await asyncio.gather(*(auth.me(api) for _ in range(10)))
    assert server.refreshes == ["refresh-1"]


async def test_a_fresh_token_that_is_refused_again_is_not_refreshed_for_ever() -> None:
    store = MemoryTokens(tokens(1))
    server = Server(store)
    server.valid = 2
    async with api_of(
        lambda r: server(r) if "token" in r.url.path else problem(401, "token_expired"), store=store
    ) as api:
        with pytest.raises(ServerFault):
            await auth.me(api)
    assert server.refreshes == ["refresh-1"]
    assert store.tokens is not None, "a server that contradicts itself signs nobody out"


async def test_a_session_that_ends_while_its_token_is_renewed_has_ended() -> None:
    store = MemoryTokens(tokens(1))
    refusals = iter((problem(401, "token_expired"), problem(401, "session_revoked")))
    async with api_of(lambda r: tokens_answer(2) if "token" in r.url.path else next(refusals), store=store) as api:
        with pytest.raises(SignedOut):
            await auth.me(api)


@pytest.mark.parametrize(("code", "kind"), [("token_expired", ServerFault), ("session_revoked", SignedOut)])
async def test_a_socket_refused_again_with_a_fresh_token(code: str, kind: type[ApiError]) -> None:
    expired, again = (json.dumps({"code": each}).encode() for each in ("token_expired", code))
    sockets = ScriptedSockets(SocketRefused(401, {}, expired), SocketRefused(401, {}, again))
    async with api_of(lambda _: tokens_answer(2), sockets=sockets) as api:
        with pytest.raises(kind):
            await api.socket("/v1/live")


async def test_no_network_while_refreshing_signs_nobody_out() -> None:
    store = MemoryTokens(tokens(1))
    server = Server(store)

    def cut() -> None:
        raise httpx.ConnectError("cut")

    server.before_refresh = cut
    async with api_of(server, store=store) as api:
        with pytest.raises(Unreachable):
            await auth.me(api)
        assert store.tokens == tokens(1)
        server.before_refresh = lambda: None
        assert (await auth.me(api)).name == "Ana Reyes"


@pytest.mark.parametrize("answer", [httpx.Response(503), httpx.Response(429), httpx.Response(200, text="oops")])
async def test_a_server_in_trouble_while_refreshing_signs_nobody_out(answer: httpx.Response) -> None:
    store = MemoryTokens(tokens(1))
    refusal = problem(401, "token_expired")
    async with api_of(lambda r: answer if "token" in r.url.path else refusal, store=store) as api:
        with pytest.raises((ServerFault, RateLimited, MalformedResponse)):
            await auth.me(api)
    assert store.tokens == tokens(1)


async def test_a_lost_reply_to_a_refresh_is_asked_for_again_with_the_same_token() -> None:
    store = MemoryTokens(tokens(1))
    server = Server(store)
    losses = [httpx.ReadError("lost")]

    def lose() -> None:
        if losses:
            raise losses.pop()

    server.before_refresh = lose
    async with api_of(server, store=store) as api:
        await auth.me(api)
    assert server.refreshes == ["refresh-1", "refresh-1"]


@pytest.mark.parametrize("status", [400, 401])
async def test_a_refused_refresh_token_signs_out(status: int) -> None:
    store = MemoryTokens(tokens(1))
    over = httpx.Response(status, content=contract("oauth_error"))
    refusal = problem(401, "token_expired")
    async with api_of(lambda r: over if "token" in r.url.path else refusal, store=store) as api:
        with pytest.raises(SignedOut) as ended:
            await auth.me(api)
        assert ended.value.code == "session_revoked"
        assert store.tokens is None
        with pytest.raises(SignedOut):
            await auth.me(api)


async def test_a_revoked_session_signs_out_without_a_refresh() -> None:
    store = MemoryTokens(tokens(1))
    server = Server(store)
    server.refusal = problem(401, "session_revoked")
    async with api_of(server, store=store) as api:
        with pytest.raises(SignedOut):
            await auth.me(api)
    assert server.refreshes == []
    assert store.tokens is None


@pytest.mark.parametrize("expired", [True, False])
async def test_a_revoked_device_is_told_so_again_and_again(expired: bool) -> None:
    """Its tokens stay: whoever is killed before the data is gone has to hear it once more."""
    store = MemoryTokens(tokens(1))
    over = httpx.Response(400, content=contract("oauth_error_device_revoked"))
    refusal = problem(401, "token_expired" if expired else "device_revoked")
    for _ in range(2):
        async with api_of(lambda r: over if "token" in r.url.path else refusal, store=store) as api:
            for _ in range(2):
                with pytest.raises(DeviceRevoked) as ended:
                    await auth.me(api)
                assert ended.value.code == "device_revoked"
        assert store.tokens == tokens(1)


async def test_a_device_that_is_revoked_while_its_token_is_renewed() -> None:
    store = MemoryTokens(tokens(1))
    refusals = iter((problem(401, "token_expired"), problem(401, "device_revoked")))
    async with api_of(lambda r: tokens_answer(2) if "token" in r.url.path else next(refusals), store=store) as api:
        with pytest.raises(DeviceRevoked):
            await auth.me(api)
        assert store.tokens is not None and store.tokens.access == "access-2"


async def test_tokens_another_process_has_refreshed_are_taken_over() -> None:
    store = MemoryTokens(tokens(1))
    server = Server(store)
    async with api_of(server, store=store) as api:
        await api._current()
        store.tokens = tokens(2)
        assert (await auth.me(api)).name == "Ana Reyes"
    assert server.refreshes == []


async def test_a_cancelled_request_does_not_lose_the_refresh() -> None:
    store = MemoryTokens(tokens(1))
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        if "token" in request.url.path:
            asked.set()
            await go_on.wait()
            return tokens_answer(2)
        return problem(401, "token_expired")

    async with api_of(slow, store=store) as api:
        request = asyncio.create_task(auth.me(api))
        await asyncio.wait_for(asked.wait(), 5)
        request.cancel()
        await asyncio.wait((request,))
        go_on.set()
    assert store.tokens is not None and store.tokens.refresh == "refresh-2"


async def test_without_tokens_nobody_is_signed_in() -> None:
    async with api_of(store=MemoryTokens()) as api:
        with pytest.raises(SignedOut):
            await auth.me(api)


def test_tokens_say_nothing_of_themselves() -> None:
    assert "access-1" not in repr(tokens()) and "refresh-1" not in repr(tokens())


# --- the groups of endpoints -----------------------------------------------------------------------------------------
async def test_signing_in_keeps_the_tokens_and_says_who() -> None:
    store = MemoryTokens()
    asked: list[tuple[str, bytes]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, request.content))
        date = format_datetime(later(60), usegmt=True)
        return httpx.Response(200, content=contract("tokens"), headers={"date": date})

    device = auth.Device(name="Ana's phone", platform="ios")
    async with api_of(handler, store=store) as api:
        signed_in = await auth.sign_in(api, email="ana@aurora.example", password="secret-words", device=device)
        await auth.demo(api, device=device)
        await auth.sign_up(
            api,
            email="ana@aurora.example",
            password="secret-words",
            name="Ana",
            business_name="Aurora",
            business_type="salon",
            time_zone="America/New_York",
            device=device,
        )
        pkce = auth.pkce_pair(lambda bits: (1 << bits) - 1)
        await auth.exchange_code(api, code="c", pkce=pkce, redirect_uri="http://127.0.0.1:1/callback", device=device)
    assert signed_in.identity.business_name == "Salon Aurora"
    assert signed_in.time_zone == "America/New_York"
    assert store.tokens == signed_in.tokens
    assert signed_in.tokens.expires_at_ms == int(later(60 + 900).timestamp() * 1000)
    assert [path for path, _ in asked] == ["/v1/auth/sign-in", "/v1/auth/demo", "/v1/auth/sign-up", "/v1/auth/token"]
    assert json.loads(asked[1][1]) == {"device": {"name": "Ana's phone", "platform": "ios"}}


def test_pkce_is_that_of_the_standard() -> None:
    """The example of RFC 7636, appendix B."""
    octets = bytes([
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186,
        22, 212, 37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ])  # fmt: skip
    pair = auth.pkce_pair(lambda _: int.from_bytes(octets))
    assert pair.verifier == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert pair.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_the_consent_page_is_asked_for_with_pkce() -> None:
    async with api_of() as api:
        pkce = auth.pkce_pair(lambda bits: (1 << bits) - 1)
        url = httpx.URL(auth.authorize_url(api, redirect_uri="http://127.0.0.1:5000/callback", state="s", pkce=pkce))
    assert url.params["code_challenge"] == pkce.challenge
    assert url.params["code_challenge_method"] == "S256"
    assert url.params["redirect_uri"] == "http://127.0.0.1:5000/callback"
    assert pkce.verifier not in str(url)


async def test_sessions_and_leaving() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        return httpx.Response(200, content=contract("sessions"))

    store = MemoryTokens(tokens())
    async with api_of(handler, store=store) as api:
        here, other = await auth.sessions(api)
        assert here.current and not other.current and here.platform == "ios"
        await auth.end_session(api, other.session_id)
        await auth.end_other_sessions(api)
        await auth.sign_out(api)
    assert store.tokens is None
    assert asked[1:] == [
        f"DELETE /v1/auth/sessions/{other.session_id}",
        "DELETE /v1/auth/sessions",
        "POST /v1/auth/sign-out",
    ]


async def test_a_role_of_a_newer_server_may_do_the_least() -> None:
    newer = contract("me").replace(b'"owner"', b'"emperor"')
    async with api_of(lambda _: httpx.Response(200, content=newer)) as api:
        assert (await auth.me(api)).role.value == "front_desk"


async def test_a_command_and_its_result() -> None:
    bodies: list[object] = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(200, content=contract("command_result"))

    async with api_of(handler) as api:
        result = await calls.command(
            api, call_id=CallId("c"), command_id=CommandId("k"), kind=calls.CommandKind.WHISPER, text="Offer 20 %"
        )
        await calls.command(api, call_id=CallId("c"), command_id=CommandId("k"), kind=calls.CommandKind.END)
    assert result.state == "done"
    assert bodies == [
        {"command_id": "k", "kind": "whisper", "text": "Offer 20 %"},
        {"command_id": "k", "kind": "end"},
    ]


async def test_the_feed_is_asked_as_the_contract_says() -> None:
    asked: list[httpx.QueryParams] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params)
        return httpx.Response(200, content=contract("changes_page"))

    async with api_of(handler) as api:
        fetched = await feed.changes(api, stream="core", cursor="", limit=2000, ticket="t-1", client_id="d")
        await feed.changes(api, stream="core", cursor="c", limit=10, ticket="t-2", client_id="d", wait_s=25)
    assert fetched.page.ticket == "t-1"
    expected = {"stream": "core", "limit": "2000", "schema": "2", "ticket": "t-1", "client_id": "d"}
    assert dict(asked[0]) == expected
    assert asked[1]["cursor"] == "c" and asked[1]["wait"] == "25"


async def test_no_token_is_ever_part_of_an_address() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, content=contract("me"))

    async with api_of(handler) as api:
        await auth.me(api)
    assert all("access-" not in url and "refresh-" not in url for url in seen)
