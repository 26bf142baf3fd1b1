"""Changes that came back after the data on this device was damaged, until the owner has read of them."""

import sqlite3

from client.state.live_query import LiveQuery
from client.storage import rescue
from client.storage.database import Database


class RescuedStore(LiveQuery[int]):
    """`state`: how many, 0 mostly."""

    tables = frozenset({"meta"})

    def __init__(self) -> None:
        super().__init__(0)

    def read(self, conn: sqlite3.Connection) -> int:
        return rescue.count(conn)

    async def put_away(self, database: Database | None) -> None:
        """The owner knows."""
        if database is not None:
            await database.write(rescue.seen)
