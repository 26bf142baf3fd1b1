"""A button that acts when it is held for 600 ms, so that no stray touch takes a call.

A short press, the keyboard and a screen reader get a question instead (`on_ask`): holding is never the one way.
"""

import flet as ft

from widgets import buttons, theme
from widgets.component import Handler, handler
from widgets.strings import Words


def hold_button(
    words: Words,
    *,
    label: str,
    hint: str | None,
    holding: bool,
    busy: bool,
    on_press: Handler,
    on_release: Handler,
    on_cancel: Handler,
    on_ask: Handler,
) -> ft.Control:
    """The face is a plain button for keyboard and ear; a detector over it takes the pointer.  `holding` fills it."""
    face = buttons.button(
        "call.take_over",
        words("call.taking_over") if busy else label,
        on_ask,
        kind=buttons.Kind.PRIMARY,
        icon_name=ft.Icons.CALL,
        hint=hint,
        height=theme.TARGET_TOUCH,
        busy=busy,
        name=words("call.take_over_name"),
    )
    fill = ft.Container(
        bgcolor=ft.Colors.with_opacity(0.28, theme.ON_PRIMARY),
        border_radius=10,
        scale=ft.Scale(scale_x=1.0 if holding else 0.001, scale_y=1.0, alignment=ft.Alignment.CENTER_LEFT),
        opacity=1.0 if holding else 0.0,
        animate_scale=ft.Animation(theme.HOLD_MS if holding else theme.MOTION_MS, ft.AnimationCurve.LINEAR),
        left=0,
        right=0,
        top=0,
        bottom=0,
        ignore_interactions=True,
    )
    if busy:
        return ft.Stack([face], fit=ft.StackFit.PASS_THROUGH)
    touch = ft.GestureDetector(
        key="call.take_over.touch",
        content=ft.Container(bgcolor=ft.Colors.TRANSPARENT),
        on_tap_down=handler(on_press),
        on_tap_up=handler(on_release),
        on_tap_cancel=handler(on_cancel),
        exclude_from_semantics=True,
        mouse_cursor=ft.MouseCursor.CLICK,
        left=0,
        right=0,
        top=0,
        bottom=0,
    )
    return ft.Stack([face, fill, touch], fit=ft.StackFit.PASS_THROUGH)
