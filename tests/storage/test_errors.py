"""Each failure of storage has the owner's word for it."""

import errno
from pathlib import Path

import pytest

from client.models.link import Trouble
from client.storage.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseTooNew,
    DatabaseUnavailable,
    DiskFull,
    KeyMissing,
    StorageError,
    trouble_of,
    unusable,
)
from sync import link

WORDS = [
    (DiskFull("full"), Trouble.DISK_FULL),
    (DatabaseTooNew(9, 1), Trouble.TOO_NEW),
    (KeyMissing(Path("x")), Trouble.KEY_MISSING),
    (DatabaseDamaged(Path("chatty.db")), Trouble.DAMAGED),
    (DatabaseBusy("busy"), Trouble.UNAVAILABLE),
    (DatabaseUnavailable("read-only"), Trouble.UNAVAILABLE),
]


@pytest.mark.parametrize(("error", "trouble"), WORDS, ids=lambda value: type(value).__name__)
def test_it_is_told_alike_at_start_and_while_syncing(error: StorageError, trouble: Trouble) -> None:
    assert trouble_of(error) is trouble
    assert link.trouble_of(error) is trouble


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_folder_without_room_is_a_full_disk(number: int) -> None:
    assert isinstance(unusable(OSError(number, "no room")), DiskFull)


def test_any_other_folder_that_cannot_be_used_says_why() -> None:
    error = unusable(OSError(errno.EACCES, "Permission denied"))
    assert isinstance(error, DatabaseUnavailable) and "Permission denied" in str(error)
