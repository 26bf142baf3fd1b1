"""The web client fetches the fonts that the app draws with, and no others."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1] / "assets" / "assets" / "FontManifest.json"


def web_client() -> Path:
    spec = find_spec("flet_web")
    assert spec and spec.origin
    return Path(spec.origin).parent / "web" / "assets"


def manifest(path: Path) -> dict[str, Any]:
    return {each["family"]: each["fonts"] for each in json.loads(path.read_text(encoding="utf-8"))}


def test_all_fonts_of_the_client_but_those_of_formulas_are_named_and_there() -> None:
    """Else a newer client would lack one of its own."""
    ours, theirs = manifest(HERE), manifest(web_client() / "FontManifest.json")
    assert ours == {family: fonts for family, fonts in theirs.items() if "flutter_math_fork" not in family}
    assert len(ours) < len(theirs)
    for fonts in ours.values():
        assert all((web_client() / font["asset"]).is_file() for font in fonts)
