"""When forecasts are made: soon after the start, and again on each new day of the business."""

import logging
import sqlite3
import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from backend_stub.accounts import Account, all_accounts
from backend_stub.clock import Clock
from backend_stub.forecasts.aside import Foretell
from backend_stub.forecasts.asked import Row
from backend_stub.forecasts.history import read_history
from backend_stub.store import Document, Store, Transaction, rows_of

log = logging.getLogger(__name__)

AFTER_S = 3.0
"""After the start, so that whoever waits for it is served first."""

EVERY_S = 600.0


class Forecaster:
    """Keeps the `forecasts` rows of all accounts those of today."""

    def __init__(self, store: Store, clock: Clock, foretell: Foretell) -> None:
        self._store = store
        self._clock = clock
        self._foretell = foretell

    async def run(self) -> None:
        """Look again every ten minutes, until cancelled."""
        await self._clock.sleep(AFTER_S)
        while True:
            for account in await self._store.read(all_accounts):
                await self.make(account)
            await self._clock.sleep(EVERY_S)

    async def make(self, account: Account) -> bool:
        """Make the account's forecasts, unless they were made today.  False where there are none."""
        now_ms = self._clock.now_ms()
        if await self._store.read(lambda connection: _made_on(connection, account) == _day(account, now_ms)):
            return True
        history = await self._store.read(
            lambda connection: read_history(connection, account.number, account.time_zone, now_ms)
        )
        rows = await self._foretell(history)
        if rows is None:
            log.warning("no forecasts for account %s", account.account_id)
            return False
        await self._store.write(lambda tx: _keep(tx, account, rows, now_ms))
        return True


def forecast_id(account_id: str, measure: str) -> str:
    """One row a measure: a new forecast replaces the one before."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{account_id}\nforecast\n{measure}"))


def _keep(tx: Transaction, account: Account, rows: list[Row], now_ms: int) -> None:
    docs: list[Document] = [
        {"id": forecast_id(account.account_id, row["measure"]), **row, "made_at": now_ms} for row in rows
    ]
    tx.put_many(account.number, "forecasts", docs)


def _made_on(connection: sqlite3.Connection, account: Account) -> object:
    made = [row["made_at"] for row in rows_of(connection, account.number, "forecasts")]
    return _day(account, min(made)) if made else None


def _day(account: Account, at_ms: int) -> object:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(account.time_zone)).date()
