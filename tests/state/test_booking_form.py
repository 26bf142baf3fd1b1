"""The form of a booking as state: what is typed, what is in its way, and that nothing is saved by halves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from client.editing import BookingChange, Why
from client.insight.diary import Why as InTheWay
from client.models.account import Role
from client.models.bookings import Booking, BookingStatus
from client.models.ids import BookingId, CustomerId, StaffId
from client.models.link import Trouble
from client.models.mutations import Tell
from client.models.tell_draft import TellBy
from client.state.booking_form import PLACE, FormStore
from client.state.form_state import FormState
from client.state.typed_booking import Doing, Fault
from client.storage import bookings, business, outbox
from client.storage.database import Database
from client.storage.errors import DiskFull
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime, HandClock, answering
from tests.harness import Harness
from tests.screens import salon
from tests.screens.salon import MARIA, TOMORROW, starts
from tests.screens.scenes import no_server

ANA, LUIS = StaffId("s-ana"), StaffId("s-luis")
CUT = eg.SERVICES[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    stores: Stores
    runtime: FakeRuntime
    window: Harness
    db: Database
    hand: HandClock

    @property
    def store(self) -> FormStore:
        return self.stores.form

    @property
    def state(self) -> FormState:
        return self.stores.form.state

    def booking(self, booking_id: BookingId = MARIA.booking_id) -> Booking:
        found = self.db.read(lambda conn: bookings.get(conn, booking_id))
        assert found is not None
        return found

    def told(self) -> list[Tell | None]:
        return [change.tell for change in self.db.read(outbox.entries)]

    def reasons(self) -> list[InTheWay]:
        return [each.why for each in self.state.in_the_way]

    async def write(self, booking: Booking) -> None:
        """The server's row has come."""
        await self.db.write(lambda conn: salon.put_whole(conn, booking))
        await self.window.settle()


@pytest.fixture
async def form(tmp_path: Path) -> AsyncIterator[Form]:
    hand = HandClock()
    async with Harness() as window:
        runtime = FakeRuntime(clock=hand.clock(), api=answering(no_server, hand.clock()))
        stores = Stores.build(runtime)
        db = salon.open_salon(stores, tmp_path)
        yield Form(stores=stores, runtime=runtime, window=window, db=db, hand=hand)
        stores.close()
        await runtime.api.aclose()
        db.close()


def new(form: Form, **texts: str) -> None:
    """A cut with Luis tomorrow at eleven, for Ben."""
    form.store.open(Doing.NEW, None, TOMORROW)
    form.store.choose_service(CUT)
    form.store.choose_staff(LUIS)
    form.store.type(**{"name": "Ben Cole", "phone": "+1 415 555 0199", "start": "11:00", **texts})


# --- new --------------------------------------------------------------------------------------------------------------
async def test_a_new_booking_is_made_as_typed_and_its_client_told_in_the_words_shown(form: Form) -> None:
    new(form, notes="First visit")
    assert (form.state.in_the_way, form.state.draft and form.state.draft.by) == ((), None)
    assert form.state.draft and form.state.draft.expected_at is None, "Ben does not know of it yet"
    assert await form.store.save() is None, "whether Ben is told is not decided"
    assert (form.state.fault("tell"), form.told()) == (Fault.UNDECIDED, [])
    assert form.state.draft
    form.store.tell(form.state.draft.choose(TellBy.SMS))
    booking_id = await form.store.save()
    assert booking_id is not None
    made = form.booking(booking_id)
    assert (made.customer_name, made.service_name, made.notes) == ("Ben Cole", "Cut", "First visit")
    assert (made.starts_at, made.duration_minutes) == (eg.at("11:00", TOMORROW), 45)
    assert made.pending and form.runtime.kicks == 1
    [tell] = form.told()
    assert tell and tell.channel == "sms" and "Tuesday, November 25 at 11:00 am" in tell.text
    assert form.state.typed.name == "", "the next new booking begins empty"


