"""From a line of the outbox to the form in which the change was made, and back, over a real database."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from client import editing
from client.editing import BookingDraft, Edited, LeadDraft
from client.insight import later
from client.models.corrections import CorrectionScope
from client.models.ids import BookingId, ChangeId, StaffId, TurnId
from client.models.marks import About, MarkWord
from client.models.mutations import Change, ChangeState, Op, Tell
from client.models.tasks import TaskKind
from client.storage import bookings, corrections, leads, outbox, tasks
from client.storage.database import Database
from screens.routes import Route
from screens.stores import Stores
from screens.window import NO_PANEL
from tests import example_data as eg
from tests.harness import Harness
from tests.screens.conftest import Open
from tests.screens.correcting_scenes import ASKED, HERS, OLDER, WRONG, open_calls, put_older
from tests.screens.flaws import flaws
from tests.screens.rewording_scenes import ADDRESS, CORRECTION, ODD, TASK, UNTIL_FRIDAY, new
from tests.storage.mutations import become
from widgets.scaffold import Place
from widgets.strings import catalogue

PHONE: dict[str, Any] = {"width": 390.0, "height": 844.0}
DESKTOP: dict[str, Any] = {"width": 1440.0, "height": 900.0}
TOMORROW = eg.TODAY + timedelta(days=1)


@dataclass
class Desk:
    window: Harness
    stores: Stores
    db: Database

    async def make(self, edit: Callable[..., Edited], *args: Any, **more: Any) -> ChangeId:
        """A change that waits, as any screen makes it; what it makes is called "new"."""
        edited = await self.db.write(lambda conn: edit(conn, *args, now=eg.NOW, **more))
        await self.window.settle()
        return edited.change_id

    async def refuse(self, change_id: ChangeId) -> None:
        def no(conn: sqlite3.Connection) -> None:
            result = {"status": "rejected", "code": "invalid", "detail": ""}
            become(conn, change_id, ChangeState.REFUSED, mid=1, result=result)

        await self.db.write(no)
        await self.window.settle()

    async def edit(self, change_id: ChangeId) -> None:
        await self.window.arrive("/outbox")
        await self.tap(f"change.{change_id}", f"change.{change_id}.edit")
        for sheet in [each for each in self.window.page._dialogs.controls if not each.open]:
            await self.window.fire(sheet, "dismiss")

    async def tap(self, *identifiers: str) -> None:
        for each in identifiers:
            await self.window.tap(each)

    def text(self, identifier: str) -> str:
        return str(self.window.keyed(identifier).value)

    def chosen(self, identifier: str) -> list[str]:
        """The chosen ones of these chips."""
        shown = [each for each in self.window.identifiers() if each.startswith(f"{identifier}.")]
        return [each.removeprefix(f"{identifier}.") for each in shown if self.window.named(each).selected]

    @property
    def change(self) -> Change:
        (only,) = self.db.read(outbox.entries)
        return only


Visit = Callable[..., Any]


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def visit(open_app: Open, tmp_path: Path, request: pytest.FixtureRequest) -> Visit:
    @asynccontextmanager
    async def visited(route: str = "/today") -> AsyncIterator[Desk]:
        opened: list[Database] = []

        def fill(stores: Stores) -> None:
            opened.append(open_calls(stores, tmp_path))

        async with open_app(fill, route=route, **request.param) as app:
            yield Desk(window=app.window, stores=app.stores, db=opened[0])
        opened[0].close()

    return visited


async def test_a_new_task_opens_with_its_words_over_its_call(visit: Visit) -> None:
    async with visit() as desk:
        await desk.edit(await desk.make(editing.create_task, TASK, new_id=new))
        assert desk.window.page.route == f"/calls/{HERS}"
        assert desk.window.says("Edit this task")
        assert (desk.text("new_task.title"), desk.text("new_task.details")) == ("Send Maria the prices", "By mail")
        assert (desk.chosen("new_task.kind"), desk.chosen("new_task.due")) == (["other"], ["kept"])
        assert desk.window.says("Wed 26 Nov 12:48"), "a moment that is none of those that are offered"
        assert flaws(desk.window) == []
        await desk.window.type("new_task.title", "Call Maria about the prices")
        await desk.tap("new_task.kind.callback", "new_task.yes")
        assert desk.stores.panel.state.panel == NO_PANEL
        values = desk.change.payload["values"]
        assert (values["title"], values["kind"]) == ("Call Maria about the prices", "callback")
        (task,) = desk.db.read(lambda conn: tasks.of_call(conn, HERS))
        assert (task.due_at, task.details, task.turn_id) == (ODD, "By mail", "m-1")
        await desk.tap("undo")
        (task,) = desk.db.read(lambda conn: tasks.of_call(conn, HERS))
        assert (task.title, task.kind) == ("Send Maria the prices", TaskKind.OTHER)


async def test_a_task_about_no_call_opens_over_the_place_that_is_there(visit: Visit) -> None:
    async with visit("/review") as desk:
        draft = replace(TASK, call_id=None, turn_id=None, due_at=None)
        await desk.edit(await desk.make(editing.create_task, draft, new_id=new))
        assert desk.window.page.route == "/review"
        assert desk.chosen("new_task.due") == ["kept"]
        assert [each for each in desk.window.identifiers() if each.startswith("new_task.due.")] == [
            f"new_task.due.{name}" for name in ("kept", "hour", "today", "tomorrow", "week")
        ], "no date is said once"
        await desk.tap("new_task.due.tomorrow", "new_task.yes")
        assert (
            desk.change.payload["values"]["due_at"]
            == int(eg.at("09:00", eg.TODAY + timedelta(days=1)).timestamp()) * 1000
        )


async def test_a_task_that_is_put_off_is_put_off_otherwise(visit: Visit) -> None:
    async with visit() as desk:
        made = await desk.make(editing.create_task, TASK, new_id=new)
        await desk.db.write(lambda conn: become(conn, made, ChangeState.SENT, mid=1))
        moved = await desk.make(editing.change_task, "new", editing.TaskChange(due_at=eg.NOW + timedelta(days=9)))
        await desk.edit(moved)
        assert desk.window.find("new_task.kind.other") is None, "its sort was said once and for all"
        await desk.tap("new_task.due.none", "new_task.yes")
        last = desk.db.read(outbox.entries)[-1]
        assert (last.change_id, last.op, last.payload["set"]["due_at"][1]) == (moved, Op.TASK_PATCH, None)


async def test_a_refused_task_opens_with_its_words_and_is_made_anew(visit: Visit) -> None:
    async with visit() as desk:
        made = await desk.make(editing.create_task, TASK, new_id=new)
        await desk.refuse(made)
        assert desk.db.read(lambda conn: tasks.of_call(conn, HERS)) == []
        await desk.edit(made)
        assert desk.text("new_task.title") == "Send Maria the prices"
        await desk.tap("new_task.yes")
        assert desk.change.never_sent
        assert len(desk.db.read(lambda conn: tasks.of_call(conn, HERS))) == 1
        await desk.tap("undo")
        assert desk.change.state is ChangeState.REFUSED, "with its words and the server's reason"


async def test_a_correction_opens_with_all_it_says_and_stays_one(visit: Visit) -> None:
    async with visit() as desk:
        await desk.db.write(put_older)
        await desk.edit(await desk.make(editing.correct_answer, UNTIL_FRIDAY, new_id=new))
        assert desk.window.says("Correct this answer") and desk.window.says(ASKED) and desk.window.says(WRONG)
        assert desk.text("correction.right") == "At ten."
        assert (desk.chosen("correction.reach"), desk.chosen("correction.scope")) == (["until"], ["everywhere"])
        assert desk.chosen("correction.day") == ["2025-11-28"]
        assert desk.window.says(OLDER), "which it ended"
        assert desk.chosen("correction.against.older") == ["ends"]
        assert flaws(desk.window) == []
        await desk.window.type("correction.right", "At eleven.")
        await desk.tap("correction.reach.client", "correction.yes")
        assert desk.stores.panel.state.panel == NO_PANEL
        values = desk.change.payload["values"]
        assert (values["right"], values["customer_id"], values["last_day"]) == ("At eleven.", "c-maria", None)
        assert values["replaces"] == ["older"]
        assert len(desk.db.read(corrections.all)) == 2


async def test_words_that_may_not_be_stay_in_the_form(visit: Visit) -> None:
    async with visit() as desk:
        made = await desk.make(editing.correct_answer, replace(CORRECTION, replaces=()), new_id=new)
        await desk.refuse(made)
        await desk.edit(made)
        await desk.window.type("correction.right", "x" * 2001)
        await desk.tap("correction.yes")
        assert desk.text("correction.right") == "x" * 2001 and desk.window.says(
            catalogue("en")["not_allowed.text_too_long"]
        )
        assert desk.change.state is ChangeState.REFUSED and desk.change.payload["values"]["right"] == "At ten."
        await desk.window.press_key("Escape")
        await desk.edit(made)
        assert not desk.window.says(catalogue("en")["not_allowed.text_too_long"])
        assert desk.text("correction.right") == "At ten."


async def test_the_record_alone_opens_as_the_record(visit: Visit) -> None:
    async with visit() as desk:
        record = replace(CORRECTION, scope=CorrectionScope.THIS_CALL, replaces=())
        await desk.edit(await desk.make(editing.correct_answer, record, new_id=new))
        assert desk.chosen("correction.reach") == ["record"]
        await desk.tap("correction.reach.always")
        assert desk.chosen("correction.scope") == ["same_question"]
        await desk.tap("correction.yes")
        assert desk.change.payload["values"]["scope"] == "same_question"


async def test_a_blocked_number_opens_with_its_reason(visit: Visit) -> None:
    async with visit() as desk:
        await desk.edit(await desk.make(editing.block_number, "+1 415 555 0142", "Sells things"))
        assert desk.text("blocking.reason") == "Sells things"
        assert desk.window.says("are no longer answered") and not desk.window.says("()")
        await desk.window.type("blocking.reason", "Sells things, rudely")
        await desk.tap("blocking.yes")
        assert desk.change.payload["values"] == {"phone": "+14155550142", "reason": "Sells things, rudely"}


async def test_a_refused_lead_opens_with_its_words_and_one_that_waits_at_its_page(visit: Visit) -> None:
    async with visit("/leads") as desk:
        draft = LeadDraft(name="Ida Berg", phone="+1 415", needs="A wedding", value_cents=120_050, notes="June")
        made = await desk.make(editing.create_lead, replace(draft, call_id=HERS), new_id=lambda: "ida")
        await desk.edit(made)
        assert desk.window.page.route == "/leads/ida"
        await desk.refuse(made)
        await desk.edit(made)
        names = ("name", "phone", "email", "needs", "value", "notes")
        texts = [desk.text(f"rewording.lead.{name}") for name in names]
        assert texts == ["Ida Berg", "+1 415", "", "A wedding", "1200.50", "June"]
        assert flaws(desk.window) == []
        await desk.window.type("rewording.lead.value", "much")
        await desk.tap("rewording.lead.yes")
        assert desk.change.state is ChangeState.REFUSED and desk.window.says(catalogue("en")["lead.value_wrong"])
        await desk.window.type("rewording.lead.value", "1,300")
        await desk.window.type("rewording.lead.email", "ida@example.com")
        await desk.tap("rewording.lead.yes")
        (lead,) = desk.db.read(lambda conn: leads.of_call(conn, HERS))
        assert (lead.name, lead.email, lead.value_cents) == ("Ida Berg", "ida@example.com", 130_000)
        assert desk.change.never_sent
        await desk.tap("undo")
        assert desk.change.state is ChangeState.REFUSED and desk.change.payload["values"]["email"] is None


async def test_what_is_put_off_is_put_off_until_another_moment(visit: Visit) -> None:
    async with visit() as desk:
        made = await desk.make(editing.mark, About.CHURN, "c-maria", MarkWord.LATER, until=ODD)
        await desk.edit(made)
        assert (
            desk.window.says("Not before") and desk.window.says("Wed 26 Nov 12:48") and desk.window.says("Maria Gómez")
        )
        assert desk.chosen("rewording.later") == ["kept"]
        assert flaws(desk.window) == []
        await desk.tap("rewording.later.next_week", "rewording.later.yes")
        monday = later.next_week(eg.NOW, eg.ZONE)
        assert (desk.change.change_id, desk.change.payload["values"]["until"]) == (made, int(monday.timestamp()) * 1000)


@pytest.mark.parametrize("word", [MarkWord.DONE, MarkWord.NEVER, MarkWord.NOT_USEFUL])
async def test_what_is_hidden_is_brought_back_where_all_that_is_hidden_stands(visit: Visit, word: MarkWord) -> None:
    async with visit() as desk:
        made = await desk.make(editing.mark, About.CHURN, "c-maria", word)
        await desk.edit(made)
        assert desk.window.page.route == "/aside"
        (back,) = [each for each in desk.window.identifiers() if each.startswith("aside.") and each.endswith(".back")]
        await desk.tap(back)
        assert desk.db.read(outbox.entries) == []


async def test_a_calendar_opens_with_its_address(visit: Visit) -> None:
    async with visit("/more/calendars") as desk:
        made = await desk.make(editing.add_calendar, "Ana", ADDRESS, "s-ana", new_id=new)
        await desk.edit(made)
        assert desk.text("rewording.calendar.address") == ADDRESS
        assert desk.text("rewording.calendar.name") == "Ana" and desk.chosen("rewording.calendar.whose") == ["s-ana"]
        assert flaws(desk.window) == []
        await desk.window.type("rewording.calendar.address", "no address")
        await desk.tap("rewording.calendar.yes")
        assert desk.window.says(catalogue("en")["not_allowed.bad_address"])
        await desk.window.press_key("Escape")
        await desk.edit(made)
        assert not desk.window.says(catalogue("en")["not_allowed.bad_address"])
        await desk.window.type("rewording.calendar.address", "https://cal.example/other.ics")
        await desk.tap("rewording.calendar.whose.everyone", "rewording.calendar.yes")
        values = desk.change.payload["values"]
        assert values == {"name": "Ana", "url": "https://cal.example/other.ics", "staff_id": None}


async def test_a_flag_has_nothing_to_edit(visit: Visit) -> None:
    async with visit() as desk:
        made = await desk.make(editing.flag_moment, HERS, TurnId("m-1"))
        await desk.window.arrive("/outbox")
        await desk.tap(f"change.{made}")
        acts = [each for each in desk.window.identifiers() if each.startswith(f"change.{made}.")]
        assert acts == [f"change.{made}.retry", f"change.{made}.cancel"]


async def test_what_was_settled_meanwhile_is_said_to_wait_no_more(visit: Visit) -> None:
    async with visit() as desk:
        made = await desk.make(editing.create_task, TASK, new_id=new)
        desk.stores.panel.open(f"change.{made + 1}")
        await desk.window.settle()
        assert desk.window.says("This change waits no more")
        await desk.tap("turn.close")
        assert desk.stores.panel.state.panel == NO_PANEL


@pytest.mark.parametrize("language", ["en", "es"])
async def test_the_forms_speak_both_languages(visit: Visit, language: str) -> None:
    async with visit() as desk:
        desk.stores.window.speaks(language)
        said = catalogue(language)
        await desk.edit(await desk.make(editing.create_task, TASK, new_id=new))
        assert desk.window.says(said["rewording.task.heading"])
        await desk.tap("turn.close")
        await desk.edit(await desk.make(editing.mark, About.CHURN, "c-maria", MarkWord.LATER, until=ODD))
        for key in ("rewording.later.heading", "rewording.later.until", "rewording.later.yes"):
            assert desk.window.says(said[key]), key


# --- a booking that was never there -----------------------------------------------------------------------------------
def booked(conn: sqlite3.Connection, *, now: datetime) -> Edited:
    """In half an hour, with the client told of it."""
    draft = BookingDraft(
        customer_name="Noor Haddad",
        customer_phone="+14155550177",
        service_name="Cut",
        service_id=eg.SERVICES[0].service_id,
        starts_at=eg.at("12:30", TOMORROW),
        ends_at=eg.at("13:20", TOMORROW),
        staff_id=StaffId("s-mia"),
        notes="By the window",
    )
    return editing.create_booking(conn, draft, tell=Tell(text="See you", channel="sms"), now=now, new_id=new)


async def test_a_refused_booking_opens_as_a_new_one_and_is_made_anew(visit: Visit) -> None:
    async with visit() as desk:
        made = await desk.make(booked)
        await desk.refuse(made)
        await desk.edit(made)
        assert desk.window.page.route == f"/bookings/{TOMORROW}/new/new" and desk.window.says("New booking")
        typed = [desk.text(f"form.{name}") for name in ("customer", "phone", "start", "notes")]
        assert typed == ["Noor Haddad", "+14155550177", "12:30", "By the window"]
        assert flaws(desk.window) == []
        await desk.window.type("form.start", "16:00")
        await desk.tap("tell.nobody", "form.save")
        assert desk.change.never_sent and desk.change.change_id == made
        booking = desk.db.read(lambda conn: bookings.get(conn, BookingId("new")))
        assert booking is not None and booking.starts_at == eg.at("16:00", TOMORROW)
        assert (booking.ends_at - booking.starts_at, booking.notes) == (timedelta(minutes=50), "By the window")
        assert (desk.change.payload["tell"], booking.staff_id) == (None, "s-mia")
        assert desk.window.page.route == f"/bookings/{TOMORROW}/new"
        # Back, in a browser: it is not made a second time.
        await desk.window.arrive(f"/bookings/{TOMORROW}/new/new")
        assert desk.window.find("form.save") is None
        await desk.window.arrive(f"/bookings/{TOMORROW}/new")
        await desk.tap("undo")
        assert desk.change.state is ChangeState.REFUSED and desk.change.payload["tell"]["text"] == "See you"


async def test_what_was_begun_of_another_booking_stays(visit: Visit) -> None:
    async with visit(f"/bookings/{TOMORROW}/new") as desk:
        await desk.window.type("form.customer", "Ida")
        made = await desk.make(booked)
        await desk.refuse(made)
        await desk.edit(made)
        assert desk.text("form.customer") == "Noor Haddad"
        await desk.tap("form.give_up")
        assert desk.window.page.route == f"/bookings/{TOMORROW}"
        await desk.window.arrive(f"/bookings/{TOMORROW}/new")
        assert desk.text("form.customer") == "Ida" and desk.change.state is ChangeState.REFUSED


async def test_a_refused_booking_that_was_put_away_has_no_form(visit: Visit) -> None:
    async with visit(f"/bookings/{TOMORROW}/gone/new") as desk:
        assert desk.window.find("form.save") is None
        await desk.tap("form.close" if desk.window.find("form.close") else "back")
        assert desk.stores.router.route == Route(place=Place.BOOKINGS, day=TOMORROW)
