"""Example changes: what waits, what was refused, what met another change, what was sent."""

from dataclasses import replace
from datetime import datetime, timedelta

from client.editing import Edited, Why
from client.insight.changes import Act, Deed
from client.insight.clash import Clash, FreeTime, Other, Who
from client.insight.diary import Obstacle
from client.insight.diary import Why as InTheWay
from client.insight.outbox import ChangeLine, PastLine, Standing
from client.models.ids import BookingId, CallId, ChangeId, ConflictId, StaffId
from client.models.link import LinkState, Trouble
from client.models.mutations import Op, Undoing
from client.models.tell_draft import TellDraft
from client.state.edits import Asking, Done, EditState, Refusal
from client.state.outbox import OutboxState, WaitingState
from client.storage.outbox import Recorded
from screens.routes import OUTBOX
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes

TOMORROW = eg.TODAY + timedelta(days=1)
LUIS = StaffId("s-luis")


def deed(act: Act, name: str, at: datetime, minutes: int = 45, **more: object) -> Deed:
    ends = at + timedelta(minutes=minutes)
    return replace(Deed(act=act, name=name, starts_at=at, ends_at=ends, staff_id=LUIS, service="Cut"), **more)  # type: ignore[arg-type]


def line(number: int, what: Deed, made: str, standing: Standing = Standing.WAITING, **more: object) -> ChangeLine:
    base = ChangeLine(
        change_id=ChangeId(number),
        deed=what,
        standing=standing,
        made_at=eg.at(made),
        kind="bookings",
        row_id=f"b-{number}",
    )
    return replace(base, **more)  # type: ignore[arg-type]


CLASH = Clash(
    group="slot",
    why="slot_taken",
    base={"starts_at": eg.at("14:00", TOMORROW), "ends_at": eg.at("15:30", TOMORROW)},
    mine={"starts_at": eg.at("16:30", TOMORROW), "ends_at": eg.at("18:00", TOMORROW)},
    server={"starts_at": eg.at("14:00", TOMORROW), "ends_at": eg.at("15:30", TOMORROW)},
    by=None,
    other=Other(
        booking_id=BookingId("b-24-1500-luis"),
        name="Jun Ortiz",
        service="Beard trim",
        staff_id=LUIS,
        starts_at=eg.at("16:30", TOMORROW),
        ends_at=eg.at("17:00", TOMORROW),
        by=Who(name="Luna", at=eg.at("11:02"), call_id=CallId("call-booked")),
    ),
    free=(FreeTime(starts_at=eg.at("17:15", TOMORROW), ends_at=eg.at("18:45", TOMORROW), staff_id=LUIS),),
)

MOVED = deed(Act.MOVE, "Maria Gómez", eg.at("16:30", TOMORROW), 90, channel="sms")
WAITING = (
    line(1, MOVED, "09:05"),
    line(2, deed(Act.CANCEL, "Tom Baker", eg.at("17:15"), said="owner ill"), "09:11"),
    line(3, deed(Act.NOTE, "Priya Shah", eg.at("15:45"), said="wants the window seat"), "09:12", Standing.SENDING),
    line(4, deed(Act.BOOK, "Ida Berg", eg.at("10:00", TOMORROW + timedelta(days=9))), "09:20", Standing.SENT),
)
REFUSED = line(5, deed(Act.MOVE, "Jun Ortiz", eg.at("08:00")), "09:24", Standing.REFUSED, code="closed")
SET_ASIDE = line(6, deed(Act.SERVICE, "Kim Lee", eg.at("10:15"), service="Balayage"), "09:30", Standing.SET_ASIDE)
CLASHING = line(7, MOVED, "09:05", Standing.CLASH, clash=CLASH, conflict_id=ConflictId(3), row_id="b-24-1500-luis")
PAST = (
    PastLine(
        change_id=ChangeId(90),
        deed=deed(Act.MOVE, "Rosa Lind", eg.at("09:00")),
        settled_at=eg.at("08:40"),
        can_undo=True,
    ),
    PastLine(
        change_id=ChangeId(89),
        deed=deed(Act.NO_SHOW, "Kim Lee", eg.at("10:15")),
        settled_at=eg.at("08:31"),
        can_undo=True,
        undone=True,
    ),
)


def waiting(stores: Stores, needs: tuple[ChangeLine, ...] = (CLASHING, REFUSED), waiting: int = 4) -> None:
    clashes = tuple((each.row_id, each.conflict_id) for each in needs if each.conflict_id)
    stores.waiting.state = WaitingState(
        waiting=waiting, stuck=len(needs), needs_you=needs[:3], clashes=clashes, ready=True
    )


def edited(number: int = 1) -> Edited:
    """An edit, as far as a bar needs one."""
    recorded = Recorded(change_id=ChangeId(number), folded=False, gone=False, before=(), after=())
    return Edited(
        change_id=ChangeId(number),
        op=Op.BOOKING_PATCH,
        kind="bookings",
        row_id="b",
        folded=False,
        gone=False,
        before=None,
        after=None,
        undo=Undoing.REVERSIBLE,
        told=False,
        recorded=recorded,
    )


def done(stores: Stores, *deeds: Deed) -> None:
    """The bar right after these."""
    scenes.full(stores)
    shown = tuple(Done(deed=each, edited=edited(n)) for n, each in enumerate(deeds or (MOVED,)))
    stores.edits.state = EditState(done=shown, serial=1)


def refused(stores: Stores, why: Why = Why.TAKEN) -> None:
    scenes.full(stores)
    there = Obstacle(why=InTheWay.TAKEN, day=eg.TODAY, staff=eg.STAFF[LUIS], booking=eg.BOOKINGS[4])
    stores.edits.state = EditState(refusal=Refusal(why=why, obstacle=there if why is Why.TAKEN else None))


def asking(stores: Stores) -> None:
    """Undo of a move that Maria was told of."""
    done(stores)
    text = "Hi Maria, your appointment at Bella Salon has moved: Colour and cut, to Tuesday, November 25 at 2:00 pm."
    draft = TellDraft(name="Maria Gómez", phone="+1 555 0142", text=text)
    question = Asking(change_id=ChangeId(0), deed=MOVED, draft=draft)
    stores.edits.state = replace(stores.edits.state, asking=question)


def offline(stores: Stores) -> None:
    """No connection since 08:41, and two changes wait."""
    scenes.full(stores)
    stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE))
    waiting(stores, (), 2)


def outbox(stores: Stores) -> None:
    """The sheet with something of everything, without a connection."""
    offline(stores)
    waiting(stores)
    stores.router.arrived(f"/{OUTBOX}")
    stores.outbox.show(True)
    stores.outbox.state = OutboxState(
        needs_you=(CLASHING, REFUSED, SET_ASIDE), lines=WAITING, waiting=len(WAITING), past=PAST, ready=True
    )


def only_waiting(stores: Stores) -> None:
    outbox(stores)
    waiting(stores, (), 4)
    stores.outbox.state = OutboxState(lines=WAITING, waiting=4, ready=True, opened=ChangeId(1))


def nothing_waits(stores: Stores) -> None:
    scenes.full(stores)
    waiting(stores, (), 0)
    stores.router.arrived(f"/{OUTBOX}")
    stores.outbox.show(True)
    stores.outbox.state = OutboxState(ready=True)