async def test_the_text_follows_the_time_until_the_owner_writes_it(form: Form) -> None:
    new(form)
    assert form.state.draft and "11:00 am" in form.state.draft.text
    form.store.type(start="11:30")
    assert form.state.draft and "11:30 am" in form.state.draft.text
    form.store.tell(form.state.draft.choose(TellBy.SMS).type("See you then!"))
    form.store.type(start="12:00")
    assert form.state.draft and (form.state.draft.text, form.state.draft.by) == ("See you then!", TellBy.SMS)


async def test_without_a_person_it_is_said_where_none_of_those_who_could_do_it_is_free(form: Form) -> None:
    new(form)
    people = form.db.read(business.staff)
    for number, person in enumerate(people):
        other = replace(MARIA, booking_id=BookingId(f"b-{number}"), staff_id=person.staff_id)
        length = MARIA.ends_at - MARIA.starts_at
        starts_at = eg.at("11:00", TOMORROW)
        form.store.choose_staff(None)
        assert not form.state.nobody_is_free
        await form.write(replace(other, starts_at=starts_at, ends_at=starts_at + length))
    assert form.state.nobody_is_free and form.state.in_the_way == ()
    form.store.choose_staff(LUIS)
    assert not form.state.nobody_is_free and form.reasons() == [InTheWay.TAKEN]


async def test_who_cannot_be_reached_is_nothing_to_decide(form: Form) -> None:
    new(form, phone="")
    assert form.state.draft and form.state.draft.by is TellBy.NOBODY
    form.store.type(phone="+1 555")
    assert form.state.draft and form.state.draft.by is None, "with a number there is something to decide again"


async def test_somebody_who_is_known_is_found_by_letters_or_digits_and_fills_the_fields(form: Form) -> None:
    form.store.open(Doing.NEW, None, TOMORROW)
    form.store.type(name="mar")
    assert [each.name for each in form.state.found] == ["Maria Gómez"]
    form.store.type(name="5550142")
    assert [each.customer_id for each in form.state.found] == ["c-maria"]
    form.store.choose_customer(form.state.found[0])
    typed = form.state.typed
    assert (typed.customer_id, typed.name, typed.phone) == (CustomerId("c-maria"), "Maria Gómez", "+14155550142")
    assert form.state.customer and form.state.found == ()
    form.store.choose_customer(None)
    assert (form.state.typed.customer_id, form.state.typed.name) == (None, "")


async def test_a_service_sets_the_length_and_free_times_are_of_who_can(form: Form) -> None:
    form.store.open(Doing.NEW, None, TOMORROW)
    assert form.state.slots == ()
    form.store.choose_service(eg.SERVICES[0])
    assert form.state.typed.length == "90"
    slot = next(each for each in form.state.slots if each.starts_at == eg.at("14:00", TOMORROW))
    assert slot.staff_id != ANA, "Ana has Maria then"
    form.store.take(slot)
    assert (form.state.typed.start, form.state.typed.staff_id) == ("14:00", slot.staff_id)
    form.store.choose_staff(ANA)
    assert all(each.staff_id == ANA for each in form.state.slots)
    assert eg.at("14:00", TOMORROW) not in {each.starts_at for each in form.state.slots}


async def test_what_is_missing_is_said_once_saving_was_tried(form: Form) -> None:
    form.store.open(Doing.NEW, None, TOMORROW)
    assert [form.state.fault(name) for name in ("name", "service", "start", "length")] == [None] * 4
    assert await form.store.save() is None
    assert [form.state.fault(name) for name in ("name", "service", "start", "length")] == [
        Why.NO_NAME,
        Why.NO_SERVICE,
        Fault.NO_TIME,
        Fault.NO_LENGTH,
    ]


