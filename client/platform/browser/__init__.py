"""Asking the owner something in the system browser, as OAuth 2 wants it from native apps (RFC 8252).

Lives here: the outcomes and the Protocol.  What the address says is the API's business.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

OpenUrl = Callable[[str], Awaitable[None]]
"""Shows an address in a browser.  Raises PlatformError where none can be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The owner agreed.  `redirect_uri` is the one the code was issued for."""

    code: str
    redirect_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The owner said no, or the server would not ask; `reason` is OAuth's error code."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """Nobody answered in time."""


Consent = Granted | Refused | Unanswered


class Browser(Protocol):
    async def ask(
        self, address: Callable[[str], str], *, state: str, timeout_s: float, open_url: OpenUrl | None = None
    ) -> Consent:
        """Open `address(redirect_uri)` and wait for the answer that carries `state`.  Raises PlatformError."""
        ...
