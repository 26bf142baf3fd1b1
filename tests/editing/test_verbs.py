"""What is offered is what is possible: the verbs of a booking lead to every state that editing lets it get."""

from dataclasses import replace
from datetime import timedelta

import pytest

from client.editing import Verb, verbs_of
from client.editing.statuses import FOLLOWS
from client.models.bookings import BookingStatus
from tests import example_data as eg

BECOMES = {
    Verb.CONFIRM: "confirmed",
    Verb.COMPLETE: "completed",
    Verb.NO_SHOW: "no_show",
    Verb.CANCEL: "cancelled",
    Verb.REINSTATE: "confirmed",
}
PAST = eg.booking("09:00", "Maria", "Cut", 45, "ana")


@pytest.mark.parametrize("status", FOLLOWS)
def test_every_verb_is_legal_and_every_legal_state_has_its_verb(status: BookingStatus) -> None:
    verbs = verbs_of(replace(PAST, status=status), eg.NOW)
    reached = {BECOMES[verb] for verb in verbs if verb in BECOMES}
    assert reached == FOLLOWS[status] - {"pending"}
    assert len(set(verbs)) == len(verbs)


def test_what_has_not_begun_is_neither_done_nor_missed() -> None:
    coming = replace(PAST, starts_at=eg.NOW + timedelta(minutes=1))
    assert verbs_of(coming, eg.NOW) == (Verb.MOVE, Verb.EDIT, Verb.CANCEL)
    begun = replace(PAST, starts_at=eg.NOW)
    assert verbs_of(begun, eg.NOW) == (Verb.COMPLETE, Verb.NO_SHOW, Verb.MOVE, Verb.EDIT, Verb.CANCEL)


@pytest.mark.parametrize("status", [BookingStatus.COMPLETED, BookingStatus.NO_SHOW])
def test_what_was_called_over_elsewhere_before_it_began_can_come_back(status: BookingStatus) -> None:
    coming = replace(PAST, status=status, starts_at=eg.NOW + timedelta(minutes=1))
    assert verbs_of(coming, eg.NOW) == (Verb.EDIT, Verb.REINSTATE)


def test_a_cancelled_booking_has_its_notes_and_can_come_back() -> None:
    assert verbs_of(replace(PAST, status=BookingStatus.CANCELLED), eg.NOW) == (Verb.REINSTATE, Verb.EDIT)


def test_a_state_of_a_newer_server_is_left_alone() -> None:
    assert verbs_of(replace(PAST, status=BookingStatus.UNKNOWN), eg.NOW) == ()
