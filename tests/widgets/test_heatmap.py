"""The picture of the busy hours: readable in every shade, the same for the same data, of its size."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from tests import example_data as eg
from widgets.busy_hours import heat_of
from widgets.heatmap import SCALE, SHADES, Heat, contrast, picture, shade, shades, shown_number
from widgets.strings import Words
from widgets.theme import DARK, LIGHT, Palette

LOOK = {"dark": False, "upright": False, "width": 620, "text_scale": 1.0}

HEAT = Heat(
    rows=tuple(tuple(float(day * hour % 5) for hour in range(9)) for day in range(7)),
    days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    hours=tuple(f"{hour}:00" for hour in range(9, 18)),
    dark=False,
    upright=False,
    width=620,
)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_number_can_be_read_in_every_shade(palette: Palette) -> None:
    assert len(shades(palette)) == SHADES
    assert [ground for ground, ink in shades(palette) if contrast(ground, ink) < 4.5] == []


def test_the_shades_go_from_none_to_most() -> None:
    assert [shade(value, 4.0) for value in (0.0, 1.0, 2.0, 3.0, 4.0)] == list(range(SHADES))


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, ""), (0.04, ""), (0.3, "0.3"), (1.94, "1.9"), (1.97, "2"), (2.4, "2"), (11.6, "12")]
)
def test_a_cell_has_its_number(value: float, written: str) -> None:
    assert shown_number(value) == written


def test_a_decimal_is_written_as_the_owner_writes_it() -> None:
    assert shown_number(1.6, ",") == "1,6"
    points = {
        language: heat_of(Words(language=language, zone=eg.ZONE), HEAT.rows, None, **LOOK) for language in ("en", "es")
    }
    assert {language: heat.point for language, heat in points.items() if heat} == {"en": ".", "es": ","}


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_drawn_in_its_size_on_the_card_s_own_ground(upright: bool, dark: bool) -> None:
    heat = replace(HEAT, upright=upright, dark=dark, width=358 if upright else 620)
    drawn = Image.open(io.BytesIO(picture(heat))).convert("RGB")
    assert drawn.size == (heat.width * SCALE, heat.height * SCALE)
    ground = (DARK if dark else LIGHT).surface
    assert drawn.getpixel((1, 1)) == tuple(int(ground[at : at + 2], 16) for at in (1, 3, 5))


def test_its_key_is_that_of_what_is_drawn() -> None:
    assert HEAT.key == replace(HEAT).key
    others = [replace(HEAT, dark=True), replace(HEAT, width=600), replace(HEAT, rows=HEAT.rows[::-1])]
    assert len({HEAT.key, *(each.key for each in others)}) == 4


def test_nothing_expected_at_all_is_drawn_too() -> None:
    assert picture(replace(HEAT, rows=((0.0,) * 9,) * 7)).startswith(b"\x89PNG")
