"""The shapes of docs/api.md as pydantic models: what requests are checked against and what OpenAPI documents.

Answers that carry rows are written as ready text (feed.py) and never pass through these models at run time; the tests
hold that text against them.  `extra="forbid"` keeps the document and the server from drifting apart.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

from backend_stub.changes import Changes, Deleted
from backend_stub.rows import Ms, Shape

Role = Literal["owner", "manager", "front_desk"]
BusinessType = Literal["salon", "dentist", "clinic", "garage"]

NAME_LENGTH = 120


class Request(BaseModel):
    """A request may carry fields of a newer app."""

    model_config = ConfigDict(extra="ignore")


# --- errors ------------------------------------------------------------------


class FieldError(Shape):
    path: str
    message: str


class ProblemDocument(BaseModel):
    """RFC 9457.  `code` is the machine's word, `detail` the owner's."""

    type: str
    title: str
    status: int
    code: Literal[
        "token_missing",
        "token_expired",
        "token_invalid",
        "session_revoked",
        "device_revoked",
        "wrong_credentials",
        "forbidden",
        "not_found",
        "method_not_allowed",
        "conflict",
        "call_over",
        "call_taken",
        "email_taken",
        "cursor_expired",
        "too_large",
        "invalid",
        "upgrade_required",
        "rate_limited",
        "server_fault",
        "unavailable",
    ]
    detail: str
    errors: list[FieldError] | None = None
    retry_after_s: int | None = None
    epoch: str | None = None
    reason: Literal["retention", "restore", "scope", "schema"] | None = None
    handler_name: str | None = None
    min_schema: int | None = None


class OAuthError(Shape):
    error: str
    error_description: str
    code: Literal["session_revoked", "device_revoked"] | None = None


# --- health and sign-in --------------------------------------------------------


class Health(Shape):
    status: Literal["ok"]
    version: str
    server_time: Ms
    epoch: str
    demo: bool


def _no_nul(text: str) -> str:
    if any(ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise ValueError("control characters are not allowed here")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
]


class Device(Request):
    name: Text
    platform: Literal["ios", "android", "windows", "macos", "linux", "web"]

    _plain = field_validator("name")(_no_nul)


class SignUp(Request):
    email: Email
    password: Annotated[SecretStr, Field(min_length=10, max_length=200)]
    name: Text
    business_name: Text
    business_type: BusinessType
    time_zone: Annotated[str, StringConstraints(max_length=64)]
    device: Device

    _plain = field_validator("email", "name", "business_name")(_no_nul)


class SignIn(Request):
    email: Email
    password: Annotated[SecretStr, Field(max_length=200)]
    device: Device


class DemoSignIn(Request):
    device: Device


class UserShape(Shape):
    user_id: str
    name: str
    email: str
    role: Role


class AccountShape(Shape):
    account_id: str
    business_name: str
    time_zone: str


class Me(Shape):
    user: UserShape
    account: AccountShape


class Tokens(Shape):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    device_id: str
    session_id: str
    user: UserShape
    account: AccountShape


class SessionShape(Shape):
    session_id: str
    device_id: str
    name: str
    platform: str
    created_at: Ms
    last_seen_at: Ms
    current: bool


class Sessions(Shape):
    sessions: list[SessionShape]


# --- the feed ----------------------------------------------------------------------


class Progress(Shape):
    done: int
    total: int


class ChangesPage(Shape):
    epoch: str
    ticket: str
    stream: Literal["core", "transcripts"]
    since: str
    cursor: str
    has_more: bool
    seq: int
    stage: Literal["window", "backfill", "follow"]
    progress: Progress
    changes: Changes
    deleted: Deleted
    last_mid: int
    server_time: Ms
    forgot: bool


# --- calls ---------------------------------------------------------------------


class CallSnapshot(Shape):
    seq: int
    changes: Changes


class Command(Request):
    command_id: UUID
    kind: Literal["whisper", "take_over", "say", "hand_back", "end"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)] | None = None

    @field_validator("text")
    @classmethod
    def _text_is_plain(cls, text: str | None) -> str | None:
        return text if text is None else _no_nul(text.replace("\n", " "))


class CommandResult(Shape):
    command_id: str
    call_id: str
    kind: str
    state: Literal["done"]
    version: int


# --- live ----------------------------------------------------------------------


class Hello(Shape):
    t: Literal["hello"]
    epoch: str
    seq: int
    cursor: str
    server_time: Ms
    account_id: str
    last_mid: int
    forgot: bool


class Snapshot(Shape):
    t: Literal["snapshot"]
    epoch: str
    seq: int
    changes: Changes


class Delta(Shape):
    t: Literal["delta"]
    epoch: str
    prev: str
    cursor: str
    seq: int
    changes: Changes
    deleted: Deleted


class Poke(Shape):
    t: Literal["poke"]
    seq: int


class Partial(Shape):
    t: Literal["eph"]
    kind: Literal["partial"]
    call_id: str
    turn_id: str
    index: int
    speaker: Literal["caller", "assistant", "human", "system"]
    name: str | None
    text: str


class Ping(Shape):
    t: Literal["ping"]


class Bye(Shape):
    t: Literal["bye"]
    code: Literal["session_revoked", "device_revoked", "token_expired", "restarting"]


ServerFrame = Annotated[Hello | Snapshot | Delta | Poke | Partial | Ping | Bye, Field(discriminator="t")]


class Watch(Request):
    t: Literal["watch"]
    call_ids: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=200)]


class Pong(Request):
    t: Literal["pong"]


ClientFrame = Annotated[Watch | Pong, Field(discriminator="t")]