# --- in the way -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "length", "day", "why"),
    [
        ("10:30", "45", TOMORROW, [InTheWay.TAKEN]),
        ("08:00", "45", TOMORROW, [InTheWay.CLOSED, InTheWay.STAFF_OFF]),
        ("11:00", "0", TOMORROW, [InTheWay.TOO_SHORT]),
        ("11:00", "24h", TOMORROW, [InTheWay.TOO_LONG, InTheWay.CLOSED, InTheWay.STAFF_OFF, InTheWay.TAKEN]),
        ("11:00", "45", eg.TODAY - timedelta(days=3), [InTheWay.PAST]),
        ("12:00", "45", eg.TODAY, [InTheWay.BLOCKED]),
        ("11:00", "45", date(2025, 12, 25), [InTheWay.CLOSED]),
    ],
)
async def test_what_is_in_the_way_is_known_before_saving_and_nothing_is_saved(
    start: str, length: str, day: date, why: list[InTheWay], form: Form
) -> None:
    new(form, start=start, length=length)
    form.store.go_to(day)
    assert form.reasons()[: len(why)] == why
    if form.state.draft:
        form.store.tell(form.state.draft.choose(TellBy.NOBODY))
    assert await form.store.save() is None
    assert form.told() == []
    assert form.state.typed.name == "Ben Cole"


async def test_over_others_and_outside_the_hours_only_on_purpose(form: Form) -> None:
    new(form, start="10:15")
    assert form.state.draft
    form.store.tell(form.state.draft.choose(TellBy.NOBODY))
    assert await form.store.save() is None
    form.store.allow("overlap", True)
    assert form.state.in_the_way == ()
    form.store.type(start="10:20")
    assert form.reasons() == [InTheWay.TAKEN], "what was allowed for one time is not allowed for the next"
    form.store.allow("overlap", True)
    assert await form.store.save() is not None
    [change] = form.db.read(outbox.entries)
    assert change.payload["allow"] == ["overlap"]


async def test_the_front_desk_is_not_offered_to_book_two_at_once(form: Form) -> None:
    form.runtime.identity = replace(eg.IDENTITY, role=Role.FRONT_DESK)
    form.stores.session.look()
    new(form, start="10:15")
    assert not form.state.may_overbook


@pytest.mark.parametrize(
    ("start", "fault"),
    [("02:30", Fault.SKIPPED), ("11:03", Fault.OFF_STEP), ("soon", Fault.UNREADABLE), ("--help", Fault.UNREADABLE)],
)
async def test_times_that_cannot_be_meant(start: str, fault: Fault, form: Form) -> None:
    new(form, start=start)
    form.store.go_to(date(2026, 3, 8))
    assert form.state.fault("start") is fault
    assert await form.store.save() is None
    assert (form.state.typed.start, form.told()) == (start, [])


async def test_in_the_hour_that_comes_twice_the_first_is_meant_and_a_booking_of_the_second_stays(form: Form) -> None:
    autumn = date(2026, 11, 1)
    new(form, start="01:30")
    form.store.go_to(autumn)
    first = form.state.what.starts_at
    assert first and first.astimezone(eg.ZONE).tzname() == "PDT"
    second = replace(MARIA, starts_at=first + timedelta(hours=1), ends_at=first + timedelta(hours=2))
    await form.write(second)
    form.store.open(Doing.EDIT, MARIA.booking_id)
    assert form.state.what.starts_at == second.starts_at
    form.store.type(notes="Late")
    assert form.state.in_the_way == (), "it stays where it stands"


@pytest.mark.parametrize(
    ("field", "text", "fault"),
    [
        ("name", eg.HUGE, Why.TEXT_TOO_LONG),
        ("name", "x" * 10_000, Why.TEXT_TOO_LONG),
        ("name", "Ben\x00", Why.TEXT_UNREADABLE),
        ("phone", "1" * 41, Why.TEXT_TOO_LONG),
        ("email", "x" * 300, Why.TEXT_TOO_LONG),
        ("notes", "x" * 2001, Why.TEXT_TOO_LONG),
        ("length", "-1", Fault.NO_LENGTH),
        ("date", "31 February", Fault.NO_DAY),
    ],
)
async def test_what_the_server_would_not_take_is_refused_here_and_stays_typed(
    field: str, text: str, fault: object, form: Form
) -> None:
    new(form, **{field: text})
    assert form.state.fault({"date": "day"}.get(field, field)) is fault
    assert await form.store.save() is None
    assert (getattr(form.state.typed, field), form.told()) == (text, [])


