"""Signing in and out: sign-up, password, demo, OAuth 2 code + PKCE, refresh, sessions.  Tokens: sessions.py."""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import JSONResponse, Response

from backend_stub import sessions
from backend_stub.accounts import Account, EmailTaken, User, account_of, demo_account, find_user, user_of, users_in
from backend_stub.documented import oauth_errors, problems
from backend_stub.limits import PASSWORD, PASSWORD_ADDRESS, TOKEN
from backend_stub.opening import open_account
from backend_stub.problems import Problem, invalid, not_found, unauthorized
from backend_stub.services import Here, Person, Services, address_of
from backend_stub.sessions import Ending, Grant, NotValid, Redemption, ReuseDetected, Session
from backend_stub.store import Transaction
from backend_stub.wire import DemoSignIn, Device, Me, Sessions, SignIn, SignUp, Tokens

router = APIRouter(prefix="/v1", tags=["auth"])

T = TypeVar("T")
PLATFORMS = frozenset({"ios", "android", "windows", "macos", "linux", "web"})
FormText = Annotated[str, StringConstraints(max_length=600), Form()]


def tokens_document(grant: Grant, here: Services) -> dict[str, object]:
    return {
        "access_token": sessions.access_token(grant, here.keys),
        "token_type": "Bearer",
        "expires_in": sessions.ACCESS_S,
        "refresh_token": grant.refresh_token,
        "device_id": grant.session.device_id,
        "session_id": grant.session.session_id,
    } | me_document(grant.user, grant.account)


def me_document(user: User, account: Account) -> dict[str, object]:
    return {
        "user": {"user_id": user.user_id, "name": user.name, "email": user.email, "role": user.role},
        "account": {
            "account_id": account.account_id,
            "business_name": account.business_name,
            "time_zone": account.time_zone,
        },
    }


async def slowly(here: Services, work: Callable[[], T]) -> T:
    """argon2 on its own threads."""
    return await asyncio.get_running_loop().run_in_executor(here.passwords.pool, work)


async def check_password(here: Services, request: Request, email: str, password: str) -> User | None:
    """The user, or None for wrong credentials, in the same time either way.  Raises the 429 problem."""
    here.limits.require(PASSWORD_ADDRESS, address_of(request))
    attempt = f"{address_of(request)} {email.lower()}"
    here.limits.require(PASSWORD, attempt)
    user = here.store.peek(lambda connection: find_user(connection, email=email))
    stored = user.password_hash if user else None
    if not await slowly(here, lambda: here.passwords.verify_now(stored, password)):
        return None
    here.limits.forgive(PASSWORD, attempt)
    return user


async def _sign_in(here: Services, user: User, device: Device) -> Response:
    now_ms = here.clock.now_ms()
    grant = await here.store.write(
        lambda tx: sessions.open_session(tx, user, device_name=device.name, platform=device.platform, now_ms=now_ms)
    )
    return _answer(tokens_document(grant, here))


def _answer(document: dict[str, object], status: int = 200) -> Response:
    return JSONResponse(document, status, headers={"Cache-Control": "no-store"})


@router.post(
    "/auth/sign-up",
    status_code=201,
    response_model=Tokens,
    responses=problems(409, 422),
    operation_id="sign_up",
)
async def sign_up(asked: SignUp, request: Request, here: Here) -> Response:
    """A new business with its owner, signed in on this device."""
    if asked.time_zone not in available_timezones():
        raise invalid("body.time_zone", "This is not a time zone of the IANA database.")
    here.limits.require(PASSWORD_ADDRESS, address_of(request))
    here.limits.require(PASSWORD, f"{address_of(request)} {asked.email}")
    password_hash = await slowly(here, lambda: here.passwords.hash_now(asked.password.get_secret_value()))
    now_ms = here.clock.now_ms()

    def effect(tx: Transaction) -> Grant:
        owner = open_account(
            tx,
            business_name=asked.business_name,
            business_type=asked.business_type,
            zone=ZoneInfo(asked.time_zone),
            owner_name=asked.name,
            email=asked.email,
            password_hash=password_hash,
            now_ms=now_ms,
        )
        device = asked.device
        return sessions.open_session(tx, owner, device_name=device.name, platform=device.platform, now_ms=now_ms)

    try:
        grant = await here.store.write(effect)
    except EmailTaken:
        raise Problem(409, "email_taken", "There is already an account with this e-mail address.") from None
    return _answer(tokens_document(grant, here), 201)


@router.post("/auth/sign-in", response_model=Tokens, responses=problems(401, 422), operation_id="sign_in")
async def sign_in(asked: SignIn, request: Request, here: Here) -> Response:
    """E-mail and password."""
    user = await check_password(here, request, asked.email, asked.password.get_secret_value())
    if user is None:
        raise unauthorized("wrong_credentials", "The e-mail address or the password is not right.")
    return await _sign_in(here, user, asked.device)


@router.post("/auth/demo", response_model=Tokens, responses=problems(404, 422), operation_id="demo_sign_in")
async def demo(asked: DemoSignIn, request: Request, here: Here) -> Response:
    """Sign in as the demo owner, without a password."""
    here.limits.require(TOKEN, address_of(request))
    account = here.store.peek(demo_account)
    if account is None:
        raise not_found()
    people = here.store.peek(lambda connection: users_in(connection, account.number))
    owner = next(user for user in people if user.role == "owner")
    return await _sign_in(here, owner, asked.device)


