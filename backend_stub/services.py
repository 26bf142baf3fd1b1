"""What the routes of one running server share, and who is asking.  One `Services` an app; there is no other state."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from backend_stub.accounts import Account, account_of, user_of
from backend_stub.clock import Clock
from backend_stub.feed import Scope, scope_of
from backend_stub.hub import Hub
from backend_stub.limits import SESSION, Limits
from backend_stub.problems import device_revoked, forbidden, session_revoked, unauthorized
from backend_stub.sessions import Keys, NotValid, TokenExpired, find_session, read_access_token
from backend_stub.settings import PasswordCost, Settings
from backend_stub.store import AccountNo, Store

if TYPE_CHECKING:
    from backend_stub.calendars.poller import CalendarPoller
    from backend_stub.calls import Telephones
    from backend_stub.faults import Faults
    from backend_stub.forecasts.keeping import Forecaster


class Passwords:
    """argon2id, on two threads of its own: it is slow on purpose and must not hold up the event loop."""

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.time, memory_cost=cost.memory_kib, parallelism=cost.parallelism, hash_len=32
        )
        self._nobody = self._hasher.hash("nobody has this password")
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="argon2")

    def hash_now(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify_now(self, password_hash: str | None, password: str) -> bool:
        """False after the same time whether the password is wrong or (None) there is nobody to compare with."""
        try:
            return self._hasher.verify(password_hash or self._nobody, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    def close(self) -> None:
        self.pool.shutdown(wait=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    store: Store
    clock: Clock
    settings: Settings
    hub: Hub
    limits: Limits
    keys: Keys
    passwords: Passwords
    telephones: "Telephones"
    calendars: "CalendarPoller"
    forecaster: "Forecaster"
    faults: "Faults"
    started_at: float
    """On the clock's monotonic scale."""


def services_of(connection: HTTPConnection) -> Services:
    return connection.app.state.services


async def _services(connection: HTTPConnection) -> Services:
    return services_of(connection)


_scheme = HTTPBearer(auto_error=False, description="The access token of a session.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]
Here = Annotated[Services, Depends(_services)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is asking, looked up afresh for each request: a changed role or an ended session counts at once."""

    user_id: str
    name: str
    email: str
    role: str
    session_id: str
    account: Account
    token_expires_at_ms: int

    @property
    def number(self) -> AccountNo:
        return self.account.number

    @property
    def scope(self) -> Scope:
        return scope_of(self.role)


def authenticate(services: Services, token: str | None) -> SignedIn:
    """Who the access token stands for.  Raises the 401 problems and counts against the session's limit."""
    if not token:
        raise unauthorized("token_missing", "Please sign in first.")
    try:
        claims = read_access_token(token, services.keys, now_ms=services.clock.now_ms())
    except TokenExpired:
        raise unauthorized("token_expired", "This sign-in has to be renewed.") from None
    except NotValid:
        raise unauthorized("token_invalid", "This sign-in is not valid. Please sign in again.") from None
    session = services.store.peek(lambda connection: find_session(connection, claims.session_id))
    if session is None or session.ending == "session_revoked":
        raise session_revoked()
    if session.ending == "device_revoked":
        raise device_revoked()
    user = services.store.peek(lambda connection: user_of(connection, session.user_id))
    if user is None:
        raise session_revoked()
    services.limits.require(SESSION, session.session_id)
    return SignedIn(
        user_id=user.user_id,
        name=user.name,
        email=user.email,
        role=user.role,
        session_id=session.session_id,
        account=services.store.peek(lambda connection: account_of(connection, user.account)),
        token_expires_at_ms=claims.expires_at_ms,
    )


def token_of(connection: HTTPConnection) -> str | None:
    """The bearer token of the `Authorization` header."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


async def _signed_in(services: Here, bearer: Bearer) -> SignedIn:
    return authenticate(services, bearer.credentials if bearer else None)


Person = Annotated[SignedIn, Depends(_signed_in)]


async def _supervisor(person: Person) -> SignedIn:
    if person.role == "front_desk":
        raise forbidden()
    return person


Supervisor = Annotated[SignedIn, Depends(_supervisor)]


def address_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else "unknown"
