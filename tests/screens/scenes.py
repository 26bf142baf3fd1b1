"""Scenes: a window whose stores are filled with example data, for tests and for the preview.

A scene sets the states that storage would; what a screen does with them is the app's own code.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import httpx

from client.api.calls import CommandKind
from client.clock import Clock
from client.insight.actions import next_actions
from client.insight.corrections import Noted, Standing
from client.insight.health import LiveCall, by_need, call_health
from client.insight.metrics import Metric
from client.insight.periods import Chosen, Period
from client.insight.sentiment import SentimentLine
from client.models.bookings import Booking
from client.models.call_history import CallFilter, CallQuestion, FoundLine
from client.models.calls import Call, Flag, Handler, Outcome, PartialTurn, Recording, Speaker, Turn, TurnKind
from client.models.corrections import Correction, CorrectionScope, CorrectionState
from client.models.ids import CallId, CorrectionId, TurnId
from client.models.link import Filling, LinkState, Trouble
from client.models.promises import Judged, OpenPromise, Promise, PromiseKind, PromiseState
from client.state.agenda import AgendaState, DayInStrip, week_of
from client.state.bookings import BookingState
from client.state.business import BusinessState
from client.state.call import CALM, CallState, notes_of
from client.state.calls import CallsState, by_day, hits
from client.state.command_failure import untold
from client.state.live_calls import LiveCallsState
from client.state.preferences import View
from client.state.promises import PromisesState
from client.state.today import TODAY, TodayState
from client.storage.database import Database
from client.storage.errors import StorageError
from screens.stores import Stores
from tests import example_data as eg
from tests import figures_book
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
    """A full Monday, after weeks of which figures tell."""
    database = figures_book.salon()
    count_from(stores, database)
    figures = database.read(lambda conn: stores.today.read(conn)).figures
    stores.today.state = TodayState(day=eg.TODAY, bookings=eg.BOOKINGS, figures=figures, latest=eg.PAST[:5], ready=True)


def figure(stores: Stores) -> None:
    """Where a figure of today comes from."""
    full(stores)
    stores.evidence.open(Metric.ANSWERED, TODAY)
    stores.panel.open_figure(Metric.ANSWERED)


def count_from(stores: Stores, database: Database) -> None:
    """Figures are of this file's rows."""
    for query in (stores.figures, stores.evidence, stores.market):
        query.attach(database)


def figures(period: Period, *, look: str = "", kept: str = "") -> Callable[[Stores], None]:
    """The page of figures over this period, in the owner's own order where there is one `kept`."""

    def fill(stores: Stores) -> None:
        full(stores)
        stores.figures.choose(Chosen(period=period))
        restore = stores.preferences.restore
        stores.preferences.restore = lambda found: restore(  # type: ignore[method-assign]
            {**found, "figures": kept, "figures_as": look}
        )

    return fill


def calls(stores: Stores) -> None:
    days = by_day(hits((*eg.PAST, *eg.YESTERDAY)), eg.ZONE)
    stores.calls.state = CallsState(days=tuple(days), more=True, count=1_204, today=eg.TODAY, ready=True)


FOUND_IN = (
    ("Do you do balayage on a Friday? I had it done in March and it grew out nicely.", ("balayage", "Friday")),
    ("Yes, we do. A balayage takes two and a half hours; on Friday I have 10:30 with Ana.", ("balayage", "Friday")),
)


def found(stores: Stores) -> None:
    """A search with lines of two calls, narrowed."""
    question = CallQuestion(text="balayage fri", which=CallFilter(outcome=Outcome.BOOKED, flagged=True))
    stores.calls.ask(question)
    lines = tuple(
        FoundLine(
            turn_id=TurnId(f"found-{number}"),
            speaker=(Speaker.CALLER, Speaker.ASSISTANT)[number],
            name=(None, "Luna")[number],
            text=text,
            spans=tuple((text.index(word), text.index(word) + len(word)) for word in words),
        )
        for number, (text, words) in enumerate(FOUND_IN)
    )
    flagged = tuple(
        replace(call, outcome=Outcome.BOOKED, flags=(Flag(turn_id=TurnId("t"), label=""),)) for call in eg.PAST[:3]
    )
    shown = tuple(replace(hit, lines=lines[: 2 - n]) for n, hit in enumerate(hits(flagged)))
    stores.calls.state = replace(
        stores.calls.state,
        days=tuple(by_day(shown, eg.ZONE)),
        more=False,
        count=3,
        left=1_204,
        today=eg.TODAY,
        ready=True,
    )


