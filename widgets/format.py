"""How times, ages, money and phone numbers are written, in the business's zone and the owner's language.

Built on the catalogue's names of days and months rather than the system's locale, which phones do not have.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from widgets.strings import Words

_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "MXN": "$", "CAD": "$", "AUD": "$"}
_NOT_REACHED: Final = 10_000_000_000
_NORTH_AMERICAN: Final = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")
_PHONE: Final = re.compile(r"(?<![\w+])(?:\+\d[\d\s().-]{6,18}\d|\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{3,4})(?!\w)")
"""With a country, or nine or ten digits in threes; neither a date nor a time looks like that."""


def clock_time(words: Words, at: datetime) -> str:
    """13:30, or 1:30 PM; in the hour that comes twice, with which of the two it is: 01:30 PST."""
    local = at.astimezone(words.zone)
    which = f" {local.tzname()}" if local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset() else ""
    if words.hours == 12:
        return f"{local.hour % 12 or 12}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'}{which}"
    return f"{local:%H:%M}{which}"


def hour_label(words: Words, hour: int) -> str:
    """09:00, or 9 AM: a whole hour of the wall's clock."""
    if words.hours == 12:
        return f"{hour % 12 or 12} {'AM' if hour % 24 < 12 else 'PM'}"
    return f"{hour:02d}:00"


def wall_clock(words: Words, minute: int) -> str:
    """A minute of a day as its clock shows it: 13:30, or 1:30 PM; 24:00 for its end."""
    hour, rest = divmod(minute, 60)
    if words.hours == 12:
        return f"{hour % 12 or 12}:{rest:02d} {'AM' if hour % 24 < 12 else 'PM'}"
    return f"{hour:02d}:{rest:02d}"


def wall_time(words: Words, at: time) -> str:
    """As `clock_time`, of a time on the wall, such as an opening hour."""
    if words.hours == 12:
        return f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"
    return f"{at:%H:%M}"


def clock_seconds(words: Words, at: datetime) -> str:
    """13:30:08, for ages of data and of words."""
    local = at.astimezone(words.zone)
    if words.hours == 12:
        return f"{local.hour % 12 or 12}:{local:%M:%S} {'AM' if local.hour < 12 else 'PM'}"
    return f"{local:%H:%M:%S}"


def time_range(words: Words, start: datetime, end: datetime) -> str:
    return f"{clock_time(words, start)} – {clock_time(words, end)}"


def day_long(words: Words, day: date) -> str:
    """Monday 24 November; it opens a line, so it begins with a capital in every language."""
    said = day_within(words, day)
    return said[:1].upper() + said[1:]


def day_within(words: Words, day: date) -> str:
    """The same in the middle of a line."""
    return words("date.long", weekday=_weekday(words, day), day=day.day, month=_month(words, day))


def day_short(words: Words, day: date) -> str:
    """Mon 24 Nov."""
    weekday, month = words(f"weekday.short.{day.weekday()}"), words(f"month.short.{day.month}")
    return words("date.short", weekday=weekday, day=day.day, month=month)


def day_plain(words: Words, day: date) -> str:
    """24 November."""
    return words("date.plain", day=day.day, month=_month(words, day))


def days_long(words: Words, first: date, last: date) -> str:
    """24 – 29 November, 24 November – 3 December."""
    if first.month == last.month:
        return words("date.range", first=first.day, last=day_plain(words, last))
    return words("date.range", first=day_plain(words, first), last=day_plain(words, last))


def day_named(words: Words, day: date, today: date) -> str:
    """Today, Yesterday, Tomorrow, or the day; the year is said when it is another one."""
    near = {0: "date.today", -1: "date.yesterday", 1: "date.tomorrow"}.get((day - today).days)
    if near:
        return words(near)
    return day_long(words, day) if day.year == today.year else f"{day_long(words, day)} {day.year}"


def moment(words: Words, at: datetime, now: datetime) -> str:
    """13:30 when it was today, else with its day: "Sun 23 Nov 13:30"."""
    day, today = local_day(words, at), local_day(words, now)
    return clock_time(words, at) if day == today else f"{day_short(words, day)} {clock_time(words, at)}"


def local_day(words: Words, at: datetime) -> date:
    return at.astimezone(words.zone).date()


def duration_clock(seconds: float) -> str:
    """2:14, or 1:02:14 from an hour; never negative."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def minutes_long(words: Words, minutes: int) -> str:
    """90 min, 2 h, 2 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if not hours or minutes == 90:
        return words("unit.minutes", minutes=minutes)
    if not rest:
        return words("unit.hours", hours=hours)
    return words("unit.hours_minutes", hours=hours, minutes=rest)


