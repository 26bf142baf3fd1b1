"""Sessions: one signed-in device each, with a family of refresh tokens of which only the newest counts.

    open ──rotate──> open ──┬─ sign out ────────────────> revoked
                            ├─ a used token comes again ─> revoked   (somebody holds a copy)
                            └─ ended from another device ─> revoked, and the device with it: it removes what it holds

A token presented again within GRACE_MS gets the answer it already got, as long as nobody has used that answer's token:
a reply lost on the way must not sign anyone out.  A token's successor is derived from it, so nothing secret is kept.
Also here: authorization codes (PKCE) and access tokens.  Plain functions; the routes are in auth.py.
"""

import base64
import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Literal

import jwt

from backend_stub.accounts import Account, User, account_of, user_of
from backend_stub.clock import uuid7
from backend_stub.store import AccountNo, Store, Transaction

ACCESS_S = 900
REFRESH_MS = 60 * 86_400_000
GRACE_MS = 10_000
CODE_MS = 60_000
AUDIENCE = "owner-app"

Ending = Literal["session_revoked", "device_revoked"]
"""How a session that is no longer open was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReuseDetected:
    """A refresh token that was already used came again; its session is now revoked."""

    session_id: str


class NotValid(Exception):
    """The token or code is unknown, expired or of an ended session.  Routine.  `ending`: how the session was ended."""

    def __init__(self, ending: Ending | None = None) -> None:
        super().__init__(ending or "not valid")
        self.ending: Ending | None = ending


class TokenExpired(Exception):
    """The access token is past its time.  Routine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    session_id: str
    user_id: str
    account: AccountNo
    device_id: str
    name: str
    platform: str
    created_at: int
    last_seen_at: int
    revoked_at: int | None
    device_revoked: bool = False

    @property
    def ending(self) -> Ending | None:
        """None: it is open."""
        if self.revoked_at is None:
            return None
        return "device_revoked" if self.device_revoked else "session_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A fresh pair of tokens with everything the answer says about them."""

    session: Session
    user: User
    account: Account
    refresh_token: str
    issued_at: int

    def __repr__(self) -> str:
        return f"Grant(session_id={self.session.session_id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    session_id: str
    expires_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The server's keys, each for one purpose."""

    access: bytes
    refresh: bytes
    first_generation: bytes

    def __repr__(self) -> str:
        return "Keys()"


def keys_of(store: Store) -> Keys:
    return Keys(
        access=store.key_for("access-token"),
        refresh=store.key_for("refresh-token"),
        first_generation=store.key_for("first-generation"),
    )


def open_session(tx: Transaction, user: User, *, device_name: str, platform: str, now_ms: int) -> Grant:
    session = Session(
        session_id=uuid7(now_ms),
        user_id=user.user_id,
        account=user.account,
        device_id=uuid7(now_ms),
        name=device_name,
        platform=platform,
        created_at=now_ms,
        last_seen_at=now_ms,
        revoked_at=None,
    )
    tx.connection.execute(
        "INSERT INTO session (session_id, user_id, account, device_id, name, platform, created_at, last_seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            session.session_id,
            session.user_id,
            session.account,
            session.device_id,
            session.name,
            session.platform,
            now_ms,
            now_ms,
        ),
    )
    token = f"rt_{secrets.token_urlsafe(32)}"
    _keep(tx, token, session.session_id, now_ms)
    return _grant(tx, session, token, now_ms)


def rotate(tx: Transaction, token: str, *, keys: Keys, now_ms: int) -> Grant | ReuseDetected:
    """Exchange a refresh token for the next pair.  Raises NotValid.

    A reuse is *returned*, because its effect (the family is revoked) must be committed.
    """
    row = tx.connection.execute(
        "SELECT session_id, expires_at, used_at FROM refresh_token WHERE hash = ?", (_hash(token),)
    ).fetchone()
    if row is None:
        raise NotValid
    session_id, expires_at, used_at = row
    session = find_session(tx.connection, session_id)
    if session is None:
        raise NotValid("session_revoked")
    if session.ending is not None:
        raise NotValid(session.ending)
    if expires_at <= now_ms:
        raise NotValid
    successor = _successor(token, keys)
    if used_at is None:
        tx.connection.execute("UPDATE refresh_token SET used_at = ? WHERE hash = ?", (now_ms, _hash(token)))
        _keep(tx, successor, session_id, now_ms)
        tx.connection.execute("UPDATE session SET last_seen_at = ? WHERE session_id = ?", (now_ms, session_id))
        return _grant(tx, session, successor, now_ms)
    if now_ms - used_at <= GRACE_MS and not _is_used(tx.connection, successor):
        return _grant(tx, session, successor, used_at)
    revoke(tx, session_id, now_ms=now_ms)
    return ReuseDetected(session_id=session_id)


def revoke(tx: Transaction, session_id: str, *, now_ms: int, ending: Ending = "session_revoked") -> None:
    """End a session, if it is open; as it ended first it stays."""
    tx.connection.execute(
        "UPDATE session SET revoked_at = ?, device_revoked = ? WHERE session_id = ? AND revoked_at IS NULL",
        (now_ms, ending == "device_revoked", session_id),
    )


