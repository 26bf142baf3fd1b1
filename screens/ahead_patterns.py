"""What was found in the rows, bound to the stores: who stays away, what is asked for in vain, unusual days."""

from typing import Final

import flet as ft

from client import editing
from client.editing import TaskDraft
from client.insight.anomalies import Anomaly, Measure
from client.insight.churn import Churn
from client.insight.opportunities import LOOKED_BACK, Opportunity
from client.models.call_history import CallFilter, CallQuestion
from client.models.marks import About, MarkWord
from client.models.tasks import TaskKind
from client.state.typed_booking import Doing
from screens.live import go
from screens.routes import Route
from screens.stores import Stores
from screens.window import PATTERN
from widgets import format as fmt
from widgets import notices, parts
from widgets.component import component, see
from widgets.pattern_cards import (
    PatternActions,
    anomaly_list,
    churn_list,
    opportunity_list,
)
from widgets.scaffold import Place
from widgets.strings import Words
from widgets.theme import Layout

WHOLE: Final = "ahead.whole."
"""A list that is shown whole is unfolded under this and what it is about."""
_SIDE_BY_SIDE_FROM: Final = 1180


@component
def patterns_section(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """Three lists, side by side where there is room."""
    state, shown = see(stores.patterns).state, see(stores.folds).names
    today = fmt.local_day(words, see(stores.ticks).now)
    filling = see(stores.link).state.filling
    if state.broken:
        retry = words("action.retry")
        trouble = notices.trouble("patterns.retry", words("broken.title"), words("broken.body"), retry, stores.repaint)
        return parts.card(trouble, padding=4)
    if not state.looked:
        if filling is not None:
            return parts.card(notices.empty(words("pattern.looking"), words("pattern.filling")), padding=4)
        return parts.card(notices.skeleton_rows(3, label=words("pattern.looking")), padding=4)
    actions = actions_of(stores, words)
    whole = {about: f"{WHOLE}{about}" in shown for about in About}
    churn = churn_list(words, state.churn, actions, whole=whole[About.CHURN], today=today)
    asked = opportunity_list(words, state.opportunities, actions, whole=whole[About.OPPORTUNITY], today=today)
    unusual = anomaly_list(words, state.anomalies, actions, whole=whole[About.ANOMALY], today=today)
    lists = [
        _titled(words("churn.title"), churn),
        _titled(words("opportunity.title"), asked),
        _titled(words("anomaly.title"), unusual),
    ]
    beside = layout.text_width >= _SIDE_BY_SIDE_FROM
    for each in lists:
        each.expand = 1 if beside else None
    columns = list[ft.Control](lists)
    top = ft.CrossAxisAlignment.START
    found = (
        ft.Row(columns, spacing=16, vertical_alignment=top) if beside else ft.Column(columns, spacing=16, tight=True)
    )
    return found


def actions_of(stores: Stores, words: Words) -> PatternActions:
    return PatternActions(
        open=lambda about, subject: stores.panel.open(f"{PATTERN}{about}.{subject}"),
        silence=lambda about, subject: _silence(stores, about, subject),
        book=lambda churn: _book(stores, churn),
        note=lambda found: _note(stores, words, found),
        show_day=lambda found: _show_day(stores, found),
        more=lambda about: stores.folds.toggle(f"{WHOLE}{about}"),
    )


async def _silence(stores: Stores, about: About, subject: str) -> None:
    now = stores.ticks.server_now()
    await stores.edits.do(lambda conn: editing.mark(conn, about, subject, MarkWord.NEVER, now=now))


async def _note(stores: Stores, words: Words, found: Opportunity) -> None:
    """A task to think about it: the list of services is not made in this app."""
    service = fmt.clipped(found.service, 80)
    details = words("opportunity.task_details", n=found.callers, days=LOOKED_BACK.days)
    draft = TaskDraft(kind=TaskKind.OTHER, title=words("opportunity.task", service=service), details=details)
    now, new_id = stores.ticks.server_now(), stores.runtime.clock.new_id
    await stores.edits.do(lambda conn: editing.create_task(conn, draft, now=now, new_id=new_id))


def _book(stores: Stores, churn: Churn) -> None:
    """The form of a new booking, with the client and what they had last, whatever that is called by now."""
    customer = stores.patterns.customer(churn.customer_id)
    stores.form.open(Doing.NEW)
    if customer is not None:
        stores.form.choose_customer(customer)
    offered = [service for service in stores.business.state.services if service.active]
    same = [service for service in offered if service.service_id == churn.last.service_id]
    if found := same or [service for service in offered if service.name == churn.last.service_name]:
        stores.form.choose_service(found[0])
    go(stores, Route(place=Place.BOOKINGS, doing=Doing.NEW))


def _show_day(stores: Stores, found: Anomaly) -> None:
    if found.measure is Measure.CALLS:
        question = CallQuestion(which=CallFilter(first=found.day, last=found.day))
        stores.calls.ask(question)
        go(stores, Route(place=Place.CALLS, asked=question))
    else:
        go(stores, Route(place=Place.BOOKINGS, day=found.day))


def _titled(title: str, content: ft.Control) -> ft.Column:
    return ft.Column([parts.section_label(title), content], spacing=8, tight=True)
