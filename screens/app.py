"""The app of one window: which views there are at this address, and what the window tells the stores."""

import asyncio
import contextlib
import logging
from dataclasses import replace
from functools import partial

import flet as ft

from client.models.account import Identity
from client.state.preferences import Appearance, PreferencesStore
from client.state.session import SessionStore
from screens.assistance import Assistance
from screens.keys import Keys
from screens.live import go, rail_foot, running_call, to_place
from screens.overs import overs
from screens.places import detail, place_of
from screens.removal import removal_notice
from screens.rescued import rescued_notice
from screens.ringing import TELEPHONES
from screens.routes import Route, Router
from screens.stores import Stores
from screens.surroundings import Surroundings
from screens.undo import undo_over
from screens.window import BUSINESSES, WindowStore
from widgets import theme
from widgets.component import handler, keyed, memoized, see, views_component
from widgets.preparing import prepare_sparingly
from widgets.scaffold import Place, bottom_bar, rail, text_probe
from widgets.strings import LANGUAGES, Words
from widgets.theme import Layout
from widgets.transport import keep_messages_out_of_logs, take_late_answers

log = logging.getLogger(__name__)

KEPT = ("appearance", "language", "hours", "view", "figures", "figures_as")
"""What is kept on this device."""

_MODES = {
    Appearance.SYSTEM: ft.ThemeMode.SYSTEM,
    Appearance.LIGHT: ft.ThemeMode.LIGHT,
    Appearance.DARK: ft.ThemeMode.DARK,
}


def mount(page: ft.Page, stores: Stores) -> None:
    """Draw the app on `page` and keep the stores informed of the window until it closes."""
    keep_messages_out_of_logs()
    prepare_sparingly()
    take_late_answers(page)
    page.title = "TheChattyAI"
    assistance = Assistance(page, stores)
    assistance.dress()
    page.theme_animation_style = ft.AnimationStyle(duration=0, reverse_duration=0)
    page.theme_mode = _MODES[stores.preferences.state.appearance]
    page.padding = 0
    stores.window.resized(page.width or 390, page.height or 844)
    stores.router.arrived(page.route or "/today")
    keys, surroundings = Keys(stores), Surroundings(stores, is_phone=page.platform in TELEPHONES and not page.web)
    page.on_resize = handler(lambda e: stores.window.resized(e.width, e.height))
    page.on_route_change = handler(partial(_arrived, stores, assistance))
    page.on_view_pop = handler(lambda: go(stores, stores.router.route.parent))
    page.on_keyboard_event = handler(keys.press)
    page.on_connect = handler(stores.repaint)
    _heed_appearance(page, stores)
    page.on_platform_brightness_change = handler(lambda: _heed_appearance(page, stores))
    page.on_locale_change = handler(lambda e: stores.window.speaks(_language(e.locales)))
    page.on_app_lifecycle_state_change = handler(surroundings.turned)
    ends = [stores.preferences.subscribe(lambda *_: _follow_appearance(page, stores))]
    # Not `page.run_task`, which needs a client: one that left in this moment comes back to the same session.
    asked = (_restore(stores), _ask_language(page, stores), assistance.ask(), surroundings.ask())
    begun = (stores.run_ticks(), stores.patterns.run(), *asked)
    tasks = [asyncio.create_task(each) for each in begun]

    def closed() -> None:
        for task in tasks:
            task.cancel()
        for end in ends:
            end()
        stores.close()

    page.on_close = handler(closed)
    page.render_views(app, stores, stores.router, stores.session, stores.window, stores.preferences, stores.business)


@views_component
def app(
    stores: Stores,
    router: Router,
    session: SessionStore,
    window: WindowStore,
    preferences: PreferencesStore,
    business: ft.Observable,
) -> list[ft.View]:
    """The views at this address.  The stores it depends on are arguments, which subscribes it to them."""
    del preferences, business
    words, layout = stores.words(), window.state.layout
    identity, epoch = session.state.identity, window.state.epoch
    if identity is None or session.state.adding:
        from screens.sign_in import sign_in_screen

        body = keyed(f"sign-in-{epoch}", sign_in_screen, stores, words, layout)
        return [_view("/sign-in", body, window, root=True)]
    if session.state.unopened:
        from screens.storage_trouble import storage_screen

        body = keyed(f"storage-{epoch}", storage_screen, stores, words, layout)
        return [_view("/storage", body, window, root=True)]
    route = router.route
    place = _root_route(replace(route, over=""), layout)
    root = keyed(f"root-{epoch}", frame, stores, words, layout, place, identity)
    views = [_view("/", root, window, root=True)]
    if route.is_detail and not layout.two_panes:
        pushed = replace(route, over="")
        body = keyed(f"detail-{epoch}-{pushed}", detail, stores, words, layout, pushed)
        views.append(_view(str(pushed), body, window, root=False))
    return views


def _root_route(route: Route, layout: Layout) -> Route:
    """What the lowest view shows: on a phone the list under the detail stays as it is."""
    return route if layout.two_panes else Route(place=route.place, day=route.day, asked=route.asked)


def _view(address: str, body: ft.Control, window: WindowStore, *, root: bool) -> ft.View:
    probe = [text_probe(window.scaled)] if root else []
    return ft.View(
        route=address,
        controls=[ft.SafeArea(body, expand=True, avoid_intrusions_bottom=False), *probe],
        padding=0,
        spacing=0,
        bgcolor=theme.BG,
        can_pop=not root,
    )


@memoized
def frame(stores: Stores, words: Words, layout: Layout, route: Route, identity: Identity) -> ft.Control:
    """Bars or rail around the place."""
    place = keyed(f"place-{route.place}", place_of, stores, words, layout, route)
    over = overs(stores, words, layout)
    if layout.is_phone:
        return ft.Column(
            [
                rescued_notice(stores, words),
                removal_notice(stores, words),
                ft.Container(place, expand=True),
                undo_over(stores, words),
                running_call(stores, words, None),
                tabs(stores, words, route.place),
                over,
            ],
            spacing=0,
            expand=True,
        )
    short = not layout.rail_speaks
    return ft.Row(
        [
            side(stores, words, route.place, layout.rail_width, identity.business_name, short),
            ft.Column(
                [
                    rescued_notice(stores, words),
                    removal_notice(stores, words),
                    ft.Container(place, expand=True),
                    undo_over(stores, words),
                    *([] if _shows_live(layout, route) else [running_call(stores, words, None)]),
                    over,
                ],
                spacing=0,
                expand=True,
            ),
        ],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _shows_live(layout: Layout, route: Route) -> bool:
    """Whether the place shows the running calls itself, on a screen wide enough to keep them in sight."""
    return layout.two_panes and route.place in (Place.TODAY, Place.CALLS)


@memoized
def tabs(stores: Stores, words: Words, here: Place) -> ft.Control:
    live = bool(see(stores.live).state.calls)
    scale = see(stores.window).state.layout.text_scale
    return bottom_bar(words, here, live, lambda place: to_place(stores, place), scale=scale)


@memoized
def side(stores: Stores, words: Words, here: Place, width: int, business: str, short: bool) -> ft.Control:
    return rail(
        words,
        here,
        len(see(stores.live).state.calls),
        lambda place: to_place(stores, place),
        width=width,
        business=business,
        on_business=lambda: stores.panel.open(BUSINESSES),
        foot=rail_foot(stores, words, short=short),
        short=short,
    )


async def _arrived(stores: Stores, assistance: Assistance, e: ft.RouteChangeEvent) -> None:
    stores.router.arrived(e.route)
    await assistance.ask()


def _follow_appearance(page: ft.Page, stores: Stores) -> None:
    page.theme_mode = _MODES[stores.preferences.state.appearance]
    page.update()


def _heed_appearance(page: ft.Page, stores: Stores) -> None:
    """What the device's own is: pictures are drawn for it, all else follows by itself."""
    stores.window.dims(page.platform_brightness is ft.Brightness.DARK)


async def _ask_language(page: ft.Page, stores: Stores) -> None:
    """What the device speaks: a client tells by itself only when that is changed."""
    with contextlib.suppress(TimeoutError, RuntimeError, TypeError, ValueError):
        if device := await page.get_device_info():
            stores.window.speaks(_language(device.locales))


def _language(locales: list[ft.Locale]) -> str | None:
    """The first of what the device speaks that the app speaks too."""
    return next((each.language_code for each in locales if each.language_code in LANGUAGES), None)


async def _restore(stores: Stores) -> None:
    """Read what was chosen on this device.  A device that keeps nothing starts with the defaults."""
    shelf = ft.SharedPreferences()

    async def save(key: str, value: str) -> None:
        with contextlib.suppress(TimeoutError, RuntimeError):
            await shelf.set(f"chatty.{key}", value)

    kept: dict[str, str] = {}
    with contextlib.suppress(TimeoutError, RuntimeError):
        # All at once: a client that is busy with its first frame answers one at a time.
        values = await asyncio.gather(*(shelf.get(f"chatty.{key}") for key in KEPT))
        kept = {key: str(value or "") for key, value in zip(KEPT, values, strict=True)}
    stores.preferences.keep_with(save)
    stores.preferences.restore(kept)
