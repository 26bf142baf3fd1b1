"""A desk in memory and a clock of its own, for the tests of the calls player."""

import asyncio
import heapq
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend_stub.business import History
from backend_stub.calls_player import PlayerClock, Slot

Row = dict[str, Any]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class VirtualClock:
    """Time that passes only when everybody waits for it."""

    def __init__(self, now_ms: int) -> None:
        self._now_s = now_ms / 1000
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now_ms(self) -> int:
        return round(self._now_s * 1000)

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now_s + max(0.0, seconds), next(self._order), waiting))
        await waiting

    @property
    def player_clock(self) -> PlayerClock:
        return PlayerClock(now_ms=self.now_ms, sleep=self.sleep)

    async def settle(self) -> None:
        """Lets everything run that needs no time."""
        for _ in range(14):
            await asyncio.sleep(0)

    async def run(self, work: "asyncio.Future[Any]", *, until: Any = None, at_most_s: float = 1e9) -> None:
        """Lets time pass until `work` is done, `until()` holds or so many seconds are over."""
        end = self._now_s + at_most_s
        await self.settle()
        while not work.done() and not (until is not None and until()):
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            assert self._sleepers, "everybody waits for something that is not time"
            if self._sleepers[0][0] > end:
                self._now_s = end
                return
            self._now_s, _, waiting = heapq.heappop(self._sleepers)
            waiting.set_result(None)
            await self.settle()


