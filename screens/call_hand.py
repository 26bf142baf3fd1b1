"""The owner's hand in a call: whisper, take over, say, hand back, end."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import flet as ft

from client.api.calls import CommandKind
from client.insight.actions import Action
from client.models.calls import Handler
from client.models.ids import CallId
from client.state.command import Asking, CommandState
from client.state.link import lost_since
from screens.stores import Stores
from screens.suggestions import set_aside
from screens.window import SUGGESTIONS, bring_keyboard
from widgets import buttons, fields, notices, parts, theme
from widgets.action_chips import action_chips
from widgets.buttons import Focus, Kind
from widgets.component import Handler as OnEvent
from widgets.component import component, effect, memoized, see
from widgets.hold_button import hold_button
from widgets.strings import Words
from widgets.theme import Layout

_BUTTONS: Final = "call.buttons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foot:
    """What the foot shows.  `by_human`: a person has the call, `mine`: it is the one who looks at this.

    `unfolded`: the suggestions are shown, which a short window folds into one button.
    """

    call_id: CallId
    employee: str
    human: str | None
    by_human: bool
    mine: bool
    actions: tuple[Action, ...]
    command: CommandState
    unfolded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FootActions:
    """What the owner can do; `press`, `release` and `cancel` are the pointer's part of holding."""

    type: OnEvent
    send: OnEvent
    use: OnEvent
    dismiss: OnEvent
    why: OnEvent
    unfold: OnEvent
    press: OnEvent
    release: OnEvent
    cancel: OnEvent
    ask_take_over: OnEvent
    ask_end: OnEvent
    ask_hand_back: OnEvent
    focus: OnEvent
    blur: OnEvent
    boxes: Mapping[str, Focus] = field(default_factory=dict[str, Focus])
    """How the keyboard is brought to a suggestion, by its id."""


