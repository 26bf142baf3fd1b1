"""Market position: the calls of the chosen period beside what the owner said about their own business."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from client.insight.day import Say
from client.insight.figures import evidence_codes
from client.insight.market import Position, is_told, position
from client.insight.market_figures import Counted, market_figure
from client.insight.metrics import DEFINITIONS, Metric
from client.insight.periods import Chosen, stretch
from client.models.account import Role
from client.models.assumptions import Assumptions
from client.models.provenance import Figure
from client.models.tallies import Axis
from client.state.figure_rows import Rows, minute_of
from client.state.live_query import WatchedQuery
from client.storage import assumptions, market, tallying
from client.storage.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketState:
    """`said` None: not for this role, or not known yet.  `position` None until the owner has said something.

    `figure`: the counted number that is open, with its calls.
    """

    said: Assumptions | None = None
    position: Position | None = None
    figure: Figure | None = None
    ready: bool = False
    broken: bool = False


class MarketStore(WatchedQuery[MarketState]):
    tables = frozenset({"calls", "assumptions", "business", "streams"})

    def __init__(
        self,
        now: Callable[[], datetime],
        chosen: Callable[[], Chosen],
        role: Callable[[], Role | None],
        say: Callable[[], Say],
    ) -> None:
        super().__init__(MarketState())
        self._say = say
        self._shown: Counted | None = None
        self._now = now
        self._chosen = chosen
        self._role = role
        self._counting: asyncio.Task[None] | None = None

    def refresh(self) -> None:
        """The calls of the number that is open follow."""
        super().refresh()
        if self._fresh and self._shown is not None:
            self._counting = asyncio.ensure_future(self.show(self._shown))

    async def show(self, which: Counted | None) -> None:
        """Read the calls of this number, on a thread, because there may be very many; of none when it is shut."""
        if which is not self._shown:
            self._shown = which
            self.state = replace(self.state, figure=None)
        database = self._database
        if which is None or database is None or self.state.position is None:
            return
        try:
            found = await database.read_in_thread(lambda conn: self._figure(conn, which))
        except StorageError as error:
            self.state = self.failed(error)
            return
        if self._shown is which:
            self.state = replace(self.state, figure=found)

    def _figure(self, conn: sqlite3.Connection, which: Counted) -> Figure:
        rows = Rows.of(conn)
        it = stretch(self._chosen(), minute_of(self._now()), rows.zone)
        calls = market.calls_of(conn, it.start, it.end)
        return market_figure(which, calls, it, rows.as_of, rows.zone, self._say())

    def read(self, conn: sqlite3.Connection) -> MarketState:
        role = self._role()
        if role is None or not role.may_see_money:
            return MarketState(ready=True)
        if not tallying.is_kept(conn):
            return MarketState()
        said = assumptions.get(conn)
        if said is None or not is_told(said):
            return MarketState(said=said, ready=True)
        rows = Rows.of(conn)
        it = stretch(self._chosen(), minute_of(self._now()), rows.zone)
        groups = rows.groups(Axis.CALLS, it.start, it.end)
        answered, missed = DEFINITIONS[Metric.ANSWERED], DEFINITIONS[Metric.MISSED]
        lost = set(evidence_codes(missed, groups, whole=False))
        taken = market.calls_taken(
            conn,
            it.start,
            it.end,
            evidence_codes(answered, groups, whole=False),
            sum(group.n for group in groups if group.code in lost),
        )
        return MarketState(said=said, position=position(taken, said, it), figure=self.state.figure, ready=True)

    def failed(self, error: StorageError) -> MarketState:
        del error
        return MarketState(broken=True)
