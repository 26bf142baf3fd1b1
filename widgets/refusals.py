"""Why something cannot be done, as a sentence: beside the button that did nothing, on the ghost over a taken time."""

from datetime import datetime

from client.editing import Why
from client.insight.diary import Obstacle
from client.insight.diary import Why as InTheWay
from client.models.bookings import Block, Booking
from client.models.business import HoursRange
from client.models.link import Trouble
from widgets import format as fmt
from widgets.strings import Words

_NAME_MAX = 60


def refusal_sentence(words: Words, why: Why, obstacle: Obstacle | None, now: datetime) -> str:
    """As said beside the button that did nothing."""
    return obstacle_sentence(words, obstacle, now) if obstacle else words(f"not_allowed.{why}")


def trouble_sentence(words: Words, trouble: Trouble) -> str:
    """This device could not keep it."""
    key = f"not_kept.{trouble}"
    return words(key if words.has(key) else "not_kept.other")


def obstacle_sentence(words: Words, obstacle: Obstacle, now: datetime) -> str:
    """What stands in the way of a time: Luis has Jun Ortiz, 15:00 – 15:30."""
    who = obstacle.staff.name if obstacle.staff else words("obstacle.everybody")
    if obstacle.buffer_minutes:
        return _buffer_sentence(words, obstacle, who)
    match obstacle.why:
        case InTheWay.TAKEN if obstacle.booking:
            name = fmt.clipped(obstacle.booking.customer_name, _NAME_MAX)
            return words("obstacle.taken", who=who, name=name, when=_time(words, obstacle.booking))
        case InTheWay.OCCUPIED if obstacle.booking:
            where = _where(words, obstacle)
            name = fmt.clipped(obstacle.booking.customer_name, _NAME_MAX)
            return words("obstacle.occupied", where=where, name=name, when=_time(words, obstacle.booking))
        case InTheWay.BLOCKED if obstacle.block:
            title = fmt.clipped(obstacle.block.title, _NAME_MAX)
            return words("obstacle.blocked", name=title, when=_time(words, obstacle.block))
        case InTheWay.CLOSED:
            day = fmt.day_named(words, obstacle.day, fmt.local_day(words, now))
            key = "obstacle.closed" if obstacle.hours else "obstacle.closed_all_day"
            return words(key, day=day, hours=_hours(words, obstacle.hours))
        case InTheWay.STAFF_OFF:
            key = "obstacle.staff_off" if obstacle.hours else "obstacle.staff_off_all_day"
            return words(key, who=who, hours=_hours(words, obstacle.hours))
        case _:
            return words(f"not_allowed.{obstacle.why}")


def _buffer_sentence(words: Words, obstacle: Obstacle, who: str) -> str:
    """By the clock they do not meet: Luis needs 15 min free between this booking and Jun Ortiz, 15:00 – 15:30."""
    length = fmt.minutes_long(words, obstacle.buffer_minutes)
    if there := obstacle.booking:
        whose = _where(words, obstacle) if obstacle.why is InTheWay.OCCUPIED else who
        name = fmt.clipped(there.customer_name, _NAME_MAX)
        return words("obstacle.buffer", who=whose, length=length, name=name, when=_time(words, there))
    assert obstacle.block
    title = fmt.clipped(obstacle.block.title, _NAME_MAX)
    return words("obstacle.buffer_blocked", length=length, name=title, when=_time(words, obstacle.block))


def _where(words: Words, obstacle: Obstacle) -> str:
    return obstacle.resource.name if obstacle.resource else words("obstacle.room")


def _time(words: Words, taken: Booking | Block) -> str:
    return fmt.time_range(words, taken.starts_at, taken.ends_at)


def _hours(words: Words, hours: tuple[HoursRange, ...]) -> str:
    return ", ".join(f"{fmt.wall_time(words, opens)} – {fmt.wall_time(words, closes)}" for opens, closes in hours)
