"""Pictures that take long to make: made once for the same data and look, off the loop, and kept beside the database.

They go with the account's folder when it is wiped.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import flet as ft

KEPT: Final = 8
_NAME: Final = "picture-{key}.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`png` is None while it is made; `failed`: it could not be."""

    key: str = ""
    png: bytes | None = None
    failed: bool = False


class PictureStore(ft.Observable):
    """`folder` is the account's, None while nobody is signed in."""

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self.state = Picture()
        self._folder = folder

    async def show(self, key: str, make: Callable[[], bytes]) -> None:
        """Show the picture of that key; `make` draws it, on another thread, where it is not kept."""
        if self.state.key == key and not self.state.failed:
            return
        folder = self._folder()
        self.state = Picture(key=key)
        try:
            png = await asyncio.to_thread(_kept_or_made, folder, key, make)
        except (ImportError, OSError):
            # A platform without the library, or without room: there is the table.
            self.state = Picture(key=key, failed=True)
            return
        if self.state.key == key:
            self.state = Picture(key=key, png=png)

    def forget(self) -> None:
        self.state = Picture()


def _kept_or_made(folder: Path | None, key: str, make: Callable[[], bytes]) -> bytes:
    if folder is None:
        return make()
    path = folder / _NAME.format(key=key)
    with contextlib.suppress(OSError):
        return path.read_bytes()
    png = make()
    with contextlib.suppress(OSError):
        _keep(path, png)
    return png


def _keep(path: Path, png: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(png)
    fresh.replace(path)
    kept = sorted(path.parent.glob(_NAME.format(key="*")), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in kept[KEPT:]:
        old.unlink(missing_ok=True)
