"""A database file of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client.clock import Clock
from client.storage.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "account" / "chatty.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    database = Database.open(path, Clock())
    yield database
    database.close()
