"""Whether anybody is left for a booking that is for nobody in particular."""

import pytest

from client.editing import BookingChange, BookingDraft, Edited, change_booking, create_booking, nobody_is_free
from client.editing.preview import preview_new
from client.models.ids import BookingId, ServiceId
from client.storage.columns import json_text
from tests import example_data as eg
from tests.editing.conftest import ANA, LUIS, MIA, Salon

CLOSED = ("closed",)


def book(salon: Salon, clock: str = "14:00", **more: object) -> Edited:
    end = f"{int(clock[:2]) + 1}{clock[2:]}"
    draft = BookingDraft(customer_name="Ben", service_name="Cut", starts_at=eg.at(clock), ends_at=eg.at(end), **more)  # type: ignore[arg-type]
    preview = salon.db.read(lambda conn: preview_new(conn, draft, salon.now))
    edited = salon.do(create_booking, draft, allow=CLOSED, new_id=salon.new_id)
    assert preview is not None and preview.nobody_is_free == nobody(salon, edited)
    return edited


def nobody(salon: Salon, edited: Edited) -> bool:
    after = edited.after
    assert after is not None
    return salon.db.read(lambda conn: nobody_is_free(conn, edited.before, after, salon.now))


def test_each_booking_for_nobody_takes_one_of_those_who_are_free(salon: Salon) -> None:
    assert [nobody(salon, book(salon)) for _ in range(4)] == [False, False, False, True]
    assert not nobody(salon, book(salon, "16:00"))
    assert not nobody(salon, book(salon, staff_id=ANA))


def test_who_is_taken_is_not_free_and_who_is_off_neither(salon: Salon) -> None:
    salon.add("one", "14:30", who=ANA)
    salon.add("two", "13:30", who=LUIS)
    assert not nobody(salon, book(salon))
    salon.add("three", "13:45", 30, who=MIA)
    assert nobody(salon, book(salon)) and not nobody(salon, book(salon, "15:30"))


@pytest.mark.parametrize(("able", "free"), [(MIA, False), (LUIS, True)])
def test_only_those_who_do_the_service_count(salon: Salon, able: str, free: bool) -> None:
    service = eg.SERVICES[3].service_id
    salon.write(lambda conn: conn.execute("UPDATE staff SET services = ? WHERE id = ?", (json_text([service]), able)))
    salon.add("mias", "14:00", who=MIA)
    assert nobody(salon, book(salon, service_id=ServiceId(service))) != free


def test_outside_the_hours_it_is_that_which_is_said(salon: Salon) -> None:
    assert not nobody(salon, book(salon, "05:00"))


def test_a_note_says_nothing_of_the_time(salon: Salon) -> None:
    last = [book(salon) for _ in range(4)][-1]
    assert nobody(salon, last)
    assert not nobody(salon, salon.do(change_booking, BookingId(last.row_id), BookingChange(notes="x")))
