"""Whether and how a client is told of a change, while the owner still decides."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from client.models.reaching import is_address, is_number

TEXT_MAX: Final = 480
"""What the server takes."""
ON_THE_WAY: Final = timedelta(minutes=60)
"""So long before they are expected, a client may have left already."""


class TellBy(StrEnum):
    """The ways, none of them the usual one: the owner says which."""

    SMS = "sms"
    EMAIL = "email"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class TellDraft:
    """`by` is None until the owner has decided.  `edited`: the text is the owner's, a suggestion no longer replaces it.

    `name`, `phone`, `email`: the client's as they are known here.  `expected_at`: when they still think they come,
    None where they do not.
    """

    name: str
    phone: str | None = None
    email: str | None = None
    text: str = ""
    by: TellBy | None = None
    edited: bool = False
    expected_at: datetime | None = None

    def suggest(self, text: str) -> "TellDraft":
        """Another text for another time, unless the owner wrote one."""
        return self if self.edited else replace(self, text=text)

    def type(self, text: str) -> "TellDraft":
        return replace(self, text=text, edited=True)

    def choose(self, by: TellBy) -> "TellDraft":
        """A way that is not there is not chosen."""
        return replace(self, by=by) if self.can(by) else self

    def can(self, by: TellBy) -> bool:
        """Whether this client can be reached that way."""
        match by:
            case TellBy.SMS:
                return is_number(self.phone)
            case TellBy.EMAIL:
                return is_address(self.email)
            case TellBy.NOBODY:
                return True

    def may_be_on_the_way(self, now: datetime) -> bool:
        """A message may come too late for somebody who has left."""
        return self.expected_at is not None and now <= self.expected_at <= now + ON_THE_WAY

    @property
    def decided(self) -> bool:
        """Whether it can be carried out: a way is chosen, and where it needs words there are some that fit."""
        if self.by is None:
            return False
        return self.by is TellBy.NOBODY or 1 <= len(self.text.strip()) <= TEXT_MAX
