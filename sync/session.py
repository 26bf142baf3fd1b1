"""Whether the session of an account lasts whose data cannot be opened.

Without a database there is no engine to hear that the owner has signed this device out, so that is asked for by itself.
"""

from client.api import auth
from client.api.connection import Api
from client.api.errors import ApiError, DeviceRevoked, SignedOut
from client.clock import Clock
from client.models.link import Trouble
from client.platform import PlatformError
from sync.pace import Pace

EVERY_S = 300.0


class SessionWatch:
    """`run` it while the account is shown; `kick` it when there is reason to ask now."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._pace = Pace(clock)

    def kick(self) -> None:
        self._pace.kick()

    async def run(self) -> Trouble:
        """Ask now and then, until the session has ended: how it did."""
        while True:
            self._pace.begin()
            try:
                await auth.me(self._api)
            except DeviceRevoked:
                return Trouble.DEVICE_REVOKED
            except SignedOut:
                return Trouble.SESSION_REVOKED
            except (ApiError, PlatformError) as error:
                await self._pace.recover(self._pace.failed(error))
            else:
                self._pace.worked()
                await self._pace.rest(EVERY_S)
