"""The form of a booking, bound to its store: new, edited, moved, cancelled or brought back; the client is told in it.

A page on a phone, the pane beside the bookings on a desktop.  The database is asked at every letter what is in the
way; nothing is shown as saved before it is.
"""

from datetime import date, datetime
from functools import partial

import flet as ft

from client.editing import Why
from client.models.account import Role
from client.models.bookings import BookingStatus
from client.models.business import Service
from client.models.ids import BookingId
from client.models.link import LinkState
from client.state.booking_form import PLACE
from client.state.business import BusinessState
from client.state.edits import Refusal
from client.state.form_state import FormState, does
from client.state.typed_booking import Doing, Fault
from screens.booking_verbs import back_to
from screens.free_days import strip_days
from screens.stores import Stores
from widgets import booking_fields as who
from widgets import buttons, change_words, fields, notices, parts, theme
from widgets import format as fmt
from widgets.booking_fields import Box, problem
from widgets.buttons import Kind
from widgets.component import component, effect, see
from widgets.refusals import refusal_sentence, trouble_sentence
from widgets.scaffold import page_head
from widgets.strings import Words
from widgets.tell_card import TellActions, tell_card
from widgets.theme import Layout
from widgets.time_fields import When, WhenActions, obstacle_rows, when_fields

SERVICES = "form.service"
"""The fold of the services that can be chosen."""
SLOTS = "form.slots"
"""The fold of all free times of the day."""


@component
def booking_form(
    stores: Stores, words: Words, layout: Layout, doing: Doing, booking_id: BookingId | None, day: date | None
) -> ft.Control:
    """The form at this address."""
    effect(
        lambda: stores.form.open(doing, booking_id, day),
        [doing, booking_id],
        cleanup=lambda: _left(stores, doing, booking_id),
    )
    state = see(stores.form).state
    refusal, ours = see(stores.edits).state.refusal, see(stores.business).state
    folds, link, now = see(stores.folds).names, see(stores.link).state, see(stores.ticks).now
    leave = partial(back_to, stores, None if doing is Doing.NEW else booking_id)
    listing = _led_to_the_question(state)
    if state.doing is not doing or not (state.booking or doing is Doing.NEW) or state.unknown or state.missing:
        return _page(words, layout, doing, "", leave, [_nothing(words, state)], [], listing)
    offline = link.state is not LinkState.ONLINE
    box = _box(stores, words, state)
    rows: list[ft.Control] = []
    if state.touched and state.resumed:
        rows.append(notices.banner(words("form.kept"), icon_name=ft.Icons.HISTORY, warning=False))
    rows += _who(stores, words, state, box)
    if _is_open(state):
        rows += _what(stores, words, state, ours, opened=SERVICES in folds)
        as_of = link.as_of if offline else None
        rows += _when(stores, words, state, box, now, as_of=as_of, all_slots=SLOTS in folds)
    rows += obstacle_rows(words, state.obstacles, state.allow, stores.form.allow, now, may_overbook=state.may_overbook)
    if state.nobody_is_free:
        rows.append(notices.banner(words("form.nobody_is_free"), icon_name=ft.Icons.PERSON_OFF_OUTLINED))
    if doing in (Doing.NEW, Doing.EDIT):
        rows.append(box("notes", words("form.notes"), hint=words("form.notes_hint"), lines=4))
        if ours.business and state.what.starts_at:
            rows.append(parts.muted(words("form.price"), height=1.4))
    if doing is Doing.CANCEL:
        rows.append(box("reason", words("form.reason"), lines=3))
    rows += _tell(stores, words, layout, state, now, offline=offline)
    said = _why_not(words, refusal if refusal and refusal.place == PLACE else None, now)
    foot = _foot(stores, words, state, said)
    return _page(words, layout, doing, _about(words, state, now), leave, rows, foot, listing)


def _led_to_the_question(state: FormState) -> ft.Ref[ft.ListView]:
    """Where nothing is missing but whether the client is told, what asks it, the last, comes into sight.  A hook."""
    listing: ft.Ref[ft.ListView] = ft.use_memo(lambda: ft.Ref[ft.ListView](), [])
    untold = state.tried and list(state.faults) == ["tell"]

    async def to_end() -> None:
        if untold and listing.current:
            await listing.current.scroll_to(offset=-1, duration=0)

    effect(to_end, [untold])
    return listing


def _left(stores: Stores, doing: Doing, booking_id: BookingId | None) -> None:
    """The screen is gone; one that was drawn anew at the same address keeps the form open."""
    route = stores.router.route
    if (route.doing, route.booking_id) != (doing, booking_id):
        stores.form.close(doing, booking_id)


