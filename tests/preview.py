"""Shows one scene of the app in the web view: `python -m tests.preview SCENE [--dark] [--width W --height H]`.

With `--shot FILE` it takes a picture in Chromium and ends; without, it prints the address and serves until interrupted.
"""

import argparse
import asyncio
import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import flet as ft
from playwright.sync_api import Page, sync_playwright

import screens.sheets  # noqa: F401 - as in an app that has been open for a moment
from client.insight.periods import Period
from client.models.ids import CallId
from client.models.link import Trouble
from client.models.removal import Reason, Removal
from client.models.tell_draft import TellBy
from client.state.preferences import View
from client.state.session import Trouble as Refused
from client.state.session import Way
from client.state.typed_booking import Doing
from screens.app import mount
from screens.stores import Stores
from screens.team import MINUTES
from screens.window import BUSINESSES, CALL_FILTER, KEYS_PANEL
from tests import example_data as eg
from tests import figures_book
from tests.chromium import find_chromium
from tests.screens import (
    ahead_scenes,
    calendar_scenes,
    changes,
    correcting_scenes,
    figure_scenes,
    leaving_scenes,
    rewording_scenes,
    salon,
    scenes,
    team_rows,
)
from tests.state.conftest import put_call

ROOT = Path(__file__).parent.parent


def _keys(stores: Stores) -> None:
    scenes.full(stores)
    stores.panel.open(KEYS_PANEL)


def _call(stores: Stores) -> None:
    scenes.full(stores)
    scenes.call(stores)


def _booking(stores: Stores) -> None:
    scenes.full(stores)
    scenes.booking(stores)


def _week_booking(stores: Stores) -> None:
    scenes.grid(View.WEEK)(stores)
    scenes.booking(stores)


def _signed_out(stores: Stores) -> None:
    stores.runtime.identity = None  # type: ignore[misc]
    stores.session.look()
    stores.session.state = replace(stores.session.state, ended=False, demo=True, reachable=True)


def _signing_in(stores: Stores, **how_far: Any) -> None:
    _signed_out(stores)
    stores.session.state = replace(stores.session.state, browser_offered=True, **how_far)


def _businesses(stores: Stores) -> None:
    scenes.full(stores)
    stores.session.state = replace(stores.session.state, identity=eg.IDENTITY, others=(eg.ANOTHER,))
    stores.panel.open(BUSINESSES)


def _add_business(stores: Stores) -> None:
    scenes.full(stores)
    stores.session.state = replace(stores.session.state, adding=True, demo=False, reachable=True)


def _signed_out_of_one(stores: Stores) -> None:
    _signed_out(stores)
    stores.session.state = replace(stores.session.state, ended=True, others=(eg.ANOTHER,))


def _revoked(stores: Stores) -> None:
    _signed_out(stores)
    stores.session.state = replace(stores.session.state, revoked=True)


def _removed(stores: Stores, *, reason: Reason = Reason.LEFT, complete: bool = True) -> None:
    stores.session.state = replace(stores.session.state, removal=Removal(reason=reason, complete=complete))


