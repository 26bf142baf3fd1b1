"""What is done with a thing that needs the owner: opened, finished, put off; each kept where it belongs."""

from functools import partial

from client.editing import TaskChange
from client.insight import later
from client.insight.anomalies import Anomaly
from client.insight.churn import Churn
from client.insight.health import LiveCall
from client.insight.needs import FOUND, Need, Sort, needs_of
from client.insight.opportunities import Opportunity
from client.insight.outbox import ChangeLine
from client.models.bookings import Calendar
from client.models.leads import Lead, LeadStage
from client.models.marks import About, MarkWord
from client.models.promises import OpenPromise
from client.models.tasks import Task
from screens.live import go, open_call, open_line
from screens.routes import CALENDARS, Route
from screens.stores import Stores
from screens.window import PATTERN
from widgets.component import see
from widgets.need_row import NeedActions
from widgets.scaffold import Place


def needs_now(stores: Stores) -> tuple[Need, ...]:
    """What waits for the owner, the dearest wait first.  A hook."""
    watched = (stores.review, stores.waiting, stores.promises, stores.live, stores.calendars, stores.patterns)
    for store in (*watched, stores.ticks):
        see(store)
    return needs_here(stores)


def needs_here(stores: Stores) -> tuple[Need, ...]:
    """The same, of this moment."""
    review, now, zone = stores.review.state, stores.ticks.now, stores.words().zone
    found = stores.patterns.state.lately(now, now.astimezone(zone).date())
    return needs_of(
        now,
        live=stores.live.state.calls,
        changes=stores.waiting.state.needs_you,
        promises=stores.promises.state.open,
        leads=review.leads,
        tasks=review.tasks,
        calendars=stores.calendars.state.in_trouble,
        churn=found.churn,
        opportunities=found.opportunities,
        anomalies=found.anomalies,
        zone=zone,
        marks=review.marks,
    )


def need_actions(stores: Stores) -> NeedActions:
    return NeedActions(
        open=lambda need: open_need(stores, need),
        finish=partial(finish, stores),
        wait=partial(put_off, stores),
    )


def open_need(stores: Stores, need: Need) -> None:
    """To the thing itself."""
    match need.thing:
        case LiveCall() as call:
            open_call(stores, call.call.call_id)
        case ChangeLine() as line:
            open_line(stores, line)
        case OpenPromise() as promise:
            open_call(stores, promise.call_id, promise.turn_id)
        case Lead() as lead:
            go(stores, Route(place=Place.LEADS, page=lead.lead_id))
        case Task() as task:
            _open_task(stores, task)
        case Calendar():
            go(stores, Route(place=Place.MORE, page=CALENDARS))
        case Churn() as churn:
            _open_found(stores, About.CHURN, churn.customer_id)
        case Opportunity() | Anomaly() as found:
            _open_found(stores, About.OPPORTUNITY if need.sort is Sort.OPPORTUNITY else About.ANOMALY, found.subject)


def _open_found(stores: Stores, about: About, subject: str) -> None:
    """To its page, with the rows it rests on over it."""
    go(stores, Route(place=Place.AHEAD))
    stores.panel.open(f"{PATTERN}{about}.{subject}")


def _open_task(stores: Stores, task: Task) -> None:
    """What it is about; a task about nothing has nothing behind it."""
    if task.call_id:
        open_call(stores, task.call_id)
    elif task.lead_id:
        go(stores, Route(place=Place.LEADS, page=task.lead_id))
    elif task.customer_id:
        go(stores, Route(place=Place.BOOKINGS, customer_id=task.customer_id))


async def finish(stores: Stores, need: Need) -> None:
    """It is done: a task by itself; a follow-up by having none, and its task with it; a new lead by having been
    contacted; what was found in the rows by a mark, until there is more of it."""
    work = stores.edits.work
    match need.thing:
        case Task() as task:
            await work.finish_task(task.task_id)
        case OpenPromise() as promise:
            await work.mark(About.PROMISE, promise.turn_id, MarkWord.DONE)
        case Lead() as lead if need.sort is Sort.HOT_LEAD:
            await work.move_lead(lead.lead_id, LeadStage.CONTACTED)
        case Lead() as lead:
            await work.finish_followup(lead.lead_id, [task.task_id for task in need.tasks])
        case _ if need.sort in FOUND:
            await work.mark(About.NEEDS_YOU, need.subject, MarkWord.DONE)
        case _:
            pass


async def put_off(stores: Stores, need: Need, week: bool) -> None:
    """Until tomorrow morning, or Monday's: the task's own date, the lead's own follow-up; of anything else, a mark."""
    words, work = stores.words(), stores.edits.work
    when = (later.next_week if week else later.tomorrow)(stores.ticks.server_now(), words.zone)
    match need.thing:
        case Task() as task:
            await work.change_task(task.task_id, TaskChange(due_at=when))
        case Lead() as lead:
            await work.put_followup_off(lead.lead_id, [task.task_id for task in need.tasks], when)
        case _ if need.can_wait:
            await work.mark(About.NEEDS_YOU, need.subject, MarkWord.LATER, until=when)
        case _:
            pass