@component
def call_foot(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """Whisper, take over, say, hand back, end: drawn again when one of these changes."""
    state = see(stores.call).state
    command = see(stores.command).state
    identity = see(stores.session).state.identity
    unfolded = see(stores.folds).names
    lost = lost_since(see(stores.link).state, see(stores.ticks).now) is not None
    call = state.call
    if call is None or identity is None or not call.is_live or not identity.role.may_supervise:
        return ft.Container(height=0)
    if lost:
        return _out_of_reach(words, layout)
    foot = Foot(
        call_id=call.call_id,
        employee=call.employee_name,
        human=call.handler_name if call.handler is Handler.HUMAN else None,
        by_human=call.handler is Handler.HUMAN,
        mine=call.handler_user_id == identity.user_id,
        actions=state.actions,
        command=command,
        unfolded=SUGGESTIONS in unfolded,
    )
    return hand(stores, words, layout, foot)


def _out_of_reach(words: Words, layout: Layout) -> ft.Control:
    """What could be done is not offered: whether the call goes on is not known."""
    said = notices.banner(words("call.out_of_reach"), icon_name=ft.Icons.CLOUD_OFF, warning=False)
    around = ft.Padding.symmetric(horizontal=20 if layout.two_panes else 12, vertical=14)
    return ft.Container(ft.SafeArea(said, avoid_intrusions_top=False), padding=around)


@memoized
def hand(stores: Stores, words: Words, layout: Layout, foot: Foot) -> ft.Control:
    """The foot, bound to what its buttons do."""
    box: ft.Ref[ft.TextField] = ft.use_ref(lambda: ft.Ref[ft.TextField]()).current  # type: ignore[assignment]
    press = ft.use_ref(0)
    call_id = foot.call_id

    async def focus_whisper() -> None:
        await stores.focus.bring(box, lambda: stores.command.state.draft, stores.command.type)

    def arrive() -> None:
        stores.focus.to_whisper = focus_whisper

    def leave() -> None:
        stores.focus.to_whisper = None
        stores.focus.gone("call.whisper", "call.say")

    effect(arrive, [], cleanup=leave)

    async def pressed() -> None:
        press.current = mine = (press.current or 0) + 1
        stores.command.hold(True)
        await stores.runtime.clock.sleep(theme.HOLD_MS / 1000)
        if press.current == mine and stores.command.state.holding:
            await stores.command.take_over(call_id)

    def released() -> None:
        if stores.command.state.holding:
            press.current = (press.current or 0) + 1
            stores.command.ask(Asking.TAKE_OVER)

    def cancelled() -> None:
        press.current = (press.current or 0) + 1
        stores.command.hold(False)

    async def send() -> None:
        """The keyboard is back in the box before the button that sent is disabled, which would lose it elsewhere."""
        say = stores.command.say if foot.by_human else stores.command.whisper
        await asyncio.gather(focus_whisper(), say(call_id))

    async def use(action: Action) -> None:
        stores.command.type(words(f"action.{action.kind}.whisper", **dict(action.gaps)))
        await focus_whisper()

    known = cast("dict[str, Focus]", ft.use_memo(dict, [call_id]))
    boxes = {each.action_id: known.setdefault(each.action_id, Focus(ref=ft.Ref())) for each in foot.actions}

    async def dismiss(action_id: str) -> None:
        """The keyboard goes on before the chip that has it is gone: the client would give it to nobody."""
        if to := _chip_after(foot.actions, action_id):
            await bring_keyboard(boxes[to].ref)
        elif layout.two_panes:
            await focus_whisper()
        await set_aside(stores, action_id)

    actions = FootActions(
        type=stores.command.type,
        send=send,
        use=use,
        dismiss=dismiss,
        why=lambda: stores.panel.open(SUGGESTIONS),
        unfold=lambda: stores.folds.toggle(SUGGESTIONS),
        press=pressed,
        release=released,
        cancel=cancelled,
        ask_take_over=lambda: stores.command.ask(Asking.TAKE_OVER),
        ask_end=lambda: stores.command.ask(Asking.END),
        ask_hand_back=lambda: stores.command.ask(Asking.HAND_BACK),
        focus=stores.focus.types,
        blur=stores.focus.rests,
        boxes=boxes,
    )
    return foot_view(words, layout, foot, actions, box)


def _chip_after(actions: Sequence[Action], action_id: str) -> str | None:
    """The suggestion that comes to stand where this one stood, else the last; None where it is the only one."""
    ids = [each.action_id for each in actions]
    rest = [each for each in ids if each != action_id]
    at = ids.index(action_id) if action_id in ids else 0
    return rest[min(at, len(rest) - 1)] if rest else None


def foot_view(
    words: Words, layout: Layout, foot: Foot, actions: FootActions, box: ft.Ref[ft.TextField] | None
) -> ft.Control:
    """What can be done now, and why the last thing did not happen.

    The rows with the box and the buttons have keys: they stay what they are, with the keyboard or a finger on them,
    when a suggestion or a sentence comes to stand above them.
    """
    rows: list[ft.Control] = []
    why = foot.command.failure
    if why:
        said = words(f"command.failed.{why.why}", name=why.name or words("speaker.human"), detail=why.detail)
        rows.append(notices.banner(said, icon_name=ft.Icons.ERROR_OUTLINE))
    if foot.by_human and not foot.mine:
        name = foot.human or words("speaker.human")
        rows.append(notices.banner(words("call.taken", name=name), icon_name=ft.Icons.SUPPORT_AGENT, warning=False))
    elif foot.by_human:
        rows += _human_mode(words, layout, foot, actions, box)
    else:
        rows += _ai_mode(words, layout, foot, actions, box)
    edge = 20 if layout.two_panes else 12
    return ft.Container(
        ft.SafeArea(ft.Column(rows, spacing=10, tight=True), avoid_intrusions_top=False),
        bgcolor=theme.SURFACE if not layout.two_panes else None,
        border=ft.Border.only(top=ft.BorderSide(1, theme.LINE)),
        padding=ft.Padding.only(left=edge, right=edge, top=12, bottom=14),
    )


def _ai_mode(
    words: Words, layout: Layout, foot: Foot, actions: FootActions, box: ft.Ref[ft.TextField] | None
) -> list[ft.Control]:
    command = foot.command
    rows: list[ft.Control] = []
    if command.connecting:
        said = words("call.connecting", name=foot.employee)
        rows.append(notices.banner(said, icon_name=ft.Icons.SYNC, warning=False))
    folded = [_fold(words, foot, actions)] if foot.actions and layout.is_short else []
    if foot.actions and (foot.unfolded or not folded):
        use, dismiss, why = actions.use, actions.dismiss, actions.why
        chips = action_chips(words, foot.actions, use, dismiss, why, wide=layout.two_panes, boxes=actions.boxes)
        rows.append(chips)
    whisper = _box(words, words("call.whisper_label", name=foot.employee), command, actions, box, "call.whisper")
    if command.done is CommandKind.WHISPER:
        rows.append(ft.Semantics(live_region=True, content=parts.muted(words("call.whispered", name=foot.employee))))
    take = hold_button(
        words,
        label=words("call.take_over") if layout.two_panes else words("call.hold_to_take_over"),
        hint="T" if layout.two_panes else None,
        holding=command.holding,
        busy=command.sending is CommandKind.TAKE_OVER or command.connecting,
        on_press=actions.press,
        on_release=actions.release,
        on_cancel=actions.cancel,
        on_ask=actions.ask_take_over,
    )
    end = _end_button(words, command, actions)
    if layout.has_long_row:
        rows.append(ft.Row([*folded, ft.Container(whisper, expand=True), take, end], spacing=10, key=_BUTTONS))
    else:
        rows += [*folded, whisper, ft.Row([ft.Container(take, expand=True), end], spacing=10, key=_BUTTONS)]
    return rows


def _fold(words: Words, foot: Foot, actions: FootActions) -> ft.Control:
    said = words("action.fold", n=len(foot.actions))
    mark = ft.Icons.EXPAND_MORE if foot.unfolded else ft.Icons.EXPAND_LESS
    face = ft.Row([parts.muted(said), parts.icon(mark)], spacing=4, tight=True)
    return buttons.pressable("action.fold", said, face, actions.unfold, expanded=foot.unfolded)


def _human_mode(
    words: Words, layout: Layout, foot: Foot, actions: FootActions, box: ft.Ref[ft.TextField] | None
) -> list[ft.Control]:
    note = notices.banner(words("call.you_have_it"), icon_name=ft.Icons.SUPPORT_AGENT, warning=False)
    say = _box(words, words("call.say_label"), foot.command, actions, box, "call.say")
    back = buttons.button(
        "call.hand_back",
        words("call.hand_back", name=foot.employee),
        actions.ask_hand_back,
        kind=Kind.PRIMARY,
        icon_name=ft.Icons.KEYBOARD_RETURN,
        height=theme.TARGET_TOUCH,
        busy=foot.command.sending is CommandKind.HAND_BACK,
    )
    end = _end_button(words, foot.command, actions)
    if layout.has_long_row:
        return [note, ft.Row([ft.Container(say, expand=True), back, end], spacing=10, key=_BUTTONS)]
    return [note, say, ft.Row([ft.Container(back, expand=True), end], spacing=10, key=_BUTTONS)]


def _box(
    words: Words,
    label: str,
    command: CommandState,
    actions: FootActions,
    box: ft.Ref[ft.TextField] | None,
    identifier: str,
) -> ft.Control:
    sending = command.sending in (CommandKind.WHISPER, CommandKind.SAY)
    field = fields.field(
        identifier,
        label,
        command.draft,
        actions.type,
        on_submit=actions.send,
        max_length=500,
        on_focus=actions.focus,
        on_blur=actions.blur,
        expand=True,
        ref=box,
    )
    send = buttons.icon_button(
        "call.send",
        words("call.send"),
        ft.Icons.SEND,
        actions.send,
        color=theme.PRIMARY if command.draft.strip() else theme.MUTED,
        disabled=sending or not command.draft.strip(),
    )
    return ft.Row([field, send], spacing=4, key=f"{identifier}.row")


def _end_button(words: Words, command: CommandState, actions: FootActions) -> ft.Control:
    return buttons.button(
        "call.end",
        words("call.end"),
        actions.ask_end,
        kind=Kind.DANGER,
        icon_name=ft.Icons.CALL_END,
        height=theme.TARGET_TOUCH,
        busy=command.sending is CommandKind.END,
    )
