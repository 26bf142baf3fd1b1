"""Logs carry ids only: what an exception says, or what a row holds, never reaches them."""

import ast
import logging
from pathlib import Path

import pytest

from client.faults import log_fault

ROOT = Path(__file__).parents[1]
OURS = ("client", "sync", "screens", "widgets")
SECRET = "Maria Gómez +12125550142"


def test_a_fault_is_logged_by_kind_and_place_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    try:
        try:
            int(SECRET)
        except ValueError as cause:
            raise LookupError(f"no customer called {SECRET}") from cause
    except LookupError as error:
        log_fault(logging.getLogger("chatty"), "a test failed", error)
    said = caplog.text
    assert "a test failed: LookupError at" in said and "test_redaction.py" in said
    assert "Maria" not in said and "555" not in said and not caplog.records[0].exc_info


@pytest.mark.parametrize("folder", OURS)
def test_nothing_of_ours_logs_a_traceback_with_its_words(folder: str) -> None:
    """`exception` and `exc_info` print the message; `log_fault` is the way."""
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                on_a_log = isinstance(node.func.value, ast.Name) and node.func.value.id in ("log", "logging")
                loud = node.func.attr == "exception" or any(word.arg == "exc_info" for word in node.keywords)
                assert not (on_a_log and loud), f"{path.name}:{node.lineno}"
