"""The stores of one window, and how they are bound to the process it runs in.

A plain bundle, not an observable: a screen subscribes to the one store it shows.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from client.insight.day import Say
from client.models.account import Identity, Role
from client.models.calls import PartialTurn
from client.models.ids import CallId
from client.models.link import LinkStatus
from client.state.activity import ActivityStore
from client.state.agenda import AgendaStore
from client.state.aside import AsideStore
from client.state.booking_form import FormStore
from client.state.bookings import BookingStore
from client.state.business import BusinessStore
from client.state.calendars import CalendarsStore
from client.state.call import CallStore
from client.state.calls import CallsStore
from client.state.command import CommandStore
from client.state.conflicts import ConflictsStore
from client.state.correcting import CorrectingStore
from client.state.customer import CustomerStore
from client.state.edits import EditStore
from client.state.evidence import EvidenceStore
from client.state.figures import FiguresStore
from client.state.importing import ImportStore
from client.state.lead import LeadStore
from client.state.leads import LeadsStore
from client.state.leaving import LeavingStore
from client.state.link import LinkStore, heard_until, lost_since
from client.state.live_calls import LiveCallsStore, PartialsStore, Transcripts
from client.state.live_query import LiveQuery, Stage
from client.state.market import MarketStore
from client.state.moving import MoveStore
from client.state.outbox import OutboxStore, WaitingStore
from client.state.outlook import OutlookStore
from client.state.patterns import PatternsStore
from client.state.pictures import PictureStore
from client.state.preferences import PreferencesStore
from client.state.promises import PromisesStore
from client.state.rescued import RescuedStore
from client.state.review import ReviewStore
from client.state.runtime import Runtime
from client.state.search import SearchStore
from client.state.session import SessionStore
from client.state.team import TeamStore
from client.state.ticks import Ticks
from client.state.today import TodayStore
from client.state.transcript import TranscriptStore, follow_partials
from screens.routes import Router
from screens.window import FocusDesk, FoldStore, PanelStore, WindowStore
from widgets import format as fmt
from widgets.forecast_card import value as written
from widgets.pen import Pen
from widgets.strings import Words, language_of


@dataclass(kw_only=True, eq=False)
class Stores:
    """Everything a window's screens look at.  Made by `build`, in the window's context; `close` it with the window."""

    runtime: Runtime
    session: SessionStore
    link: LinkStore
    business: BusinessStore
    live: LiveCallsStore
    partials: PartialsStore
    today: TodayStore
    outlook: OutlookStore
    patterns: PatternsStore
    pictures: PictureStore
    figures: FiguresStore
    evidence: EvidenceStore
    market: MarketStore
    calls: CallsStore
    call: CallStore
    transcript: TranscriptStore
    correcting: CorrectingStore
    promises: PromisesStore
    command: CommandStore
    agenda: AgendaStore
    booking: BookingStore
    customer: CustomerStore
    search: SearchStore
    activity: ActivityStore
    review: ReviewStore
    aside: AsideStore
    team: TeamStore
    team_today: TeamStore
    leads: LeadsStore
    lead: LeadStore
    form: FormStore
    edits: EditStore
    moves: MoveStore
    waiting: WaitingStore
    outbox: OutboxStore
    rescued: RescuedStore
    calendars: CalendarsStore
    imports: ImportStore
    conflicts: ConflictsStore
    leaving: LeavingStore
    preferences: PreferencesStore
    ticks: Ticks
    router: Router
    window: WindowStore
    panel: PanelStore
    folds: FoldStore
    focus: FocusDesk
    _stage: Stage | None = None
    _whose: Identity | None = None
    _ends: list[Callable[[], object]] = field(default_factory=list[Callable[[], object]])

    @staticmethod
    def build(runtime: Runtime) -> "Stores":
        """Stores bound to `runtime`, already showing what the device remembers."""
        stores = _made(runtime)
        stores._bind()
        return stores

    def words(self) -> Words:
        """The language, zone and currency of this window now."""
        chosen, ours = self.preferences.state, self.business.state.business
        language = chosen.language or self.window.state.language or language_of(ours.locale if ours else None)
        return Words(
            language=language,
            zone=ours.zone if ours else ZoneInfo("UTC"),
            currency=ours.currency if ours else "USD",
            hours=chosen.hours,
        )

    @property
    def role(self) -> Role | None:
        identity = self.session.state.identity
        return identity.role if identity else None

    def attach(self) -> None:
        """Follow the database of who is signed in now."""
        self.session.look()
        if (identity := self.session.state.identity) is not None and identity != self._whose:
            if self._whose is not None:
                self._forget()
            self._whose = identity
        self.link.show(self.runtime.link)
        # Before the queries: which day is today is asked of the server's clock.
        self.ticks.set_skew(self.runtime.link.skew_s)
        database = self.runtime.database
        self.edits.follow(database)
        self.moves.follow(database)
        self.imports.follow(database)
        for query in self._queries():
            query.attach(database)

    def _forget(self) -> None:
        """Another account is shown: nothing of the one before is left in this window."""
        self.router.arrived("/")
        self.panel.close()
        self.open_call(None)
        self.command.clear()
        self.partials.keep_only(set())
        self.transcript.clear()
        self.folds.names = frozenset()
        self.pictures.forget()
        for query in self._queries():
            query.forget()

    def open_call(self, call_id: CallId | None) -> None:
        """Show this call, and ask for its words as they are spoken."""
        if call_id == self.call.call_id:
            return
        self.command.clear()
        self.call.open(call_id)
        self.runtime.watch(self, () if call_id is None else (call_id,))

    def leave_call(self, call_id: CallId) -> None:
        """The call's screen is gone; a screen that was drawn anew at the same address keeps it open."""
        if self.call.call_id == call_id and self.router.route.call_id != call_id:
            self.open_call(None)

    def tick(self) -> None:
        """A second went by."""
        before = self.ticks.now
        running = bool(self.live.state.calls)
        self.ticks.tick(running=running or bool(self.edits.state.done))
        if running or self.live.state.lost:
            self.live.refresh()
        if self.ticks.now != before:
            self.today.turn_of_minute()
            self.outlook.refresh()
            self.patterns.turn_of_minute()
            self.figures.turn_of_minute()
            self.evidence.refresh()
            self.market.refresh()
            self.calls.refresh()
            self.call.turn_of_minute()
            self.correcting.refresh()
            self.promises.refresh()
            self.agenda.refresh()
            self.customer.refresh()
            self.activity.refresh()
            self.review.refresh()
            self.aside.refresh()
            self.team.refresh()
            self.team_today.refresh()
            self.leads.refresh()

    def repaint(self) -> None:
        """The client came back: what changed while it was away was never sent."""
        self.attach()
        self.window.bump()

    async def run_ticks(self) -> None:
        """Once a second until cancelled."""
        while True:
            await self.runtime.clock.sleep(1.0)
            self.tick()

    def close(self) -> None:
        """The window is gone.  Harmless twice."""
        self.runtime.watch(self, ())
        self.edits.close()
        self.command.close()
        if self._stage:
            self._stage.close()
        while self._ends:
            self._ends.pop()()
        for query in self._queries():
            query.detach()

    def _queries(self) -> tuple[LiveQuery[Any], ...]:
        """In the order in which they depend on one another."""
        return (
            self.business,
            self.today,
            self.outlook,
            self.patterns,
            self.figures,
            self.evidence,
            self.market,
            self.live,
            self.calls,
            self.call,
            self.correcting,
            self.promises,
            self.agenda,
            self.booking,
            self.customer,
            self.search,
            self.activity,
            self.review,
            self.aside,
            self.team,
            self.team_today,
            self.leads,
            self.lead,
            self.form,
            self.waiting,
            self.outbox,
            self.rescued,
            self.calendars,
            self.conflicts,
            self.leaving,
        )

    def _bind(self) -> None:
        self._stage = Stage()
        self._ends.append(self.runtime.listen(_Ear(self, self._stage)))
        self._ends.append(self.call.subscribe(self._call_changed))
        self._ends.append(self.live.subscribe(self._live_changed))
        self._ends.append(self.preferences.subscribe(self._words_changed))
        self.attach()

    def _call_changed(self, _sender: object, _field: str | None) -> None:
        if self.call.state.call:
            self.command.saw(self.call.state.call)

    def _live_changed(self, _sender: object, _field: str | None) -> None:
        self.partials.keep_only({item.call.call_id for item in self.live.state.calls})
        follow_partials(self.transcript, self.partials, self.call.call_id)

    def _words_changed(self, _sender: object, _field: str | None) -> None:
        for query in (self.today, self.outlook, self.figures, self.evidence):
            query.refresh()
        self.patterns.look_again()


