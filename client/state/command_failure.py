"""Why a command to a running call did not happen, or is not known to have happened."""

from dataclasses import dataclass
from typing import Final

from client.api.calls import CommandKind
from client.api.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Invalid,
    NoAnswer,
    NotFound,
    RateLimited,
    ServerFault,
    SignedOut,
    Unreachable,
)

SPOKEN: Final = frozenset({CommandKind.WHISPER, CommandKind.SAY})
"""Commands with a text of the owner's, which is kept until it is known to be heard."""
PROXY_WITHOUT_ANSWER: Final = (502, 504)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """`why` is a key of the catalogue under `command.failed.*`.  `untold`: it may have arrived all the same."""

    kind: CommandKind
    why: str
    name: str = ""
    detail: str = ""
    untold: bool = False


def may_have_arrived(error: ApiError) -> bool:
    return isinstance(error, NoAnswer) or (isinstance(error, ServerFault) and error.status in PROXY_WITHOUT_ANSWER)


def untold(kind: CommandKind, *, again: bool) -> Failure:
    """`again`: it is asked again."""
    return Failure(kind=kind, why=_of(kind, "unanswered" if again else "unsettled"), untold=True)


def failure_of(kind: CommandKind, error: ApiError) -> Failure:
    match error:
        case Unreachable():
            return Failure(kind=kind, why=_of(kind, "unreachable"))
        case ServerFault():
            return Failure(kind=kind, why=_kept(kind, "server_fault"))
        case RateLimited():
            return Failure(kind=kind, why=_kept(kind, "rate_limited"))
        case Conflict(code="call_over"):
            return Failure(kind=kind, why=_kept(kind, "call_over"))
        case Conflict(code="call_taken"):
            return Failure(kind=kind, why=_kept(kind, "call_taken"), name=error.handler_name or "")
        case SignedOut():
            return Failure(kind=kind, why="signed_out")
        case Forbidden():
            return Failure(kind=kind, why="forbidden")
        case NotFound():
            return Failure(kind=kind, why="not_found")
        case Invalid():
            return Failure(kind=kind, why="invalid", detail=error.detail)
        case _:
            return Failure(kind=kind, why="other", detail=error.detail)


def _of(kind: CommandKind, why: str) -> str:
    """An act has words of its own."""
    return why if kind in SPOKEN else f"{why}.{kind}"


def _kept(kind: CommandKind, why: str) -> str:
    """Of an act no text is kept."""
    return why if kind in SPOKEN else f"{why}.act"
