"""Which correction answers a question, how each stands, and which of them say something else than a new one.

Everything here goes by the corrections on this device and by a stated rule; what an employee would make of a question
beyond them is not guessed.  A correction answers where the same is asked (asking.py); one of everywhere also where its
wrong answer is.  Of several the narrowest counts: for one client before for all, until a day before for good, of alike
the newest.  The server goes by the same order (docs/api.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from client.insight.asking import same
from client.models.business import Business, Service
from client.models.corrections import Correction, CorrectionScope, CorrectionState, Sourced
from client.models.ids import CorrectionId, CustomerId
from client.storage.words import line


class Standing(StrEnum):
    """waiting ──> learned ──> over (its last day is gone); replaced: a newer one ended it, waiting or learned."""

    WAITING = "waiting"
    LEARNED = "learned"
    OVER = "over"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Noted:
    """A correction beside the line that it puts right.  `client`: the name of the one it counts for."""

    correction: Correction
    standing: Standing
    client: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What this device knows of answers.  `corrections`: newest first; `today`: the business's own day."""

    corrections: tuple[Sourced, ...] = ()
    services: tuple[Service, ...] = ()
    business: Business | None = None
    today: date = date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A correction that is being written.  `customer_id`, `last_day`: as of a `Correction`."""

    question: str | None
    wrong: str
    right: str
    scope: CorrectionScope
    customer_id: CustomerId | None = None
    last_day: date | None = None


def standing(correction: Correction, today: date) -> Standing:
    if correction.replaced:
        return Standing.REPLACED
    if correction.last_day is not None and correction.last_day < today:
        return Standing.OVER
    learned = correction.state is CorrectionState.LEARNED and not correction.pending
    return Standing.LEARNED if learned else Standing.WAITING


def counts(correction: Correction, today: date) -> bool:
    """Whether it changes answers today, as soon as the server has it."""
    known = correction.scope in (CorrectionScope.SAME_QUESTION, CorrectionScope.EVERYWHERE)
    return known and standing(correction, today) in (Standing.WAITING, Standing.LEARNED)


def answer(asked: str, customer_id: CustomerId | None, known: Known) -> Sourced | None:
    """The correction that is said when this client, or with None somebody else, asks this; None where none is."""
    fitting = [
        each
        for each in known.corrections
        if counts(each.correction, known.today)
        and each.correction.customer_id in (None, customer_id)
        and _answers(each.correction, asked, known.services)
    ]
    return max(fitting, key=lambda each: _narrow(each.correction), default=None)


def contradicted(wanted: Wanted, known: Known) -> tuple[Sourced, ...]:
    """Those that count now, for a client of the new one's, and answer the same with other words; newest first."""
    if wanted.scope is CorrectionScope.THIS_CALL or not wanted.right.strip():
        return ()
    return tuple(
        each
        for each in known.corrections
        if counts(each.correction, known.today)
        and (
            None in (wanted.customer_id, each.correction.customer_id)
            or wanted.customer_id == each.correction.customer_id
        )
        and line(each.correction.right) != line(wanted.right)
        and _about_the_same(wanted, each.correction, known.services)
    )


def without(known: Known, correction_id: CorrectionId) -> Known:
    """As if there were no such correction: what it alone has ended counts."""
    others = [each for each in known.corrections if each.correction.correction_id != correction_id]
    ended = {each for other in others for each in other.correction.replaces}
    left = (
        replace(each, correction=replace(each.correction, replaced=each.correction.correction_id in ended))
        for each in others
    )
    return replace(known, corrections=tuple(left))


def goes_first(wanted: Wanted, older: Correction) -> bool:
    """Whether the new one is given where both could be."""
    new = (wanted.customer_id is not None, wanted.last_day is not None)
    return new >= _narrow(older)[:2]


def _answers(correction: Correction, asked: str, services: Iterable[Service]) -> bool:
    if same(asked, correction.question, services):
        return True
    return correction.scope is CorrectionScope.EVERYWHERE and same(asked, correction.wrong, services)


def _about_the_same(wanted: Wanted, older: Correction, services: Sequence[Service]) -> bool:
    """The same question, the same wrong answer, or what is called wrong now is what was called right then."""
    return any(
        same(new, old, services)
        for new, old in (
            (wanted.question, older.question),
            (wanted.wrong, older.wrong),
            (wanted.wrong, older.right),
        )
    )


def _narrow(correction: Correction) -> tuple[bool, bool, datetime]:
    return correction.customer_id is not None, correction.last_day is not None, correction.created_at
