"""Whether a booking can have the time it is given: the diary, the hours, who works, and what is free instead.

Asked inside the writing transaction, so two that want the same time are asked one after the other.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from backend_stub.availability import (
    MINUTE_MS,
    Busy,
    Wanted,
    busy,
    is_open,
    nearest,
    occupied,
    resources_for,
)
from backend_stub.push.merge import GROUPS, Changes, Merged, clash
from backend_stub.push.refusals import Field, Rejected, Why
from backend_stub.store import BUSY_STATUSES, AccountNo, Document, Transaction, buffer_ms, rows_of

SHORTEST_MS, LONGEST_MS = 5 * MINUTE_MS, 720 * MINUTE_MS
FREE_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """The account's diary as the transaction sees it."""

    tx: Transaction
    account: AccountNo
    now_ms: int
    business: Document

    @classmethod
    def open(cls, tx: Transaction, account: AccountNo, now_ms: int) -> "Diary":
        return cls(tx=tx, account=account, now_ms=now_ms, business=rows_of(tx.connection, account, "business")[0])

    def check_times(self, starts_at: int, ends_at: int) -> None:
        """Raises Rejected for an appointment nobody can have meant."""
        if not SHORTEST_MS <= ends_at - starts_at <= LONGEST_MS:
            raise Rejected("invalid", "An appointment takes at least 5 minutes and at most 12 hours.")
        if starts_at < self.yesterday_ms():
            raise Rejected("past", "That time is over.")

    def yesterday_ms(self) -> int:
        """The midnight a day before the business's today began: a device's clock may be that late."""
        zone = ZoneInfo(self.business["time_zone"])
        day = datetime.fromtimestamp(self.now_ms / 1000, UTC).astimezone(zone).date() - timedelta(days=1)
        return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)

    def check_people(self, staff_id: str | None) -> None:
        """Raises Rejected when nobody of that id works here."""
        person = self.tx.get(self.account, "staff", staff_id) if staff_id is not None else None
        if staff_id is not None and (person is None or not person["active"]):
            raise Rejected("invalid", f"{person['name'] if person else 'That person'} does not work here.")

    def check_resource(self, resource_id: str | None) -> None:
        """Raises Rejected when nothing of that id can be occupied here."""
        resource = self.tx.get(self.account, "resources", resource_id) if resource_id is not None else None
        if resource_id is not None and (resource is None or not resource["active"]):
            raise Rejected("invalid", f"{resource['name'] if resource else 'That place'} is not in use.")

    def service(self, service_id: str | None) -> Document | None:
        """The service, None for one that is only words.  Raises Rejected when it is not on the list."""
        if service_id is None:
            return None
        service = self.tx.get(self.account, "services", service_id)
        if service is None:
            raise Rejected("invalid", "That service is not on the list.")
        return service

    def is_open(self, doc: Document) -> bool:
        person = self.tx.get(self.account, "staff", doc["staff_id"]) if doc["staff_id"] is not None else None
        return is_open(self.business, person, starts_at=doc["starts_at"], ends_at=doc["ends_at"])

    def in_the_way(self, doc: Document, before: Document | None = None) -> Document | None:
        """What else takes the time that `doc` wants and `before` did not take, told as the contract tells it.

        First of its member of staff, then in its resource; None when both can be had.
        """
        (starts_at, ends_at), but = self.takes(doc), doc["id"]
        connection, account, found = self.tx.connection, self.account, list[Busy]()
        if self._takes_more(before, doc, "staff_id"):
            found = busy(connection, account, staff_id=doc["staff_id"], starts_at=starts_at, ends_at=ends_at, but=but)
        if not found and self._takes_more(before, doc, "resource_id"):
            found = occupied(
                connection, account, resource_id=doc["resource_id"], starts_at=starts_at, ends_at=ends_at, but=but
            )
        return self._told(found[0]) if found else None

    def _takes_more(self, before: Document | None, doc: Document, whose: str) -> bool:
        """Whether time is taken, of the one named in `whose`, that this booking did not take before."""
        if doc[whose] is None:
            return False
        if before is None or before["status"] not in BUSY_STATUSES or before[whose] != doc[whose]:
            return True
        (began, ended), (begins, ends) = self.takes(before), self.takes(doc)
        return begins < began or ends > ended

    def takes(self, doc: Document) -> tuple[int, int]:
        """From when to when nobody else can be taken, the buffer included."""
        return doc["starts_at"], doc["ends_at"] + buffer_ms(self.tx.connection, self.account, doc["service_id"])

    def free_near(self, doc: Document) -> list[Document]:
        """Three times that could be had instead, nearest first, of those who do that service."""
        zone = ZoneInfo(self.business["time_zone"])
        staff = [person for person in rows_of(self.tx.connection, self.account, "staff") if person["active"]]
        able = [person for person in staff if doc["service_id"] in person["services"]] or staff
        wanted = Wanted(
            day=datetime.fromtimestamp(doc["starts_at"] / 1000, UTC).astimezone(zone).date(),
            minutes=-(-(doc["ends_at"] - doc["starts_at"]) // MINUTE_MS),
            buffer_minutes=buffer_ms(self.tx.connection, self.account, doc["service_id"]) // MINUTE_MS,
            after_ms=self.now_ms,
            count=FREE_TOLD,
            but=doc["id"],
            resources=self._resources(doc),
        )
        found = nearest(
            self.tx.connection,
            self.account,
            self.business,
            able,
            wanted,
            starts_at=doc["starts_at"],
            staff_id=doc["staff_id"],
        )
        return [asdict(one) for one in found]

    def _resources(self, doc: Document) -> tuple[str, ...] | None:
        """Where it could be done instead: where it is meant to be before all others; None when it is nowhere."""
        wanted = doc["resource_id"]
        if wanted is None:
            return None
        listed = resources_for(self.tx.connection, self.account, self.service(doc["service_id"])) or ()
        return (wanted, *(other for other in listed if other != wanted)) if wanted in listed else (wanted,)

    def _told(self, other: Busy) -> Document:
        doc = self.tx.get(self.account, other.kind, other.row_id)
        assert doc is not None
        told = {
            "staff_id": doc["staff_id"],
            "resource_id": doc.get("resource_id"),
            "starts_at": doc["starts_at"],
            "ends_at": doc["ends_at"],
        }
        told |= {"source": doc["source"], "created_at": doc["created_at"]}
        if other.kind == "blocks":
            head = {"booking_id": None, "block_id": doc["id"], "customer_name": doc["title"], "service_name": ""}
            return head | told | {"by_name": self._calendar_name(doc["calendar_id"]), "call_id": None}
        head = {"booking_id": doc["id"], "block_id": None}
        head |= {"customer_name": doc["customer_name"], "service_name": doc["service_name"]}
        return head | told | {"by_name": self._maker(doc), "call_id": doc["updated_call_id"] or doc["call_id"]}

    def _calendar_name(self, calendar_id: str | None) -> str | None:
        calendar = self.tx.get(self.account, "calendars", calendar_id) if calendar_id is not None else None
        return calendar["name"] if calendar is not None else None

    def _maker(self, doc: Document) -> str | None:
        """Who put it there: whoever changed it last, else who made it, an employee or a person."""
        if doc["updated_by"] is not None:
            return doc["updated_by"]
        employee = self.tx.get(self.account, "employees", doc["employee_id"]) if doc["employee_id"] else None
        if employee is not None:
            return employee["name"]
        row = self.tx.connection.execute(
            "SELECT name FROM maker WHERE account = ? AND booking_id = ?", (self.account, doc["id"])
        ).fetchone()
        return row[0] if row else None


def place(diary: Diary, row: Document, merged: Merged, changes: Changes, allow: Collection[str]) -> Merged:
    """What of a merged patch can be had.  Raises Rejected for senseless times and for a mere move into closed hours."""
    if "slot" in merged.taken:
        slot = merged.taken["slot"]
        if (slot["starts_at"], slot["ends_at"]) != (row["starts_at"], row["ends_at"]):
            diary.check_times(slot["starts_at"], slot["ends_at"])
        diary.check_people(slot["staff_id"])
        diary.check_resource(slot.get("resource_id"))
    after = row | merged.values()
    if after["status"] not in BUSY_STATUSES:
        return merged
    if _asks_for_hours(row, after) and "closed" not in allow and not diary.is_open(after):
        if not changes.keys() - GROUPS["slot"]:
            raise closed()
        return _refuse(diary, row, merged, changes, "closed", allow)
    if "overlap" not in allow and diary.in_the_way(after, row) is not None:
        return _refuse(diary, row, merged, changes, "slot_taken", allow)
    return merged


def closed() -> Rejected:
    return Rejected("closed", "Nobody works at that time.")


def _asks_for_hours(before: Document, after: Document) -> bool:
    """Whether it is another time, or somebody else's: a booking may go into another room after closing."""
    return any(before[name] != after[name] for name in ("starts_at", "ends_at", "staff_id"))


def _refuse(diary: Diary, row: Document, merged: Merged, changes: Changes, why: Why, allow: Collection[str]) -> Merged:
    """The patch without what asked for the time; what is left of it is looked at again.

    Coming back into the diary and moving there are one wish: a booking is not brought back at a time nobody asked for.
    """
    groups: list[Field] = [field for field in ("status", "slot") if field in merged.taken]
    comes_back = row["status"] not in BUSY_STATUSES
    blamed: list[Field] = groups if comes_back else ["slot"] if "slot" in groups else ["service"]
    wanted = {name: changes[name] for field in blamed for name in GROUPS[field] if name in changes}
    after = row | merged.values()
    told = replace(
        clash(row, blamed[0], why, wanted),
        by=None,
        other=diary.in_the_way(after, row) if why == "slot_taken" else None,
        free=diary.free_near(after),
    )
    return place(diary, row, merged.without(blamed, told), changes, allow)