@dataclass
class MemoryDesk:
    """The rows of a history, kept in dictionaries; every commit and every frame is remembered."""

    history: History
    clock: VirtualClock
    taken: bool = False
    """Nobody is ever free when set."""
    frames: list[Row] = field(default_factory=list)
    commits: list[list[tuple[str, Row]]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    put_right: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.history_now = self.clock.now_ms()
        self.rows = {kind: {row["id"]: row for row in rows} for kind, rows in self.history.rows.items()}
        self.by_phone: dict[str, list[str]] = {}
        self.by_customer: dict[str, list[str]] = {}
        self.by_staff: dict[str, set[str]] = {}
        for kind in ("customers", "bookings"):
            for row in self.rows[kind].values():
                self._index(kind, row)

    def _index(self, kind: str, row: Row) -> None:
        if kind == "customers":
            ids = self.by_phone.setdefault(row["phone"], [])
            if row["id"] not in ids:
                ids.append(row["id"])
        elif kind == "bookings":
            ids = self.by_customer.setdefault(row["customer_id"] or "", [])
            if row["id"] not in ids:
                ids.append(row["id"])
            if row["starts_at"] > self.history_now - 86_400_000:
                # Staff may change when a booking moves; both keep the id and look at the row.
                self.by_staff.setdefault(row["staff_id"], set()).add(row["id"])

    def business(self) -> Row:
        return next(iter(self.rows["business"].values()))

    def employees(self) -> list[Row]:
        return list(self.rows["employees"].values())

    def staff(self) -> list[Row]:
        return list(self.rows["staff"].values())

    def services(self) -> list[Row]:
        return list(self.rows["services"].values())

    def customers_by_phone(self, phone: str) -> list[Row]:
        return [self.rows["customers"][key] for key in self.by_phone.get(phone, ())]

    def is_blocked(self, phone: str) -> bool:
        return phone in self.blocked

    def corrections(self) -> list[Row]:
        return self.put_right

    async def go_on(self, employee: Row) -> None:
        await self.commit([("employees", employee | {"state": "on", "held_until": None})])

    def upcoming(self, customer_id: str, from_ms: int) -> list[Row]:
        rows = [self.rows["bookings"][key] for key in self.by_customer.get(customer_id, ())]
        ahead = [row for row in rows if row["starts_at"] > from_ms and row["status"] in ("pending", "confirmed")]
        return sorted(ahead, key=lambda row: row["starts_at"])

    async def commit(self, rows: list[tuple[str, Row]]) -> int:
        await asyncio.sleep(0)
        self.commits.append([(kind, dict(row)) for kind, row in rows])
        for kind, row in rows:
            self.rows[kind][row["id"]] = dict(row)
            self._index(kind, row)
        return len(self.commits)

    def partial(self, frame: Row) -> None:
        self.frames.append(dict(frame) | {"at": self.clock.now_ms()})

    async def free_slots(self, *, service_id: str, staff_id: str | None, day: date, count: int) -> list[Slot]:
        business, service = self.business(), self.rows["services"][service_id]
        if day.isoformat() in business["closed_days"] or self.taken:
            return []
        found: dict[int, Slot] = {}
        for person in self.staff():
            if service_id in person["services"] and staff_id in (None, person["id"]):
                for starts in self._starts(person, business, day, service["duration_minutes"]):
                    ends = starts + service["duration_minutes"] * 60_000
                    if self._is_free(person["id"], starts, ends + service["buffer_minutes"] * 60_000, ""):
                        found.setdefault(starts, Slot(starts_at=starts, ends_at=ends, staff_id=person["id"]))
        return [found[starts] for starts in sorted(found)][:count]

    def _starts(self, person: Row, business: Row, day: date, minutes: int) -> list[int]:
        zone, weekday = ZoneInfo(business["time_zone"]), WEEKDAYS[day.weekday()]
        midnight = datetime.combine(day, datetime.min.time())
        starts: list[int] = []
        for quarter in range(96):
            wall = f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"
            end = f"{(quarter * 15 + minutes) // 60:02d}:{(quarter * 15 + minutes) % 60:02d}"
            if all(
                any(first <= wall and end <= last for first, last in week[weekday])
                for week in (person["works"], business["opening_hours"])
            ):
                at = (midnight + timedelta(minutes=15 * quarter)).replace(tzinfo=zone)
                starts.append(round(at.astimezone(UTC).timestamp() * 1000))
        return starts

    def _is_free(self, staff_id: str, starts: int, ends: int, but: str) -> bool:
        for key in self.by_staff.get(staff_id, ()):
            row = self.rows["bookings"][key]
            if key == but or row["staff_id"] != staff_id or row["status"] == "cancelled":
                continue
            buffer = self.rows["services"][row["service_id"]]["buffer_minutes"]
            if row["starts_at"] < ends and starts < row["ends_at"] + buffer * 60_000:
                return False
        return True

    async def book(self, doc: Row, *, customer: Row | None, also: list[tuple[str, Row]]) -> str | None:
        await asyncio.sleep(0)
        if self.taken or not self._is_free(doc["staff_id"], doc["starts_at"], doc["ends_at"], doc["id"]):
            return None
        counted = [customer | {"total_bookings": customer["total_bookings"] + 1}] if customer is not None else []
        await self.commit([("bookings", doc), *(("customers", row) for row in counted), *also])
        return doc["id"]

    async def change(
        self, booking_id: str, changes: Row, *, by: str, call_id: str, also: list[tuple[str, Row]]
    ) -> Row | None:
        await asyncio.sleep(0)
        row = self.rows["bookings"][booking_id]
        doc = row | changes | {"updated_at": self.clock.now_ms(), "updated_by": by, "updated_call_id": call_id}
        moves = doc["starts_at"] != row["starts_at"]
        if row["status"] not in ("pending", "confirmed") or (moves and self.taken):
            return None
        if moves and not self._is_free(doc["staff_id"], doc["starts_at"], doc["ends_at"], booking_id):
            return None
        await self.commit([("bookings", doc), *also])
        return doc

    def turns_of(self, call_id: str) -> list[Row]:
        return sorted((t for t in self.rows["turns"].values() if t["call_id"] == call_id), key=lambda t: t["index"])

    def live_calls(self) -> list[Row]:
        return [call for call in self.rows["calls"].values() if call["status"] != "ended"]
