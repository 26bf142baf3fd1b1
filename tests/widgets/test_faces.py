"""The bundled faces: a letter that one of them lacks is drawn in another weight, in the middle of a name."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from widgets.look import FONT_FILES

ASSETS = Path(__file__).parents[2] / "assets"
NAMES = "Hương Phạm Tuấn Trần Đặng Nguyễn Zoë Núñez Ščerbić Łukasz Őry Țepeș İbrahim Gärtner Ægir Œuvre ẞ"


@pytest.mark.parametrize("file", FONT_FILES.values())
def test_they_have_every_letter_of_a_latin_name(file: str) -> None:
    has = TTFont(ASSETS / file).getBestCmap()
    letters = [chr(code) for code in (*range(0xC0, 0x180), *range(0x1EA0, 0x1EFA)) if chr(code).isalpha()]
    missing = [letter for letter in (*NAMES, *letters) if ord(letter) not in has]
    assert missing == []