@router.post(
    "/auth/token",
    response_model=Tokens,
    responses=oauth_errors() | problems(422),
    operation_id="token",
)
async def token(
    request: Request,
    here: Here,
    grant_type: FormText,
    code: FormText = "",
    code_verifier: FormText = "",
    redirect_uri: FormText = "",
    client_id: FormText = "",
    refresh_token: FormText = "",
    device_name: FormText = "",
    device_platform: FormText = "",
) -> Response:
    """OAuth 2: an authorization code or a refresh token for a pair of tokens."""
    here.limits.require(TOKEN, address_of(request))
    if grant_type == "refresh_token":
        return await _refresh(here, refresh_token)
    if grant_type != "authorization_code":
        return _oauth_error("unsupported_grant_type", "Only authorization_code and refresh_token are known here.")
    if client_id != sessions.AUDIENCE:
        return _oauth_error("invalid_client", "This app is not known here.")
    redemption = Redemption(
        code=code,
        verifier=code_verifier,
        redirect_uri=redirect_uri,
        device_name="".join(char for char in device_name if char.isprintable())[:120] or "New device",
        platform=device_platform if device_platform in PLATFORMS else "web",
    )
    now_ms = here.clock.now_ms()
    grant = await here.store.write(lambda tx: sessions.redeem(tx, redemption, now_ms=now_ms))
    if isinstance(grant, Grant):
        return _answer(tokens_document(grant, here))
    if grant is not None:
        here.hub.end_session(grant)
    return _oauth_error("invalid_grant", "This sign-in code is not valid any more. Please start again.")


async def _refresh(here: Services, refresh_token: str) -> Response:
    now_ms = here.clock.now_ms()
    try:
        grant = await here.store.write(lambda tx: sessions.rotate(tx, refresh_token, keys=here.keys, now_ms=now_ms))
    except NotValid as refused:
        detail = "This sign-in has ended. Please sign in again."
        return _oauth_error("invalid_grant", detail, code=refused.ending)
    if isinstance(grant, ReuseDetected):
        here.hub.end_session(grant.session_id)
        detail = "This sign-in was used twice, so it was ended. Please sign in again."
        return _oauth_error("invalid_grant", detail, code="session_revoked")
    return _answer(tokens_document(grant, here))


def _oauth_error(error: str, description: str, *, code: Ending | None = None) -> Response:
    document: dict[str, object] = {"error": error, "error_description": description}
    return _answer(document | ({"code": code} if code else {}), 400)


@router.post("/auth/sign-out", status_code=204, responses=problems(401), operation_id="sign_out")
async def sign_out(here: Here, person: Person) -> Response:
    """End this session."""
    await _end(here, [person.session_id], "session_revoked")
    return Response(status_code=204)


@router.get("/auth/sessions", response_model=Sessions, responses=problems(401), operation_id="list_sessions")
async def list_sessions(here: Here, person: Person) -> Response:
    """The devices this person is signed in on."""
    mine = here.store.peek(lambda connection: sessions.sessions_of(connection, person.user_id))
    return _answer({"sessions": [_session_document(session, person.session_id) for session in mine]})


@router.delete(
    "/auth/sessions/{session_id}", status_code=204, responses=problems(401, 404, 422), operation_id="end_session"
)
async def end_session(session_id: str, here: Here, person: Person) -> Response:
    """Sign out one device.  Another one than this is revoked: it removes what it holds of the account."""
    mine = here.store.peek(lambda connection: sessions.sessions_of(connection, person.user_id))
    if session_id not in {session.session_id for session in mine}:
        raise not_found()
    await _end(here, [session_id], "session_revoked" if session_id == person.session_id else "device_revoked")
    return Response(status_code=204)


@router.delete("/auth/sessions", status_code=204, responses=problems(401), operation_id="end_other_sessions")
async def end_other_sessions(here: Here, person: Person) -> Response:
    """Sign out every device but this one; they are revoked."""
    mine = here.store.peek(lambda connection: sessions.sessions_of(connection, person.user_id))
    others = [session.session_id for session in mine if session.session_id != person.session_id]
    await _end(here, others, "device_revoked")
    return Response(status_code=204)


@router.get("/me", response_model=Me, responses=problems(401), operation_id="me")
async def me(here: Here, person: Person) -> Response:
    """Who is signed in, and for which business."""
    user = here.store.peek(lambda connection: user_of(connection, person.user_id))
    account = here.store.peek(lambda connection: account_of(connection, person.number))
    assert user is not None
    return _answer(me_document(user, account))


async def _end(here: Services, session_ids: list[str], ending: Ending) -> None:
    now_ms = here.clock.now_ms()

    def effect(tx: Transaction) -> None:
        for session_id in session_ids:
            sessions.revoke(tx, session_id, now_ms=now_ms, ending=ending)

    await here.store.write(effect)
    for session_id in session_ids:
        here.hub.end_session(session_id, ending)


def _session_document(session: Session, current: str) -> dict[str, object]:
    return {
        "session_id": session.session_id,
        "device_id": session.device_id,
        "name": session.name,
        "platform": session.platform,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "current": session.session_id == current,
    }