def _salon(stores: Stores) -> None:
    """A real database, so that everything in the form can be tried."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    salon.open_salon(stores, folder)


def _leads(stores: Stores) -> None:
    _salon(stores)
    database = stores.runtime.database
    assert database is not None
    database.write_blocking(team_rows.put_pipeline)
    database.write_blocking(lambda conn: put_call(conn, eg.PAST[0]))
    stores.attach()


def _activity(stores: Stores) -> None:
    _leads(stores)
    database = stores.runtime.database
    assert database is not None
    for fill in (team_rows.put_team, team_rows.put_work):
        database.write_blocking(fill)
    stores.attach()


def _minutes(stores: Stores) -> None:
    """What a task takes a person, said of two kinds, with the boxes unfolded."""
    _activity(stores)
    database = stores.runtime.database
    assert database is not None
    database.write_blocking(
        lambda conn: figures_book.say(conn, None, None, None, reminder_minutes=25, review_request_minutes=0)
    )
    stores.folds.toggle(MINUTES)


def _review(stores: Stores) -> None:
    _salon(stores)
    database = stores.runtime.database
    assert database is not None
    for fill in (team_rows.put_team, team_rows.put_waiting, team_rows.put_work):
        database.write_blocking(fill)
    stores.attach()


def _quiet(stores: Stores) -> None:
    _salon(stores)
    database = stores.runtime.database
    assert database is not None
    for fill in (team_rows.put_team, team_rows.put_work):
        database.write_blocking(fill)
    stores.attach()


def _many_leads(stores: Stores) -> None:
    _leads(stores)
    database = stores.runtime.database
    assert database is not None
    database.write_blocking(lambda conn: team_rows.put_many_leads(conn, 5000))
    stores.attach()


def _moved(stores: Stores) -> None:
    """Maria's move waits, and a note on her was refused."""
    _salon(stores)
    database = stores.runtime.database
    assert database is not None
    salon.move_maria(database)
    stores.attach()


def _rooms(stores: Stores) -> None:
    """A salon with two chairs to colour in; Maria is in the first."""
    _salon(stores)
    database = stores.runtime.database
    assert database is not None
    database.write_blocking(lambda conn: salon.furnish(conn, eg.SERVICES[0], occupied=salon.MARIA))
    stores.attach()


def _rooms_busy(stores: Stores) -> None:
    """Maria's move to where Luis has Kim in her chair."""
    _rooms(stores)
    database = stores.runtime.database
    assert database is not None
    kim = replace(salon.TAKEN, staff_id=salon.SERIES.staff_id, resource_id=salon.CHAIRS[0].resource_id)
    database.write_blocking(lambda conn: salon.put_whole(conn, kim))
    stores.attach()
    stores.form.open(Doing.MOVE, salon.MARIA.booking_id)
    stores.form.type(start="16:00")


def _busy(stores: Stores) -> None:
    """Maria's move to where Ana has Kim, with what she would be told."""
    _salon(stores)
    stores.form.open(Doing.MOVE, salon.MARIA.booking_id)
    stores.form.type(start="16:00")
    draft = stores.form.state.draft
    assert draft is not None
    stores.form.tell(draft.choose(TellBy.SMS))


def _form_buffer(stores: Stores) -> None:
    """Maria's move to where she would end as Kim begins, with nothing between."""
    _salon(stores)
    database = stores.runtime.database
    assert database is not None
    database.write_blocking(lambda conn: salon.keep_free(conn, eg.SERVICES[0], 15))
    stores.attach()
    stores.form.open(Doing.MOVE, salon.MARIA.booking_id)
    stores.form.type(start="15:00")


def _rooms_new(stores: Stores) -> None:
    _rooms(stores)
    stores.form.open(Doing.NEW, None, salon.TOMORROW)
    stores.form.choose_service(eg.SERVICES[0])
    stores.form.type(start="14:00", name="Ben")


def _new_typed(stores: Stores) -> None:
    _salon(stores)
    stores.form.open(Doing.NEW, None, salon.TOMORROW)
    stores.form.type(name="mar")


def _searched(stores: Stores) -> None:
    _salon(stores)
    stores.search.type("ma")


def _empty(stores: Stores) -> None:
    from client.state.calls import CallsState
    from client.state.today import TodayState

    scenes.business(stores)
    stores.today.state = TodayState(day=eg.TODAY, ready=True)
    stores.calls.state = CallsState(ready=True, today=eg.TODAY)


def _looked_for(stores: Stores) -> None:
    scenes.full(stores)
    scenes.found(stores)


def _correcting(panel: str) -> Callable[[Stores], None]:
    """Over a real database, with an older answer that was put right."""

    def fill(stores: Stores) -> None:
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        database = correcting_scenes.open_calls(stores, folder)
        database.write_blocking(correcting_scenes.put_older)
        stores.attach()
        stores.open_call(CallId(stores.router.route.call_id or ""))
        stores.panel.open(panel)

    return fill


