"""What happened to leads, employees and tasks and who did it: the history that no other row keeps."""

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta

from backend_stub.business.calendar import DAY_MS, MINUTE_MS
from backend_stub.business.documents import Row, new_event
from backend_stub.business.ids import Ids
from backend_stub.business.premises import Premises

_WAYS = {
    "new": (),
    "contacted": ("contacted",),
    "qualified": ("contacted", "qualified"),
    "converted": ("contacted", "qualified", "converted"),
    "unqualified": ("contacted", "unqualified"),
    "lost": ("contacted", "lost"),
}
_HELD_DAYS_AGO = (41, 23, 6)


def build_events(
    premises: Premises, rng: random.Random, *, leads: Iterable[Row], tasks: Iterable[Row], calls: Iterable[Row]
) -> list[Row]:
    """In order of their instant, none after the telling."""
    writer = _Writer(premises, rng, {call["id"]: call["employee_name"] for call in calls})
    events = [event for lead in leads for event in writer.of_lead(lead)]
    events += [event for task in tasks if task["employee_id"] is None for event in writer.of_task(task)]
    events += [event for days_ago in _HELD_DAYS_AGO for event in writer.of_an_evening_off(days_ago)]
    events += writer.of_a_trouble()
    return sorted((event for event in events if event["at"] <= premises.now_ms), key=lambda row: row["id"])


class _Writer:
    def __init__(self, premises: Premises, rng: random.Random, receptionists: dict[str, str]) -> None:
        self._premises = premises
        self._rng = rng
        self._ids = Ids(rng)
        self._receptionists = receptionists
        self._employees = {row["name"]: row["id"] for row in premises.employees}

    def of_lead(self, lead: Row) -> Iterator[Row]:
        """Made, given to somebody, and every stage it went through."""
        about = ("leads", lead["id"], lead["name"])
        yield self._event(lead["created_at"], self._receptionists.get(lead["call_id"], "Jade"), "lead_created", about)
        way = _WAYS[lead["stage"]]
        if lead["assigned_to"] not in self._employees:
            at = lead["created_at"] + 5 * MINUTE_MS
            yield self._event(at, "Jade", "lead_assigned", about, before="Jade", after=lead["assigned_to"])
        # Evenly from one to the other, so that the last is when it was changed last.
        span = lead["updated_at"] - lead["created_at"]
        for place, (before, after) in enumerate(zip(("new", *way), way, strict=False), start=1):
            at = lead["created_at"] + span * place // max(1, len(way))
            yield self._event(at, lead["assigned_to"], "lead_stage", about, before=before, after=after)

    def of_task(self, task: Row) -> Iterator[Row]:
        about = ("tasks", task["id"], task["title"])
        yield self._event(task["created_at"], task["created_by"], "task_created", about)
        if task["state"] == "done":
            yield self._event(task["done_at"], task["done_by"], "task_done", about, after=task["outcome"])

    def of_an_evening_off(self, days_ago: int) -> Iterator[Row]:
        """The owner had the calls held for an evening."""
        luna, owner = self._premises.employees[0], self._premises.users[0]["name"]
        about = ("employees", luna["id"], luna["name"])
        start = self._premises.local.at(self._premises.today - timedelta(days=days_ago), 18 * 60)
        end = start + self._rng.randrange(60, 180) * MINUTE_MS
        yield self._event(start, owner, "employee_state", about, before="on", after="held")
        yield self._event(end, owner, "employee_state", about, before="held", after="on")

    def of_a_trouble(self) -> list[Row]:
        """Once Flora could not reach the text messages."""
        flora = self._premises.employees[2]
        about = ("employees", flora["id"], flora["name"])
        at = self._premises.now_ms - 17 * DAY_MS - self._rng.randrange(6 * 60) * MINUTE_MS
        return [
            self._event(at, "The server", "employee_state", about, before="on", after="trouble", kind="system"),
            self._event(
                at + self._rng.randrange(8, 40) * MINUTE_MS,
                "The server",
                "employee_state",
                about,
                before="trouble",
                after="on",
                kind="system",
            ),
        ]

    def _event(
        self,
        at: int,
        actor: str,
        verb: str,
        about: tuple[str, str, str],
        *,
        before: str | None = None,
        after: str | None = None,
        kind: str | None = None,
    ) -> Row:
        employee_id = self._employees.get(actor)
        return new_event(
            event_id=self._ids.at(at),
            at=at,
            actor=actor,
            actor_kind=kind or ("ai" if employee_id else "person"),
            verb=verb,
            subject=about,
            employee_id=about[1] if about[0] == "employees" else employee_id,
            before=before,
            after=after,
        )
