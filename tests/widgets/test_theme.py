"""Every text stands on a ground it can be read on, in both appearances."""

import pytest

from widgets import look, theme
from widgets.theme import DARK, LIGHT, MARKS, PAIRS, ROLES, STAFF_COLOURS, Palette, layout_for


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """The WCAG 2 contrast ratio."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_knows_its_ends() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#20C997", "#FFFFFF") == pytest.approx(2.13, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), [(ink, ground) for ink, grounds in PAIRS.items() for ground in grounds])
def test_text_can_be_read(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), [(mark, ground) for mark, grounds in MARKS.items() for ground in grounds])
def test_marks_can_be_seen(palette: Palette, mark: str, ground: str) -> None:
    assert contrast(getattr(palette, mark), getattr(palette, ground)) >= 3


@pytest.mark.parametrize("colour", STAFF_COLOURS)
def test_staff_colours_hold_on_both_surfaces(colour: str) -> None:
    assert contrast(colour, LIGHT.surface) >= 3
    assert contrast(colour, DARK.surface) >= 3


def over(colour: str, ground: str) -> str:
    """What an `#AARRGGBB` colour looks like on an opaque ground."""
    share = int(colour[1:3], 16) / 255
    pairs = [(int(colour[i + 2 : i + 4], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", STAFF_COLOURS)
def test_text_can_be_read_on_every_staff_colour_s_card(palette: Palette, colour: str) -> None:
    ground = over(theme.staff_ground(colour), palette.surface)
    for ink in theme.ON_STAFF:
        assert contrast(getattr(palette, ink), ground) >= 4.5


def test_staff_colours_differ() -> None:
    assert len(set(STAFF_COLOURS)) == len(STAFF_COLOURS)


def test_every_role_is_carried_by_a_role_of_the_platform_of_its_own() -> None:
    assert set(ROLES) == set(Palette.__dataclass_fields__)
    assert len(set(ROLES.values())) == len(ROLES)
    assert look.scheme(LIGHT).surface_dim == LIGHT.bg


@pytest.mark.parametrize(
    ("width", "rail", "panes", "inspector"),
    [
        (320, 0, False, False),
        (599, 0, False, False),
        (600, 72, False, False),
        (879, 72, False, False),
        (880, 72, True, False),
        (1024, 212, True, False),
        (1240, 212, True, True),
        (1440, 212, True, True),
    ],
)
def test_what_fits_into_a_window(width: float, rail: int, panes: bool, inspector: bool) -> None:
    layout = layout_for(width, 800)
    assert (layout.rail_width, layout.two_panes, layout.has_inspector) == (rail, panes, inspector)


@pytest.mark.parametrize(
    ("width", "wide"), [(390, False), (880, False), (1024, False), (1200, True), (1240, False), (1440, True)]
)
def test_a_field_and_its_buttons_stand_in_one_row_where_there_is_room(width: float, wide: bool) -> None:
    assert layout_for(width, 800).has_wide_detail is wide