def _made(runtime: Runtime) -> Stores:
    ticks = Ticks(runtime.clock)
    transcript = TranscriptStore()
    session = SessionStore(runtime)
    preferences = PreferencesStore()
    business = BusinessStore()

    def say() -> Say:
        return stores.words()

    def role() -> Role | None:
        return stores.role

    def now() -> datetime:
        return ticks.server_now()

    def money(cents: int) -> str:
        return fmt.money(stores.words(), cents)

    transcripts = Transcripts(lambda: heard_until(stores.link.state, now()))
    edits = EditStore(runtime, now)
    stores = Stores(
        runtime=runtime,
        session=session,
        link=LinkStore(runtime.link),
        business=business,
        live=LiveCallsStore(transcripts, lambda: lost_since(stores.link.state, now())),
        partials=PartialsStore(),
        today=TodayStore(now, say, role),
        outlook=OutlookStore(now, say, lambda: partial(written, stores.words()), role),
        patterns=PatternsStore(runtime.clock, now, say),
        pictures=PictureStore(lambda: runtime.database.path.parent if runtime.database else None),
        figures=FiguresStore(now, say, role),
        evidence=EvidenceStore(now, say, role),
        market=MarketStore(now, lambda: stores.figures.state.chosen, role, say),
        calls=CallsStore(now),
        call=CallStore(now, money, transcript, transcripts),
        transcript=transcript,
        correcting=CorrectingStore(now),
        promises=PromisesStore(now),
        command=CommandStore(runtime),
        agenda=AgendaStore(now),
        booking=BookingStore(),
        customer=CustomerStore(now, say),
        search=SearchStore(now),
        activity=ActivityStore(now),
        review=ReviewStore(now, say, role),
        aside=AsideStore(now),
        team=TeamStore(now, say, role),
        team_today=TeamStore(now, say, role, every_call=False),
        leads=LeadsStore(now, say),
        lead=LeadStore(),
        form=FormStore(edits, now, Pen(lambda: stores.words()), role),
        edits=edits,
        moves=MoveStore(edits, now),
        waiting=WaitingStore(),
        outbox=OutboxStore(),
        rescued=RescuedStore(),
        calendars=CalendarsStore(now),
        imports=ImportStore(runtime, now, say),
        conflicts=ConflictsStore(edits, now),
        leaving=LeavingStore(runtime, session, now),
        preferences=preferences,
        ticks=ticks,
        router=Router(),
        window=WindowStore(),
        panel=PanelStore(),
        folds=FoldStore(),
        focus=FocusDesk(),
    )
    return stores


class _Ear:
    """Hears the runtime on any thread and answers in the window; statuses and words that come in a burst make one."""

    def __init__(self, stores: Stores, stage: Stage) -> None:
        self._stores = stores
        self._stage = stage
        self._link: LinkStatus | None = None
        self._loop = asyncio.get_running_loop()

    def account_changed(self) -> None:
        self._stage.post(self._stores.attach)

    def link_changed(self, link: LinkStatus) -> None:
        self._stage.post(lambda: self._show_link(link))

    def partial_heard(self, partial: PartialTurn) -> None:
        self._stage.post(lambda: self._hear(partial))

    def _show_link(self, link: LinkStatus) -> None:
        skew = self._stores.link.state.skew_s
        self._stores.link.show(link)
        if link.skew_s != skew:
            self._stores.ticks.set_skew(link.skew_s)
        self._stores.session.look()

    def _hear(self, partial: PartialTurn) -> None:
        stores = self._stores
        stores.partials.hear(partial)
        if partial.call_id == stores.call.call_id:
            follow_partials(stores.transcript, stores.partials, partial.call_id)
