"""How things are put into words: times, prices, what a tool did, what a call costs.  English and Spanish."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?] ))[a-zà-ÿ]")
_ES_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_ES_MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
CENTS_A_MINUTE = 25
CHARGED_BY_S = 60
FREE_OUTCOMES = frozenset({"missed", "spam"})

TOOL_LABELS = {
    "find_customer": "Look up the caller",
    "check_availability": "Check free slots",
    "book_appointment": "Book an appointment",
    "find_booking": "Find the booking",
    "reschedule_booking": "Move the booking",
    "cancel_booking": "Cancel the booking",
    "look_up_price": "Look up a price",
    "look_up_hours": "Look up opening hours",
    "add_lead": "Add a lead",
    "send_text": "Send a text",
    "transfer_request": "Ask a person to take the call",
    "take_message": "Take a message",
    "flag_spam": "Mark as spam",
}


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with its `{words}` filled.  Raises KeyError for one that has none."""
    return text.format_map(facts) if "{" in text else text


def spoken(text: str, facts: Mapping[str, str]) -> str:
    """The filled text with a capital at the beginning of each sentence, wherever a filled word stands there."""
    return _SENTENCE_START.sub(lambda found: found[0].upper(), fill(text, facts))


def fill_values(values: Mapping[str, Any], facts: Mapping[str, str]) -> dict[str, Any]:
    """The same for every text among the values."""
    return {key: fill(value, facts) if isinstance(value, str) else value for key, value in values.items()}


def tool_inputs(tool: str, inputs: Mapping[str, Any], *, service: str, phone: str | None) -> dict[str, Any]:
    """The inputs of a tool with what every call knows: the service it is about and the number it comes from."""
    known: dict[str, Any] = {}
    if tool in ("check_availability", "book_appointment"):
        known = {"service": service}
    elif tool == "find_customer":
        known = {"phone": phone or "a hidden number"}
    return {**known, **inputs}


def spoken_clock(hour: int, minute: int) -> str:
    """ "2:30 PM", "9 AM", "noon"."""
    if (hour, minute) == (12, 0):
        return "noon"
    shown = f"{(hour - 1) % 12 + 1}:{minute:02d}" if minute else str((hour - 1) % 12 + 1)
    return f"{shown} {'AM' if hour < 12 else 'PM'}"


def spoken_slot(at: datetime, today: date, language: str) -> str:
    """ "tomorrow at 2:30 PM", "Thursday at 9 AM", "Friday, December 4 at noon"; "el jueves a las 14:30" in Spanish.

    `at` is local wall time.
    """
    ahead = (at.date() - today).days
    if language == "es":
        day = {0: "hoy", 1: "mañana"}.get(ahead, _es_day(at, ahead))
        return f"{day} a las {at:%H:%M}" if at.hour != 13 else f"{day} a la {at:%H:%M}"
    far = f"{at:%A, %B} {at.day}"
    day = {0: "today", 1: "tomorrow"}.get(ahead, f"{at:%A}" if ahead < 7 else far)
    return f"{day} at {spoken_clock(at.hour, at.minute)}"


def _es_day(at: datetime, ahead: int) -> str:
    name = f"el {_ES_DAYS[at.weekday()]}"
    return name if ahead < 7 else f"{name} {at.day} de {_ES_MONTHS.split()[at.month - 1]}"


def short_slot(at: datetime) -> str:
    """ "Thu Nov 26, 14:30", for one-line sentences."""
    return f"{at:%a %b} {at.day}, {at:%H:%M}"


def spoken_price(cents: int) -> str:
    """ "$85", "$48.50"."""
    return f"${cents // 100:,}" if cents % 100 == 0 else f"${cents / 100:,.2f}"


def with_article(name: str) -> str:
    """ "a blow-dry", "an oil change", "partial highlights": the service as one asks for it, in lower case."""
    words = name.lower()
    head = words.split(",")[0].split(" ")[-1]
    if head.endswith(_NO_ARTICLE) and not head.endswith("ss"):
        return words
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


_NO_ARTICLE = ("s", "styling", "whitening", "maintenance", "advice")


def spoken_hours(business: Mapping[str, Any], day: date) -> str:
    """ "nine to eight" as figures: "9 AM to 8 PM", or "closed"."""
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
    ranges: list[list[str]] = business["opening_hours"].get(weekday, [])
    if day.isoformat() in business["closed_days"] or not ranges:
        return "closed"
    return " and ".join(f"{_wall(opens)} to {_wall(closes)}" for opens, closes in ranges)


def _wall(wall: str) -> str:
    return spoken_clock(int(wall[:2]), int(wall[3:]))


def spoken_week(business: Mapping[str, Any], today: date) -> str:
    """ "9 AM to 8 PM on weekdays, 9 AM to 7 PM on Saturday and closed on Sunday", of an ordinary week."""
    plain: dict[str, Any] = {**business, "closed_days": []}
    monday = today - timedelta(days=today.weekday())
    weekday, saturday, sunday = (spoken_hours(plain, monday + timedelta(days=n)) for n in (0, 5, 6))
    return f"{weekday} on weekdays, {saturday} on Saturday and {sunday} on Sunday"


def next_closed(business: Mapping[str, Any], today: date) -> list[date]:
    """The next three days on which it is closed beside the usual ones."""
    found = sorted(date.fromisoformat(day) for day in business["closed_days"])
    return [day for day in found if day >= today][:3]


def spoken_days(days: list[date]) -> str:
    """ "November 26, December 25 and January 1"."""
    names = [f"{day:%B} {day.day}" for day in days]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def charge(seconds: int, outcome: str) -> tuple[int, int]:
    """(cents, billed seconds): 25 cents each started minute; spam and missed calls cost nothing."""
    if outcome in FREE_OUTCOMES or seconds <= 0:
        return 0, 0
    return CENTS_A_MINUTE * math.ceil(seconds / CHARGED_BY_S), seconds


def tool_sentence(name: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any], status: str) -> str:
    """What the tool did, on one line: "Checked slots for Women's haircut → 3 free"."""
    if status == "running":
        return f"{TOOL_LABELS.get(name, name)} …"
    done = _SENTENCES.get(name, "{label}") if status == "ok" else _TRIED.get(name, _SENTENCES.get(name, "{label}"))
    result = str(outputs.get("result", "done" if status == "ok" else "failed"))
    label = TOOL_LABELS.get(name, name)
    about = next((str(inputs[key]) for key in ("about", "service", "to", "phone") if inputs.get(key)), "")
    return f"{done.format(label=label, about=about).strip()} → {result}"


_SENTENCES = {
    "find_customer": "Looked up {about}",
    "check_availability": "Checked slots for {about}",
    "book_appointment": "Booked {about}",
    "find_booking": "Looked for a booking",
    "reschedule_booking": "Moved {about}",
    "cancel_booking": "Cancelled {about}",
    "look_up_price": "Looked up the price of {about}",
    "look_up_hours": "Looked up the opening hours",
    "add_lead": "Told Jade about {about}",
    "send_text": "Sent a text to {about}",
    "transfer_request": "Asked {about} to take the call",
    "take_message": "Took a message",
    "flag_spam": "Marked as spam",
}
_TRIED = {
    "book_appointment": "Tried to book {about}",
    "reschedule_booking": "Tried to move {about}",
    "cancel_booking": "Tried to cancel {about}",
    "send_text": "Tried to text {about}",
}