def _about(panel: str) -> Callable[[Stores], None]:
    def fill(stores: Stores) -> None:
        scenes.promised(stores)
        stores.panel.open(panel)

    return fill


def _narrowing(stores: Stores) -> None:
    _looked_for(stores)
    stores.panel.open(CALL_FILTER)


SCENES: dict[str, tuple[str, Callable[[Stores], None]]] = {
    "change-task": ("/calls/call-maria", rewording_scenes.of(rewording_scenes.task)),
    "change-correction": ("/calls/call-maria", rewording_scenes.of(rewording_scenes.correction)),
    "change-number": ("/calls/call-maria", rewording_scenes.of(rewording_scenes.number)),
    "change-lead": ("/leads", rewording_scenes.of(rewording_scenes.refused_lead)),
    "change-later": ("/review", rewording_scenes.of(rewording_scenes.later)),
    "change-calendar": ("/more/calendars", rewording_scenes.of(rewording_scenes.calendar)),
    "figures": ("/figures", scenes.figures(Period.WEEK)),
    "figures-month": ("/figures", scenes.figures(Period.MONTH)),
    "figures-table": ("/figures", scenes.figures(Period.MONTH, look="table")),
    "figures-one": ("/figures/answered", scenes.figures(Period.WEEK)),
    "market": ("/figures/market", figure_scenes.of(figures_book.told, Period.MONTH)),
    "market-untold": ("/figures/market", figure_scenes.of(figures_book.untold)),
    "market-minutes": ("/figures/market", figure_scenes.of(figures_book.minutes_told, Period.MONTH)),
    "figures-money": ("/figures/revenue_completed", scenes.figures(Period.MONTH)),
    "today": ("/today", scenes.full),
    "offline": ("/today", scenes.offline),
    "filling": ("/today", scenes.filling),
    "empty": ("/today", _empty),
    "calls": ("/calls", scenes.full),
    "calls_found": ("/calls?said=balayage+fri&outcome=booked&flagged=1", _looked_for),
    "calls_filter": ("/calls?said=balayage+fri&outcome=booked&flagged=1", _narrowing),
    "promised": ("/calls/call-booked", scenes.promised),
    "task_form": ("/calls/call-booked", _about("turn..task")),
    "correcting": ("/calls/call-maria", _correcting("turn.m-1.correct")),
    "correcting_client": ("/calls/call-stranger", _correcting("turn.s-1.correct")),
    "corrected": ("/calls/call-stranger", _correcting("")),
    "asking": ("/calls/call-stranger", _correcting("turn.s-1.ask")),
    "block_form": ("/calls/call-booked", _about("block")),
    "suggestions": ("/calls/call-live", lambda s: (_call(s), s.panel.open("suggestions"))[0]),
    "unkept": ("/today", scenes.unkept),
    "calls_none": ("/calls?said=xylophone", scenes.none_found),
    "call": ("/calls/call-live", _call),
    "lost": ("/today", scenes.lost),
    "lost_call": ("/calls/call-live", scenes.lost),
    "unanswered": ("/calls/call-live", scenes.unanswered),
    "human": ("/calls/call-live", scenes.human),
    "taken": ("/calls/call-live", lambda s: scenes.human(s, mine=False)),
    "ended": ("/calls/call-booked", scenes.ended),
    "bookings": ("/bookings", scenes.full),
    "day": ("/bookings", scenes.grid(View.DAY)),
    "week": ("/bookings", scenes.grid(View.WEEK)),
    "week_booking": ("/bookings/2025-11-24/b-24-1545-mia", _week_booking),
    "booking": ("/bookings/2025-11-24/b-24-1545-mia", _booking),
    "new": ("/bookings/2025-11-25/new", _salon),
    "new_typed": ("/bookings/2025-11-25/new", _new_typed),
    "form_busy": (f"/bookings/2025-11-25/{salon.MARIA.booking_id}/move", _busy),
    "form_buffer": (f"/bookings/2025-11-25/{salon.MARIA.booking_id}/move", _form_buffer),
    "rooms_new": ("/bookings/2025-11-25/new", _rooms_new),
    "rooms_busy": (f"/bookings/2025-11-25/{salon.MARIA.booking_id}/move", _rooms_busy),
    "rooms_detail": (f"/bookings/2025-11-25/{salon.MARIA.booking_id}", _rooms),
    "rooms_conflict": ("/conflicts/3", changes.room_conflict),
    "maria": (f"/bookings/2025-11-25/{salon.MARIA.booking_id}", _salon),
    "maria_moved": (f"/bookings/2025-11-25/{salon.MARIA.booking_id}", _moved),
    **{
        f"form_{doing}": (f"/bookings/2025-11-25/{salon.MARIA.booking_id}/{doing}", _salon)
        for doing in ("edit", "move", "cancel")
    },
    "customer": ("/customers/c-maria", _moved),
    "search": ("/bookings/search", _searched),
    "activity": ("/activity", _activity),
    "today_team": ("/today", _review),
    "team": ("/team", _activity),
    "employee": ("/team/e-luna", _activity),
    "employee-minutes": ("/team/e-flora", _minutes),
    "review": ("/review", _review),
    "review_quiet": ("/review", _quiet),
    "aside": ("/aside", ahead_scenes.aside),
    "aside_none": ("/aside", ahead_scenes.nothing_aside),
    "leads": ("/leads", _leads),
    "leads_many": ("/leads", _many_leads),
    "leads_none": ("/leads", _salon),
    "lead": ("/leads/lead-noor", _leads),
    "more": ("/more", scenes.full),
    "ahead": ("/ahead", ahead_scenes.ahead),
    "ahead_unchecked": ("/ahead", ahead_scenes.unchecked),
    "ahead_enough": ("/ahead", ahead_scenes.enough),
    "ahead_naive": ("/ahead", ahead_scenes.naive),
    "ahead_old": ("/ahead", ahead_scenes.old),
    "ahead_over": ("/ahead", ahead_scenes.over),
    "ahead_tables": ("/ahead", ahead_scenes.tables),
    "ahead_forecast": ("/ahead", ahead_scenes.opened("forecast.bookings_week")),
    "ahead_churn": ("/ahead", ahead_scenes.opened("pattern.churn.c-Rosa-Lind")),
    "ahead_today": ("/today", ahead_scenes.today),
    "calendars": ("/more/calendars", calendar_scenes.followed),
    "no_calendars": ("/more/calendars", calendar_scenes.none),
    "import": ("/more/calendars", calendar_scenes.opened),
    "import_refused": ("/more/calendars", calendar_scenes.refused),
    "today_trouble": ("/today", calendar_scenes.followed),
    "more_trouble": ("/more", calendar_scenes.followed),
    "figure": ("/today", scenes.figure),
    "keys": ("/today", _keys),
    "businesses": ("/today", _businesses),
    "add_business": ("/today", _add_business),
    "signed_out_of_one": ("/sign-in", _signed_out_of_one),
    "sign_in": ("/sign-in", _signed_out),
    "sign_in_browser": ("/sign-in", lambda s: _signing_in(s, busy=Way.BROWSER)),
    "sign_in_no_address": ("/sign-in", lambda s: _signing_in(s, trouble=Refused.NO_ADDRESS)),
    "revoked": ("/sign-in", _revoked),
    "removed": ("/sign-in", lambda s: (_signed_out(s), _removed(s, reason=Reason.REVOKED))[0]),
    "removed_other": ("/today", lambda s: (scenes.full(s), _removed(s))[0]),
    "removed_rest": ("/today", lambda s: (scenes.unopened(Trouble.DAMAGED)(s), _removed(s, complete=False))[0]),
    "waiting": ("/today", changes.offline),
    "needs_you": ("/today", lambda s: (scenes.full(s), changes.waiting(s))[0]),
    "undo": ("/today", changes.done),
    "undo_several": ("/today", lambda s: changes.done(s, changes.MOVED, changes.MOVED, changes.MOVED)),
    "undo_held": ("/today", changes.held_offline),
    "undo_refused": ("/today", changes.refused),
    "undo_on_purpose": ("/bookings", changes.refused_move),
    "undo_asking": ("/today", changes.asking),
    "conflict": ("/conflicts/3", changes.conflict),
    "conflict_notes": ("/conflicts/3", changes.notes_conflict),
    "conflict_cancelled": ("/conflicts/3", changes.cancelled_conflict),
    "conflict_stages": ("/conflicts/3", changes.stage_conflict),
    "conflict_answered": ("/conflicts/3", changes.answered_conflict),
    "conflict_times": ("/conflicts/3", lambda s: changes.picking(s, "15:00")),
    "conflict_time": ("/conflicts/3", lambda s: changes.picking(s, "17:15")),
    "outbox": ("/outbox", changes.outbox),
    "outbox_waiting": ("/outbox", changes.only_waiting),
    "outbox_empty": ("/outbox", changes.nothing_waits),
    "leaving": ("/more", leaving_scenes.unsent),
    "leaving_tried": ("/more", leaving_scenes.tried),
    "leaving_nothing": ("/more", leaving_scenes.nothing_unsent),
    "storage": ("/today", scenes.unopened(Trouble.DAMAGED)),
}


