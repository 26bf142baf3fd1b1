"""What remains of a call: its summary and its extracted data, made from the facts and never from a guess."""

from collections.abc import Mapping
from typing import Any

from backend_stub.calls_player.desk import Row
from backend_stub.scripts.form import CallScript
from backend_stub.scripts.wording import fill_values, spoken

_ASKED_FOR = {
    "phone_number": "the telephone number",
    "street_address": "the address",
    "address": "the address",
    "average_rating": "the rating",
    "is_unisex": "whether it is unisex",
    "offers_cosmetic_services": "cosmetic treatments",
}
_FALLBACK = {
    "booked": "{who} booked an appointment.",
    "booking_failed": "{who} wanted {what}, but nothing was booked.",
    "info_provided": "{who} asked for information and got it. Nothing was booked.",
    "hung_up": "{who} hung up before the call was finished.",
    "voicemail": "{who} left a message.",
    "transferred": "{who} was put through to {handler}.",
    "complaint": "{who} had a complaint.",
    "spam": "An unwanted sales call. Nothing to do.",
    "missed": "{who} rang and nobody answered. No message was left.",
}


BLOCKED = "A blocked number rang. The call was not answered."


def unanswered_while_held(who: str, employee: str) -> str:
    return f"{who} rang while {employee} was held. The call went to the business's own phone, where nobody answered."


def extracted_of(script: CallScript, facts: Mapping[str, str], booking: Row | None, booked_day: str | None) -> Row:
    """The script's extracted data, filled; a booking replaces the agreed day by the real one."""
    data: dict[str, Any] = fill_values(script.extracted, facts) if script.origin == "own" else dict(script.extracted)
    if booking is not None:
        data["service"] = booking["service_name"]
        if script.agreed_date is not None and booked_day is not None:
            data["appointment_date"] = booked_day
            data["asked_for_date"] = script.agreed_date
    return data


def summary_of(
    script: CallScript, *, outcome: str, facts: Mapping[str, str], who: str, when: str | None, handler: str | None
) -> str:
    """One or two sentences.  `when`: the booking in words ("Women's haircut, Thu Nov 26, 14:30 with Ana Beltrán")."""
    own = script.summary.get(outcome) or script.summary.get("")
    if script.origin == "own" and own and outcome == script.outcome:
        said = spoken(own, facts)
    elif outcome == "booked" and when:
        said = f"{who} booked {when}."
    else:
        said = _FALLBACK[outcome].format(
            who=who, handler=handler or "the team", what=facts.get("a_service", "an appointment")
        )
    return said + _learned(script, outcome) + _by_hand(handler, outcome)


def _learned(script: CallScript, outcome: str) -> str:
    asked = [words for key, words in _ASKED_FOR.items() if key in script.extracted]
    if script.origin == "own" or not asked or outcome not in ("booked", "info_provided"):
        return ""
    listed = " and ".join([", ".join(asked[:-1]), asked[-1]]) if len(asked) > 1 else asked[0]
    return f" Also asked about {listed}."


def _by_hand(handler: str | None, outcome: str) -> str:
    return f" {handler} took the call over." if handler and outcome != "transferred" else ""
