"""What is written down between two pulls: how far this device's clock is off, and that nothing is missing here."""

from client.api.sync import Fetched
from client.clock import Clock
from client.storage import meta
from client.storage.database import Database
from sync.apply import touch
from sync.link import Link

# How often a device that is idle but connected writes down that it is current.
_NOTE_CURRENT_S = 60.0


class Notes:
    def __init__(self, *, db: Database, clock: Clock, link: Link) -> None:
        self._db = db
        self._clock = clock
        self._link = link
        self._skew_is_new = False
        self._noted_at = clock.monotonic()

    async def fetched(self, fetched: Fetched) -> None:
        """Store the measured skew with the first answer: a first sync may be cut long before it is complete."""
        self._skew_is_new = self._link.measure(fetched) or self._skew_is_new
        skew_s = self._link.skew_s
        if self._skew_is_new and skew_s is not None:
            await self._db.write(lambda conn: meta.put_skew_s(conn, skew_s))
            self._skew_is_new = skew_s != self._link.skew_s

    async def current(self) -> None:
        """At this moment nothing is missing here."""
        self._link.current()
        if self._clock.monotonic() - self._noted_at > _NOTE_CURRENT_S:
            self._noted_at = self._clock.monotonic()
            as_of_ms = self._link.server_now_ms()
            await self._db.write(lambda conn: touch(conn, as_of_ms))