@pytest.mark.parametrize("name", ["--help", "<b>Bold</b>", eg.ARABIC, eg.EMOJI, "{name}", "O'Neill; DROP TABLE"])
async def test_any_name_is_a_name(name: str, form: Form) -> None:
    new(form, name=name, phone="")
    booking_id = await form.store.save()
    assert booking_id and form.booking(booking_id).customer_name == name


# --- changing ---------------------------------------------------------------------------------------------------------
async def test_moving_again_before_it_was_sent_is_one_change(form: Form) -> None:
    for start, staff in (("15:00", "s-ana"), ("11:00", "s-luis")):
        form.store.open(Doing.MOVE, MARIA.booking_id)
        form.store.type(start=start)
        form.store.choose_staff(StaffId(staff))
        assert form.state.draft
        form.store.tell(form.state.draft.choose(TellBy.SMS))
        assert await form.store.save() == MARIA.booking_id
        assert starts(form.db) == f"Tue {start} with {staff}"
        form.store.open(None)
    [change] = form.db.read(outbox.entries)
    assert change.payload["set"]["starts_at"][0] == int(MARIA.starts_at.timestamp() * 1000)


async def test_only_what_was_touched_is_changed(form: Form) -> None:
    form.store.open(Doing.EDIT, MARIA.booking_id)
    form.store.type(notes="Wants the window seat")
    assert form.state.draft is None, "a note is nothing the client hears of"
    await form.write(replace(MARIA, starts_at=eg.at("13:00", TOMORROW), ends_at=eg.at("14:30", TOMORROW)))
    assert (form.state.typed.start, form.state.typed.notes) == ("13:00", "Wants the window seat")
    await form.store.save()
    [change] = form.db.read(outbox.entries)
    assert set(change.payload["set"]) == {"notes"}
    assert starts(form.db) == "Tue 13:00 with s-ana"


async def test_nothing_changed_is_said_and_not_saved(form: Form) -> None:
    form.store.open(Doing.EDIT, MARIA.booking_id)
    assert await form.store.save() is None
    refusal = form.stores.edits.state.refusal
    assert refusal and (refusal.why, refusal.place) == (Why.NOTHING, PLACE)


async def test_another_service_brings_its_length_and_leaves_its_price_to_the_server(form: Form) -> None:
    form.store.open(Doing.EDIT, MARIA.booking_id)
    form.store.choose_service(CUT)
    assert form.state.draft
    form.store.tell(form.state.draft.choose(TellBy.NOBODY))
    await form.store.save()
    booking = form.booking()
    assert (booking.service_name, booking.duration_minutes, booking.price_cents) == ("Cut", 45, None)


async def test_one_of_a_series_is_changed_alone(form: Form) -> None:
    later = replace(
        salon.SERIES,
        booking_id=BookingId("b-next"),
        starts_at=salon.SERIES.starts_at + timedelta(days=28),
        ends_at=salon.SERIES.ends_at + timedelta(days=28),
    )
    await form.write(later)
    form.store.open(Doing.MOVE, salon.SERIES.booking_id)
    form.store.type(start="11:00")
    assert form.state.draft
    form.store.tell(form.state.draft.choose(TellBy.NOBODY))
    await form.store.save()
    moved, other = form.booking(salon.SERIES.booking_id), form.booking(later.booking_id)
    assert (moved.starts_at, moved.series_id) == (eg.at("11:00", TOMORROW), "ser-1")
    assert other.starts_at == later.starts_at


