"""The ways out of a conflict: what each button says, and what follows from it, down to what the client gets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import flet as ft

from client.editing import Choice, Choosing, Notice
from client.insight.clash import Clash
from client.insight.diary import Slot
from client.models.bookings import Booking
from client.models.business import Resource, Staff
from client.models.ids import ResourceId, StaffId
from widgets import change_words
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.conflict_sheet import WayOut
from widgets.strings import Words

TOLD_MAX: Final = 240

_KINDS: Final = {
    Choosing.FREE: Kind.PRIMARY,
    Choosing.BOTH: Kind.PRIMARY,
    Choosing.RESTORE: Kind.PRIMARY,
    Choosing.OVERBOOK: Kind.LINK,
    Choosing.MOVE_OTHER: Kind.LINK,
    Choosing.CANCEL: Kind.LINK,
}
_ICONS: Final = {
    Choosing.FREE: ft.Icons.SCHEDULE,
    Choosing.BOTH: ft.Icons.NOTES,
    Choosing.RESTORE: ft.Icons.EVENT_REPEAT,
}


def ways_out(
    words: Words,
    clash: Clash,
    choices: Sequence[Choice],
    booking: Booking | None,
    name: str,
    staff: Mapping[StaffId, Staff],
    rooms: Mapping[ResourceId, Resource],
    told: Mapping[Choosing, Sequence[Notice]],
    now: datetime,
) -> tuple[WayOut, ...]:
    """`name`: the client's.  `told`: who would be sent what, by choice.  Of several free times the first is a button;
    the others are among the other times."""
    ways: list[WayOut] = []
    for choice in choices:
        if any(way.name == choice.kind for way in ways):
            continue
        ways.append(
            WayOut(
                name=choice.kind,
                label=_label(words, clash, choice, booking, name, now),
                follows=_follows(words, clash, choice, booking, name, staff, rooms, told.get(choice.kind, ()), now),
                kind=_KINDS.get(choice.kind, Kind.PLAIN),
                icon=_ICONS.get(choice.kind),
            )
        )
    return tuple(ways)


def slot_label(words: Words, slot: Slot, now: datetime) -> str:
    return f"{change_words.near(words, slot.starts_at, now)} – {fmt.clock_time(words, slot.ends_at)}"


def gets(words: Words, notices: Sequence[Notice]) -> str:
    """Maria gets: “…”"""
    said = [
        words(
            "conflict.gets",
            name=change_words.first_name(words, notice.name),
            text=fmt.clipped(notice.tell.text, TOLD_MAX),
        )
        for notice in notices
    ]
    return " ".join(said)


def _label(words: Words, clash: Clash, choice: Choice, booking: Booking | None, name: str, now: datetime) -> str:
    first = change_words.first_name(words, name)
    kind, when = choice.kind, change_words.near(words, choice.slot.starts_at, now) if choice.slot else ""
    match kind:
        case Choosing.FREE:
            return words("way.free" if booking else "way.free.new", name=first, when=when)
        case Choosing.MOVE_OTHER:
            other = change_words.first_name(words, clash.other.name if clash.other else "")
            return words("way.move_other", name=other, when=when)
        case Choosing.THEIRS if clash.group in ("slot", "row") and booking:
            return words("way.theirs.time", time=fmt.clock_time(words, booking.starts_at))
        case Choosing.MINE if clash.why == "closed":
            return words("way.mine.closed")
        case Choosing.MINE if clash.group == "slot" and choice.steps:
            return words("way.mine.time", time=fmt.clock_time(words, choice.steps[-1].after.starts_at))
        case Choosing.MINE if clash.group == "stage":
            return words("way.mine.stage", stage=change_words.stage(words, clash.mine))
        case Choosing.THEIRS if clash.group == "stage":
            return words("way.theirs.stage", stage=change_words.stage(words, clash.server))
        case Choosing.CANCEL:
            return words("way.cancel", name=first)
        case _:
            return words(f"way.{kind}")


def _follows(
    words: Words,
    clash: Clash,
    choice: Choice,
    booking: Booking | None,
    name: str,
    staff: Mapping[StaffId, Staff],
    rooms: Mapping[ResourceId, Resource],
    notices: Sequence[Notice],
    now: datetime,
) -> str:
    if clash.group == "stage" and choice.kind in (Choosing.MINE, Choosing.THEIRS):
        then = clash.mine if choice.kind is Choosing.MINE else clash.server
        name = name or words("change.nobody")
        return words(
            f"way.{choice.kind}.follows.stage", name=name, stage=change_words.stage(words, then, said="become.stage")
        )
    pieces = [_becomes(words, clash, choice, booking, staff, rooms, now), gets(words, notices)]
    if choice.notices and not notices:
        pieces.append(words("conflict.nobody_told"))
    return " ".join(piece for piece in pieces if piece)


def _becomes(
    words: Words,
    clash: Clash,
    choice: Choice,
    booking: Booking | None,
    staff: Mapping[StaffId, Staff],
    rooms: Mapping[ResourceId, Resource],
    now: datetime,
) -> str:
    """What is then true of the bookings."""
    after = choice.steps[-1].after if choice.steps else booking
    when = change_words.near(words, after.starts_at, now) if after else ""
    person = staff.get(after.staff_id) if after and after.staff_id else None
    room = rooms.get(after.resource_id) if after and after.resource_id else None
    who = person.name if person else words("obstacle.everybody")
    if clash.room is not None:
        who = room.name if room else words("obstacle.room")
    other = change_words.first_name(words, clash.other.name if clash.other else "")
    first = change_words.first_name(words, after.customer_name if after else "")
    key = f"way.{choice.kind}.follows"
    if choice.kind is Choosing.THEIRS and clash.why == "slot_taken":
        key = "way.theirs.follows.taken"
    elif choice.kind is Choosing.FREE and room is not None:
        key = "way.free.follows.in"
    return words(key, when=when, who=who, other=other, name=first, where=room.name if room else "")
