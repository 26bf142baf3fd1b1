"""What the device asks for on its owner's behalf: less motion, and a page that is read aloud."""

import contextlib

import flet as ft

from screens.stores import Stores
from widgets import look, theme


class Assistance:
    """Follows the client in how the window looks and moves."""

    def __init__(self, page: ft.Page, stores: Stores) -> None:
        self._page = page
        self._stores = stores
        self._read_aloud = False

    def dress(self) -> None:
        """The look of both appearances."""
        page = self._page
        faces = look.BUNDLED if _needs_faces(page) else None
        page.fonts = look.FONT_FILES if faces else None
        page.theme = look.theme(theme.LIGHT, faces, tips=not self._read_aloud)
        page.dark_theme = look.theme(theme.DARK, faces, tips=not self._read_aloud)

    async def ask(self) -> None:
        """At the start, and at each address until the page is known to be read aloud: a browser does not tell when.

        A client that cannot say asks for nothing.
        """
        if self._read_aloud:
            return
        with contextlib.suppress(TimeoutError, RuntimeError, TypeError):
            asked = await ft.SemanticsService().get_accessibility_features()
            if asked.disable_animations or asked.reduce_motion:
                self._stores.window.keep_still()
            if self._page.web and asked.accessible_navigation:
                self._be_read_aloud()

    def _be_read_aloud(self) -> None:
        """No tips any more.  While one comes or goes, Flutter's web client takes all that is read aloud out of the
        document and puts it back, and a browser takes the keyboard from a box that this happens to.
        """
        self._read_aloud = True
        self.dress()
        self._page.update()


def _needs_faces(page: ft.Page) -> bool:
    """Where the system font is Roboto in one weight: the web client brings that alone, and Linux may have none."""
    return page.web or page.platform is ft.PagePlatform.LINUX
