"""Conflicts in words, and the owner's decision about them."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from client.config import Config
from client.editing import Choice, Choosing, NotAllowed, Notice, Resolved, at, choices, resolve
from client.insight.clash import clash_of
from client.insight.diary import OVERLAP, Slot
from client.models.ids import BookingId, ConflictId, LeadId
from client.models.mutations import Conflict, ConflictState
from client.storage import bookings, conflicts, leads, outbox
from client.storage.columns import instant
from desk.changing import Telling
from desk.documents import json_of
from desk.people import names_of
from desk.pipeline import lead_document
from desk.refusals import refusal_of
from desk.sentences import sentence_of
from desk.showing import Answering
from desk.terminal import Refusal, Terminal, shown
from desk.times import instant_of, read_moment
from desk.way import now_of, readable, writable
from widgets import change_words
from widgets.strings import Words

KEEP = {
    "mine": Choosing.MINE,
    "theirs": Choosing.THEIRS,
    "both": Choosing.BOTH,
    "slot": Choosing.FREE,
    "at": Choosing.OTHER,
    "overbook": Choosing.OVERBOOK,
    "move-other": Choosing.MOVE_OTHER,
    "cancel": Choosing.CANCEL,
    "new": Choosing.RESTORE,
    "discard": Choosing.DISCARD,
}
_NAMES = {kind: name for name, kind in KEEP.items()}

_CONSEQUENCES = {
    Choosing.MINE: "what you wanted, in place of what is there now",
    Choosing.THEIRS: "leave it as it is now",
    Choosing.BOTH: "both notes, one under the other",
    Choosing.FREE: "what you wanted, {when}",
    Choosing.OTHER: "what you wanted, at another time: add --at",
    Choosing.OVERBOOK: "both at the same time, on purpose",
    Choosing.MOVE_OTHER: "the other booking moves to {when}, and yours takes its time",
    Choosing.CANCEL: "cancel your booking",
    Choosing.RESTORE: "bring the booking back, with what you changed",
    Choosing.DISCARD: "forget what you wanted",
}


async def show_conflicts(config: Config, terminal: Terminal) -> None:
    async with readable(config, terminal) as (device, database, standing):
        now = now_of(device, database)

        def show(conn: sqlite3.Connection) -> None:
            found = [_Told.of(conn, each, standing.zone, now) for each in conflicts.open_conflicts(conn)]
            lines = [line for told in found for line in (*told.lines(), "")] or ["No conflicts.", ""]
            document = {"conflicts": [told.document(standing.zone) for told in found]} | standing.document()
            terminal.answer(document, [*lines, standing.sentence()])

        database.read(show)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A conflict with the words for it, and what can be done."""

    conflict: Conflict
    wanted: str
    met: str
    offered: tuple["_Offer", ...]

    @staticmethod
    def of(conn: sqlite3.Connection, conflict: Conflict, zone: ZoneInfo, now: datetime) -> "_Told":
        change = outbox.get(conn, conflict.change_id) or outbox.past(conn, conflict.change_id)
        words = Words(language="en", zone=zone)
        return _Told(
            conflict=conflict,
            wanted=sentence_of(conn, change, zone, now) if change else "",
            met=change_words.met(words, clash_of(conflict.document), now),
            offered=_offers(conn, conflict, now, zone) if conflict.state is ConflictState.OPEN else (),
        )

    def document(self, zone: ZoneInfo) -> dict[str, Any]:
        told = self.conflict
        return {
            "conflict_id": told.conflict_id,
            "change_id": told.change_id,
            "booking_id": told.row_id if told.kind == "bookings" else None,
            "lead_id": told.row_id if told.kind == "leads" else None,
            "field": told.field,
            "why": told.why,
            "wanted": self.wanted,
            "met": self.met,
            **{name: _values(told.document.get(part), zone) for name, part in _PARTS.items()},
            "by": _values(told.document.get("by"), zone),
            "with": _values(told.document.get("with"), zone),
            "answered": told.state is ConflictState.ANSWERED,
            "made_at": json_of(told.made_at, zone),
            "choices": [offer.document(zone) for offer in self.offered],
        }

    def lines(self) -> list[str]:
        head = f"{self.conflict.conflict_id}  {self.wanted}"
        if self.conflict.state is ConflictState.ANSWERED:
            return [head, f"   {self.met}.", "   Your answer waits to be sent."]
        offered = [f"     --keep {offer.keep:<12} {offer.does}" for offer in self.offered]
        return [head, f"   {self.met}.", *offered]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """A choice with its word for --keep and what it does."""

    keep: str
    does: str
    choice: Choice

    def document(self, zone: ZoneInfo) -> dict[str, Any]:
        slot = json_of(self.choice.slot, zone) if self.choice.slot else None
        return {"keep": self.keep, "does": self.does, "slot": slot}


_PARTS = {"before": "base", "yours": "mine", "now": "server"}


def _values(part: Mapping[str, Any] | None, zone: ZoneInfo) -> dict[str, Any] | None:
    """A part of what the server says about a conflict, with its instants as all others are given."""
    if part is None:
        return None
    at = {name for name, value in part.items() if name.split("_")[-1] == "at" and isinstance(value, int)}
    return {name: json_of(instant(value), zone) if name in at else value for name, value in part.items()}


