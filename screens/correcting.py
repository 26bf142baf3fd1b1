"""The sheet in which an answer is put right, and the one in which the same is asked again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

import flet as ft

from client.editing import CorrectionDraft, Why
from client.insight import corrections, own_facts
from client.insight.corrections import Known, Wanted
from client.models.calls import Call, Turn
from client.models.corrections import CorrectionScope
from client.models.ids import CallId, CorrectionId, CustomerId, TurnId
from client.state.edits import Refusal
from client.state.rewording import Rewording
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What is put right: said in this turn by this employee, when this had been asked.  `client`: who had, by name;
    `customer_id`: who that is; both empty for who is no client."""

    call_id: CallId
    turn_id: TurnId
    question: str | None
    wrong: str
    employee: str
    client: str
    customer_id: CustomerId | None
    caller: str | None
    called_at: datetime


@component
def correct(stores: Stores, words: Words, call: Call, turn: Turn, how_high: Fit) -> ft.Control:
    asked = stores.call.asked_before(turn)
    first = CorrectionScope.SAME_QUESTION if asked else CorrectionScope.EVERYWHERE
    answer = _Answer(
        call_id=call.call_id,
        turn_id=turn.turn_id,
        question=asked,
        wrong=turn.text,
        employee=turn.name or call.employee_name,
        client=_client(stores),
        customer_id=call.customer_id,
        caller=call.caller_name,
        called_at=call.started_at,
    )

    async def keep(draft: CorrectionDraft) -> None:
        if await stores.edits.work.correct(draft, place=PLACE):
            stores.panel.open(f"{TURN}{turn.turn_id}.{ASK}")

    return _form(stores, words, answer, _Typed(scope=first), look(stores.correcting).state, keep, how_high)


@component
def correct_again(stores: Stores, words: Words, found: Rewording, draft: CorrectionDraft, how_high: Fit) -> ft.Control:
    """The same form with what a correction says that waits or was refused, and with what was decided then."""
    what, call = found.what, found.call
    known = corrections.without(look(stores.correcting).state, CorrectionId(what.row_id))
    answer = _Answer(
        call_id=draft.call_id,
        turn_id=draft.turn_id,
        question=draft.question,
        wrong=draft.wrong,
        employee=call.employee_name if call else "",
        client=found.client,
        customer_id=draft.customer_id or (call.customer_id if call else None),
        caller=call.caller_name if call else None,
        called_at=call.started_at if call else what.made_at,
    )

    async def keep(draft: CorrectionDraft) -> None:
        if await stores.edits.work.reword(what, draft, place=PLACE):
            stores.panel.close()

    return _form(stores, words, answer, _said(words, draft, what.made_at, known), known, keep, how_high)


def _form(
    stores: Stores,
    words: Words,
    answer: _Answer,
    first: _Typed,
    known: Known,
    keep: Callable[[CorrectionDraft], Awaitable[object]],
    how_high: Fit,
) -> ft.Control:
    """A hook."""
    typed, set_typed = ft.use_state(first)
    pen = Pen(lambda: words)
    last_day = pen.day_of(typed.day, known.today) if typed.reach is Reach.UNTIL else None
    wanted = _wanted(answer, typed, last_day)
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
        else:
            await keep(_draft(answer, wanted, against))

    form = CorrectionForm(
        question=answer.question or "",
        wrong=answer.wrong,
        right=typed.right,
        scope=typed.scope,
        reach=typed.reach,
        employee=answer.employee,
        client=answer.client,
        caller=answer.caller,
        called_at=answer.called_at,
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


def _said(words: Words, draft: CorrectionDraft, made_at: datetime, known: Known) -> _Typed:
    """What the draft says, as it is typed.  Of what it contradicted then the owner has said what becomes of it."""
    reach = Reach.CLIENT if draft.customer_id else Reach.UNTIL if draft.last_day else Reach.ALWAYS
    is_record = draft.scope is CorrectionScope.THIS_CALL
    again = Wanted(
        question=draft.question,
        wrong=draft.wrong,
        right=draft.right,
        scope=draft.scope,
        customer_id=draft.customer_id,
        last_day=draft.last_day,
    )
    asked = [each.correction for each in corrections.contradicted(again, known)]
    usual = CorrectionScope.SAME_QUESTION if draft.question else CorrectionScope.EVERYWHERE
    return _Typed(
        right=draft.right,
        scope=usual if is_record else draft.scope,
        reach=Reach.RECORD if is_record else reach,
        day=Pen(lambda: words).day(draft.last_day, known.today) if draft.last_day else "",
        decided={
            each.correction_id: each.correction_id in draft.replaces for each in asked if each.created_at <= made_at
        },
    )


def _wanted(answer: _Answer, typed: _Typed, last_day: date | None) -> Wanted:
    return Wanted(
        question=answer.question,
        wrong=answer.wrong,
        right=typed.right,
        scope=CorrectionScope.THIS_CALL if typed.reach is Reach.RECORD else typed.scope,
        customer_id=answer.customer_id if typed.reach is Reach.CLIENT else None,
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


def _draft(answer: _Answer, wanted: Wanted, against: Sequence[Against]) -> CorrectionDraft:
    return CorrectionDraft(
        call_id=answer.call_id,
        turn_id=answer.turn_id,
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
