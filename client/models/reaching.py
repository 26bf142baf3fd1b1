"""Whether a number or an address is one that a message can be sent to, as the server asks (docs/api.md)."""

import re
from typing import Final

from client.models.ids import dialled

_NUMBER: Final = re.compile(r"[\d\s+()./-]+", re.ASCII)
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
_DIGITS: Final = range(3, 16)


def is_number(phone: str | None) -> bool:
    text = (phone or "").strip()
    return _NUMBER.fullmatch(text) is not None and len(dialled(text).lstrip("+")) in _DIGITS


def is_address(email: str | None) -> bool:
    return _ADDRESS.fullmatch((email or "").strip()) is not None
