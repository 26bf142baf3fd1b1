"""Whether a recurrence rule may be followed at all, looked at before anything follows it.

The library follows a rule step by step from its start and cannot be stopped on the way: one that happens every second,
never moves on (INTERVAL=0) or began in the year 1 would keep it busy for hours.
"""

import re
from datetime import date

from client.calendars.coming import comes
from client.calendars.entries import Entry
from client.calendars.imported import LIMITS, Limits, What

_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 30, "YEARLY": 365}
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_LONGEST_LIST = 400
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ZONE_RULES = 20
_ZONE_DATES = 2000


def objection(rules: list[str], begins: date, until: date, limits: Limits) -> What | None:
    """Why an event with these RRULE values is not followed from `begins` to `until`, None if it may be."""
    if len(rules) > limits.rules:
        return What.RULE_TOO_OFTEN
    found = (_objection(rule, begins, max(0, (until - begins).days), limits) for rule in rules)
    return next((what for what in found if what is not None), None)


def _objection(text: str, begins: date, days: int, limits: Limits) -> What | None:
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency in _TOO_OFTEN:
        return What.RULE_TOO_OFTEN
    interval = parts.get("INTERVAL", "1")
    if frequency not in _DAYS or not re.fullmatch(r"[1-9]\d{0,4}", interval, re.ASCII):
        return What.RULE_UNREADABLE
    if _never(parts):
        return What.RULE_NEVER
    lists = {name: value.split(",") for name, value in parts.items() if name.startswith("BY")}
    if any(len(values) > _LONGEST_LIST for values in lists.values()):
        return What.RULE_UNREADABLE
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= len(lists.get(name, ("0",)))
    if times > limits.times_a_day:
        return What.RULE_TOO_OFTEN
    if days / (_DAYS[frequency] * int(interval)) > limits.rule_steps:
        return What.RULE_TOO_LONG
    return None if comes(parts, begins, times) else What.RULE_NEVER


def _parts(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.upper().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _never(parts: dict[str, str]) -> bool:
    """A day that none of its months has, as the 30th of February: it would be looked for until the year 9999."""
    days = [int(day) for day in re.findall(r"\d{1,4}", parts.get("BYMONTHDAY", ""))]
    months = [int(month) for month in re.findall(r"\d{1,4}", parts.get("BYMONTH", ""))]
    longest = max((_MONTH_DAYS[month - 1] for month in months if 1 <= month <= 12), default=0 if months else 31)
    return bool(days) and min(days) > longest


def is_followable_zone(entry: Entry) -> bool:
    """Whether a VTIMEZONE changes its offset at most monthly, by a bounded number of rules."""
    rules = [_parts(rule) for rule in entry.values("RRULE")]
    dates = sum(value.count(",") + 1 for value in entry.values("RDATE"))
    if len(rules) > _ZONE_RULES or dates > _ZONE_DATES:
        return False
    return all(
        rule.get("FREQ") in ("YEARLY", "MONTHLY") and rule.get("INTERVAL", "1") == "1" and not _never(rule)
        for rule in rules
    ) and not any(_objection(text, date(2000, 1, 1), 0, LIMITS) for text in entry.values("RRULE"))
