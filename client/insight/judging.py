"""What a call or a booking is to each figure: counted, one of those it is a share of, or left out and why.

Pure functions of a row's facts.  `why` and the sentences are keys of the catalogue.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from client.models.bookings import BookingStatus
from client.models.calls import Outcome
from client.models.tallies import BookingFacts, CallFacts, Facts, Price, Stage


class Part(StrEnum):
    """COUNTED: in the value · BASE: only in what the counted are a share of · OUT: in neither."""

    COUNTED = "counted"
    BASE = "base"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`left_out`: the sentence that says of rows like this that they are; None where it goes without saying.

    `included`: the sentence that says of counted rows what one might not expect.
    """

    part: Part
    why: str
    left_out: str | None = None
    included: str | None = None


def _counted(why: str, included: str | None = None) -> Verdict:
    return Verdict(part=Part.COUNTED, why=f"why.{why}", included=included and f"included.{included}")


def _base(why: str) -> Verdict:
    return Verdict(part=Part.BASE, why=f"why.{why}")


def _out(why: str, *, said: bool = True) -> Verdict:
    return Verdict(part=Part.OUT, why=f"why.{why}", left_out=f"left_out.{why}" if said else None)


FIRST_VISIT: Final = _base("first_visit")


# --- calls ------------------------------------------------------------------------------------------------------------
def _call(facts: Facts) -> CallFacts:
    assert isinstance(facts, CallFacts)
    return facts


def _no_question(call: CallFacts) -> Verdict | None:
    """Calls that nobody could have answered or missed."""
    if call.outcome is Outcome.SPAM:
        return _out("spam")
    if not call.inbound:
        return _out("outbound")
    if call.outcome is Outcome.VOICEMAIL:
        return _out("voicemail")
    if call.stage is Stage.RINGING:
        return _out("ringing")
    return None


def _is_answered(call: CallFacts) -> bool:
    """Of a call that could be."""
    return call.answered and call.outcome is not Outcome.MISSED


def answered(facts: Facts) -> Verdict:
    call = _call(facts)
    if (out := _no_question(call)) is not None:
        return out
    return _counted("answered") if _is_answered(call) else _out("missed")


def missed(facts: Facts) -> Verdict:
    call = _call(facts)
    if (out := _no_question(call)) is not None:
        return out
    return _out("answered", said=False) if _is_answered(call) else _counted("missed")


def answer_rate(facts: Facts) -> Verdict:
    call = _call(facts)
    if (out := _no_question(call)) is not None:
        return out
    return _counted("answered") if _is_answered(call) else _base("missed")


def booked(facts: Facts) -> Verdict:
    call = _call(facts)
    if call.stage is not Stage.OVER:
        return _out("running")
    return _counted("booked") if call.outcome is Outcome.BOOKED else _out("not_booked", said=False)


def booking_rate(facts: Facts) -> Verdict:
    call = _call(facts)
    if (out := _no_question(call)) is not None:
        return out
    if not _is_answered(call):
        return _out("missed")
    if call.stage is not Stage.OVER:
        return _out("running")
    if not call.wants:
        return _out("other_wish")
    return _counted("booked") if call.outcome is Outcome.BOOKED else _base("not_booked")


# --- bookings ---------------------------------------------------------------------------------------------------------
def _booking(facts: Facts) -> BookingFacts:
    assert isinstance(facts, BookingFacts)
    return facts


def made(facts: Facts) -> Verdict:
    booking = _booking(facts)
    if booking.status is BookingStatus.CANCELLED:
        return _counted("cancelled_since", "cancelled_since")
    return _counted("made")


def revenue_booked(facts: Facts) -> Verdict:
    booking = _booking(facts)
    if booking.status is BookingStatus.CANCELLED:
        return _out("cancelled")
    if booking.status is BookingStatus.NO_SHOW:
        return _out("no_show")
    return _priced(booking, "booked")


def revenue_completed(facts: Facts) -> Verdict:
    booking = _booking(facts)
    if (out := _not_held(booking)) is not None:
        return out
    return _priced(booking, "completed")


def _priced(booking: BookingFacts, why: str) -> Verdict:
    if booking.refunded:
        return _out("refunded")
    if booking.price is Price.NONE:
        return _out("no_price")
    return _counted("free", "free") if booking.price is Price.FREE else _counted(why)


def _not_held(booking: BookingFacts) -> Verdict | None:
    """What did not take place, or is not known to have."""
    match booking.status:
        case BookingStatus.COMPLETED:
            return None
        case BookingStatus.CANCELLED:
            return _out("cancelled")
        case BookingStatus.NO_SHOW:
            return _out("no_show")
        case BookingStatus.PENDING | BookingStatus.CONFIRMED | BookingStatus.UNKNOWN:
            return _out("not_completed")


def no_shows(facts: Facts) -> Verdict:
    booking = _booking(facts)
    if booking.status is BookingStatus.NO_SHOW:
        return _counted("no_show")
    return _not_held(booking) or _base("completed")


def came(facts: Facts) -> Verdict:
    """A client's visit: what took place."""
    return _not_held(_booking(facts)) or _counted("completed")


def stayed_away(facts: Facts) -> Verdict:
    """A booking that the client did not come to."""
    booking = _booking(facts)
    if booking.status is BookingStatus.NO_SHOW:
        return _counted("no_show")
    return _not_held(booking) or _out("completed", said=False)


def cancellations(facts: Facts) -> Verdict:
    booking = _booking(facts)
    return _counted("cancelled") if booking.status is BookingStatus.CANCELLED else _base("not_cancelled")


def visits(facts: Facts) -> Verdict:
    """A visit of somebody who has been before, unless it is their first (`FIRST_VISIT`)."""
    booking = _booking(facts)
    if (out := _not_held(booking)) is not None:
        return out
    return _counted("came_again") if booking.known else _out("no_customer")


def hours(facts: Facts) -> Verdict:
    booking = _booking(facts)
    return _out("cancelled") if booking.status is BookingStatus.CANCELLED else _counted("time_booked")