def none_found(stores: Stores) -> None:
    full(stores)
    stores.calls.ask(CallQuestion(text="xylophone"))
    stores.calls.state = CallsState(asked=CallQuestion(text="xylophone"), today=eg.TODAY, ready=True)


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


def lost(stores: Stores) -> None:
    """A day after the last word of the calls in progress."""
    full(stores)
    call(stores)
    as_of = eg.NOW - timedelta(days=1)
    stores.link.show(eg.link(LinkState.OFFLINE, as_of=as_of, trouble=Trouble.UNREACHABLE))
    running = tuple(item.call for item in stores.live.state.calls)
    stores.live.state = LiveCallsState(lost=running, heard_at=as_of)


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


def unanswered(stores: Stores) -> None:
    """A whisper that may have arrived."""
    full(stores)
    call(stores)
    failure = untold(CommandKind.WHISPER, again=True)
    stores.command.state = replace(stores.command.state, draft="Offer her 15:30 on Thursday", failure=failure)


def ended(stores: Stores) -> None:
    full(stores)
    over = replace(eg.PAST[0], customer_id=eg.CUSTOMER.customer_id)
    shift = eg.TURNS[0].started_at - over.started_at
    turns = tuple(
        replace(t, call_id=CallId("call-booked"), started_at=t.started_at - shift, ended_at=None) for t in eg.TURNS
    )
    call(stores, over, turns)


def promised(stores: Stores) -> None:
    """A call that is over, with everything that can stand beside its words."""
    full(stores)
    over = replace(
        eg.PAST[0],
        customer_id=eg.CUSTOMER.customer_id,
        caller_phone="+1 555 0104567",
        booking_id=None,
        charge_cents=30,
        billed_seconds=134,
        rate_cents=10,
        rounding_s=60,
        satisfaction=2,
        recording=Recording(state="none", reason="off"),
        flags=(Flag(turn_id=TurnId("t-2"), label=""),),
    )
    said = "Of course. I'll have someone call you back today. Anything else?"
    texts = ("Thanks for calling.", "My colour is wrong, I want to speak to somebody.", said, "No. Until six, please.")
    turns = tuple(
        eg.turn(n, text, Speaker.CALLER if n % 2 else Speaker.ASSISTANT, call_id=over.call_id)
        for n, text in enumerate(texts)
    )
    call(stores, over, turns)
    promise = Promise(kind=PromiseKind.CALL_BACK, turn_id=TurnId("t-2"), index=2, said=said.split(". ")[1] + ".")
    judged = (Judged(promise=promise, state=PromiseState.UNKEPT),)
    correction = Correction(
        correction_id=CorrectionId("cor"),
        call_id=over.call_id,
        turn_id=TurnId("t-0"),
        question=None,
        wrong=texts[0],
        right="Thanks for calling Bella Salon, this is Luna, an AI assistant.",
        scope=CorrectionScope.EVERYWHERE,
        state=CorrectionState.WAITING,
        by=None,
        created_at=eg.NOW,
        pending=True,
    )
    noted = (Noted(correction, Standing.WAITING),)
    stores.call.state = replace(stores.call.state, promises=judged, corrections=noted, booking=None)
    stores.transcript.annotate(notes_of(over, judged, noted))


def unkept(stores: Stores) -> None:
    """A promise that was not kept waits on Today."""
    full(stores)
    stores.waiting.state = replace(stores.waiting.state, ready=True)
    waits = OpenPromise(
        call_id=eg.PAST[0].call_id,
        turn_id=TurnId("t-2"),
        kind=PromiseKind.CALL_BACK,
        said="I'll have someone call you back today.",
        caller_name="Priya Shah",
        caller_phone=None,
        employee_name="Luna",
        started_at=eg.at("11:32"),
        ended_at=eg.at("11:34"),
    )
    stores.promises.state = PromisesState(open=(waits,))
