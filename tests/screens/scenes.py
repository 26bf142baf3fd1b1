"""Scenes: a window whose stores are filled with example data, for tests and for the preview.

A scene sets the states that storage would; what a screen does with them is the app's own code.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import httpx

from client.clock import Clock
from client.insight.actions import next_actions
from client.insight.day import DayRows, day_figures
from client.insight.health import LiveCall, by_need, call_health
from client.insight.sentiment import SentimentLine
from client.models.bookings import Booking
from client.models.calls import Call, Handler, Outcome, PartialTurn, Speaker, Turn, TurnKind
from client.models.ids import CallId, TurnId
from client.models.link import Filling, LinkState, Trouble
from client.state.agenda import AgendaState, DayInStrip, week_of
from client.state.bookings import BookingState
from client.state.business import BusinessState
from client.state.call import CALM, CallState
from client.state.calls import CallsState, by_day
from client.state.live_calls import LiveCallsState
from client.state.preferences import View
from client.state.today import TodayState
from client.storage.errors import StorageError
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime, answering
from widgets import format as fmt

SECOND_CALL = eg.call(
    "call-calm",
    caller_name=None,
    caller_phone="+1 555 0108812",
    customer_id=None,
    started_at=eg.NOW - timedelta(seconds=44),
    answered_at=eg.NOW - timedelta(seconds=41),
    intent="price",
    sentiment=0.2,
)


def no_server(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no server in this scene", request=request)


def build(clock: Clock | None = None, answer: Callable[[httpx.Request], httpx.Response] = no_server) -> Stores:
    """Empty stores of somebody signed in, at `eg.NOW` unless `clock` says otherwise."""
    clock = clock or Clock(now=_running_from(time.monotonic()))
    return Stores.build(FakeRuntime(clock=clock, api=answering(answer, clock)))


def _running_from(start: float) -> Callable[[], object]:
    return lambda: eg.NOW + timedelta(seconds=time.monotonic() - start)


def business(stores: Stores) -> None:
    stores.business.state = BusinessState(
        business=eg.BUSINESS, staff=eg.STAFF, services=eg.SERVICES, employees=eg.EMPLOYEES
    )
    stores.link.show(eg.link())


def unopened(trouble: Trouble) -> Callable[[Stores], None]:
    """Somebody is signed in, and their data cannot be opened."""

    def fill(stores: Stores) -> None:
        runtime = stores.runtime
        assert isinstance(runtime, FakeRuntime)
        runtime.storage_error = StorageError(trouble.value)
        runtime.link = eg.link(LinkState.OFFLINE, as_of=None, trouble=trouble)
        stores.attach()

    return fill


def live(stores: Stores, calls: Sequence[tuple[Call, Sequence[Turn]]] | None = None) -> None:
    running = calls if calls is not None else ((eg.call(), eg.TURNS), (SECOND_CALL, ()))
    stores.live.state = LiveCallsState(
        calls=by_need(LiveCall(call=call, health=call_health(call, turns, eg.NOW)) for call, turns in running)
    )


def today(stores: Stores) -> None:
    """A full Monday."""
    history = tuple(
        eg.past_call(
            f"h-{day}-{n}", "10:30", "Past Caller", _OUTCOMES[(day + n) % 4], "", day=eg.TODAY - timedelta(days=day)
        )
        for day in range(1, 14)
        for n in range(6 + (day * 5) % 7)
    )
    rows = DayRows(
        calls=(*eg.PAST, eg.call(), SECOND_CALL, *history),
        bookings={b.booking_id: b for b in eg.BOOKINGS},
        known_from=date.min,
    )
    figures = day_figures(rows, eg.NOW, eg.NOW - timedelta(seconds=6), eg.ZONE, stores.words(), money=True)
    stores.today.state = TodayState(day=eg.TODAY, bookings=eg.BOOKINGS, figures=figures, latest=eg.PAST[:5], ready=True)


_OUTCOMES = (Outcome.BOOKED, Outcome.INFO_PROVIDED, Outcome.BOOKED, Outcome.HUNG_UP)


def calls(stores: Stores) -> None:
    days = by_day((*eg.PAST, *eg.YESTERDAY), eg.ZONE)
    stores.calls.state = CallsState(days=tuple(days), more=True, today=eg.TODAY, ready=True)


def call(
    stores: Stores, open_call: Call | None = None, turns: tuple[Turn, ...] = eg.TURNS, *, partial: bool = True
) -> None:
    """The open call with its words."""
    it = open_call or eg.call()
    stores.open_call(it.call_id)
    health = call_health(it, turns, eg.NOW) if it.is_live else CALM
    evidence = set(health.evidence)
    stores.call.state = CallState(
        call=it,
        health=health,
        sentiment=SentimentLine().of(turns),
        actions=next_actions(it, turns, eg.SERVICES, lambda cents: fmt.money(stores.words(), cents)),
        evidence=tuple(t for t in turns if t.turn_id in evidence),
        customer=eg.CUSTOMER,
        booking=next((b for b in eg.BOOKINGS if b.booking_id == it.booking_id), None),
        last_word_at=turns[-1].ended_at if turns else None,
        has_turns=bool(turns),
    )
    stores.transcript.show_turns(turns, live=it.is_live)
    if partial and it.is_live:
        stores.transcript.show_partials(
            (
                PartialTurn(
                    call_id=it.call_id,
                    turn_id=TurnId("t-partial"),
                    index=len(turns),
                    speaker=Speaker.CALLER,
                    name=None,
                    text="It's Jun Ortiz. My booking at three was moved without anybody",
                ),
            )
        )


def agenda(stores: Stores, day: date = eg.TODAY) -> None:
    monday = day - timedelta(days=day.weekday())
    counts = (7, 6, 5, 6, 8, 3, 0)
    stores.agenda.state = AgendaState(
        day=day,
        today=eg.TODAY,
        days=(day,),
        bookings=eg.BOOKINGS if day == eg.TODAY else (),
        strip=tuple(DayInStrip(day=monday + timedelta(days=i), count=n, closed=i == 6) for i, n in enumerate(counts)),
        hours=eg.BUSINESS.opening_hours.on(day),
        cancelled=1 if day == eg.TODAY else 0,
        ready=True,
    )


def grid(view: View, bookings: tuple[Booking, ...] = eg.WEEK, day: date = eg.TODAY) -> Callable[[Stores], None]:
    """The bookings of the example week as a grid."""

    def fill(stores: Stores) -> None:
        full(stores)
        agenda(stores, day)
        days = week_of(day) if view is View.WEEK else (day,)
        stores.agenda.state = replace(
            stores.agenda.state,
            view=view,
            days=days,
            bookings=tuple(b for b in bookings if b.starts_at.astimezone(eg.ZONE).date() in days),
            blocks=tuple(b for b in eg.BLOCKS if b.starts_at.astimezone(eg.ZONE).date() in days),
        )

    return fill


def booking(stores: Stores) -> None:
    stores.booking.open(eg.BOOKINGS[5].booking_id)
    stores.booking.state = BookingState(booking=eg.BOOKINGS[5], call=eg.PAST[0], customer=eg.CUSTOMER)


def full(stores: Stores) -> None:
    """Everything at once: the app on a good day."""
    business(stores)
    live(stores)
    today(stores)
    calls(stores)
    agenda(stores)


def offline(stores: Stores) -> None:
    full(stores)
    stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE, waiting=2))


def filling(stores: Stores) -> None:
    """A first sync that has begun."""
    stores.link.show(eg.link(LinkState.ONLINE, as_of=None, filling=Filling(done=1_840, total=51_200, usable=False)))


def human(stores: Stores, *, mine: bool = True) -> None:
    """A person has the call."""
    who = {"handler_user_id": eg.IDENTITY.user_id if mine else "noor", "handler_name": "Ana" if mine else "Noor"}
    taken = eg.call(handler=Handler.HUMAN, **who)
    turns = (
        *eg.TURNS,
        eg.turn(8, "", Speaker.HUMAN, kind=TurnKind.NOTE, note="take_over"),
        eg.turn(9, "Hi Jun, this is Ana. I'm sorry about the move. Does 15:30 work?", Speaker.HUMAN),
    )
    full(stores)
    call(stores, taken, turns, partial=False)


def ended(stores: Stores) -> None:
    full(stores)
    over = replace(eg.PAST[0], customer_id=eg.CUSTOMER.customer_id)
    shift = eg.TURNS[0].started_at - over.started_at
    turns = tuple(
        replace(t, call_id=CallId("call-booked"), started_at=t.started_at - shift, ended_at=None) for t in eg.TURNS
    )
    call(stores, over, turns)
