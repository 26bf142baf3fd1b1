"""Whether a number or an address is one that a message can be sent to, or signed in with, as the server asks
(docs/api.md).
"""

import re
from typing import Final

from client.models.ids import dialled

_NUMBER: Final = re.compile(r"[\d\s+()./-]+", re.ASCII)
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
_SIGNS_IN: Final = re.compile(r"[^\s@]+@[^\s@]+")
_LONGEST: Final = 254
_DIGITS: Final = range(3, 16)


def is_number(phone: str | None) -> bool:
    text = (phone or "").strip()
    return _NUMBER.fullmatch(text) is not None and len(dialled(text).lstrip("+")) in _DIGITS


def is_address(email: str | None) -> bool:
    return _ADDRESS.fullmatch((email or "").strip()) is not None


def signs_in(email: str) -> bool:
    """Looser than `is_address`: an account may be at a host without a dot."""
    text = email.strip()
    return len(text) <= _LONGEST and _SIGNS_IN.fullmatch(text) is not None
