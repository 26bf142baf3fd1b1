"""A conflict in the owner's words: its title, and the three versions side by side."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from client.insight.clash import Clash
from client.insight.deeds import Deed, instant_of, text_of
from client.models.bookings import BookingStatus
from client.models.business import Resource, Staff
from client.models.ids import ResourceId, StaffId
from widgets import change_words, marks
from widgets import format as fmt
from widgets.conflict_sheet import Saying, Side, Version
from widgets.strings import Words

TEXT_MAX: Final = 400

StaffById = Mapping[StaffId, Staff]
RoomsById = Mapping[ResourceId, Resource]


def title(words: Words, deed: Deed) -> str:
    """Your move met another change."""
    key = f"conflict.title.{deed.act}"
    return words(key if words.has(key) else "conflict.title.other")


def about(pieces: Sequence[str]) -> str:
    """Maria Gómez · Colour and cut · Ana."""
    return " · ".join(fmt.clipped(piece, 80) for piece in pieces if piece)


def versions(
    words: Words, clash: Clash, staff: StaffById, rooms: RoomsById, *, made_at: datetime, now: datetime
) -> tuple[Version, Version, Version]:
    """Before, yours, now.  `made_at`: when the owner made the change."""
    if not any(side.get("resource_id") for side in (clash.base, clash.mine, clash.server)):
        # What is nowhere on all sides is not said.
        rooms = {}
    base, mine = _said(words, clash.base, staff, rooms, now), _said(words, clash.mine, staff, rooms, now)
    server = {} if clash.why == "deleted" else _said(words, clash.server, staff, rooms, now)
    disputed = {key for side in (mine, server) for key in side if side[key] != base.get(key)}
    not_yet = (Saying(text=words("conflict.not_booked"), differs=True),)
    sayings = _sayings(base, disputed) if clash.base else not_yet
    before = Version(side=Side.BEFORE, sayings=sayings, note=words("conflict.note.before"))
    yours = Version(
        side=Side.YOURS,
        sayings=_sayings(mine, {key for key in mine if mine[key] != base.get(key)}),
        note=words("conflict.note.yours", time=fmt.moment(words, made_at, now)),
        aside=fmt.age(words, (now - made_at).total_seconds()),
    )
    return before, yours, _now(words, clash, base, server, staff, rooms, now)


def _now(
    words: Words,
    clash: Clash,
    base: dict[str, str],
    server: dict[str, str],
    staff: StaffById,
    rooms: RoomsById,
    now: datetime,
) -> Version:
    who, other = clash.who, clash.other
    sayings = list(_sayings(server, {key for key in server if server[key] != base.get(key)}))
    if other is not None and other.starts_at is not None:
        when, room = change_words.near(words, other.starts_at, now), rooms.get(clash.room) if clash.room else None
        taken = words("conflict.taken", when=when)
        if room is not None:
            taken = words("conflict.room_taken", where=room.name, when=when)
        sayings = [Saying(text=taken, differs=True), *(each for each in sayings if each.differs)]
        person = staff.get(other.staff_id) if other.staff_id else None
        what = [fmt.clipped(other.service, 80), person.name if person else ""]
        sayings.append(Saying(text=" · ".join(piece for piece in what if piece), differs=False))
    elif clash.why == "deleted":
        sayings = [Saying(text=words("conflict.deleted"), differs=True)]
    call_id = who.call_id if who else None
    return Version(
        side=Side.NOW,
        sayings=tuple(each for each in sayings if each.text),
        note=change_words.met(words, clash, now),
        aside=words("conflict.from_call") if call_id else "",
        call_id=call_id,
    )


def _sayings(said: Mapping[str, str], stands_out: set[str]) -> tuple[Saying, ...]:
    return tuple(Saying(text=text, differs=key in stands_out) for key, text in said.items())


def _said(words: Words, values: Mapping[str, Any], staff: StaffById, rooms: RoomsById, now: datetime) -> dict[str, str]:
    """The values as a person would read them, by what they are about; what is not among them is not said."""
    said: dict[str, str] = {}
    start, end = instant_of(values.get("starts_at")), instant_of(values.get("ends_at"))
    if start and end:
        said["time"] = f"{change_words.near(words, start, now)} – {fmt.clock_time(words, end)}"
    elif start:
        said["time"] = change_words.near(words, start, now)
    if "staff_id" in values:
        person = staff.get(StaffId(text_of(values["staff_id"])))
        said["staff"] = person.name if person else words("booking.nobody")
    if "resource_id" in values and rooms:
        room = rooms.get(ResourceId(text_of(values["resource_id"])))
        said["room"] = room.name if room else words("conflict.nowhere")
    if "service_name" in values:
        said["service"] = fmt.clipped(text_of(values["service_name"]), TEXT_MAX)
    if "status" in values:
        said["status"] = _status(words, text_of(values["status"]), text_of(values.get("cancellation_reason")))
    if "stage" in values:
        said["stage"] = _with_reason(change_words.stage(words, values), text_of(values.get("lost_reason")))
    if "notes" in values:
        notes = text_of(values["notes"]).strip()
        said["notes"] = words("change.quote", text=fmt.clipped(notes, TEXT_MAX)) if notes else words("conflict.no_note")
    for name in ("customer_name", "customer_phone", "customer_email"):
        if name in values:
            said[name] = fmt.clipped(text_of(values[name]), TEXT_MAX) or "–"
    return said


def _status(words: Words, status: str, reason: str) -> str:
    known = BookingStatus(status) if status in set(BookingStatus) else BookingStatus.UNKNOWN
    word = words(marks.STATUSES[known].key)
    return _with_reason(word, reason if known is BookingStatus.CANCELLED else "")


def _with_reason(word: str, reason: str) -> str:
    return f"{word} · {fmt.clipped(reason, TEXT_MAX)}" if reason else word
