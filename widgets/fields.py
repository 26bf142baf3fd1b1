"""What can be typed in."""

import functools
from collections.abc import Callable
from typing import ParamSpec

import flet as ft

from widgets import buttons, theme
from widgets.buttons import RING
from widgets.component import Handler, component, handler, keyed
from widgets.strings import Words

P = ParamSpec("P")


def _by_identifier(fn: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """A component whose first argument is its identifier: it stays the same one when what is above it comes or goes."""

    @functools.wraps(fn)
    def make(*args: P.args, **kwargs: P.kwargs) -> ft.Control:
        return keyed(f"box.{args[0]}", fn, *args, **kwargs)

    return make


class Heard:
    """What the handler of a box was last told.

    A box of Flet's says at once what is in it, and then that it has changed.  A render in between would give it back
    the text of before, and the letter that came last would be gone.
    """

    def __init__(self) -> None:
        self.text = ""

    def given(self, value: str, drawn: ft.TextField | None) -> str:
        """The text for the box: what is in it, while the app means what it was last told."""
        if drawn is not None and value == self.text:
            return drawn.value
        self.text = value
        return value


@_by_identifier
@component
def field(
    identifier: str,
    label: str,
    value: str,
    on_change: Callable[[str], object],
    *,
    on_submit: Handler | None = None,
    hint: str | None = None,
    helper: str | None = None,
    error: str | None = None,
    password: bool = False,
    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT,
    autofill: ft.AutofillHint | None = None,
    lines: int = 1,
    max_length: int | None = None,
    on_focus: Handler | None = None,
    on_blur: Handler | None = None,
    autofocus: bool = False,
    disabled: bool = False,
    trailing: ft.Control | None = None,
    expand: bool | int | None = None,
    ref: ft.Ref[ft.TextField] | None = None,
) -> ft.Control:
    """A text field.  `on_change` gets the text and must not wait before it keeps it.

    `label` stays above what is typed; it is the accessible name.  `hint` goes when something is typed, `helper` stands
    below it unless there is an `error`.
    """
    heard = ft.use_memo(Heard, [])
    own = ft.use_memo(lambda: ft.Ref[ft.TextField](), [])
    box = ref or own

    def changed(e: ft.ControlEvent) -> None:
        text = str(e.data or "")
        heard.text = text
        on_change(text)

    control = ft.TextField(
        value=heard.given(value, box.current),
        ref=box,
        key=identifier,
        label=label,
        label_style=ft.TextStyle(color=theme.MUTED, size=14),
        hint_text=hint,
        hint_style=ft.TextStyle(color=theme.MUTED, size=15),
        text_style=ft.TextStyle(color=theme.TEXT, size=15),
        password=password,
        suffix_icon=trailing,
        keyboard_type=keyboard,
        autofill_hints=autofill,
        multiline=lines > 1,
        min_lines=1 if lines > 1 else None,
        max_lines=lines if lines > 1 else None,
        shift_enter=lines > 1,
        max_length=max_length,
        counter="" if max_length else None,
        autofocus=autofocus,
        disabled=disabled,
        on_change=handler(changed),
        on_submit=handler(on_submit) if on_submit else None,
        on_focus=handler(on_focus) if on_focus else None,
        on_blur=handler(on_blur) if on_blur else None,
        helper=ft.Text(helper, color=theme.MUTED, size=13) if helper else None,
        error=ft.Text(error, color=theme.DANGER, size=13) if error else None,
        border=_borders(),
        filled=True,
        fill_color=theme.SURFACE,
        content_padding=ft.Padding.symmetric(horizontal=14, vertical=13),
        cursor_color=theme.PRIMARY,
        expand=expand,
        dense=True,
    )
    return ft.Semantics(identifier=identifier, content=control, expand=expand)


def _borders() -> dict[ft.ControlState, ft.InputBorder]:
    sides = {
        ft.ControlState.FOCUSED: RING,
        ft.ControlState.ERROR: ft.BorderSide(1, theme.DANGER),
        ft.ControlState.DEFAULT: ft.BorderSide(1, theme.LINE),
    }
    return {state: ft.OutlineInputBorder(border_radius=10, side=side) for state, side in sides.items()}


@component
def password_field(
    words: Words,
    identifier: str,
    label: str,
    value: str,
    on_change: Callable[[str], object],
    *,
    on_submit: Handler | None = None,
    error: str | None = None,
) -> ft.Control:
    """A password, hidden until its eye is pressed: Flet's own eye has no name."""
    shown, show = ft.use_state(False)
    eye = buttons.icon_button(
        f"{identifier}.reveal",
        words("password.hide" if shown else "password.show"),
        ft.Icons.VISIBILITY_OFF_OUTLINED if shown else ft.Icons.VISIBILITY_OUTLINED,
        lambda: show(not shown),
    )
    return field(
        identifier,
        label,
        value,
        on_change,
        password=not shown,
        autofill=ft.AutofillHint.PASSWORD,
        on_submit=on_submit,
        error=error,
        trailing=eye,
    )