def _page(
    words: Words,
    layout: Layout,
    doing: Doing,
    about: str,
    leave: "partial[None]",
    rows: list[ft.Control],
    foot: list[ft.Control],
    listing: ft.Ref[ft.ListView],
) -> ft.Control:
    panes = layout.two_panes
    close = buttons.icon_button("form.close", words("action.close"), ft.Icons.CLOSE, leave)
    head = page_head(
        words,
        words(f"form.title.{doing}"),
        about or None,
        on_back=None if panes else leave,
        trailing=[close] if panes else None,
        size=18 if panes else 22,
    )
    edge = ft.Padding.only(left=18, right=14) if panes else ft.Padding.symmetric(horizontal=12)
    body = ft.ListView(
        rows,
        ref=listing,
        spacing=12,
        padding=ft.Padding.only(left=edge.left, right=edge.right, top=8, bottom=20),
        expand=True,
        key="form.list",
    )
    out: list[ft.Control] = [
        ft.Container(head, padding=ft.Padding.only(left=edge.left, right=edge.right, top=14 if panes else 12)),
        body,
    ]
    if foot:
        line = ft.Border.only(top=ft.BorderSide(1, theme.LINE))
        bar = ft.Column(foot, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        out.append(ft.Container(bar, padding=12, border=line, bgcolor=theme.SURFACE))
    return ft.Column(out, spacing=0, expand=True)


def _nothing(words: Words, state: FormState) -> ft.Control:
    if state.unknown:
        return notices.empty(words("not_allowed.not_ready"))
    if state.missing:
        return notices.empty(words("form.missing"), words("booking.missing_body"))
    return notices.skeleton_rows(3, label=words("form.loading"))


def _about(words: Words, state: FormState, now: datetime) -> str:
    """Maria Gómez · Colour and cut · Tue 14:00: the booking as it stands."""
    booking = state.booking
    if booking is None:
        return ""
    when = change_words.near(words, booking.starts_at, now)
    return " · ".join((fmt.clipped(booking.customer_name, 80), fmt.clipped(booking.service_name, 80), when))


def _is_open(state: FormState) -> bool:
    """Whether this form has the fields of what and when."""
    cancelled = state.booking is not None and state.booking.status is BookingStatus.CANCELLED
    return state.doing in (Doing.NEW, Doing.EDIT, Doing.MOVE) and not cancelled


# --- fields -----------------------------------------------------------------------------------------------------------
def _box(stores: Stores, words: Words, state: FormState) -> Box:
    form = stores.form

    def box(
        name: str,
        label: str,
        *,
        identifier: str | None = None,
        keyboard: ft.KeyboardType = ft.KeyboardType.TEXT,
        hint: str | None = None,
        lines: int = 1,
        expand: bool | None = None,
        fault: str | None = None,
    ) -> ft.Control:
        wrong = state.fault(fault or name)
        return fields.field(
            identifier or f"form.{name}",
            label,
            getattr(state.typed, name),
            lambda text: form.type(**{name: text}),
            keyboard=keyboard,
            hint=hint,
            lines=lines,
            expand=expand,
            error=_wrong(words, wrong) if wrong else None,
            on_focus=stores.focus.types,
            on_blur=stores.focus.rests,
        )

    return box


def _wrong(words: Words, wrong: Why | Fault) -> str:
    return words(f"form.fault.{wrong}" if isinstance(wrong, Fault) else f"not_allowed.{wrong}")


def _who(stores: Stores, words: Words, state: FormState, box: Box) -> list[ft.Control]:
    form = stores.form
    if state.doing is Doing.NEW:
        if state.customer is None:
            return who.customer_fields(words, box, state.found, form.choose_customer)
        rows = [who.chosen_customer(words, state.customer, lambda: form.choose_customer(None))]
        reachable = state.customer.phone or state.customer.email
        return [*rows, *([] if reachable else who.contact_fields(words, box))]
    if state.doing is Doing.EDIT and _is_open(state):
        return [box("name", words("form.customer"), identifier="form.customer"), *who.contact_fields(words, box)]
    return []


def _what(stores: Stores, words: Words, state: FormState, ours: BusinessState, *, opened: bool) -> list[ft.Control]:
    form, chosen = stores.form, state.typed.service_id
    people = [
        person for person in ours.staff.values() if does(person, chosen) or person.staff_id == state.typed.staff_id
    ]
    staff = who.staff_field(words, people, state.typed.staff_id, form.choose_staff)
    room = who.room_field(words, state.rooms, state.typed.resource_id, form.choose_room)
    with_whom = [staff, room] if state.rooms else [staff]
    if state.doing is Doing.MOVE:
        return with_whom

    def choose(service: Service) -> None:
        form.choose_service(service)
        if opened:
            stores.folds.toggle(SERVICES)

    wrong = state.fault("service")
    service = who.service_field(
        words,
        [each for each in ours.services if each.active or each.service_id == chosen],
        state.service,
        state.booking,
        choose,
        error=_wrong(words, wrong) if wrong else None,
        opened=opened or (state.booking is None and chosen is None),
        toggle=lambda: stores.folds.toggle(SERVICES),
        money=stores.role is not Role.FRONT_DESK,
    )
    return [service, *with_whom]


def _when(
    stores: Stores, words: Words, state: FormState, box: Box, now: datetime, *, as_of: datetime | None, all_slots: bool
) -> list[ft.Control]:
    form, what = stores.form, state.what
    when = When(
        day=state.typed.day,
        today=state.today,
        days=strip_days(state.days, state.typed.day, state.today, counted=what.length is not None),
        slots=state.slots,
        starts_at=what.starts_at,
        ends_at=what.ends_at,
        sought=what.length is not None,
        was=state.booking.starts_at if state.booking else None,
        here=_here(words, what.starts_at) if what.starts_at else "",
        as_of=as_of,
        all_slots=all_slots,
    )
    actions = WhenActions(
        go_to=form.go_to,
        turn=form.turn,
        shift=form.shift,
        take=form.take,
        show_all=lambda: stores.folds.toggle(SLOTS),
    )
    rows: list[ft.Control] = [parts.section_label(words("form.when")), *when_fields(words, box, when, actions, now)]
    if state.booking and state.booking.series_id:
        rows.append(parts.muted(words("form.series"), height=1.4))
    return rows


def _here(words: Words, starts_at: datetime) -> str:
    """What this device's clock shows then, where it is not in the business's zone."""
    here, there = starts_at.astimezone(), starts_at.astimezone(words.zone)
    if here.utcoffset() == there.utcoffset():
        return ""
    return f"{fmt.day_short(words, here.date())} {fmt.wall_time(words, here.time())}"


# --- telling and saving -----------------------------------------------------------------------------------------------
def _tell(
    stores: Stores, words: Words, layout: Layout, state: FormState, now: datetime, *, offline: bool
) -> list[ft.Control]:
    draft, form = state.draft, stores.form
    if draft is None:
        return []
    actions = TellActions(
        choose=lambda by: form.tell(draft.choose(by)),
        type=lambda text: form.tell(draft.type(text)),
        focus=stores.focus.types,
        blur=stores.focus.rests,
    )
    rows: list[ft.Control] = [parts.card(tell_card(words, layout, draft, actions, now, offline=offline), padding=14)]
    if state.fault("tell"):
        rows.append(problem(words("form.fault.undecided", name=change_words.first_name(words, draft.name))))
    return rows


def _why_not(words: Words, refusal: Refusal | None, now: datetime) -> str:
    if refusal is None:
        return ""
    if refusal.trouble:
        return trouble_sentence(words, refusal.trouble)
    return refusal_sentence(words, refusal.why, refusal.obstacle, now) if refusal.why else ""


def _foot(stores: Stores, words: Words, state: FormState, said: str) -> list[ft.Control]:
    """What is wrong where the eye is, then the two ways on."""
    form, doing = stores.form, state.doing
    assert doing is not None
    booking_id = state.booking.booking_id if state.booking else None

    async def save() -> None:
        saved = await form.save()
        if saved is not None:
            back_to(stores, None if state.by_hand else saved)

    def give_up() -> None:
        form.give_up()
        back_to(stores, None if state.by_hand else booking_id)

    ways = ft.Row(
        [
            buttons.button("form.give_up", words(f"form.give_up.{doing}"), give_up, expand=True),
            buttons.button(
                "form.save", words(f"form.save.{doing}"), save, kind=Kind.PRIMARY, busy=state.busy, expand=True
            ),
        ],
        spacing=12,
    )
    said = said or (_first_wrong(words, state) if state.tried else "")
    return [*([problem(said)] if said else []), ways]


def _first_wrong(words: Words, state: FormState) -> str:
    """Why saving did nothing, where its field may be out of sight."""
    for name, wrong in state.faults.items():
        if name == "tell":
            name = change_words.first_name(words, state.draft.name) if state.draft else ""
            return words("form.fault.undecided", name=name)
        return _wrong(words, wrong)
    return ""
