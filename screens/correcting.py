"""The sheet in which an answer is put right, and the one in which the same is asked again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

import flet as ft

from client.editing import CorrectionDraft, Why
from client.insight import corrections, own_facts
from client.insight.corrections import Known, Wanted
from client.models.calls import Call, Turn
from client.models.corrections import CorrectionScope
from client.models.ids import CorrectionId
from client.state.edits import Refusal
from screens.looking import look
from screens.stores import Stores
from screens.turn_foot import PLACE, foot
from screens.window import ASK, TURN
from widgets.component import component, effect
from widgets.correction_asking import AskActions, AskForm, ask_sheet
from widgets.correction_form import Against, CorrectionActions, CorrectionForm, Reach, correction_form
from widgets.day_strip import Day
from widgets.pen import Pen
from widgets.sheet import Fit
from widgets.strings import Words

DAYS_SHOWN: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """`decided`: what the owner said of older corrections, whether each ends; `first`: of the days, from today."""

    right: str = ""
    scope: CorrectionScope
    reach: Reach = Reach.ALWAYS
    day: str = ""
    first: int = 0
    decided: dict[CorrectionId, bool] = field(default_factory=dict[CorrectionId, bool])


@component
def correct(stores: Stores, words: Words, call: Call, turn: Turn, how_high: Fit) -> ft.Control:
    asked = stores.call.asked_before(turn)
    first = CorrectionScope.SAME_QUESTION if asked else CorrectionScope.EVERYWHERE
    typed, set_typed = ft.use_state(_Typed(scope=first))
    known = look(stores.correcting).state
    pen = Pen(lambda: words)
    last_day = pen.day_of(typed.day, known.today) if typed.reach is Reach.UNTIL else None
    wanted = _wanted(call, turn, asked, typed, last_day)
    against = _against(wanted, known, typed)

    def forget() -> None:
        stores.edits.forget_refusal(PLACE)

    effect(lambda: None, [], cleanup=forget)

    def change(**changes: object) -> None:
        forget()
        set_typed(lambda before: replace(before, **changes))  # type: ignore[arg-type]

    def turn_days(by: int) -> None:
        set_typed(lambda before: replace(before, first=max(0, before.first + by)))

    def decide(correction_id: CorrectionId, ends: bool) -> None:
        change(decided={**typed.decided, correction_id: ends})

    async def save() -> None:
        if typed.reach is Reach.UNTIL and last_day is None:
            stores.edits.refuse(Refusal(why=Why.NO_DAY, place=PLACE, name="last_day"))
        elif any(each.ends is None for each in against):
            stores.edits.refuse(Refusal(why=Why.UNDECIDED, place=PLACE))
        elif await stores.edits.work.correct(_draft(call, turn, wanted, against), place=PLACE):
            stores.panel.open(f"{TURN}{turn.turn_id}.{ASK}")

    employee = turn.name or call.employee_name
    form = CorrectionForm(
        question=asked or "",
        wrong=turn.text,
        right=typed.right,
        scope=typed.scope,
        reach=typed.reach,
        employee=employee,
        client=_client(stores),
        caller=call.caller_name,
        called_at=call.started_at,
        typed=typed.day,
        last_day=last_day,
        days=_days(known, typed.first, last_day),
        against=against,
        facts=_facts(wanted, known),
    )
    actions = CorrectionActions(
        right=lambda text: change(right=text),
        scope=lambda scope: change(scope=scope),
        reach=lambda reach: change(reach=reach),
        type_day=lambda text: change(day=text),
        pick=lambda day: change(day=pen.day(day, known.today)),
        turn=turn_days,
        decide=decide,
    )
    ending, focus = foot(stores, words, save), (stores.focus.types, stores.focus.rests)
    return correction_form(words, form, actions, ending, stores.panel.close, focus, how_high, stores.ticks.now)


@component
def ask(stores: Stores, words: Words, call: Call, turn: Turn, how_high: Fit) -> ft.Control:
    known = look(stores.correcting).state
    client = _client(stores)
    asked, set_asked = ft.use_state(stores.call.asked_before(turn) or turn.text)
    as_client, set_as_client = ft.use_state(bool(client))
    found = corrections.answer(asked, call.customer_id if as_client else None, known)

    async def take_back() -> None:
        if found is not None:
            await stores.edits.work.withdraw_correction(found.correction.correction_id, place=PLACE)

    form = AskForm(
        asked=asked,
        client=client,
        as_client=as_client,
        employee=turn.name or call.employee_name,
        found=found,
        standing=corrections.standing(found.correction, known.today) if found else corrections.Standing.LEARNED,
        fault=foot(stores, words, take_back).fault,
    )
    actions = AskActions(ask=set_asked, who=set_as_client, take_back=take_back, close=stores.panel.close)
    focus = (stores.focus.types, stores.focus.rests)
    return ask_sheet(words, form, actions, focus, how_high, stores.ticks.now)


def _client(stores: Stores) -> str:
    customer = stores.call.state.customer
    return customer.name if customer else ""


def _wanted(call: Call, turn: Turn, asked: str | None, typed: _Typed, last_day: date | None) -> Wanted:
    return Wanted(
        question=asked,
        wrong=turn.text,
        right=typed.right,
        scope=CorrectionScope.THIS_CALL if typed.reach is Reach.RECORD else typed.scope,
        customer_id=call.customer_id if typed.reach is Reach.CLIENT else None,
        last_day=last_day,
    )


def _against(wanted: Wanted, known: Known, typed: _Typed) -> tuple[Against, ...]:
    """What says something else, and what the owner has decided of it."""
    return tuple(
        Against(
            older=each,
            ends=typed.decided.get(each.correction.correction_id),
            new_first=corrections.goes_first(wanted, each.correction),
        )
        for each in corrections.contradicted(wanted, known)
    )


def _facts(wanted: Wanted, known: Known) -> tuple[own_facts.OwnFact, ...]:
    if wanted.scope is CorrectionScope.THIS_CALL:
        return ()
    return own_facts.against(wanted.question, wanted.right, known.services, known.business)


def _draft(call: Call, turn: Turn, wanted: Wanted, against: Sequence[Against]) -> CorrectionDraft:
    return CorrectionDraft(
        call_id=call.call_id,
        turn_id=turn.turn_id,
        wrong=wanted.wrong,
        right=wanted.right,
        question=wanted.question,
        scope=wanted.scope,
        customer_id=wanted.customer_id,
        last_day=wanted.last_day,
        replaces=tuple(each.older.correction.correction_id for each in against if each.ends),
    )


def _days(known: Known, first: int, chosen: date | None) -> list[Day]:
    """Seven days that can be picked; a day on which the business is closed can be the last one too."""
    if known.business is None:
        return []
    days = (known.today + timedelta(days=first + n) for n in range(DAYS_SHOWN))
    return [Day(day=day, count=None, closed=False, selected=day == chosen, today=day == known.today) for day in days]
