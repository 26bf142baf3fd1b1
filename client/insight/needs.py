"""What waits for the owner, sorted by what the waiting costs, each with why it stands where it stands.

The rule, in the order of `Sort`: who is on the line, then changes that are not in effect, then what was promised in a
call and not done, people who were told that somebody calls, leads that are hot and unanswered, follow-ups that are
over, calendars in which something is missing, other tasks.  Of two of one sort the one that waits longer stands first.
A follow-up for which there is a task too, of that lead and for that moment, is one thing: the lead's.

Behind all of these is what was found in the rows lately: nobody was told anything, and nothing has a date.  A regular
who stays away first, because each day brings them nearer to where they count as gone; then what callers ask for in
vain, which is lost again with each who asks; then an unusual day, which is over.  What each of them is worth is a guess
and sorts nothing.  Of each sort the first few, as their own page orders them; the others are there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import IntEnum
from typing import Final

from client.insight.anomalies import Anomaly
from client.insight.churn import Churn
from client.insight.health import Level, LiveCall
from client.insight.opportunities import Opportunity
from client.insight.outbox import ChangeLine
from client.models.bookings import Calendar
from client.models.lead_board import is_overdue
from client.models.leads import Lead, LeadStage
from client.models.marks import About, Mark, MarkWord
from client.models.promises import OpenPromise
from client.models.tasks import Task, TaskKind

CALLED_BACK: Final = frozenset({TaskKind.CALLBACK})


class Sort(IntEnum):
    """By what an hour of waiting costs, the dearest first."""

    CALLER = 0
    CHANGE = 1
    PROMISE = 2
    CALLBACK = 3
    HOT_LEAD = 4
    FOLLOW_UP = 5
    CALENDAR = 6
    TASK = 7
    CHURN = 8
    OPPORTUNITY = 9
    ANOMALY = 10


FOUND: Final = frozenset({Sort.CHURN, Sort.OPPORTUNITY, Sort.ANOMALY})
"""What was found in the rows."""
MOST_FOUND: Final = 3
"""Of each of these so many stand in the list at once."""

Thing = LiveCall | ChangeLine | OpenPromise | Lead | Task | Calendar | Churn | Opportunity | Anomaly


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """`since`: from when on it waits.  `subject` names it for a mark.  `tasks`: those that are the same follow-up; they
    are done and put off with it.

    A caller and a change are opened, not ticked off: `can_finish`, `can_wait` say what else may be done with it.
    """

    sort: Sort
    since: datetime
    subject: str
    thing: Thing
    tasks: tuple[Task, ...] = ()

    @property
    def can_finish(self) -> bool:
        waits = (Sort.PROMISE, Sort.CALLBACK, Sort.HOT_LEAD, Sort.FOLLOW_UP, Sort.TASK)
        return self.sort in waits or self.sort in FOUND

    @property
    def can_wait(self) -> bool:
        return self.sort is not Sort.CALLER


def waiting(needs: Iterable[Need]) -> int:
    """How many wait, callers apart: who is on the line is shown where the calls are."""
    return sum(need.sort is not Sort.CALLER for need in needs)


def needs_of(
    now: datetime,
    *,
    live: Iterable[LiveCall] = (),
    changes: Iterable[ChangeLine] = (),
    promises: Iterable[OpenPromise] = (),
    leads: Iterable[Lead] = (),
    tasks: Iterable[Task] = (),
    calendars: Iterable[Calendar] = (),
    churn: Iterable[Churn] = (),
    opportunities: Iterable[Opportunity] = (),
    anomalies: Iterable[Anomaly] = (),
    zone: tzinfo = UTC,
    marks: Mapping[tuple[About, str], Mark] | None = None,
) -> tuple[Need, ...]:
    """What needs somebody now, the dearest wait first; without what was put off until later, or is done with.

    `churn`, `opportunities`, `anomalies`: as they were found, those first that their own page has first.  `zone`: in
    which an unusual day ends.
    """
    found = [
        *(_caller(each) for each in live if each.health.level is Level.NEEDS_YOU),
        *(_change(each) for each in changes),
        *(_promise(each) for each in promises),
        *_work(leads, [each for each in tasks if each.is_overdue(now)], now),
        *(_calendar(each, now) for each in calendars if each.state == "trouble"),
    ]
    said = {subject: mark for (about, subject), mark in (marks or {}).items() if about is About.NEEDS_YOU}
    shown = [need for need in found if not _is_hidden(need, said, now)]
    lately = (map(_churn, churn), map(_opportunity, opportunities), (_anomaly(each, zone) for each in anomalies))
    for needs in lately:
        shown += [need for need in needs if not _is_hidden(need, said, now)][:MOST_FOUND]
    return tuple(sorted(shown, key=lambda need: (need.sort, need.since, need.subject)))


def _is_hidden(need: Need, said: Mapping[str, Mark], now: datetime) -> bool:
    """Put off; or done with, as it was then: who stays away a second time, or is asked for again, is news again."""
    mark = said.get(need.subject)
    if mark is None or not mark.hides(now):
        return False
    return mark.word is not MarkWord.DONE or mark.created_at >= need.since


def _caller(call: LiveCall) -> Need:
    since = call.call.answered_at or call.call.started_at
    return Need(sort=Sort.CALLER, since=since, subject=f"call:{call.call.call_id}", thing=call)


def _change(line: ChangeLine) -> Need:
    subject = f"change:{line.conflict_id or line.change_id}"
    return Need(sort=Sort.CHANGE, since=line.made_at, subject=subject, thing=line)


def _promise(promise: OpenPromise) -> Need:
    since = promise.ended_at or promise.started_at
    return Need(sort=Sort.PROMISE, since=since, subject=f"promise:{promise.turn_id}:{promise.kind}", thing=promise)


def _work(leads: Iterable[Lead], overdue: Sequence[Task], now: datetime) -> list[Need]:
    of_leads = [need for each in leads if (need := _lead(each, overdue, now))]
    listed = {task.task_id for need in of_leads for task in need.tasks}
    return [*of_leads, *(_task(each) for each in overdue if each.task_id not in listed)]


def _lead(lead: Lead, overdue: Iterable[Task], now: datetime) -> Need | None:
    subject, due = f"lead:{lead.lead_id}", lead.next_followup_at
    if is_overdue(due, lead.stage, now) and due:
        theirs = (each for each in overdue if each.kind is TaskKind.FOLLOW_UP and each.lead_id == lead.lead_id)
        same = tuple(each for each in theirs if each.due_at == due)
        return Need(sort=Sort.FOLLOW_UP, since=due, subject=subject, thing=lead, tasks=same)
    if lead.stage is LeadStage.NEW and lead.interest == "hot" and lead.next_followup_at is None:
        return Need(sort=Sort.HOT_LEAD, since=lead.created_at, subject=subject, thing=lead)
    return None


def _task(task: Task) -> Need:
    sort = Sort.CALLBACK if task.kind in CALLED_BACK else Sort.TASK
    return Need(sort=sort, since=task.due_at or task.created_at, subject=f"task:{task.task_id}", thing=task)


def _calendar(calendar: Calendar, now: datetime) -> Need:
    since = calendar.last_ok_at or calendar.checked_at or now
    return Need(sort=Sort.CALENDAR, since=since, subject=f"calendar:{calendar.calendar_id}", thing=calendar)


def _churn(churn: Churn) -> Need:
    """Since the rule has named them."""
    since = churn.last.starts_at + timedelta(days=churn.away - churn.known_for)
    return Need(sort=Sort.CHURN, since=since, subject=f"churn:{churn.customer_id}", thing=churn)


def _opportunity(found: Opportunity) -> Need:
    """Since somebody asked for it last."""
    return Need(sort=Sort.OPPORTUNITY, since=found.last_at, subject=f"opportunity:{found.subject}", thing=found)


def _anomaly(unusual: Anomaly, zone: tzinfo) -> Need:
    """Since the day was over."""
    since = datetime.combine(unusual.day + timedelta(days=1), time(), zone)
    return Need(sort=Sort.ANOMALY, since=since, subject=f"anomaly:{unusual.subject}", thing=unusual)
