"""Set aside: all that is not shown because the owner said so, newest first, each in a sentence with the way back."""

import flet as ft

from client.models.marks import About
from client.state.aside import AsideState, SetAside
from screens.live import go, open_call, strip
from screens.looking import look
from screens.routes import Route
from screens.stores import Stores
from widgets import aside_row as told
from widgets import buttons, notices, parts
from widgets.buttons import Kind
from widgets.component import component, keyed, memoized, see
from widgets.scaffold import Place, headed, one_column, page_head
from widgets.strings import Words
from widgets.theme import Layout


@component
def aside_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The place, bound to the stores."""
    state = look(stores.aside).state
    edge = layout.edge
    title = page_head(
        words,
        words("place.aside"),
        words("aside.told"),
        on_back=lambda: go(stores, Route(place=Place.MORE)),
        back="aside.leave",
    )
    head = ft.Container(
        headed(layout, title, strip(stores, words), gap=12),
        padding=ft.Padding.only(left=edge + 2, right=edge, top=14),
    )
    listing = ft.ListView(
        [one_column(layout, _body(stores, words, state, wide=layout.two_panes))],
        padding=ft.Padding.only(left=edge, right=edge, bottom=24),
        expand=True,
        key="aside.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _body(stores: Stores, words: Words, state: AsideState, *, wide: bool) -> list[ft.Control]:
    if state.broken:
        said = words("broken.title"), words("broken.body"), words("action.retry")
        return [notices.trouble("aside.retry", *said, stores.repaint)]
    if not state.shown and not state.ready:
        return [notices.skeleton_rows(4, label=words("loading.aside"))]
    if not state.shown:
        return [notices.empty(words("aside.none"), words("aside.none_body"))]
    rows = [keyed(f"aside-{each.mark.mark_id}", _row, stores, words, each, wide) for each in state.shown]
    out: list[ft.Control] = [parts.card(ft.Column(parts.divided(rows), spacing=0, tight=True), padding=4)]
    if state.count > len(state.shown):
        label = words("aside.more", n=state.count - len(state.shown))
        out.append(ft.Row([buttons.button("aside.more", label, stores.aside.show_more, kind=Kind.LINK)], wrap=True))
    return out


@memoized
def _row(stores: Stores, words: Words, each: SetAside, wide: bool) -> ft.Control:
    mark, call = each.mark, each.call

    async def bring_back() -> None:
        await stores.edits.work.clear_mark(mark.about, mark.subject)

    opens = (lambda: open_call(stores, call.call_id, each.turn_id)) if call else None
    now = see(stores.ticks).now
    return told.aside_row(words, each.what, mark, title_of(words, each), now, opens, bring_back, wide=wide)


def title_of(words: Words, each: SetAside) -> str:
    """What was set aside, in a sentence."""
    match each.what:
        case About.SUGGESTION:
            return told.suggested(words, each.kind, each.call)
        case About.PROMISE:
            return told.promised(words, each.kind, each.text, each.call)
        case About.CHURN:
            return told.stays_away(words, each.name)
        case About.OPPORTUNITY:
            return told.asked_for(words, each.text)
        case About.ANOMALY:
            return told.unusual(words, each.kind, each.day)
        case "calendar":
            return told.unread(words, each.name)
        case "change":
            return words("aside.change")
        case _:
            return words("aside.other")


@memoized
def way_aside(stores: Stores, words: Words) -> ft.Control:
    """Of what is coming: the way to all that was set aside, and how much that is."""
    count = look(stores.aside).state.count
    label = words("aside.way", n=count) if count else words("place.aside")
    way = buttons.button(
        "ahead.aside",
        label,
        lambda: go(stores, Route(place=Place.ASIDE)),
        icon_name=ft.Icons.VISIBILITY_OFF_OUTLINED,
    )
    return ft.Row([way], wrap=True)
