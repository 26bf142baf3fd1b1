"""Changes as sentences: what will be done, what was done, and why the server or this device said no."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from client.insight.clash import Clash
from client.insight.deeds import Act, Deed, text_of
from widgets import format as fmt
from widgets.strings import Words

NAME_MAX = 80
SAID_MAX = 160


def to_do(words: Words, deed: Deed, who: str | None, now: datetime) -> str:
    """Move Maria Gómez to Tue 16:30.  `who`: the member of staff the deed names."""
    return _sentence(words, "change", deed, who, now)


def done(words: Words, deed: Deed, who: str | None, now: datetime) -> str:
    """Moved Maria Gómez to Tue 16:30."""
    return _sentence(words, "done", deed, who, now)


def will_be(words: Words, deed: Deed, now: datetime) -> str:
    """Luna will be held when there is a connection.  Of an employee, who does not know of it yet."""
    return _sentence(words, "will_be", deed, None, now)


def besides(words: Words, deed: Deed) -> list[str]:
    """What else belongs to it: the other acts, the reason or the note, whether the client will be told."""
    pieces: list[str] = []
    if deed.where and (deed.act is Act.BOOK or Act.ROOM in deed.also):
        pieces.append(words("change.in", where=fmt.clipped(deed.where, NAME_MAX)))
    if deed.also:
        pieces.append(words("change.also", what=", ".join(words(f"change.also.{act}") for act in deed.also)))
    if deed.said and deed.act is Act.CANCEL:
        pieces.append(words("change.because", reason=fmt.clipped(deed.said, SAID_MAX)))
    elif deed.said:
        pieces.append(words("change.quote", text=fmt.clipped(deed.said, SAID_MAX)))
    if deed.channel:
        pieces.append(will_tell(words, deed))
    return pieces


def will_tell(words: Words, deed: Deed) -> str:
    return words("change.will_tell", name=first_name(words, deed.name))


def reason(words: Words, code: str, detail: str) -> str:
    """Why the server said no: in the owner's language where the catalogue knows it, else in the server's own words."""
    key = f"refused.{code}"
    if words.has(key):
        return words(key)
    return fmt.clipped(detail, SAID_MAX) or words("refused.unknown")


def met(words: Words, clash: Clash, now: datetime) -> str:
    """What a change met, in one line: Luna booked Jun Ortiz there at 11:02."""
    who = clash.who
    name = fmt.clipped(who.name, NAME_MAX) if who and who.name else words("clash.somebody")
    when = words("clash.at", time=fmt.moment(words, who.at, now)) if who and who.at else ""
    key = f"clash.met.{clash.why}"
    other = fmt.clipped(clash.other.name, NAME_MAX) if clash.other and clash.other.name else words("change.nobody")
    said = words(key if words.has(key) else "clash.met.changed", by=name, name=other, at=when)
    return " ".join(said.split())


def stage(words: Words, values: Mapping[str, Any], *, said: str = "stage") -> str:
    """What the stage of a lead is called: Won; within a sentence (`said` "become.stage") won."""
    value = text_of(values.get("stage"))
    key = f"{said}.{value}"
    return words(key) if words.has(key) else fmt.clipped(value, NAME_MAX)


def first_name(words: Words, name: str) -> str:
    """What a client is called in a sentence; "the client" where there is no name."""
    parts = name.split()
    return fmt.clipped(parts[0], 30) if parts else words("change.client")


def near(words: Words, at: datetime, now: datetime) -> str:
    """13:30 today, "Tue 13:30" within a week, else "Tue 2 Dec 13:30"."""
    day, today = fmt.local_day(words, at), fmt.local_day(words, now)
    if day == today:
        return fmt.clock_time(words, at)
    if 0 < (day - today).days < 7:
        return words(
            "change.weekday_time",
            weekday=words(f"weekday.short.{day.weekday()}"),
            time=fmt.clock_time(words, at),
        )
    return fmt.moment(words, at, now)


def _sentence(words: Words, tense: str, deed: Deed, who: str | None, now: datetime) -> str:
    start, end = deed.starts_at, deed.ends_at
    minutes = round((end - start).total_seconds() / 60) if start and end else 0
    name = deed.name.strip() or words("change.nobody")
    return words(
        f"{tense}.{deed.act}",
        name=fmt.clipped(name, NAME_MAX),
        when=near(words, start, now) if start else "–",
        length=fmt.minutes_long(words, minutes),
        who=who or words("booking.nobody"),
        service=fmt.clipped(deed.service, NAME_MAX),
        where=fmt.clipped(deed.where, NAME_MAX) or words("booking.nowhere"),
        to=_to(words, deed),
    )


def _to(words: Words, deed: Deed) -> str:
    """What it becomes or is about, in a word of the catalogue or as it is called."""
    key = f"become.{deed.word}"
    if deed.word and words.has(key):
        return words(key)
    return fmt.clipped(deed.to.strip(), NAME_MAX) or words("become.nobody")
