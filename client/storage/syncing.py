"""Until what was written is on the disk itself."""

import os
import sys
from pathlib import Path


def sync(handle: int) -> None:
    """Of a file; on a Mac that has to be asked for."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        getattr(os, "fdatasync", os.fsync)(handle)


def sync_folder(folder: Path) -> None:
    """Names in a folder are as durable as the folder; Windows does that by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