def _offers(conn: sqlite3.Connection, conflict: Conflict, now: datetime, zone: ZoneInfo) -> tuple[_Offer, ...]:
    """Free times are numbered.  Raises NotAllowed when the conflict is decided."""
    names = names_of(conn)
    offers: list[_Offer] = []
    slots = 0
    for choice in choices(conn, conflict.conflict_id, now):
        keep, when = _NAMES[choice.kind], ""
        if choice.kind is Choosing.FREE:
            slots += 1
            keep = f"{keep}:{slots}"
        if choice.slot is not None:
            who = names.get(choice.slot.staff_id) if choice.slot.staff_id else None
            where = names.get(choice.slot.resource_id) if choice.slot.resource_id else None
            when = f"{choice.slot.starts_at.astimezone(zone):%a %d %b %H:%M}" + (f" with {who}" if who else "")
            when += f" in {where}" if where else ""
        offers.append(_Offer(keep=keep, does=_CONSEQUENCES[choice.kind].format(when=when), choice=choice))
    return tuple(offers)


# --- deciding -------------------------------------------------------------------------------------------------------
async def resolve_conflict(
    config: Config, terminal: Terminal, conflict_id: ConflictId, keep: str, at_text: str | None, said: Telling | None
) -> None:
    """`said` None tells whoever was to be told of the change in conflict."""
    async with writable(config, terminal) as (device, database, standing):
        now, zone = now_of(device, database), standing.zone
        answering = Answering(terminal=terminal, database=database, standing=standing, now=now)

        def verb(conn: sqlite3.Connection) -> tuple[Conflict, Resolved]:
            conflict = conflicts.get(conn, conflict_id)
            if conflict is None:
                raise Refusal(f"This device has no conflict {conflict_id}.", code="not_found")
            offered = _offers(conn, conflict, now, zone)
            choice = _chosen(conn, conflict, offered, keep, at_text, now, zone)
            notices = _notices(choice, BookingId(conflict.row_id), said)
            try:
                resolved = resolve(conn, conflict_id, choice, tell=notices, now=now, new_id=device.clock.new_id)
            except NotAllowed as error:
                raise refusal_of(error, zone, way_round=_way_round(error, offered)) from error
            return conflict, resolved

        conflict, resolved = await database.write(verb)
        answer = resolved.edited[-1] if resolved.edited else None
        row_id = answer.row_id if answer else conflict.row_id
        change_id = answer.change_id if answer and not answer.gone else None
        more: dict[str, Any] = {"conflict_id": conflict_id, "kept": keep}
        if conflict.kind == "leads":
            lead = database.read(lambda conn: leads.get(conn, LeadId(row_id)))
            more["lead"] = lead_document(lead, zone) if lead else None
        answering.booking(BookingId(row_id), change_id, "Decided", **more)


def _way_round(error: NotAllowed, offered: tuple[_Offer, ...]) -> str:
    """What the conflict offers to who finds a time taken; nothing where it does not."""
    overbook = _NAMES[Choosing.OVERBOOK]
    if error.allowance != OVERLAP or not any(offer.keep == overbook for offer in offered):
        return ""
    return f"To have the time that you wanted beside what is there: --keep {overbook}."


def _chosen(
    conn: sqlite3.Connection,
    conflict: Conflict,
    offered: tuple[_Offer, ...],
    keep: str,
    at_text: str | None,
    now: datetime,
    zone: ZoneInfo,
) -> Choice:
    """Raises Refusal for what the conflict does not offer."""
    choice = next((offer.choice for offer in offered if offer.keep == keep), None)
    if choice is None:
        names = ", ".join(offer.keep for offer in offered)
        raise Refusal(f"This conflict does not offer {shown(keep)}. It offers: {names}.", code="no_such_choice")
    if choice.kind is not Choosing.OTHER:
        return choice
    slot = _slot(conn, conflict, at_text or "", now, zone)
    return at(conn, conflict.conflict_id, Choosing.OTHER, slot, now)


def _slot(conn: sqlite3.Connection, conflict: Conflict, at_text: str, now: datetime, zone: ZoneInfo) -> Slot:
    mine = conflict.document.get("mine", {})
    booking = bookings.get(conn, BookingId(conflict.row_id))
    wanted_ms, ends_ms = mine.get("starts_at"), mine.get("ends_at")
    if wanted_ms is not None and ends_ms is not None:
        wanted = datetime.fromtimestamp(wanted_ms / 1000, zone)
        length = datetime.fromtimestamp(ends_ms / 1000, zone) - wanted
    elif booking is not None:
        wanted, length = booking.starts_at, booking.ends_at - booking.starts_at
    else:
        raise Refusal("This conflict is not about a time.", code="no_such_choice")
    wall = read_moment(at_text, now.astimezone(zone).date(), wanted.astimezone(zone).date())
    if wall is None:
        raise Refusal(f"{shown(at_text)} is too far away.", code="invalid")
    starts_at = instant_of(wall, zone, at_text)
    staff_id = mine.get("staff_id", booking.staff_id if booking else None)
    resource_id = mine.get("resource_id", booking.resource_id if booking else None)
    return Slot(starts_at=starts_at, ends_at=starts_at + length, staff_id=staff_id, resource_id=resource_id)


def _notices(choice: Choice, mine: BookingId, said: Telling | None) -> tuple[Notice, ...]:
    if said is None:
        return tuple(notice for notice in choice.notices if notice.asked)
    if said.text is not None:
        return tuple(
            replace(notice, tell=replace(notice.tell, text=said.text))
            for notice in choice.notices
            if notice.booking_id == mine
        )
    return choice.notices if said.usual else ()
