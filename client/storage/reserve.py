"""Four megabytes that are given up when the disk is full, so that the owner's changes can still be kept."""

import os
import shutil
from pathlib import Path
from typing import Final

SIZE: Final = 4 * 1024 * 1024
_ROOM: Final = 4 * SIZE
"""The least that has to be free before space is set aside."""


class Reserve:
    """A file beside the database.  Nothing here raises: a reserve that cannot be had is none."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}-reserve")
        self.spent = False
        """Whether it was given up since it was last set aside."""

    def set_aside(self) -> bool:
        """Take the space if it is not taken and there is plenty; returns whether it is there."""
        try:
            if self.path.exists() and self.path.stat().st_size == SIZE:
                return True
            if shutil.disk_usage(self.path.parent).free < _ROOM:
                return False
            self._write()
        except OSError:
            self.path.unlink(missing_ok=True)
            return False
        self.spent = False
        return True

    def give_up(self) -> bool:
        """Let the space go; False if there was none."""
        try:
            self.path.unlink()
        except OSError:
            return False
        self.spent = True
        return True

    def _write(self) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(handle, 0, SIZE)
            else:
                os.write(handle, os.urandom(SIZE))
        finally:
            os.close(handle)