def find_session(connection: sqlite3.Connection, session_id: str) -> Session | None:
    row = connection.execute(f"SELECT {SESSION} FROM session WHERE session_id = ?", (session_id,)).fetchone()
    return _session(row) if row else None


def sessions_of(connection: sqlite3.Connection, user_id: str) -> list[Session]:
    """The user's open sessions, the one last seen first."""
    rows = connection.execute(
        f"SELECT {SESSION} FROM session WHERE user_id = ? AND revoked_at IS NULL"
        " ORDER BY last_seen_at DESC, session_id",
        (user_id,),
    )
    return [_session(row) for row in rows]


def new_code(tx: Transaction, user: User, *, challenge: str, redirect_uri: str, now_ms: int) -> str:
    code = secrets.token_urlsafe(32)
    tx.connection.execute(
        "INSERT INTO code (hash, user_id, challenge, redirect_uri, expires_at) VALUES (?, ?, ?, ?, ?)",
        (_hash(code), user.user_id, challenge, redirect_uri, now_ms + CODE_MS),
    )
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    code: str
    verifier: str
    redirect_uri: str
    device_name: str
    platform: str


def redeem(tx: Transaction, asked: Redemption, *, now_ms: int) -> Grant | str | None:
    """A code for tokens.  None when it is not good; the session's id when it comes again, which ends that session."""
    row = tx.connection.execute(
        "SELECT user_id, challenge, redirect_uri, expires_at, session_id FROM code WHERE hash = ?", (_hash(asked.code),)
    ).fetchone()
    if row is None:
        return None
    user_id, challenge, redirect_uri, expires_at, session_id = row
    if session_id is not None:
        revoke(tx, session_id, now_ms=now_ms)
        return str(session_id)
    proven = hmac.compare_digest(challenge_of(asked.verifier).encode(), challenge.encode())
    user = user_of(tx.connection, user_id)
    if user is None or not proven or redirect_uri != asked.redirect_uri or expires_at <= now_ms:
        return None
    grant = open_session(tx, user, device_name=asked.device_name, platform=asked.platform, now_ms=now_ms)
    tx.connection.execute(
        "UPDATE code SET session_id = ? WHERE hash = ?", (grant.session.session_id, _hash(asked.code))
    )
    return grant


def challenge_of(verifier: str) -> str:
    """PKCE's S256 (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def access_token(grant: Grant, keys: Keys) -> str:
    claims = {
        "aud": AUDIENCE,
        "sub": grant.user.user_id,
        "sid": grant.session.session_id,
        "iat": grant.issued_at // 1000,
        "exp": grant.issued_at // 1000 + ACCESS_S,
    }
    return jwt.encode(claims, keys.access, algorithm="HS256")


def read_access_token(token: str, keys: Keys, *, now_ms: int) -> AccessClaims:
    """Raises NotValid and TokenExpired.  Time is the server's clock, not the machine's."""
    try:
        claims = jwt.decode(
            token,
            keys.access,
            algorithms=["HS256"],
            audience=AUDIENCE,
            options={"verify_exp": False, "verify_iat": False, "require": ["sid", "exp"]},
        )
    except jwt.InvalidTokenError:
        raise NotValid from None
    expires_at_ms = int(claims["exp"]) * 1000
    if expires_at_ms <= now_ms:
        raise TokenExpired
    return AccessClaims(session_id=str(claims["sid"]), expires_at_ms=expires_at_ms)


SESSION = (
    "session_id, user_id, account, device_id, name, platform, created_at, last_seen_at, revoked_at, device_revoked"
)


def _session(row: tuple[str, str, int, str, str, str, int, int, int | None, int]) -> Session:
    session_id, user_id, account, device_id, name, platform, created_at, last_seen_at, revoked_at, device_revoked = row
    return Session(
        session_id=session_id,
        user_id=user_id,
        account=AccountNo(account),
        device_id=device_id,
        name=name,
        platform=platform,
        created_at=created_at,
        last_seen_at=last_seen_at,
        revoked_at=revoked_at,
        device_revoked=bool(device_revoked),
    )


def _grant(tx: Transaction, session: Session, token: str, issued_at: int) -> Grant:
    user = user_of(tx.connection, session.user_id)
    if user is None:
        raise NotValid
    return Grant(
        session=session,
        user=user,
        account=account_of(tx.connection, user.account),
        refresh_token=token,
        issued_at=issued_at,
    )


def _keep(tx: Transaction, token: str, session_id: str, now_ms: int) -> None:
    tx.connection.execute(
        "INSERT INTO refresh_token (hash, session_id, expires_at) VALUES (?, ?, ?)",
        (_hash(token), session_id, now_ms + REFRESH_MS),
    )


def _is_used(connection: sqlite3.Connection, token: str) -> bool:
    row = connection.execute("SELECT used_at FROM refresh_token WHERE hash = ?", (_hash(token),)).fetchone()
    return row is None or row[0] is not None


def _successor(token: str, keys: Keys) -> str:
    digest = hmac.new(keys.refresh, token.encode("utf-8", "replace"), hashlib.sha256).digest()
    return f"rt_{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
