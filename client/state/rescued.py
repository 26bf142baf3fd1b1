"""What became of the data on this device when it could not be opened, until the owner has read of it."""

import sqlite3
from dataclasses import dataclass

from client.state.live_query import LiveQuery
from client.storage import rescue
from client.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """`changes`: how many of the owner's came back; `key_lost`: why the rest did not."""

    changes: int = 0
    key_lost: bool = False


class RescuedStore(LiveQuery[Rescued]):
    tables = frozenset({"meta"})

    def __init__(self) -> None:
        super().__init__(Rescued())

    def read(self, conn: sqlite3.Connection) -> Rescued:
        return Rescued(changes=rescue.count(conn), key_lost=rescue.lost_its_key(conn))

    async def put_away(self, database: Database | None) -> None:
        """The owner knows."""
        if database is not None:
            await database.write(rescue.seen)
