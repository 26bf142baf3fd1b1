"""Signing in, staying signed in and leaving.  Where the consent page opens is the platform's business."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from client.api.connection import CLIENT_ID, Answer, Api
from client.api.errors import MalformedResponse
from client.api.wire import read
from client.models.account import Identity, Role, Tokens
from client.models.ids import AccountId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What the owner will see in the list of sessions.  `platform`: ios, android, windows, macos, linux or web."""

    name: str
    platform: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The tokens are already in the token store."""

    identity: Identity
    tokens: Tokens
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    session_id: str
    device_id: str
    name: str
    platform: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pkce:
    """RFC 7636: `challenge` goes into the authorize URL, `verifier` into the exchange of the code."""

    verifier: str
    challenge: str


class _User(Struct, kw_only=True):
    user_id: str
    name: str
    email: str
    role: str


class _Account(Struct, kw_only=True):
    account_id: str
    business_name: str
    time_zone: str


class _Me(Struct, kw_only=True):
    user: _User
    account: _Account


class _Session(Struct, kw_only=True):
    session_id: str
    device_id: str
    name: str
    platform: str
    created_at: int
    last_seen_at: int
    current: bool = False


class _Sessions(Struct, kw_only=True):
    sessions: list[_Session]


_me = msgspec.json.Decoder(_Me)
_sessions = msgspec.json.Decoder(_Sessions)


async def sign_in(api: Api, *, email: str, password: str, device: Device) -> SignedIn:
    """Raises WrongCredentials."""
    body = {"email": email, "password": password, "device": _device(device)}
    return await _signed_in(api, await api.request("POST", "/v1/auth/sign-in", body=body, signed_in=False))


async def sign_up(
    api: Api,
    *,
    email: str,
    password: str,
    name: str,
    business_name: str,
    business_type: str,
    time_zone: str,
    device: Device,
) -> SignedIn:
    """A new owner with a new business.  Raises Conflict with `email_taken`, Invalid with the fields that are wrong."""
    body = {
        "email": email,
        "password": password,
        "name": name,
        "business_name": business_name,
        "business_type": business_type,
        "time_zone": time_zone,
        "device": _device(device),
    }
    return await _signed_in(api, await api.request("POST", "/v1/auth/sign-up", body=body, signed_in=False))


async def demo(api: Api, *, device: Device) -> SignedIn:
    """Raises NotFound where no demo is offered."""
    answer = await api.request("POST", "/v1/auth/demo", body={"device": _device(device)}, signed_in=False)
    return await _signed_in(api, answer)


def pkce_pair(random_bits: Callable[[int], int]) -> Pkce:
    """A fresh verifier of 256 random bits and its S256 challenge."""
    verifier = _base64url(random_bits(256).to_bytes(32))
    return Pkce(verifier=verifier, challenge=_base64url(hashlib.sha256(verifier.encode()).digest()))


def authorize_url(api: Api, *, redirect_uri: str, state: str, pkce: Pkce) -> str:
    """The consent page to open in the system browser."""
    query = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
        "scope": "owner",
    }
    return f"{api.base_url}/v1/auth/authorize?{urlencode(query)}"


async def exchange_code(api: Api, *, code: str, pkce: Pkce, redirect_uri: str, device: Device) -> SignedIn:
    """Trade the code the consent page sent for tokens.  Raises Refused with `invalid_grant` if it is spent or stale."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": pkce.verifier,
        "redirect_uri": redirect_uri,
        "client_id": CLIENT_ID,
        "device_name": device.name,
        "device_platform": device.platform,
    }
    return await _signed_in(api, await api.request("POST", "/v1/auth/token", form=form, signed_in=False))


async def refresh(api: Api) -> None:
    """Renew the tokens ahead of need.  Raises SignedOut when the session has ended, Unreachable changes nothing."""
    await api.renew()


async def sign_out(api: Api) -> None:
    """End this session on the server, then forget its tokens.  If the server cannot be told, raises and keeps them."""
    await api.request("POST", "/v1/auth/sign-out")
    await api.forget()


async def sessions(api: Api) -> tuple[Session, ...]:
    wire = read(_sessions, (await api.request("GET", "/v1/auth/sessions")).body)
    return tuple(
        Session(
            session_id=session.session_id,
            device_id=session.device_id,
            name=session.name,
            platform=session.platform,
            created_at=_instant(session.created_at),
            last_seen_at=_instant(session.last_seen_at),
            current=session.current,
        )
        for session in wire.sessions
    )


async def end_session(api: Api, session_id: str) -> None:
    """Sign another device out."""
    await api.request("DELETE", f"/v1/auth/sessions/{session_id}")


async def end_other_sessions(api: Api) -> None:
    """Sign every device out but this one."""
    await api.request("DELETE", "/v1/auth/sessions")


async def me(api: Api, *, timeout_s: float = 20.0) -> Identity:
    """Who is signed in.  `timeout_s` and what is raised: as `Api.request`."""
    return _identity(api, read(_me, (await api.request("GET", "/v1/me", timeout_s=timeout_s)).body))


async def _signed_in(api: Api, answer: Answer) -> SignedIn:
    wire = read(_me, answer.body)
    identity = _identity(api, wire)
    return SignedIn(identity=identity, tokens=await api.adopt(answer), time_zone=wire.account.time_zone)


def _identity(api: Api, wire: _Me) -> Identity:
    return Identity(
        api_url=api.base_url,
        account_id=AccountId(wire.account.account_id),
        user_id=UserId(wire.user.user_id),
        name=wire.user.name,
        email=wire.user.email,
        role=_role(wire.user.role),
        business_name=wire.account.business_name,
    )


def _role(word: str) -> Role:
    """A role of a newer server may do here what the least of ours may; the server decides in any case."""
    try:
        return Role(word)
    except ValueError:
        return Role.FRONT_DESK


def _device(device: Device) -> dict[str, str]:
    return {"name": device.name, "platform": device.platform}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _instant(ms: int) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    except OverflowError:
        raise MalformedResponse("$.sessions") from None
