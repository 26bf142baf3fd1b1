"""Is the lock what pyproject.toml asks for?  `--write` makes it so; without it a stale lock is a failure.

The lock is compiled for every platform and Python at once, carries hashes and names no index.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LOCKS = {
    "run.lock": ["--group", "desktop", "--group", "stub"],
    "dev.lock": ["--group", "dev"],
}
BUILD = HERE / "build.in"


def compile_lock(target: Path, choice: list[str]) -> None:
    """Compile one lock; versions already in `target` stay unless pyproject.toml no longer admits them."""
    uv = Path(sys.executable).parent / "uv"
    command = [
        str(uv),
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--python-version",
        "3.11",
    ]
    command += ["--no-header", "--no-annotate", "--no-emit-package", "thechattyai", *choice]
    subprocess.run([*command, "-o", str(target), "pyproject.toml", str(BUILD)], cwd=HERE.parent, check=True)


def main() -> int:
    write = "--write" in sys.argv
    stale: list[str] = []
    for name, choice in LOCKS.items():
        lock = HERE / name
        if write:
            compile_lock(lock, choice)
            continue
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder) / name
            shutil.copy(lock, fresh)
            compile_lock(fresh, choice)
            if fresh.read_text(encoding="utf-8") != lock.read_text(encoding="utf-8"):
                stale.append(name)
    if stale:
        sys.stderr.write(f"Stale: {', '.join(stale)}. Run `make lock` and commit the result.\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
