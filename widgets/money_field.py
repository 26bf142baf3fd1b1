"""An amount as people type it: "1,240", "12.50", "12,5", "$90"."""

import re
from typing import Final

_AMOUNT: Final = re.compile(r"^(\d{1,3}(?:[,. ]\d{3})*|\d{1,8})(?:[.,](\d{1,2}))?$", re.ASCII)


def cents_of(text: str) -> int | None:
    """Integer cents, None for what is no amount; an amount of up to 99,999,999."""
    plain = re.sub(r"[^\d.,]", "", text) if re.fullmatch(r"[\s$€£]*[\d.,\s]+[\s$€£]*", text) else ""
    found = _AMOUNT.match(plain)
    if found is None:
        return None
    whole, rest = re.sub(r"\D", "", found[1]), (found[2] or "").ljust(2, "0")
    return int(whole) * 100 + int(rest or 0)


def typed_money(cents: int) -> str:
    """1240 or 12.50: as it stands in a field."""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
