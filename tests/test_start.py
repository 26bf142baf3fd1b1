"""What a start imports: an owner waits for it every time, so what is seldom needed is imported when it is."""

import ast
import subprocess
import sys
from pathlib import Path

from screens import places

ROOT = Path(__file__).parent.parent
SELDOM = (
    "icalendar",
    "recurring_ical_events",
    "sqlite_utils",
    "sqlcipher3",
    "pydantic",
    "rich",
    "click",
    "matplotlib",
    "backend_stub",
    "httpx",
    "websockets",
    "client.insight.promises",
    "sync.engine",
    "screens.sheets",
    "screens.panels",
    "screens.conflict",
    "screens.bookings",
    "screens.booking_form",
    "screens.calls",
    "screens.leads",
    "screens.more",
)
PROGRAM = f"""
import asyncio, sys, main
from client.config import read_config
made = main._make(None)
main._import_first_frame()
print([name for name in {SELDOM!r} if sys.modules.get(name) is not None])
from screens import places
main._import((*main.ENGINE, *places.SCREENS))
"""


def test_a_start_imports_nothing_that_is_seldom_needed(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(ROOT), "CHATTY_DATA": str(tmp_path), "PATH": "", "HOME": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"


FRAME = """
import asyncio, sys, main
main._import_first_frame()
from tests.screens.conftest import opened
before = set(sys.modules)

async def first_frame():
    async with opened():
        print(sorted(name for name in set(sys.modules) - before if name.startswith("flet.")))

asyncio.run(first_frame())
"""


def test_a_first_frame_has_nothing_of_flet_left_to_import() -> None:
    """On the loop, while somebody waits for it."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    said = subprocess.run(
        [sys.executable, "-c", FRAME], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"


def test_each_screen_that_is_imported_when_it_is_shown_is_imported_after_the_first_frame() -> None:
    tree = ast.parse((ROOT / "screens" / "places.py").read_text(encoding="utf-8"))
    made = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    shown = {each.module for node in made for each in ast.walk(node) if isinstance(each, ast.ImportFrom)}
    assert shown == {*places.SCREENS}
