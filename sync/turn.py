"""One process at a time: whose turn it is to keep a folder's data equal to the server."""

from pathlib import Path

from filelock import FileLock, Timeout


class Turn:
    """A lock file, which a process that ends gives back by itself; without one it is always this process's turn."""

    def __init__(self, lock_path: Path | None) -> None:
        # Not thread-local: taken and released on the loop, whichever thread that is.
        self._lock = FileLock(lock_path, thread_local=False) if lock_path else None

    def take(self) -> bool:
        """False while another process has it; never waits."""
        if self._lock is None:
            return True
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def release(self) -> None:
        if self._lock is not None:
            self._lock.release()
