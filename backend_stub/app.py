"""`create_app`: the hosted API as an ASGI app over an open store, a clock and settings.  No state outlives the app.

The lifespan starts the hub and the telephones, so whoever runs the app without a server must enter it.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend_stub import auth, calls, consent, documented, faults, first_generation, live, problems, sync
from backend_stub.accounts import all_accounts, demo_account
from backend_stub.calls import Telephones
from backend_stub.clock import Clock, SkewedClock
from backend_stub.faults import FaultLayer, Faults
from backend_stub.feed import DAY_MS, compact
from backend_stub.hub import Hub
from backend_stub.limits import HEALTH, Limits
from backend_stub.services import Here, Passwords, Services, address_of
from backend_stub.sessions import keys_of
from backend_stub.settings import VERSION, Settings
from backend_stub.store import Store
from backend_stub.wire import Health

log = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000
COMPACTION_S = 3600

router = APIRouter(prefix="/v1", tags=["health"])


def create_app(store: Store, clock: Clock, settings: Settings) -> FastAPI:
    """The caller opens and closes `store`; an account for the demo is made by demo.py, before."""
    fault_state = Faults(settings.faults, settings.seed)
    clock = SkewedClock(clock, fault_state.skew_ms)
    hub = Hub(store, clock)
    services = Services(
        store=store,
        clock=clock,
        settings=settings,
        hub=hub,
        limits=Limits(clock, enabled=settings.limits),
        keys=keys_of(store),
        passwords=Passwords(settings.password_cost),
        telephones=Telephones(store, hub, clock, settings),
        faults=fault_state,
        started_at=clock.monotonic(),
    )
    app = FastAPI(
        title="TheChattyAI hosted API",
        version=VERSION,
        summary="The owner app's API: sign-in, the change feed, live calls.",
        lifespan=_lifespan,
    )
    app.state.services = services
    for part in (
        router,
        auth.router,
        consent.router,
        sync.router,
        calls.router,
        live.router,
        faults.router,
        first_generation.router,
    ):
        app.include_router(part)
    problems.install(app)
    app.add_exception_handler(first_generation.Refusal, first_generation.refuse)
    documented.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(FaultLayer, faults=fault_state, clock=clock, store=store)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    services: Services = app.state.services
    await services.telephones.close_abandoned()
    with services.hub.running():
        tasks = [asyncio.create_task(services.telephones.run()), asyncio.create_task(_compact_daily(services))]
        for task in tasks:
            task.add_done_callback(_report)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            services.passwords.close()


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (fault := task.exception()) is not None:
        log.error("a part of the server stopped", exc_info=fault)


async def _compact_daily(services: Services) -> None:
    """Tombstones are kept for the days of the settings; looked at every hour."""
    while True:
        await services.clock.sleep(COMPACTION_S)
        before_ms = services.clock.now_ms() - services.settings.retention_days * DAY_MS
        for account in await services.store.read(all_accounts):
            await services.store.write(partial(compact, account=account.number, before_ms=before_ms))


@router.get("/health", response_model=Health, responses=documented.problems(), operation_id="health")
async def health(request: Request, here: Here) -> Health:
    """Whether the service is up, its clock and its epoch."""
    here.limits.require(HEALTH, address_of(request))
    return Health(
        status="ok",
        version=VERSION,
        server_time=here.clock.now_ms(),
        epoch=here.store.epoch,
        demo=here.store.peek(demo_account) is not None,
    )


class BodyLimit:
    """Refuses bodies over 1 MB, by what they announce and by what they turn out to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > LARGEST_BODY:
            await problems.too_large().response()(scope, receive, send)
            return
        body = _Body(receive, send)
        await self._app(scope, body.receive, body.send)
        if body.is_too_large:
            await problems.too_large().response()(scope, receive, send)


class _Body:
    """Counts what is received; an answer to a body that turned out too large is held back."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._taken = 0

    @property
    def is_too_large(self) -> bool:
        return self._taken > LARGEST_BODY

    async def receive(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self.is_too_large:
            raise problems.too_large()
        return message

    async def send(self, message: Message) -> None:
        if not self.is_too_large:
            await self._send(message)
