"""The sheet of a conflict over a place, bound to the stores."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import flet as ft

from client.editing import Choosing
from client.insight.diary import Slot
from client.models.ids import CallId
from client.models.link import LinkState, LinkStatus
from client.models.tell_draft import TellBy
from client.state.business import BusinessState
from client.state.conflicts import PLACE, OpenConflict, told
from client.state.edits import Refusal
from screens.free_days import strip_days
from screens.live import go, open_call
from screens.outbox import close_over
from screens.over import lay_over
from screens.routes import CALENDARS, Route
from screens.stores import Stores
from widgets import buttons, change_words, conflict_words, notices, parts
from widgets.buttons import Kind
from widgets.component import component, effect, see
from widgets.conflict_sheet import ConflictActions, ConflictView, conflict_sheet, head
from widgets.refusals import obstacle_sentence, refusal_sentence, trouble_sentence
from widgets.scaffold import Place
from widgets.sheet import body, fit, sheet, titled
from widgets.slot_picker import PickerActions, SlotPicker, slot_picker
from widgets.strings import Words
from widgets.tell_card import TellActions, on_the_way, tell_card
from widgets.theme import Layout
from widgets.ways_out import ways_out

WIDE = 880
TELL = "conflict.tell"
"""The fold of whether and how the client is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What is drawn, and what closes it."""

    state: OpenConflict
    ours: BusinessState
    link: LinkStatus
    refusal: Refusal | None
    tell_shown: bool
    now: datetime
    close: Callable[[], object]


@component
def conflict_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet at /conflicts/<id>; nothing elsewhere."""
    route, refusal = see(stores.router).route, see(stores.edits).state.refusal
    scene = _Scene(
        state=see(stores.conflicts).state,
        ours=see(stores.business).state,
        link=see(stores.link).state,
        refusal=refusal if refusal and refusal.place == PLACE else None,
        tell_shown=TELL in see(stores.folds).names,
        now=see(stores.ticks).now,
        close=partial(close_over, stores, route.over),
    )
    how_high = fit()

    def follow() -> None:
        stores.conflicts.open(route.conflict_id)
        stores.edits.forget_refusal(PLACE)

    effect(follow, [route.conflict_id])
    dialog: ft.DialogControl | None = None
    if route.conflict_id is not None:
        wide = _width(layout)
        if scene.state.picking is not None:
            rows = slot_picker(words, layout, _picker(words, scene), _picker_actions(stores, scene))
            about = _about(scene)
            content = titled(
                head(words, words("picker.title"), about, scene.close),
                body(rows, how_high, key="picker.list", spacing=12),
            )
        elif scene.state.clash is not None and not scene.state.decided:
            view, tell = _view(words, scene), _tell(stores, words, layout, scene)
            content = conflict_sheet(words, layout, view, _actions(stores, scene), how_high, tell=tell, width=wide)
        else:
            title = head(words, words("conflict.heading"), "", scene.close)
            content = titled(title, body([_nothing(stores, words, scene)], how_high, key="conflict.list"))
        dialog = sheet(layout, content, scene.close, width=wide)
    return lay_over(stores, dialog)


def _width(layout: Layout) -> int:
    return round(min(WIDE * layout.text_scale, layout.width - 96))


# --- what is drawn ----------------------------------------------------------------------------------------------------
def _view(words: Words, scene: _Scene) -> ConflictView:
    state, staff, rooms, now = scene.state, scene.ours.staff, scene.ours.rooms, scene.now
    assert state.clash is not None and state.deed is not None and state.made_at is not None
    # Of several free times the first is on the button, so its text is too.
    who_is_told = {choice.kind: told(choice, state.draft) for choice in reversed(state.choices)}
    return ConflictView(
        title=conflict_words.title(words, state.deed),
        about=_about(scene),
        versions=conflict_words.versions(words, state.clash, staff, rooms, made_at=state.made_at, now=now),
        ways=ways_out(words, state.clash, state.choices, state.booking, _name(state), staff, rooms, who_is_told, now),
        answered=words("conflict.answered") if state.answered else "",
        trouble=_why_not(words, scene),
        busy=state.busy,
        cause=words("conflict.cause") if state.clash.why == "slot_taken" else "",
    )


