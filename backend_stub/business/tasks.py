"""Flora's tasks of the last weeks, done long ago or still open, and what people have been asked to see to."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from backend_stub.business.calendar import DAY_MS, HOUR_MS, MINUTE_MS, days
from backend_stub.business.documents import Row, new_task
from backend_stub.business.ids import Ids
from backend_stub.business.messages import SENT, reminded_at
from backend_stub.business.premises import Premises

TASK_DAYS = 60
_CORRECTED_SHARE = 0.03
_OPEN_CALLBACKS = 4
_OVERDUE = 2
_FOUND_AFTER_DAYS = 2
_PAPERS = (
    "Filed the consent form of {name}",
    "Filed the invoice of {name}",
    "Added the new address of {name} to the file",
    SENT,
)


def build_tasks(
    premises: Premises,
    rng: random.Random,
    *,
    bookings: Iterable[Row],
    calls: Iterable[Row],
    leads: Iterable[Row],
    promised: Iterable[Row],
) -> list[Row]:
    """In order of creation.  What an employee does by itself is done within minutes of being noticed.

    `promised`: calls in which a call back was promised and not noted; by now people have found the older ones.
    """
    written = _Writer(premises, rng)
    since = premises.local.at(premises.today - timedelta(days=TASK_DAYS), 0)
    recent = [row for row in bookings if since <= row["starts_at"] < premises.now_ms + 2 * DAY_MS]
    tasks = [*written.reminders(recent), *written.reviews(recent), *written.papers(recent)]
    tasks += [*written.callbacks(calls), *written.follow_ups(leads), *written.found(promised)]
    return sorted(tasks, key=lambda row: row["id"])


class _Writer:
    def __init__(self, premises: Premises, rng: random.Random) -> None:
        self._premises = premises
        self._rng = rng
        self._ids = Ids(rng)
        self._flora = next(row for row in premises.employees if row["kind"] == "operations")
        self._people = [user["name"] for user in premises.users]

    def reminders(self, bookings: list[Row]) -> list[Row]:
        """One a day: how many were reminded of the next day's appointments."""
        local = self._premises.local
        reminded = Counter(local.day_of(row["starts_at"]) for row in bookings if row["reminder_sent"])
        return [
            self._done(
                "reminder",
                f"Sent {number} reminder{'' if number == 1 else 's'} for {day:%A, %b} {day.day}",
                reminded_at(local, local.at(day, 12 * 60)),
            )
            for day, number in sorted(reminded.items())
        ]

    def reviews(self, bookings: list[Row]) -> list[Row]:
        """One or two people a day are asked, the evening after they came."""
        came: dict[date, list[Row]] = defaultdict(list)
        for row in bookings:
            if row["status"] == "completed" and row["customer_id"]:
                came[self._premises.local.day_of(row["starts_at"])].append(row)
        asked: list[Row] = []
        for day, rows in sorted(came.items()):
            for row in self._rng.sample(rows, min(len(rows), self._rng.choice((1, 2, 2)))):
                at = self._premises.local.at(day, 19 * 60) + self._rng.randrange(HOUR_MS)
                if at + HOUR_MS < self._premises.now_ms:
                    asked.append(self._about("review_request", "Asked {name} for a review", row, at))
        return asked

    def papers(self, bookings: list[Row]) -> list[Row]:
        past = [row for row in bookings if row["starts_at"] < self._premises.now_ms - DAY_MS and row["customer_id"]]
        first = self._premises.today - timedelta(days=TASK_DAYS)
        filed: list[Row] = []
        for day in days(first, self._premises.today - timedelta(days=1)):
            for _ in range(self._rng.choice((0, 1, 1, 2)) if past and self._premises.is_open(day) else 0):
                at = self._premises.local.at(day, self._rng.randrange(9 * 60, 16 * 60))
                filed.append(self._about("document", self._rng.choice(_PAPERS), self._rng.choice(past), at))
        return filed

    def callbacks(self, calls: Iterable[Row]) -> list[Row]:
        """For the last callers who were missed or wanted a person; the older ones have been rung by now."""
        wanted = [call for call in calls if call["requires_followup"] and call["caller_phone"]]
        wanted = [call for call in wanted if call["ended_at"] > self._premises.now_ms - 14 * DAY_MS]
        wanted.sort(key=lambda call: (call["started_at"], call["id"]))
        return [self._callback(call, len(wanted) - place) for place, call in enumerate(wanted)]

    def _callback(self, call: Row, from_the_end: int) -> Row:
        task = new_task(
            task_id=self._ids.at(call["ended_at"]),
            kind="callback",
            title=f"Call back {call['caller_name'] or call['caller_phone']}",
            details=call["escalation_reason"] or call["summary"],
            created_at=call["ended_at"],
            created_by=call["employee_name"],
            assigned_to=self._rng.choice(self._people),
            customer_id=call["customer_id"],
            call_id=call["id"],
            due_at=call["ended_at"] + 4 * HOUR_MS,
        )
        if from_the_end <= _OVERDUE:
            return task | {"due_at": min(task["due_at"], max(task["created_at"] + MINUTE_MS, self._ago(2)))}
        if from_the_end <= _OPEN_CALLBACKS:
            return task | {"due_at": self._premises.now_ms + self._rng.randrange(2, 26) * HOUR_MS}
        done = min(self._premises.now_ms - MINUTE_MS, task["created_at"] + self._rng.randrange(1, 30) * HOUR_MS)
        return self._finished(task, done, task["assigned_to"])

    def found(self, promised: Iterable[Row]) -> list[Row]:
        """What a person noted and did the next day, for each promise but the newest."""
        older = [call for call in promised if call["ended_at"] < self._premises.now_ms - _FOUND_AFTER_DAYS * DAY_MS]
        return [self._found(call) for call in older if call["caller_phone"]]

    def _found(self, call: Row) -> Row:
        who, at = self._rng.choice(self._people), call["ended_at"] + self._rng.randrange(2, 20) * HOUR_MS
        task = new_task(
            task_id=self._ids.at(at),
            kind="callback",
            title=f"Call back {call['caller_name'] or call['caller_phone']}",
            details=call["summary"],
            created_at=at,
            created_by=who,
            assigned_to=who,
            customer_id=call["customer_id"],
            call_id=call["id"],
            due_at=at + HOUR_MS,
        )
        return self._finished(task, at + self._rng.randrange(5, 55) * MINUTE_MS, who)

    def follow_ups(self, leads: Iterable[Row]) -> list[Row]:
        """For three of the leads with a date, in the hands of whoever has them."""
        due = [row for row in leads if row["next_followup_at"] is not None and row["phone"] is not None]
        return [
            new_task(
                task_id=self._ids.at(row["updated_at"]),
                kind="follow_up",
                title=f"Follow up with {row['name']}",
                details=row["needs"],
                created_at=row["updated_at"],
                created_by="Jade",
                assigned_to=row["assigned_to"],
                lead_id=row["id"],
                call_id=row["call_id"],
                due_at=row["next_followup_at"],
            )
            for row in due[:3]
        ]

    def _ago(self, hours: int) -> int:
        return self._premises.now_ms - hours * HOUR_MS

    def _about(self, kind: str, title: str, booking: Row, at: int) -> Row:
        more = {"customer_id": booking["customer_id"], "booking_id": booking["id"]}
        return self._done(kind, title.format(name=booking["customer_name"]), at) | more

    def _done(self, kind: str, title: str, at: int) -> Row:
        """Flora did it herself."""
        made = new_task(
            task_id=self._ids.at(at),
            kind=kind,
            title=title,
            created_at=at,
            created_by=self._flora["name"],
            employee_id=self._flora["id"],
            assigned_to=self._flora["name"],
        )
        return self._finished(made, at + self._rng.randrange(20_000, 10 * MINUTE_MS), self._flora["name"])

    def _finished(self, task: Row, at: int, by: str) -> Row:
        outcome = "corrected" if self._rng.random() < _CORRECTED_SHARE else "ok"
        return task | {"state": "done", "outcome": outcome, "done_at": at, "done_by": by, "updated_at": at}
