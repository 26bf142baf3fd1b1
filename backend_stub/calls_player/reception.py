"""What an employee does during one call, really done on the desk: look up, check the diary, book, move, cancel.

A tool answers a `Result`; its `rows` are to be committed by the call.  Only what makes or changes a booking commits by
itself, because the desk must decide in one transaction whether that is still possible.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend_stub.business.documents import lead_of_call, new_booking
from backend_stub.calls_player.agreement import at_work, near_days
from backend_stub.calls_player.desk import Desk, Row, Slot
from backend_stub.clock import uuid7
from backend_stub.scripts.wording import (
    next_closed,
    short_slot,
    spoken_days,
    spoken_hours,
    spoken_price,
    spoken_slot,
    spoken_week,
)

_SEARCH_DAYS = 10
_A_DAYS_STARTS = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a tool went.  `learned`: what may be said from now on; `flags`: what turns of the script may depend on.

    `committed`: it is done, and what goes along with it is written.
    """

    ok: bool
    outputs: dict[str, Any]
    learned: dict[str, str] = field(default_factory=dict[str, str])
    flags: frozenset[str] = frozenset()
    rows: list[tuple[str, Row]] = field(default_factory=list[tuple[str, Row]])
    booking: Row | None = None
    customer: Row | None = None
    committed: bool = False


Along = Callable[[Result], list[tuple[str, Row]]]
"""The call's own rows for a result: its tool turn and its header.  Nothing has happened yet when it is asked."""


