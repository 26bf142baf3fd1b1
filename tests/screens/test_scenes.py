"""Every place in every state: it is drawn, every control has a name, every text can be read."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import flet as ft
import pytest

from client.models.account import Role
from client.models.calls import CallStatus
from client.models.link import LinkState, Trouble
from client.state.agenda import AgendaState
from client.state.bookings import BookingState
from client.state.calls import CallsOfDay, CallsState, hits
from client.state.preferences import View
from client.state.session import SessionState
from client.state.session import Trouble as SignInTrouble
from client.state.today import TodayState
from screens.stores import Stores
from screens.window import KEYS_PANEL
from tests import example_data as eg
from tests.harness import Harness
from tests.screens import ahead_scenes, calendar_scenes, changes, figure_scenes, leaving_scenes, scenes
from tests.screens.conftest import CALL, Open, open_call
from tests.screens.flaws import flaws
from widgets import theme

SIZES = {"phone": (390.0, 844.0), "tablet": (820.0, 1100.0), "half": (960.0, 900.0), "desktop": (1440.0, 900.0)}


def nothing(stores: Stores) -> None:
    """Signed in, before anything has arrived."""
    stores.link.show(eg.link(LinkState.CONNECTING, as_of=None))


def empty(stores: Stores) -> None:
    scenes.business(stores)
    stores.today.state = TodayState(day=eg.TODAY, ready=True)
    stores.calls.state = CallsState(ready=True, today=eg.TODAY)
    stores.agenda.state = AgendaState(day=eg.TODAY, today=eg.TODAY, ready=True)


def broken(stores: Stores) -> None:
    scenes.business(stores)
    stores.today.state = TodayState(broken=True)
    stores.calls.state = CallsState(broken=True)
    stores.agenda.state = AgendaState(broken=True)
    stores.link.show(eg.link(LinkState.OFFLINE, trouble=Trouble.DAMAGED))


def huge(text: str) -> Callable[[Stores], None]:
    """Names that are far too long, from right to left, with emoji, with markup."""

    def fill(stores: Stores) -> None:
        scenes.full(stores)
        bookings = tuple(replace(b, customer_name=text, service_name=text, notes=text) for b in eg.BOOKINGS)
        stores.business.state = replace(
            stores.business.state,
            business=replace(eg.BUSINESS, name=text),
            employees=tuple(replace(e, name=text, doing=text) for e in eg.EMPLOYEES),
        )
        stores.today.state = replace(stores.today.state, bookings=bookings)
        past = tuple(replace(c, caller_name=text, summary=text, intent=text) for c in eg.PAST)
        stores.calls.state = replace(stores.calls.state, days=(CallsOfDay(day=eg.TODAY, hits=hits(past)),))
        stores.agenda.state = replace(stores.agenda.state, bookings=bookings)
        turns = tuple(replace(t, text=text or "x") for t in eg.TURNS)
        call = eg.call(caller_name=text, intent=text, escalation_reason=text, extracted={text[:50]: text})
        scenes.live(stores, [(call, turns)])
        scenes.call(stores, call, turns)
        stores.booking.open(bookings[0].booking_id)
        stores.booking.state = BookingState(booking=bookings[0], customer=replace(eg.CUSTOMER, preferences=text))

    return fill


def ringing(stores: Stores) -> None:
    scenes.full(stores)
    scenes.call(stores, eg.call(status=CallStatus.RINGING, answered_at=None), ())


def dropped(stores: Stores) -> None:
    open_call(stores)
    stores.link.show(eg.link(LinkState.OFFLINE, trouble=Trouble.UNREACHABLE))


def front_desk(stores: Stores) -> None:
    open_call(stores)
    identity = replace(eg.IDENTITY, role=Role.FRONT_DESK)
    stores.runtime.identity = identity  # type: ignore[misc]
    stores.session.look()


def open_booking(stores: Stores) -> None:
    scenes.full(stores)
    scenes.booking(stores)


def signed_out(**state: Any) -> Callable[[Stores], None]:
    def fill(stores: Stores) -> None:
        stores.runtime.identity = None  # type: ignore[misc]
        stores.session.state = SessionState(browser_offered=True, **state)

    return fill


BOOKING = "/bookings/2025-11-24/b-24-0900-luis"

SCENES: dict[str, tuple[str, Callable[[Stores], None]]] = {
    "today": ("/today", scenes.full),
    "today loading": ("/today", nothing),
    "today filling": ("/today", scenes.filling),
    "today empty": ("/today", empty),
    "today broken": ("/today", broken),
    "today offline": ("/today", scenes.offline),
    "calls": ("/calls", scenes.full),
    "calls loading": ("/calls", nothing),
    "calls empty": ("/calls", empty),
    "calls broken": ("/calls", broken),
    "call": (CALL, open_call),
    "call ringing": (CALL, ringing),
    "call dropped": (CALL, dropped),
    "today lost sight of calls": ("/today", scenes.lost),
    "call lost sight of": (CALL, scenes.lost),
    "call without an answer": (CALL, scenes.unanswered),
    "call of the front desk": (CALL, front_desk),
    "call taken by me": (CALL, scenes.human),
    "call taken by another": (CALL, lambda s: scenes.human(s, mine=False)),
    "call ended": ("/calls/call-booked", scenes.ended),
    "call with a promise": ("/calls/call-booked", scenes.promised),
    "about it": ("/calls/call-booked", lambda s: (scenes.promised(s), s.panel.open("about_call"))[0]),
    "a task of it": ("/calls/call-booked", lambda s: (scenes.promised(s), s.panel.open("turn..task"))[0]),
    "blocking": ("/calls/call-booked", lambda s: (scenes.promised(s), s.panel.open("block"))[0]),
    "calls found": (
        "/calls?said=balayage+fri&outcome=booked&flagged=1",
        lambda s: (scenes.full(s), scenes.found(s))[0],
    ),
    "calls filter": ("/calls", lambda s: (scenes.full(s), s.panel.open("call_filter"))[0]),
    "nothing found": ("/calls?said=xylophone", scenes.none_found),
    "why it is suggested": (CALL, lambda s: (open_call(s), s.panel.open("suggestions"))[0]),
    "a promise waits": ("/today", scenes.unkept),
    "bookings": ("/bookings", scenes.full),
    "bookings loading": ("/bookings", nothing),
    "bookings empty": ("/bookings", empty),
    "bookings broken": ("/bookings", broken),
    "day": ("/bookings", scenes.grid(View.DAY)),
    "week": ("/bookings", scenes.grid(View.WEEK)),
    "booking": ("/bookings/2025-11-24/b-24-1545-mia", open_booking),
    "more": ("/more", scenes.full),
    "ahead": ("/ahead", ahead_scenes.ahead),
    "ahead as tables": ("/ahead", ahead_scenes.tables),
    "ahead loading": ("/ahead", nothing),
    "ahead without forecasts": ("/ahead", lambda s: (scenes.full(s), ahead_scenes.shown(s, busy=False))[0]),
    "ahead with too little history": ("/ahead", ahead_scenes.unchecked),
    "ahead, the guess is better": ("/ahead", ahead_scenes.naive),
    "ahead offline, old": ("/ahead", ahead_scenes.old),
    "ahead offline, over": ("/ahead", ahead_scenes.over),
    "ahead of the front desk": ("/ahead", ahead_scenes.front_desk),
    "ahead broken": ("/ahead", ahead_scenes.broken),
    "ahead, whole lists": ("/ahead", ahead_scenes.whole),
    **{
        f"ahead {name}": ("/ahead", ahead_scenes.named(text))
        for name, text in (("huge", eg.HUGE), ("arabic", eg.ARABIC), ("emoji", eg.EMOJI), ("markup", eg.MARKUP))
    },
    "today with what is coming": ("/today", ahead_scenes.today),
    "set aside": ("/aside", ahead_scenes.aside),
    "nothing set aside": ("/aside", ahead_scenes.nothing_aside),
    "set aside loading": ("/aside", nothing),
    "who stays away": ("/ahead", ahead_scenes.opened("pattern.churn.c-Rosa-Lind")),
    "what is asked for": ("/ahead", ahead_scenes.opened("pattern.opportunity.microblading")),
    "a forecast's record": ("/ahead", ahead_scenes.opened("forecast.bookings_week")),
    "today with changes waiting": ("/today", changes.offline),
    "today needs you": ("/today", lambda s: (scenes.full(s), changes.waiting(s))[0]),
    "undo": ("/today", changes.done),
    "undo of several, over a call": (CALL, lambda s: (open_call(s), changes.done(s, changes.MOVED, changes.MOVED))[0]),
    "undo refused": ("/today", changes.refused),
    "undo asks": ("/today", changes.asking),
    "conflict": ("/conflicts/3", changes.conflict),
    "conflict of notes": ("/conflicts/3", changes.notes_conflict),
    "conflict with a cancellation": ("/conflicts/3", changes.cancelled_conflict),
    "conflict of stages": ("/conflicts/3", changes.stage_conflict),
    "conflict answered": ("/conflicts/3", changes.answered_conflict),
    "conflict missing": ("/conflicts/3", changes.missing_conflict),
    "conflict loading": ("/conflicts/3", scenes.full),
    "conflict, other times": ("/conflicts/3", changes.picking),
    "conflict, a time typed": ("/conflicts/3", lambda s: changes.picking(s, "17:15")),
    "conflict, a taken time typed": ("/conflicts/3", lambda s: changes.picking(s, "15:00")),
    "conflict, telling": ("/conflicts/3", lambda s: (changes.conflict(s), s.folds.toggle("conflict.tell"))[0]),
    "a move that was refused": ("/bookings", changes.refused_move),
    "outbox": ("/outbox", changes.outbox),
    "outbox, a line open": ("/outbox", changes.only_waiting),
    "outbox empty": ("/outbox", changes.nothing_waits),
    "signing out": ("/more", leaving_scenes.nothing_unsent),
    "signing out, changes not sent": ("/more", leaving_scenes.unsent),
    "signing out, sending failed": ("/more", leaving_scenes.tried),
    "more, a calendar in trouble": ("/more", calendar_scenes.followed),
    "today, a calendar in trouble": ("/today", calendar_scenes.followed),
    "calendars": ("/more/calendars", calendar_scenes.followed),
    "calendars, none": ("/more/calendars", calendar_scenes.none),
    "calendars loading": ("/more/calendars", nothing),
    "calendars broken": ("/more/calendars", calendar_scenes.broken),
    "calendars of the front desk": ("/more/calendars", lambda s: (front_desk(s), calendar_scenes.followed(s))[0]),
    "import": ("/more/calendars", calendar_scenes.opened),
    "import, being read": ("/more/calendars", calendar_scenes.reading),
    "import, no calendar": ("/more/calendars", calendar_scenes.refused),
    "import, by a role that may not": ("/more/calendars", calendar_scenes.forbidden),
    **{
        f"import {name}": ("/more/calendars", calendar_scenes.named(text))
        for name, text in (("huge", eg.HUGE), ("arabic", eg.ARABIC), ("emoji", eg.EMOJI), ("markup", eg.MARKUP))
    },
    "sign in": ("/", signed_out(demo=True, reachable=True)),
    "sign in offline": ("/", signed_out(reachable=False)),
    "sign in wrong": ("/", signed_out(reachable=True, trouble=SignInTrouble.WRONG_CREDENTIALS)),
    "session ended": ("/", signed_out(ended=True, demo=True)),
    "device revoked": ("/", signed_out(revoked=True, demo=True)),
    **{
        f"storage {trouble}": ("/today", scenes.unopened(trouble))
        for trouble in (Trouble.DAMAGED, Trouble.TOO_NEW, Trouble.KEY_MISSING, Trouble.UNAVAILABLE, Trouble.DISK_FULL)
    },
    "figure": ("/today", scenes.figure),
    **figure_scenes.SCENES,
    "keys": ("/today", lambda s: (scenes.full(s), s.panel.open(KEYS_PANEL))[0]),
    "about the call": (CALL, lambda s: (open_call(s), s.panel.open("about_call"))[0]),
    **{
        f"{place} {name}": (route, huge(text))
        for place, route in (("today", "/today"), ("calls", "/calls"), ("call", CALL), ("booking", BOOKING))
        for name, text in (("huge", eg.HUGE), ("arabic", eg.ARABIC), ("emoji", eg.EMOJI), ("markup", eg.MARKUP))
    },
}

scene_and_size = pytest.mark.parametrize("scene", SCENES)
every_size = pytest.mark.parametrize("size", SIZES)


@every_size
@scene_and_size
async def test_it_is_drawn_and_everything_in_it_has_a_name_and_can_be_read(
    scene: str, size: str, open_app: Open
) -> None:
    route, fill = SCENES[scene]
    width, height = SIZES[size]
    async with open_app(fill, route=route, width=width, height=height) as app:
        texts = app.window.texts()
        assert not any("This part could not be drawn" in text for text in texts), "a render failed"
        assert texts
        assert flaws(app.window) == []


async def test_the_walker_finds_what_has_no_name() -> None:
    """The walker itself must be able to fail."""
    async with Harness() as window:
        twice = [ft.Semantics(identifier="me", content=ft.Text("seen", color=theme.TEXT)) for _ in range(2)]
        taken = ft.Text("taken for a field", color=theme.TEXT, selectable=True)
        window.page.add(ft.TextButton("x"), ft.Text("pale", color=theme.LINE, tooltip="soon"), taken, *twice)
        await window.settle()
        assert flaws(window) == [
            "no name: TextButton None",
            "selectable without a name: taken for a field",
            "not to be read: 'pale': line on bg",
            "twice there: me",
            "a tip of its own time: soon",
        ]
