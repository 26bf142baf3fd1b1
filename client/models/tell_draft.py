"""Whether and how a client is told of a change, while the owner still decides."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

TEXT_MAX: Final = 480
"""What the server takes."""


class TellBy(StrEnum):
    """The ways, none of them the usual one: the owner says which."""

    SMS = "sms"
    EMAIL = "email"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class TellDraft:
    """`by` is None until the owner has decided.  `edited`: the text is the owner's, a suggestion no longer replaces it.

    `name`, `phone`, `email`: the client's as they are known here.
    """

    name: str
    phone: str | None = None
    email: str | None = None
    text: str = ""
    by: TellBy | None = None
    edited: bool = False

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
                return bool(self.phone and self.phone.strip())
            case TellBy.EMAIL:
                return bool(self.email and self.email.strip())
            case TellBy.NOBODY:
                return True

    @property
    def decided(self) -> bool:
        """Whether it can be carried out: a way is chosen, and where it needs words there are some that fit."""
        if self.by is None:
            return False
        return self.by is TellBy.NOBODY or 1 <= len(self.text.strip()) <= TEXT_MAX