async def test_cancelling_keeps_the_reason_and_tells_as_decided(form: Form) -> None:
    form.store.open(Doing.CANCEL, MARIA.booking_id)
    form.store.type(reason="Ana is ill")
    assert form.state.draft and "is cancelled" in form.state.draft.text
    form.store.tell(form.state.draft.choose(TellBy.EMAIL).type("Sorry, Ana is ill."))
    assert await form.store.save() == MARIA.booking_id
    booking = form.booking()
    assert (booking.status, booking.cancellation_reason) == (BookingStatus.CANCELLED, "Ana is ill")
    assert form.told() == [Tell(text="Sorry, Ana is ill.", channel="email")]


async def test_a_time_that_was_given_away_is_in_the_way_of_bringing_back(form: Form) -> None:
    await form.write(replace(MARIA, status=BookingStatus.CANCELLED))
    await form.write(eg.booking("14:30", "Tom Baker", "Cut", 45, "ana", day=TOMORROW))
    form.store.open(Doing.REINSTATE, MARIA.booking_id)
    assert form.reasons() == [InTheWay.TAKEN]
    assert form.state.draft
    form.store.tell(form.state.draft.choose(TellBy.NOBODY))
    assert await form.store.save() is None
    form.store.allow("overlap", True)
    assert await form.store.save() == MARIA.booking_id
    assert form.booking().status is BookingStatus.CONFIRMED


async def test_of_a_cancelled_booking_the_notes_can_be_edited(form: Form) -> None:
    await form.write(replace(MARIA, status=BookingStatus.CANCELLED))
    form.store.open(Doing.EDIT, MARIA.booking_id)
    assert form.state.days == ()
    form.store.type(notes="Moved to Porto")
    assert await form.store.save() == MARIA.booking_id
    assert form.booking().notes == "Moved to Porto"


async def test_what_is_over_is_nothing_to_tell(form: Form) -> None:
    over = eg.booking("09:00", "Maria Gómez", "Cut", 45, "ana")
    await form.write(over)
    form.store.open(Doing.CANCEL, over.booking_id)
    assert form.state.draft is None
    assert await form.store.save() == over.booking_id


async def test_a_move_by_hand_is_asked_about_where_the_client_would_hear_of_it(form: Form) -> None:
    by_hand = BookingChange(starts_at=eg.at("15:00", TOMORROW), ends_at=eg.at("16:30", TOMORROW), staff_id=LUIS)
    assert form.store.propose(MARIA.booking_id, by_hand)
    typed = form.state.typed
    assert (form.state.doing, typed.start, typed.length, typed.staff_id) == (Doing.MOVE, "15:00", "90", LUIS)
    assert form.state.draft and (form.state.draft.by, form.told()) == (None, [])
    form.store.tell(form.state.draft.choose(TellBy.SMS))
    assert await form.store.save() == MARIA.booking_id
    assert starts(form.db) == "Tue 15:00 with s-luis"


async def test_of_what_the_client_does_not_hear_nothing_is_asked(form: Form) -> None:
    longer = BookingChange(ends_at=eg.at("16:00", TOMORROW))
    assert not form.store.propose(MARIA.booking_id, longer)
    await form.write(replace(MARIA, customer_phone=None, customer_email=None))
    assert not form.store.propose(MARIA.booking_id, BookingChange(starts_at=eg.at("13:00", TOMORROW)))
    assert form.state.doing is None


# --- seven days -------------------------------------------------------------------------------------------------------
async def test_seven_days_are_looked_at_together_and_turned_by_weeks(form: Form) -> None:
    form.store.open(Doing.MOVE, MARIA.booking_id)
    days = [each.day for each in form.state.days]
    assert days == [eg.TODAY + timedelta(days=n) for n in range(7)]
    assert [each.closed for each in form.state.days] == [False] * 6 + [True]
    form.store.turn(7)
    assert form.state.days[0].day == eg.TODAY + timedelta(days=7)
    assert form.state.typed.day == TOMORROW + timedelta(days=7)
    form.store.turn(-70)
    assert form.state.days[0].day == eg.TODAY, "nothing is free before today"
    form.store.type(date="10 December")
    assert (form.state.typed.day, form.state.days[0].day) == (date(2025, 12, 10), date(2025, 12, 8))