@dataclass(slots=True, kw_only=True)
class Reception:
    """One call's view of the desk.  `customer` None: nobody we know; `name` is then what the caller says."""

    desk: Desk
    rng: random.Random
    call_id: str
    employee_id: str
    language: str
    phone: str | None
    name: str | None
    customer: Row | None
    service: Row
    staff_name: str | None = None
    slots: list[Slot] = field(default_factory=list[Slot])
    held: Row | None = None
    agreed_days: list[date] = field(default_factory=list[date])

    async def use(self, name: str, inputs: Mapping[str, Any], now_ms: int, along: Along) -> Result:
        """Uses a tool.  What `along` makes of its result goes into the transaction of a booking that succeeds."""
        match name:
            case "find_customer":
                return self._find_customer()
            case "check_availability" if "time" in inputs:
                return await self._check_agreed(inputs, now_ms)
            case "check_availability":
                return await self._check(now_ms)
            case "book_appointment" if "time" in inputs:
                return await self._book_agreed(str(inputs["time"]), now_ms, along)
            case "book_appointment":
                return await self._book_first(now_ms, along)
            case "find_booking":
                return self._find_booking(now_ms)
            case "reschedule_booking":
                return await self._move(along)
            case "cancel_booking":
                return await self._cancel(now_ms, along)
            case "look_up_price":
                return self._price(str(inputs.get("about", "")))
            case "look_up_hours":
                return self._hours(now_ms)
            case "add_lead":
                return self._lead(str(inputs.get("about", "")), now_ms)
            case _:
                raise ValueError(f"no tool called {name!r}")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.desk.business()["time_zone"])

    def local(self, instant_ms: int) -> datetime:
        return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(self.zone)

    def _spoken(self, instant_ms: int, now_ms: int) -> str:
        return spoken_slot(self.local(instant_ms), self.local(now_ms).date(), self.language)

    def _person(self, staff_id: str | None) -> Row | None:
        return next((person for person in self.desk.staff() if person["id"] == staff_id), None)

    def _able(self) -> list[Row]:
        """Who does the service; the one asked for first, the others in an order of chance."""
        able = [p for p in self.desk.staff() if p["active"] and self.service["id"] in p["services"]]
        self.rng.shuffle(able)
        wanted = (self.staff_name or "").lower()
        return sorted(able, key=lambda person: _bare_name(person["name"]) not in wanted)

    # --- looking things up

    def _find_customer(self) -> Result:
        if self.customer is None:
            outputs = {"found": False, "result": "not a customer yet"}
            return Result(ok=True, outputs=outputs, flags=frozenset({"unknown"}))
        visits = self.customer["total_bookings"]
        outputs = {
            "found": True,
            "customer_id": self.customer["id"],
            "bookings": visits,
            "result": f"{self.customer['name']}, {visits} booking{'' if visits == 1 else 's'}",
        }
        return Result(ok=True, outputs=outputs, flags=frozenset({"known"}))

    def _price(self, about: str) -> Result:
        found = next((s for s in self.desk.services() if s["active"] and s["name"].lower() == about.lower()), None)
        if found is None:
            return Result(ok=True, outputs={"offered": False, "result": "not on the price list"})
        price = spoken_price(found["price_cents"])
        outputs = {"offered": True, "price_cents": found["price_cents"], "result": price}
        return Result(ok=True, outputs=outputs)

    def _hours(self, now_ms: int) -> Result:
        business, today = self.desk.business(), self.local(now_ms).date()
        closed = next_closed(business, today)
        outputs = {
            "today": spoken_hours(business, today),
            "closed": [day.isoformat() for day in closed],
            "result": f"{spoken_hours(business, today)} today",
        }
        learned = {
            "hours_today": spoken_hours(business, today),
            "hours_week": spoken_week(business, today),
            "closed_soon": spoken_days(closed),
        }
        return Result(ok=True, outputs=outputs, learned=learned)

    def _lead(self, about: str, now_ms: int) -> Result:
        row = lead_of_call(
            lead_id=uuid7(now_ms, self.rng),
            call_id=self.call_id,
            name=self.name,
            phone=self.phone,
            about=about,
            stage="new",
            score=62,
            value_cents=self.service["price_cents"],
            next_followup_at=now_ms + 86_400_000,
            created_at=now_ms,
        )
        return Result(ok=True, outputs={"lead_id": row["id"], "result": "added"}, rows=[("leads", row)])

    # --- the diary

    async def _check(self, now_ms: int) -> Result:
        """Three starts on the coming days, not all on one of them."""
        self.slots = []
        today = self.local(now_ms).date()
        for ahead in range(1, _SEARCH_DAYS + 1):
            day = today + timedelta(days=ahead)
            found = await self.desk.free_slots(
                service_id=self.service["id"], staff_id=None, day=day, count=_A_DAYS_STARTS
            )
            tidy = [slot for slot in found if self.local(slot.starts_at).minute % 30 == 0] or found
            self.slots += sorted(self.rng.sample(tidy, min(len(tidy), 2)), key=lambda slot: slot.starts_at)
            if len(self.slots) >= 3:
                break
        return self._offered(now_ms)

    def _offered(self, now_ms: int) -> Result:
        shown = self.slots[:3]
        if not shown:
            return Result(ok=True, outputs={"free": [], "result": "nothing free"}, flags=frozenset({"full"}))
        names = {slot.staff_id: (self._person(slot.staff_id) or {}).get("name", "") for slot in shown}
        outputs = {
            "free": [{"starts_at": slot.starts_at, "staff": names[slot.staff_id]} for slot in shown],
            "result": f"{len(shown)} free, first {short_slot(self.local(shown[0].starts_at))}",
        }
        spoken = [self._spoken(slot.starts_at, now_ms) for slot in shown]
        learned = {
            "slot": spoken[0],
            "slot_2": spoken[min(1, len(spoken) - 1)],
            "slot_3": spoken[-1],
            "when": spoken_slot(self.local(shown[0].starts_at), self.local(now_ms).date(), "en"),
            "staff": names[shown[0].staff_id],
        }
        return Result(ok=True, outputs=outputs, learned=learned, flags=frozenset({"free"}))

    async def _check_agreed(self, inputs: Mapping[str, Any], now_ms: int) -> Result:
        """Whether the time a call agreed on is free on one of its near days; keeps who is."""
        wall = str(inputs["time"])
        today = self.local(now_ms).date()
        self.agreed_days = near_days(
            self.desk.business(),
            self._able(),
            agreed=inputs.get("asked_for"),
            wall=wall,
            minutes=self.service["duration_minutes"],
            today=today,
        )
        for day in self.agreed_days:
            self.slots = await self._free_at(day, wall)
            if self.slots:
                starts = self.slots[0].starts_at
                names = [(self._person(slot.staff_id) or {}).get("name", "") for slot in self.slots]
                outputs = {
                    "free": [{"starts_at": starts, "staff": name} for name in names],
                    "result": f"{len(names)} free on {short_slot(self.local(starts))}",
                }
                return Result(ok=True, outputs=outputs, flags=frozenset({"free"}))
        return Result(ok=True, outputs={"free": [], "result": "nobody free"}, flags=frozenset({"full"}))

    async def _free_at(self, day: date, wall: str) -> list[Slot]:
        at_ms = self._instant(day, wall)
        found: list[Slot] = []
        for person in self._able():
            if not at_work(person, day, wall, self.service["duration_minutes"]):
                continue
            starts = await self.desk.free_slots(
                service_id=self.service["id"], staff_id=person["id"], day=day, count=_A_DAYS_STARTS
            )
            found += [slot for slot in starts if slot.starts_at == at_ms]
        return found

    def _instant(self, day: date, wall: str) -> int:
        at = datetime(day.year, day.month, day.day, int(wall[:2]), int(wall[3:]), tzinfo=self.zone)
        return round(at.timestamp() * 1000)

    # --- bookings

    async def _book_agreed(self, wall: str, now_ms: int, along: Along) -> Result:
        """Books what the look at the diary found; if that was taken meanwhile, the next who is free at that time."""
        for slot in self.slots:
            result = await self._book(slot, now_ms, along)
            if result is not None:
                return result
        after = self.local(self.slots[0].starts_at).date() if self.slots else None
        for day in self.agreed_days:
            if after is not None and day > after:
                for slot in await self._free_at(day, wall):
                    result = await self._book(slot, now_ms, along)
                    if result is not None:
                        return result
        return _taken("nobody is free at that time")

    async def _book_first(self, now_ms: int, along: Along) -> Result:
        result = await self._book(self.slots[0], now_ms, along) if self.slots else None
        return result or _taken("the slot was taken a moment ago")

    async def _book(self, slot: Slot, now_ms: int, along: Along) -> Result | None:
        doc = self._booking(slot, now_ms)
        customer = self.customer or self._new_customer(now_ms)
        if customer is not None:
            doc["customer_id"] = customer["id"]
        staff = (self._person(slot.staff_id) or {}).get("name", "")
        when = short_slot(self.local(slot.starts_at))
        outputs: dict[str, Any] = {
            "booking_id": doc["id"],
            "starts_at": slot.starts_at,
            "staff": staff,
            "result": f"{when} with {staff}" if staff else when,
        }
        result = Result(
            ok=True,
            outputs=outputs,
            learned={"slot": self._spoken(slot.starts_at, now_ms), "staff": staff},
            flags=frozenset({"booked"}),
            booking=doc,
            customer=customer,
            committed=True,
        )
        if await self.desk.book(doc, customer=customer, also=along(result)) is None:
            return None
        self.customer = customer
        return result

    def _new_customer(self, now_ms: int) -> Row | None:
        """Somebody nobody knows yet; None without a number."""
        if self.phone is None:
            return None
        return {
            "id": uuid7(now_ms, self.rng),
            "name": self.name or "New customer",
            "preferred_name": None,
            "phone": self.phone,
            "email": None,
            "status": "active",
            "first_visit_at": None,
            "last_visit_at": None,
            "total_bookings": 0,
            "no_shows": 0,
            "lifetime_cents": 0,
            "language": self.language,
            "preferences": None,
            "notes": None,
            "created_at": now_ms,
        }

    def _booking(self, slot: Slot, now_ms: int) -> Row:
        who = self.customer or {}
        return new_booking(
            booking_id=uuid7(now_ms, self.rng),
            customer_id=who.get("id"),
            name=who.get("name") or self.name or "New customer",
            phone=self.phone,
            email=who.get("email"),
            service=self.service,
            staff_id=slot.staff_id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            time_zone=self.desk.business()["time_zone"],
            source="luna",
            employee_id=self.employee_id,
            call_id=self.call_id,
            price_cents=self.service["price_cents"],
            created_at=now_ms,
            resource_id=slot.resource_id,
        )

    def _find_booking(self, now_ms: int) -> Result:
        ahead = self.desk.upcoming(self.customer["id"], now_ms) if self.customer else []
        if not ahead:
            return Result(ok=True, outputs={"result": "none ahead"}, flags=frozenset({"not_held"}))
        self.held = ahead[0]
        self.service = next((s for s in self.desk.services() if s["id"] == self.held["service_id"]), self.service)
        staff = (self._person(self.held["staff_id"]) or {}).get("name", "the team")
        learned = {
            "held_service": self.held["service_name"].lower(),
            "held_slot": self._spoken(self.held["starts_at"], now_ms),
            "held_staff": staff,
        }
        when = short_slot(self.local(self.held["starts_at"]))
        outputs = {"booking_id": self.held["id"], "result": f"{self.held['service_name']}, {when}"}
        return Result(ok=True, outputs=outputs, learned=learned, flags=frozenset({"held"}))

    async def _move(self, along: Along) -> Result:
        if self.held is None or not self.slots:
            return _taken("there is no booking to move")
        slot = self.slots[0]
        changes = {
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "staff_id": slot.staff_id,
            "resource_id": slot.resource_id,
            "reminder_sent": False,
        }
        when = short_slot(self.local(slot.starts_at))
        result = Result(
            ok=True,
            outputs={"booking_id": self.held["id"], "starts_at": slot.starts_at, "result": when},
            flags=frozenset({"booked"}),
            booking=self.held | changes,
            committed=True,
        )
        moved = await self._change(self.held, changes, along(result))
        return replace(result, booking=moved) if moved is not None else _taken("the slot was taken a moment ago")

    async def _cancel(self, now_ms: int, along: Along) -> Result:
        if self.held is None:
            return _taken("there is no booking to cancel")
        changes = {"status": "cancelled", "cancelled_at": now_ms, "cancellation_reason": "Cancelled by phone"}
        result = Result(ok=True, outputs={"booking_id": self.held["id"], "result": "done"}, committed=True)
        cancelled = await self._change(self.held, changes, along(result))
        return result if cancelled is not None else _taken("it was changed a moment ago")

    async def _change(self, held: Row, changes: Row, also: list[tuple[str, Row]]) -> Row | None:
        """In this employee's name and because of this call."""
        by = next(row["name"] for row in self.desk.employees() if row["id"] == self.employee_id)
        return await self.desk.change(held["id"], changes, by=by, call_id=self.call_id, also=also)


def _bare_name(name: str) -> str:
    """ "helen park" for "Dr. Helen Park", "nora lindqvist" for "Nora Lindqvist, RDH"."""
    return name.split(",")[0].removeprefix("Dr. ").lower()


def _taken(why: str) -> Result:
    return Result(ok=False, outputs={"result": why, "reason": "slot_taken"}, flags=frozenset({"taken"}))
