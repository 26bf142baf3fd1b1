"""The form of a lead that is entered by hand."""

from collections.abc import Callable, Mapping
from typing import Final, cast

import flet as ft

from client.editing import LeadDraft
from client.models.ids import LeadId
from screens.live import go
from screens.routes import Route
from screens.stores import Stores
from widgets import buttons, fields, parts, theme
from widgets.buttons import Kind
from widgets.component import component, effect, see
from widgets.lead_page import NOTE_MAX
from widgets.money_field import cents_of
from widgets.refusals import refusal_sentence, trouble_sentence
from widgets.scaffold import Place, page_head
from widgets.strings import Words
from widgets.theme import Layout

PLACE = "lead.new"
"""Who shows why it could not be kept."""

_FIELDS: Final[tuple[str, ...]] = ("name", "phone", "email", "needs", "value", "notes")
_LONGEST: Final[dict[str, int]] = {"name": 120, "phone": 40, "email": 254, "needs": 300, "value": 12, "notes": NOTE_MAX}


@component
def new_lead_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """A name is enough; the server says how good it is."""
    typed, write = ft.use_state(cast("dict[str, str]", dict.fromkeys(_FIELDS, "")))
    effect(lambda: None, [], cleanup=lambda: stores.edits.forget_refusal(PLACE))
    refusal = see(stores.edits).state.refusal
    refusal = refusal if refusal and refusal.place == PLACE else None
    money = stores.role is not None and stores.role.may_see_money
    cents, wrong = cents_of(typed["value"]), is_wrong(typed)

    async def save() -> None:
        draft = LeadDraft(
            name=typed["name"],
            phone=typed["phone"] or None,
            email=typed["email"] or None,
            needs=typed["needs"] or None,
            value_cents=cents if money else None,
            notes=typed["notes"] or None,
        )
        edited = await stores.edits.work.create_lead(draft, place=PLACE)
        if edited is not None:
            go(stores, Route(place=Place.LEADS, page=LeadId(edited.row_id)))

    fault = refusal_sentence(words, refusal.why, None, stores.ticks.now) if refusal and refusal.why else None
    faults = {refusal.name: fault} if refusal and refusal.name and fault else {}
    rows = lead_boxes(stores, words, "lead.new", typed, lambda new: write(lambda before: {**before, **new}), faults)
    if refusal and (refusal.trouble or not refusal.name):
        said = trouble_sentence(words, refusal.trouble) if refusal.trouble else words(f"not_allowed.{refusal.why}")
        rows.append(parts.text(said, size=14, color=theme.DANGER))
    rows.append(buttons.button("lead.new.save", words("lead.new.save"), save, kind=Kind.PRIMARY, disabled=wrong))
    return _page(stores, words, layout, rows)


def is_wrong(typed: Mapping[str, str]) -> bool:
    """What it is worth is no amount."""
    return bool(typed["value"].strip()) and cents_of(typed["value"]) is None


def lead_boxes(
    stores: Stores,
    words: Words,
    form: str,
    typed: Mapping[str, str],
    write: Callable[[dict[str, str]], object],
    faults: Mapping[str, str],
) -> list[ft.Control]:
    """The fields of a lead.  `form` begins their identifiers; `faults`: what is wrong, by field."""
    money = stores.role is not None and stores.role.may_see_money

    def box(name: str, label: str, *, lines: int = 1, keyboard: ft.KeyboardType = ft.KeyboardType.TEXT) -> ft.Control:
        wrong_here = words("lead.value_wrong") if name == "value" and is_wrong(typed) else None
        return fields.field(
            f"{form}.{name}",
            label,
            typed[name],
            lambda text: write({name: text}),
            error=faults.get(name) or wrong_here,
            lines=lines,
            keyboard=keyboard,
            max_length=_LONGEST[name],
            on_focus=stores.focus.types,
            on_blur=stores.focus.rests,
        )

    return [
        box("name", words("lead.new.name")),
        box("phone", words("form.phone"), keyboard=ft.KeyboardType.PHONE),
        box("email", words("form.email"), keyboard=ft.KeyboardType.EMAIL),
        box("needs", words("lead.needs"), lines=3),
        *([box("value", words("lead.value_in", currency=words.currency))] if money else []),
        box("notes", words("booking.notes"), lines=5),
    ]


def _page(stores: Stores, words: Words, layout: Layout, rows: list[ft.Control]) -> ft.Control:
    def back() -> None:
        go(stores, stores.router.route.parent)

    close = buttons.icon_button("lead.close", words("action.close"), ft.Icons.CLOSE, back)
    head = page_head(
        words,
        words("leads.new"),
        words("lead.new.told"),
        on_back=None if layout.two_panes else back,
        trailing=[close] if layout.two_panes else None,
        size=18 if layout.two_panes else 22,
    )
    edge = ft.Border.only(left=ft.BorderSide(1, theme.LINE)) if layout.two_panes else None
    listing = ft.ListView(
        [head, *rows],
        spacing=14,
        padding=ft.Padding.only(left=18, right=14, top=4, bottom=20) if layout.two_panes else 12,
        expand=True,
        key="lead_form",
    )
    return ft.Container(listing, border=edge, expand=True)
