"""What a command imports: an owner waits for it each time, so a command takes only what it works with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Chatty

ROOT = Path(__file__).parents[2]
NEVER = {
    "backend_stub",
    "fastapi",
    "flet",
    "icalendar",
    "matplotlib",
    "numpy",
    "pydantic",
    "recurring_ical_events",
    "screens",
    "sqlite_utils",
    "sync",
    "typer",
    "websockets",
}
FOR_THE_NETWORK = {"certifi", "httpcore", "httpx", "rich"}
PROGRAM = """
import json, sys
import cli
try:
    cli.main()
except SystemExit as ended:
    code = ended.code
roots = {name.partition(".")[0] for name, module in [*sys.modules.items()] if module is not None}
sys.stderr.write(json.dumps([code, sorted(roots)]))
"""


def imported_by(*words: str) -> set[str]:
    """The packages that a command has imported when it is done."""
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words, "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    code, roots = json.loads(said.stderr)
    assert code == 0, said.stdout
    assert "error" not in json.loads(said.stdout)
    return {*roots}


@pytest.mark.parametrize("words", [("bookings",), ("calls",), ("leads",), ("outbox",), ("doctor",)], ids=" ".join)
@pytest.mark.usefixtures("filled")
def test_a_command_that_reads_imports_nothing_that_draws_serves_or_syncs(words: tuple[str, ...]) -> None:
    assert imported_by(*words) & NEVER == set()


def test_an_edit_which_waits_for_no_network_imports_none(filled: Chatty) -> None:
    listed = filled("bookings", "--from", "today", "--to", "+13d", "--json").json["bookings"]
    booking = next(each["booking_id"] for each in listed if each["status"] == "confirmed")
    for words in (("bookings", "edit", booking, "--notes", "window seat"), ("undo",)):
        assert imported_by(*words) & (NEVER | FOR_THE_NETWORK) == set()
