"""Market position: the calls of the chosen period beside what the owner said about their own business."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from client.insight.figures import evidence_codes
from client.insight.market import Position, is_told, position
from client.insight.metrics import DEFINITIONS, Metric
from client.insight.periods import Chosen, stretch
from client.models.account import Role
from client.models.assumptions import Assumptions
from client.models.tallies import Axis
from client.state.figure_rows import Rows, minute_of
from client.state.live_query import WatchedQuery
from client.storage import assumptions, market, tallying
from client.storage.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketState:
    """`said` None: not for this role, or not known yet.  `position` None until the owner has said something."""

    said: Assumptions | None = None
    position: Position | None = None
    ready: bool = False
    broken: bool = False


class MarketStore(WatchedQuery[MarketState]):
    tables = frozenset({"calls", "assumptions", "business", "streams"})

    def __init__(
        self, now: Callable[[], datetime], chosen: Callable[[], Chosen], role: Callable[[], Role | None]
    ) -> None:
        super().__init__(MarketState())
        self._now = now
        self._chosen = chosen
        self._role = role

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
        return MarketState(said=said, position=position(taken, said, it), ready=True)

    def failed(self, error: StorageError) -> MarketState:
        del error
        return MarketState(broken=True)
