"""`create_app`: the hosted API as an ASGI app over an open store, a clock and settings.  No state outlives the app.

The lifespan starts the hub, the telephones and the reading of calendars: whoever runs the app without a server must
enter it.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI, Request

from backend_stub import auth, calls, consent, documented, faults, first_generation, live, problems, push, sync
from backend_stub.accounts import all_accounts, demo_account
from backend_stub.bodies import BodyLimit
from backend_stub.calendars.aside import read_aside
from backend_stub.calendars.poller import CalendarPoller
from backend_stub.calendars.times import ReadFeed
from backend_stub.calls import Telephones
from backend_stub.clock import Clock, SkewedClock
from backend_stub.faults import FaultLayer, Faults
from backend_stub.feed import DAY_MS, compact
from backend_stub.forecasts.aside import Foretell, foretell_aside
from backend_stub.forecasts.keeping import Forecaster
from backend_stub.hub import Hub
from backend_stub.limits import HEALTH, Limits
from backend_stub.services import Here, Passwords, Services, address_of
from backend_stub.sessions import keys_of
from backend_stub.settings import VERSION, Settings
from backend_stub.store import Store
from backend_stub.wire import Health

log = logging.getLogger(__name__)

COMPACTION_S = 3600

router = APIRouter(prefix="/v1", tags=["health"])


def create_app(
    store: Store,
    clock: Clock,
    settings: Settings,
    *,
    read_feed: ReadFeed = read_aside,
    foretell: Foretell = foretell_aside,
) -> FastAPI:
    """The caller opens and closes `store`; an account for the demo is made by demo.py, before.

    `read_feed` makes sense of calendars; only a program of its own can be ended when it never does.  `foretell` makes
    forecasts.
    """
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
        calendars=CalendarPoller(store, clock, read_feed),
        forecaster=Forecaster(store, clock, foretell),
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
        push.router,
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
        parts = (services.telephones.run(), services.calendars.run(), _compact_daily(services))
        tasks = [asyncio.create_task(part) for part in parts]
        if services.settings.foretell:
            tasks.append(asyncio.create_task(services.forecaster.run()))
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