async def test_free_times_follow_the_diary(form: Form) -> None:
    form.store.open(Doing.MOVE, MARIA.booking_id)
    at = eg.at("13:00", TOMORROW)
    assert at in {each.starts_at for each in form.state.slots}
    await form.write(eg.booking("13:00", "Tom Baker", "Cut", 45, "ana", day=TOMORROW))
    assert at not in {each.starts_at for each in form.state.slots}


@pytest.mark.parametrize(
    ("step", "start", "length"),
    [({"start": 5}, "14:05", "90"), ({"start": -5}, "13:55", "90"), ({"length": 15}, "14:00", "105")],
)
async def test_steps(step: dict[str, int], start: str, length: str, form: Form) -> None:
    form.store.open(Doing.MOVE, MARIA.booking_id)
    form.store.shift(**step)
    assert (form.state.typed.start, form.state.typed.length) == (start, length)


async def test_steps_end_at_five_minutes_and_go_over_midnight(form: Form) -> None:
    form.store.open(Doing.MOVE, MARIA.booking_id)
    form.store.shift(length=-200)
    assert form.state.typed.length == "5"
    form.store.type(start="23:58")
    form.store.shift(start=5)
    assert form.state.typed.start == "00:00"
    form.store.type(start="10:02")
    form.store.shift(start=-5)
    assert form.state.typed.start == "10:00"


# --- keeping what is typed --------------------------------------------------------------------------------------------
async def test_what_is_typed_outlives_the_screen_and_is_given_up_by_hand(form: Form) -> None:
    new(form)
    form.store.open(None)
    form.store.open(Doing.EDIT, MARIA.booking_id)
    assert not form.state.resumed
    form.store.open(Doing.NEW, None, None)
    assert (form.state.typed.name, form.state.resumed) == ("Ben Cole", True)
    form.store.give_up()
    assert (form.state.typed.name, form.state.touched, form.state.resumed) == ("", False, False)


async def test_a_disk_that_is_full_loses_nothing_that_is_typed(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    new(form, phone="")

    async def full(_: object) -> None:
        raise DiskFull("no room")

    monkeypatch.setattr(form.db, "write", full)
    assert await form.store.save() is None
    refusal = form.stores.edits.state.refusal
    assert refusal and (refusal.trouble, refusal.place) == (Trouble.DISK_FULL, PLACE)
    assert (form.state.typed.name, form.state.busy) == ("Ben Cole", False)


async def test_another_account_sees_nothing_of_it(form: Form) -> None:
    form.store.open(Doing.NEW, None, TOMORROW)
    form.store.type(name="mar")
    assert form.state.found
    form.store.forget()
    await form.db.write(lambda conn: conn.execute("DELETE FROM customers") and None)
    form.stores.attach()
    form.store.open(Doing.NEW, None, TOMORROW)
    assert form.state.typed.name == ""
    form.store.type(name="mar")
    assert form.state.found == ()


async def test_begun_in_an_empty_place_of_the_grid_it_is_not_typed_yet(form: Form) -> None:
    form.store.start(TOMORROW, 11 * 60, LUIS)
    typed = form.state.typed
    assert (typed.day, typed.start, typed.staff_id, form.state.touched) == (TOMORROW, "11:00", LUIS, False)
    form.store.type(name="Ben Cole")
    form.store.open(None)
    form.store.start(eg.TODAY, 15 * 60, ANA)
    assert (form.state.typed.name, form.state.typed.start, form.state.typed.staff_id) == ("Ben Cole", "15:00", ANA)


async def test_a_booking_that_is_not_there(form: Form) -> None:
    form.store.open(Doing.EDIT, BookingId("gone"))
    assert form.state.missing
    assert await form.store.save() is None