def _about(scene: _Scene) -> str:
    """Maria Gómez · Colour and cut · Ana."""
    deed = scene.state.deed
    if deed is None:
        return ""
    person = scene.ours.who(scene.state.booking.staff_id if scene.state.booking else deed.staff_id)
    pieces = [_name(scene.state), deed.service, person.name if person else ""]
    return conflict_words.about(pieces)


def _name(state: OpenConflict) -> str:
    return state.booking.customer_name if state.booking else state.deed.name if state.deed else ""


def _why_not(words: Words, scene: _Scene) -> str:
    refusal = scene.refusal
    if refusal is None:
        return ""
    if refusal.why is not None:
        return refusal_sentence(words, refusal.why, refusal.obstacle, scene.now)
    return trouble_sentence(words, refusal.trouble) if refusal.trouble else ""


def _nothing(stores: Stores, words: Words, scene: _Scene) -> ft.Control:
    state = scene.state
    if state.broken:
        again = words("action.retry")
        return notices.trouble("conflict.retry", words("broken.title"), words("broken.body"), again, stores.repaint)
    if state.decided:
        return notices.empty(words("conflict.decided"), words("conflict.decided_body"))
    if state.missing:
        return notices.empty(words("conflict.missing"), words("conflict.missing_body"))
    return notices.skeleton_rows(3, label=words("conflict.loading"))


# --- telling the client -----------------------------------------------------------------------------------------------
def _tell(stores: Stores, words: Words, layout: Layout, scene: _Scene) -> ft.Control | None:
    """In one line what the owner decided when they made the change; unfolded, to decide otherwise."""
    draft = scene.state.draft
    if draft is None or not scene.state.choices:
        return None
    if scene.tell_shown:
        actions = TellActions(
            choose=lambda by: stores.conflicts.tell(draft.choose(by)),
            type=lambda text: stores.conflicts.tell(draft.type(text)),
            focus=stores.focus.types,
            blur=stores.focus.rests,
        )
        offline = scene.link.state is not LinkState.ONLINE
        card = tell_card(words, layout, draft, actions, scene.now, name="conflict.tell", offline=offline)
        return parts.card(card, padding=14)
    name = change_words.first_name(words, draft.name)
    said = words(f"conflict.tell_{draft.by or TellBy.NOBODY}", name=name)
    change = buttons.button(
        "conflict.tell_change",
        words("conflict.tell_change"),
        lambda: stores.folds.toggle(TELL),
        kind=Kind.LINK,
        name=words("conflict.tell_change_spoken", name=name),
    )
    line = ft.Row([parts.muted(said, size=14, expand=True), change], spacing=8)
    return ft.Column([*on_the_way(words, draft, scene.now), line], spacing=4, tight=True)


# --- what can be done -------------------------------------------------------------------------------------------------
def _actions(stores: Stores, scene: _Scene) -> ConflictActions:
    async def choose(name: str) -> None:
        if await stores.conflicts.decide(Choosing(name)):
            scene.close()

    def hear(call_id: CallId) -> None:
        scene.close()
        open_call(stores, call_id)

    def connect() -> None:
        scene.close()
        go(stores, Route(place=Place.MORE, page=CALENDARS))

    return ConflictActions(choose=choose, open_call=hear, connect=connect, close=scene.close)


def _picker(words: Words, scene: _Scene) -> SlotPicker:
    picking = scene.state.picking
    assert picking is not None
    error = _why_not(words, scene) or None
    if picking.unreadable:
        error = words("picker.unreadable")
    elif picking.obstacle is not None:
        error = obstacle_sentence(words, picking.obstacle, scene.now)
    return SlotPicker(
        day=picking.day,
        today=picking.today,
        days=strip_days(picking.days, picking.day, picking.today),
        slots=picking.slots,
        typed=picking.typed,
        typed_slot=picking.typed_slot,
        error=error,
        as_of=scene.link.as_of if scene.link.state is not LinkState.ONLINE else None,
        now=scene.now,
        busy=scene.state.busy,
    )


def _picker_actions(stores: Stores, scene: _Scene) -> PickerActions:
    async def take(slot: Slot) -> None:
        if await stores.conflicts.decide_time(slot):
            scene.close()

    def go_to(day: date) -> None:
        stores.conflicts.pick(day)

    return PickerActions(
        go_to=go_to,
        type=stores.conflicts.type_time,
        take=take,
        back=lambda: stores.conflicts.pick(None),
        focus=stores.focus.types,
        blur=stores.focus.rests,
    )
