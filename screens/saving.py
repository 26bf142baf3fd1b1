"""A file handed to the owner, wherever the platform lets it be put."""

import flet as ft


async def saved(name: str, data: bytes) -> bool:
    """Ask where, and write it there; False when the owner would rather not."""
    path = await ft.FilePicker().save_file(file_name=name, src_bytes=data)
    # A browser downloads the file and says nothing of where; elsewhere no path means that the owner cancelled.
    return bool(path) or ft.context.page.web
