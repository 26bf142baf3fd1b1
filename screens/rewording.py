"""A change that waits or was refused, in the form in which it was made, to say something else."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import flet as ft

from client.editing import BlockedDraft, CalendarDraft, CorrectionDraft, Draft, LaterDraft, LeadDraft, TaskDraft
from client.insight import later
from client.models.ids import ChangeId
from client.models.mutations import Op, host_of
from client.state.rewording import Rewording
from screens.aside import title_of
from screens.correcting import correct_again
from screens.lead_new import is_wrong, lead_boxes
from screens.live import go
from screens.over import lay_over
from screens.routes import Route
from screens.stores import Stores
from screens.task_in_form import task_in_form
from screens.turn_foot import PLACE, foot
from screens.window import CHANGE
from widgets import format as fmt
from widgets import notices, parts
from widgets.calendar_cards import FollowActions, NewCalendar, follow_fields
from widgets.choices import Option, choice
from widgets.component import component, effect, keyed, see
from widgets.money_field import cents_of, typed_money
from widgets.scaffold import Place
from widgets.sheet import Fit, fit, sheet
from widgets.strings import Words
from widgets.theme import Layout
from widgets.turn_forms import block_form, form_sheet, head


def open_rewording(stores: Stores, change_id: ChangeId) -> None:
    """The form, over the call in which the change was made where it is of one, else over the place that is there."""
    found = stores.edits.waiting(change_id)
    over = stores.router.route.parent
    go(stores, Route(place=Place.CALLS, call_id=found.call.call_id) if found and found.call else over)
    stores.panel.open(f"{CHANGE}{change_id}")


@component
def rewording_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The form, while it is open."""
    panel = see(stores.panel).state.panel
    how_high = fit()
    number = panel.removeprefix(CHANGE)
    content: ft.Control | None = None
    if number != panel and number.isdecimal():
        content = keyed(f"sheet-{panel}", _form, stores, words, ChangeId(int(number)), how_high)
    return lay_over(stores, sheet(layout, content, stores.panel.close, width=520) if content is not None else None)


@component
def _form(stores: Stores, words: Words, change_id: ChangeId, how_high: Fit) -> ft.Control:
    """As the change was when the form was opened."""
    found = ft.use_memo(lambda: stores.edits.waiting(change_id), [])
    effect(lambda: None, [], cleanup=lambda: stores.edits.forget_refusal(PLACE))
    match found.what.draft if found else None:
        case TaskDraft() as draft if found:
            return keyed("task", _task, stores, words, found, draft, how_high)
        case LeadDraft() as draft if found:
            return keyed("lead", _lead, stores, words, found, draft, how_high)
        case CorrectionDraft() as draft if found:
            return keyed("correction", correct_again, stores, words, found, draft, how_high)
        case CalendarDraft() as draft if found:
            return keyed("calendar", _calendar, stores, words, found, draft, how_high)
        case BlockedDraft() as draft if found:
            return keyed("number", _number, stores, words, found, draft, how_high)
        case LaterDraft() as draft if found:
            return keyed("later", _later, stores, words, found, draft, how_high)
        case _:
            gone = notices.empty(words("rewording.gone"), words("rewording.gone_body"))
            return ft.Column([head(words, words("rewording.heading"), stores.panel.close), gone], tight=True)


async def _keep(stores: Stores, found: Rewording, draft: Draft) -> None:
    if await stores.edits.work.reword(found.what, draft, place=PLACE):
        stores.panel.close()


@component
def _task(stores: Stores, words: Words, found: Rewording, draft: TaskDraft, how_high: Fit) -> ft.Control:
    is_new = found.what.op is Op.TASK_CREATE
    keep = partial(_keep, stores, found)
    return task_in_form(stores, words, draft, None, keep, how_high, heading="rewording.task.heading", sorts=is_new)


@component
def _lead(stores: Stores, words: Words, found: Rewording, draft: LeadDraft, how_high: Fit) -> ft.Control:
    texts = {name: getattr(draft, name) or "" for name in ("name", "phone", "email", "needs", "notes")}
    worth = "" if draft.value_cents is None else typed_money(draft.value_cents)
    typed, write = ft.use_state({**texts, "value": worth})

    async def save() -> None:
        said = {name: typed[name] or None for name in ("phone", "email", "needs", "notes")}
        if not is_wrong(typed):
            await _keep(stores, found, replace(draft, name=typed["name"], value_cents=cents_of(typed["value"]), **said))

    rows = lead_boxes(
        stores, words, "rewording.lead", typed, lambda new: write(lambda before: {**before, **new}), faults={}
    )
    ending = foot(stores, words, save)
    return form_sheet(words, "rewording.lead", rows, ending, stores.panel.close, how_high)


@component
def _number(stores: Stores, words: Words, found: Rewording, draft: BlockedDraft, how_high: Fit) -> ft.Control:
    reason, set_reason = ft.use_state(draft.reason or "")

    async def save() -> None:
        await _keep(stores, found, replace(draft, reason=reason or None))

    focus = (stores.focus.types, stores.focus.rests)
    ending = foot(stores, words, save)
    return block_form(words, draft.phone, "", reason, set_reason, ending, stores.panel.close, focus, how_high)


@component
def _later(stores: Stores, words: Words, found: Rewording, draft: LaterDraft, how_high: Fit) -> ft.Control:
    """The moment it has, and the mornings that can be had instead."""
    until, set_until = ft.use_state(draft.until)
    now = stores.ticks.server_now()
    times = {"kept": draft.until, **{name: at for name, at in _mornings(words, now).items() if at != draft.until}}

    async def save() -> None:
        await _keep(stores, found, replace(draft, until=until))

    options = [
        Option(
            name=name,
            label=fmt.moment(words, at, now) if name == "kept" else words(f"lead.later.{name}"),
            chosen=at == until,
        )
        for name, at in times.items()
    ]
    rows: list[ft.Control] = [
        parts.text(title_of(words, found.aside) if found.aside else words("aside.other"), size=14, height=1.4),
        choice(words("rewording.later.until"), "rewording.later", options, lambda name: set_until(times[name])),
    ]
    return form_sheet(words, "rewording.later", rows, foot(stores, words, save), stores.panel.close, how_high)


def _mornings(words: Words, now: datetime) -> dict[str, datetime]:
    return {
        "tomorrow": later.tomorrow(now, words.zone),
        "three_days": later.in_days(now, words.zone, 3),
        "next_week": later.next_week(now, words.zone),
    }


@component
def _calendar(stores: Stores, words: Words, found: Rewording, draft: CalendarDraft, how_high: Fit) -> ft.Control:
    new, set_new = ft.use_state(NewCalendar(address=draft.url, name=draft.name, staff_id=draft.staff_id))
    staff = sorted(see(stores.business).state.staff.values(), key=lambda person: person.name)

    def change(**fields: object) -> None:
        set_new(lambda before: replace(before, **fields))  # type: ignore[arg-type]

    async def save() -> None:
        name = new.name.strip() or host_of(new.address.strip()) or new.address
        await _keep(stores, found, replace(draft, name=name, url=new.address, staff_id=new.staff_id))

    actions = FollowActions(
        type_address=lambda text: change(address=text),
        type_name=lambda text: change(name=text),
        choose_staff=lambda staff_id: change(staff_id=staff_id),
        add=save,
        focus=stores.focus.types,
        blur=stores.focus.rests,
    )
    rows = follow_fields(words, "rewording.calendar", new, staff, actions)
    ending = foot(stores, words, save)
    return form_sheet(words, "rewording.calendar", rows, ending, stores.panel.close, how_high)