def window(scene: str, language: str | None) -> Callable[[ft.Page], None]:
    address, fill = SCENES[scene]

    def main(page: ft.Page) -> None:
        stores = scenes.build()
        stores.window.speaks(language)
        fill(stores)
        page.route = address
        mount(page, stores)

    return main


async def serve(scene: str, language: str | None) -> None:
    await ft.run_async(window(scene, language), no_cdn=True, assets_dir=str(ROOT / "assets"))


def shoot(url: str, out: str, width: int, height: int, scale: float, dark: bool, language: str) -> None:
    path = find_chromium()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            color_scheme="dark" if dark else "light",
            locale=language,
        ).new_page()
        page.goto(url)
        page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
        Path(out).write_bytes(_painted(page))
        browser.close()


def _painted(page: Page) -> bytes:
    """The picture a moment after something has been painted: timers go on, so it may never be still."""
    blank = len(page.screenshot())
    for _ in range(120):
        page.wait_for_timeout(500)
        if len(page.screenshot()) > 2 * blank:
            page.wait_for_timeout(1500)
            break
    return page.screenshot()


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", choices=sorted(SCENES))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--language", choices=["en", "es"])
    parser.add_argument("--width", type=int, default=390)
    parser.add_argument("--height", type=int, default=844)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--port", type=int, default=8571)
    parser.add_argument("--shot")
    options = parser.parse_args(arguments)
    os.environ.update(
        FLET_FORCE_WEB_SERVER="true",
        FLET_WEB_NO_CDN="true",
        FLET_SERVER_IP="127.0.0.1",
        FLET_SERVER_PORT=str(options.port),
    )
    url = f"http://127.0.0.1:{options.port}{SCENES[options.scene][0]}"

    async def both() -> None:
        serving = asyncio.create_task(serve(options.scene, options.language))
        await asyncio.sleep(1.5)
        size = (options.width, options.height, options.scale)
        await asyncio.to_thread(shoot, url, options.shot, *size, options.dark, options.language or "en-US")
        serving.cancel()

    if options.shot:
        asyncio.run(both())
    else:
        sys.stdout.write(f"{url}\n")
        asyncio.run(serve(options.scene, options.language))


if __name__ == "__main__":
    main(sys.argv[1:])