def age(words: Words, seconds: float) -> str:
    """How long ago, coarse: "just now", "3 min ago", "2 h ago", "4 days ago"."""
    if seconds < 60:
        return words("age.now")
    if seconds < 3600:
        return words("age.minutes", minutes=int(seconds // 60))
    if seconds < 86_400:
        return words("age.hours", hours=int(seconds // 3600))
    return words("age.days", n=int(seconds // 86_400))


def money(words: Words, cents: int, *, exact: bool = False) -> str:
    """$1,240, $12.50; whole amounts without their cents unless `exact`."""
    whole, rest = divmod(abs(cents), 100)
    digits = f"{whole:,}"
    if rest or exact:
        digits = f"{digits}.{rest:02d}"
    if words.language == "es":
        digits = digits.translate(str.maketrans(",.", ".,"))
    sign = "−" if cents < 0 else ""
    symbol = _SYMBOLS.get(words.currency)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {words.currency}"


def number(words: Words, value: float) -> str:
    text = f"{value:,.0f}"
    return text.replace(",", ".") if words.language == "es" else text


def phone_tail(phone: str | None) -> str | None:
    """…4567: enough to tell callers apart on a screen others may see."""
    digits = [ch for ch in phone or "" if ch.isdigit()]
    return f"…{''.join(digits[-4:])}" if len(digits) >= 4 else None


def phone_masked(phone: str | None) -> str | None:
    """+1 … 4567."""
    tail = phone_tail(phone)
    if tail is None or phone is None:
        return None
    country = phone.split(" ")[0] if " " in phone else phone[:2]
    return f"{country} … {tail[1:]}" if phone.startswith("+") else tail


def phone_whole(phone: str) -> str:
    """+1 415 555 0182: in groups where the country's are known, else as it is."""
    found = _NORTH_AMERICAN.fullmatch(phone)
    return " ".join(("+1", *found.groups())) if found else phone


def phones_masked(text: str) -> str:
    """The text with every phone number in it written as `phone_masked` does."""
    return _PHONE.sub(lambda found: phone_masked(found[0]) or found[0], text)


def zone_label(words: Words, zone: ZoneInfo) -> str:
    """Los Angeles time."""
    return words("zone.label", city=zone.key.rsplit("/", 1)[-1].replace("_", " "))


def initials(name: str) -> str:
    parts = [part for part in name.split() if part[:1].isalpha()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper() or "?"


def clipped(text: str, limit: int) -> str:
    """At most `limit` characters: what a list shows of a text that has no bound."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def named(words: Words, name: str, limit: int) -> str:
    """What somebody is called: "No name" where that is nothing but blanks."""
    return clipped(name.strip(), limit) or words("customer.unnamed")


def plain(words: Words, value: Any) -> str:
    """A value of a tool's inputs or outputs, or of extracted data, as a person would write it."""
    match value:
        case None | "":
            return "–"
        case bool():
            return words("value.yes" if value else "value.no")
        case str():
            return _plain_text(words, value)
        case int() if _NOT_REACHED < value < 10_000 * _NOT_REACHED:
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
            return f"{day_short(words, local_day(words, at))} {clock_time(words, at)}"
        case list() | tuple():
            return ", ".join(plain(words, item) for item in value) or "–"
        case dict():
            return " · ".join(f"{label_of(words, str(k))}: {plain(words, v)}" for k, v in value.items()) or "–"
        case _:
            return str(value)


def told(words: Words, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Named values as a person would read them, phone numbers masked; ids, which mean nothing to one, are left away."""
    return [
        (
            label_of(words, name),
            _told(words, name, value),
        )
        for name, value in values.items()
        if name != "id" and not name.endswith("_id")
    ]


def _told(words: Words, name: str, value: Any) -> str:
    if name.endswith("_cents") and isinstance(value, int):
        return money(words, value)
    if "phone" in name and isinstance(value, str):
        return phone_masked(value) or "–"
    return plain(words, value)


def label_of(words: Words, name: str) -> str:
    """A field's name in words: the catalogue's, or "appointment_time" as "Appointment time"."""
    key = f"field.{name}"
    return words(key) if words.has(key) else name.replace("_", " ").strip().capitalize()


def _plain_text(words: Words, value: str) -> str:
    if len(value) >= 16 and value[4:5] == "-" and value[10:11] == "T":
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return phones_masked(value)
        local = at if at.tzinfo is None else at.astimezone(words.zone)
        return f"{day_short(words, local.date())} {local:%H:%M}"
    return phones_masked(value)


def _weekday(words: Words, day: date) -> str:
    return words(f"weekday.{day.weekday()}")


def _month(words: Words, day: date) -> str:
    return words(f"month.{day.month}")
