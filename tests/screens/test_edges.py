"""What is read from top to bottom stands as far from the sides of the window in every place."""

import flet as ft
import pytest

from tests.harness import key_of
from tests.screens.conftest import Open
from widgets.theme import layout_for

PLACES = (
    *("/today", "/team", "/figures", "/figures/answered", "/figures/market", "/ahead", "/activity", "/review"),
    *("/aside", "/more", "/more/calendars"),
)


@pytest.mark.parametrize(("width", "edge"), [(390, 12), (820, 26), (1440, 26)])
@pytest.mark.parametrize("place", PLACES)
async def test_every_place_has_the_same_edge(open_app: Open, place: str, width: float, edge: int) -> None:
    async with open_app(route=place, width=width, height=900) as app:
        lists = [each for each in app.window.all(ft.ListView) if (key_of(each) or "").split(".")[1:2] == ["list"]]
        (listing,) = lists[-1:]
        assert isinstance(listing.padding, ft.Padding)
        assert (listing.padding.left, listing.padding.right) == (edge, edge) == (layout_for(width, 900).edge,) * 2
