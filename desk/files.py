"""What a command writes: to standard output, or a file, of which there is all or nothing."""

import os
import stat
import sys
import tempfile
from pathlib import Path

from desk.documents import Standing
from desk.terminal import Refusal, Terminal


def put_out(
    terminal: Terminal, data: bytes, out: Path | None, counted: dict[str, int], said: str, standing: Standing
) -> None:
    """To standard output, or into the file with a word about it.  Raises Refusal."""
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    save(out, data)
    document = {"file": str(out)} | counted | {"bytes": len(data)} | standing.document()
    terminal.answer(document, [said, "", standing.sentence()])


def save(path: Path, data: bytes) -> None:
    """Write the whole file or none of it, where a link leads, too; into what is no file.  Raises Refusal."""
    try:
        if _is_no_file(path):
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise Refusal(f"{path} cannot be written ({why}).", code="file") from error


def _is_no_file(path: Path) -> bool:
    """Whether a device, a pipe or a folder stands there."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False


def _replace(path: Path, data: bytes) -> None:
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(part).replace(path)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise
