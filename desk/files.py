"""What a command writes: to standard output, or a file, of which there is all or nothing."""

import os
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
    """Write the whole file or none of it.  Raises Refusal."""
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(part).replace(path)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise Refusal(f"{path} cannot be written ({why}).", code="file") from error
