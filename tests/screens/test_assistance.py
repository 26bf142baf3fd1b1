"""What a device asks for on its owner's behalf is heeded: stillness, and a page that is read aloud."""

from typing import Any

import flet as ft
import pytest

from tests.screens.conftest import Open

NEVER = ft.Duration(days=1)
FEATURES = dict.fromkeys(
    (
        *("accessible_navigation", "bold_text", "high_contrast", "invert_colors", "on_off_switch_labels"),
        *("supports_announcements", "reduce_motion", "disable_animations"),
    ),
    False,
)


def waits(page: ft.Page) -> list[Any]:
    """How long a pointer rests before a tip appears, in both appearances."""
    themes = [each for each in (page.theme, page.dark_theme) if each and each.tooltip_theme]
    return [each.tooltip_theme.wait_duration for each in themes if each.tooltip_theme]


@pytest.mark.parametrize("wish", ["disable_animations", "reduce_motion"])
async def test_a_device_with_less_motion_is_heeded(open_app: Open, wish: str) -> None:
    async with open_app(replies={"get_accessibility_features": {**FEATURES, wish: True}}) as app:
        assert app.stores.window.state.moves is False
        assert waits(app.window.page) == [400, 400]


async def test_a_page_that_is_read_aloud_from_now_on_has_no_tips(open_app: Open) -> None:
    said = dict(FEATURES)
    async with open_app(replies={"get_accessibility_features": lambda _: said}) as app:
        assert waits(app.window.page) == [400, 400] and app.stores.window.state.moves
        said["accessible_navigation"] = True
        await app.window.tap("nav.bookings")
        assert waits(app.window.page) == [NEVER, NEVER]
        asked = len([c for c in app.window.calls if c[0] == "get_accessibility_features"])
        await app.window.tap("nav.more")
        assert len([c for c in app.window.calls if c[0] == "get_accessibility_features"]) == asked, "once is enough"


@pytest.mark.parametrize(
    ("spoken", "language"),
    [(("es",), "es"), (("en",), "en"), (("de", "es", "en"), "es"), (("de", "fr"), None), ((), None), (None, None)],
)
async def test_a_device_is_asked_what_it_speaks_when_the_app_opens(
    open_app: Open, spoken: tuple[str, ...] | None, language: str | None
) -> None:
    locales = [{"language_code": each, "country_code": "XX", "script_code": None} for each in spoken or ()]
    device = None if spoken is None else {"browser_name": "chrome", "locales": locales}
    async with open_app(replies={"get_device_info": device}) as app:
        assert app.stores.window.state.language == language
        today = {"es": "Hoy"}.get(language or "", "Today")
        assert app.window.says(today)


async def test_what_was_chosen_counts_more_than_what_the_device_speaks(open_app: Open) -> None:
    kept = {"chatty.language": "en"}
    device = {"browser_name": "chrome", "locales": [{"language_code": "es", "country_code": None, "script_code": None}]}
    replies = {"get_device_info": device, "get": lambda asked: kept.get(asked["key"])}
    async with open_app(replies=replies) as app:
        assert app.stores.window.state.language == "es" and app.stores.words().language == "en"
