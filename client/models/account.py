"""Who is signed in, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum

from client.models.ids import AccountId, UserId


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    FRONT_DESK = "front_desk"

    @property
    def may_supervise(self) -> bool:
        return self is not Role.FRONT_DESK

    @property
    def may_overbook(self) -> bool:
        """Book two people at once on purpose.  All else about bookings every role may."""
        return self is not Role.FRONT_DESK

    @property
    def may_see_money(self) -> bool:
        return self is not Role.FRONT_DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The signed-in person on one server.  Together the first three name the database file."""

    api_url: str
    account_id: AccountId
    user_id: UserId
    name: str
    email: str
    role: Role
    business_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """`expires_at_ms` is on the server's clock.  Never logged: `repr` shows nothing of them."""

    access: str
    refresh: str
    expires_at_ms: int
    device_id: str
    session_id: str

    def __repr__(self) -> str:
        return f"Tokens(session_id={self.session_id!r})"
