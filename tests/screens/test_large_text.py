"""Text at twice its size and narrow windows: fewer things side by side, nothing of fixed width around words."""

import flet as ft
import pytest

from tests import example_data as eg
from tests.harness import Harness, text_of
from tests.screens.conftest import Open

PHONE = {"width": 390.0, "height": 844.0}


async def grow(window: Harness, scale: float) -> None:
    """The owner makes text larger in the device's settings: the client measures the probe anew."""
    await window.fire(window.keyed("text_probe"), "size_change", {"w": 0.0, "h": 100 * scale})


def is_card(identifier: str) -> bool:
    return identifier.startswith("figure.") and not identifier.endswith(".info")


def figures_in_a_row(window: Harness) -> int:
    cards = [node for node in window.nodes() if is_card(str(getattr(node.control, "identifier", "")))]
    rows = [node.nearest(ft.Row) for node in cards]
    return max(sum(row is other for other in rows) for row in rows)


def width_around(window: Harness, text: str) -> float:
    node = next(n for n in window.nodes() if isinstance(n.control, ft.Text) and text_of(n.control) == text)
    widths = [getattr(control, "width", None) for control in reversed(node.above)]
    return next(width for width in widths if width is not None)


@pytest.mark.parametrize(
    ("width", "scale", "columns"), [(390, 1, 2), (320, 1, 2), (300, 1, 1), (390, 1.3, 1), (390, 2, 1), (820, 1, 4)]
)
async def test_the_figures_stand_in_as_many_columns_as_their_text_has_room_for(
    width: float, scale: float, columns: int, open_app: Open
) -> None:
    async with open_app(width=width, height=844) as app:
        await grow(app.window, scale)
        assert figures_in_a_row(app.window) == columns


@pytest.mark.parametrize("route", ["/today", "/bookings"])
async def test_what_holds_a_time_of_day_grows_with_it(route: str, open_app: Open) -> None:
    async with open_app(route=route, **PHONE) as app:
        before = width_around(app.window, "15:00")
        await grow(app.window, 2)
        assert width_around(app.window, "15:00") == 2 * before


async def test_bookings_puts_the_pager_under_the_switch(open_app: Open) -> None:
    def beside_one_another(window: Harness) -> bool:
        rows = [
            {id(c) for c in node.above if isinstance(c, ft.Row)}
            for name in ("agenda.next", "view.agenda")
            for node in window.nodes()
            if getattr(node.control, "identifier", None) == name
        ]
        return bool(rows[0] & rows[1])

    async with open_app(route="/bookings", **PHONE) as app:
        assert beside_one_another(app.window)
        await grow(app.window, 2)
        assert not beside_one_another(app.window)
        assert app.window.says("Open 09:00")


async def test_a_desktop_with_large_text_is_laid_out_as_a_tablet(open_app: Open) -> None:
    async with open_app(width=1440, height=900) as app:
        assert app.window.says("Good")
        await grow(app.window, 2)
        assert not app.window.says("Good")
        assert app.window.says(eg.BUSINESS.name)
        await grow(app.window, 1)
        assert app.window.says("Good")


async def test_a_resize_keeps_the_size_of_text(open_app: Open) -> None:
    async with open_app(**PHONE) as app:
        await grow(app.window, 2)
        await app.window.resize(844, 390)
        assert app.stores.window.state.layout.text_scale == 2
        assert app.stores.window.state.layout.text_width == 422


async def test_text_smaller_than_usual_changes_nothing(open_app: Open) -> None:
    async with open_app(**PHONE) as app:
        sent = len(app.window.sent)
        await grow(app.window, 0.8)
        assert len(app.window.sent) == sent


async def test_under_the_title_stands_how_old_the_data_is_except_where_the_rail_says_it(open_app: Open) -> None:
    for route in ("/today", "/calls", "/bookings", "/more"):
        async with open_app(route=route, **PHONE) as app:
            assert app.window.says("Updated 12:")
        async with open_app(route=route, width=1440, height=900) as app:
            assert not app.window.says("Updated 12:")
            assert app.window.says("Live · all saved")
