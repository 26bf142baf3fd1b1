"""Example changes: what waits, what was refused, what met another change, what was sent."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from client.editing import BookingChange, Choice, Choosing, Edited, Notice, Step, Why
from client.insight.clash import Clash, FreeTime, Other, Who
from client.insight.deeds import Act, Deed
from client.insight.diary import Obstacle, Slot
from client.insight.diary import Why as InTheWay
from client.insight.outbox import ChangeLine, PastLine, Standing
from client.models.business import EmployeeState, Resource
from client.models.ids import BookingId, CallId, ChangeId, ConflictId, ResourceId, StaffId
from client.models.link import LinkState, Trouble
from client.models.mutations import Op, Tell, Undoing
from client.models.tell_draft import TellBy, TellDraft
from client.state.conflicts import OpenConflict
from client.state.edits import Asking, Done, EditState, Refusal, Wanted
from client.state.outbox import OutboxState, WaitingState
from client.state.picking import FreeDay, Picking
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


def _ms(clock: str) -> int:
    return int(eg.at(clock, TOMORROW).timestamp() * 1000)


CLASH = Clash(
    group="slot",
    why="slot_taken",
    base={"starts_at": _ms("14:00"), "ends_at": _ms("15:30"), "staff_id": LUIS},
    mine={"starts_at": _ms("16:30"), "ends_at": _ms("18:00"), "staff_id": LUIS},
    server={"starts_at": _ms("14:00"), "ends_at": _ms("15:30"), "staff_id": LUIS},
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
    stores.edits.state = EditState(done=shown)


def held_offline(stores: Stores) -> None:
    """The bar after Luna was held without a connection."""
    done(stores)
    ours = stores.business.state
    luna = next(each for each in ours.employees if each.name == "Luna")
    held = replace(luna, state=EmployeeState.HELD, pending=True)
    stores.business.state = replace(ours, employees=tuple(held if each is luna else each for each in ours.employees))
    stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE))
    of_luna = Done(deed=Deed(act=Act.HOLD, name="Luna"), edited=replace(edited(), row_id=luna.employee_id))
    stores.edits.state = EditState(done=(of_luna,))


def refused(stores: Stores, why: Why = Why.TAKEN) -> None:
    scenes.full(stores)
    there = Obstacle(why=InTheWay.TAKEN, day=eg.TODAY, staff=eg.STAFF[LUIS], booking=eg.BOOKINGS[4])
    stores.edits.state = EditState(refusal=Refusal(why=why, obstacle=there if why is Why.TAKEN else None))


def refused_move(stores: Stores) -> None:
    """A drop over a time that somebody else has, which the owner may book all the same."""
    refused(stores)
    assert stores.edits.state.refusal
    stores.edits.remember(Wanted(booking=eg.BOOKINGS[2], change=BookingChange(staff_id=LUIS)))


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


# --- conflicts --------------------------------------------------------------------------------------------------------
MARIA = eg.booking("14:00", "Maria Gómez", "Colour and cut", 90, "luis", day=TOMORROW)
TELL = Tell(
    text="Hi Maria, your appointment at Bella Salon has moved: Colour and cut, to Tuesday at 5:15 pm.", channel="sms"
)


def slot(clock: str, minutes: int = 90) -> Slot:
    starts = eg.at(clock, TOMORROW)
    return Slot(starts_at=starts, ends_at=starts + timedelta(minutes=minutes), staff_id=LUIS)


LATER = replace(TELL, text=TELL.text.replace("5:15", "5:30"))


def choice(
    kind: Choosing, clock: str | None = None, *, sends: bool = True, name: str = "Maria Gómez", tell: Tell = TELL
) -> Choice:
    """A way out that moves Maria to `clock`."""
    at = slot(clock) if clock else None
    before = replace(MARIA, customer_name=name)
    after = replace(before, starts_at=at.starts_at, ends_at=at.ends_at) if at else before
    step = Step(booking_id=MARIA.booking_id, before=before, after=after, columns={})
    notice = Notice(booking_id=MARIA.booking_id, name=name, recipient="+1 555 0142", tell=tell, asked=True)
    return Choice(kind=kind, slot=at, steps=(step,) if sends else (), notices=(notice,) if sends else ())


TAKEN = (
    choice(Choosing.FREE, "17:15"),
    choice(Choosing.FREE, "17:30", tell=LATER),
    choice(Choosing.OTHER, sends=False),
    choice(Choosing.OVERBOOK, "16:30"),
    choice(Choosing.MOVE_OTHER, "17:30"),
    choice(Choosing.CANCEL),
    choice(Choosing.THEIRS, sends=False),
)
TOLD = TellDraft(name="Maria Gómez", phone="+1 555 0142", text=TELL.text, by=TellBy.SMS)


def conflict(stores: Stores, clash: Clash = CLASH, choices: tuple[Choice, ...] = TAKEN, **more: object) -> None:
    """The sheet of a conflict: by default Maria's move, whose time Luna gave away."""
    scenes.full(stores)
    stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE))
    waiting(stores)
    stores.router.arrived("/conflicts/3")
    stores.conflicts.open(ConflictId(3))
    state = OpenConflict(clash=clash, deed=MOVED, booking=MARIA, made_at=eg.at("10:21"), choices=choices, draft=TOLD)
    stores.conflicts.state = replace(state, **more)  # type: ignore[arg-type]


IN_CHAIR = {"resource_id": "r-1"}
ROOM = replace(
    CLASH,
    base={**CLASH.base, **IN_CHAIR},
    mine={**CLASH.mine, **IN_CHAIR},
    server={**CLASH.server, **IN_CHAIR},
    other=replace(CLASH.other, staff_id=StaffId("s-ana"), resource_id=ResourceId("r-1")),  # type: ignore[type-var]
)
"""The same hour, in a chair that Ana has somebody in."""


def room_conflict(stores: Stores) -> None:
    """Luna put somebody of Ana's into the chair; the other chair is free."""
    ways = (choice(Choosing.FREE, "16:30"), choice(Choosing.OVERBOOK, "16:30"), choice(Choosing.THEIRS, sends=False))
    conflict(stores, ROOM, tuple(_in_chair(way) for way in ways))
    rooms = {
        ResourceId(f"r-{n}"): Resource(resource_id=ResourceId(f"r-{n}"), name=f"Colour chair {n}", active=True)
        for n in (1, 2)
    }
    stores.business.state = replace(stores.business.state, rooms=rooms)


def _in_chair(way: Choice) -> Choice:
    """Beside the other in the first chair, or in the second, which is free."""
    chair = ResourceId("r-2" if way.kind is Choosing.FREE else "r-1")
    steps = tuple(replace(step, after=replace(step.after, resource_id=chair)) for step in way.steps)
    return replace(way, steps=steps)


NOTES = Clash(
    group="notes",
    why="changed",
    base={"notes": "Allergic to ammonia."},
    mine={"notes": "Allergic to ammonia. Wants the window seat."},
    server={"notes": "Allergic to ammonia. Brings her daughter."},
    by=Who(name="Noor", at=eg.at("10:55"), call_id=None),
    other=None,
    free=(),
)


def notes_conflict(stores: Stores) -> None:
    ways = (choice(Choosing.BOTH), choice(Choosing.MINE), choice(Choosing.THEIRS, sends=False))
    quiet = tuple(replace(way, notices=()) for way in ways)
    conflict(stores, NOTES, quiet, deed=deed(Act.NOTE, "Maria Gómez", eg.at("14:00", TOMORROW)), draft=None)


STAGES = Clash(
    group="stage",
    why="changed",
    base={"stage": "contacted", "lost_reason": None},
    mine={"stage": "lost", "lost_reason": "Found somebody nearer"},
    server={"stage": "converted", "lost_reason": None},
    by=Who(name="Noor", at=eg.at("10:55"), call_id=None),
    other=None,
    free=(),
)


def stage_conflict(stores: Stores) -> None:
    """A lead that was lost here and won there."""
    ways = (Choice(kind=Choosing.MINE, lead=dict(STAGES.mine)), Choice(kind=Choosing.THEIRS))
    lost = Deed(act=Act.LEAD_STAGE, name="Kim & Co", word="stage.lost", to="lost", said="Found somebody nearer")
    conflict(stores, STAGES, ways, deed=lost, booking=None, draft=None)


def cancelled_conflict(stores: Stores) -> None:
    gone = replace(
        CLASH,
        group="row",
        why="cancelled",
        server={"status": "cancelled", "cancellation_reason": "client is ill"},
        base={**CLASH.base, "status": "confirmed"},
        by=Who(name="Jade", at=eg.at("10:55"), call_id=None),
        other=None,
    )
    conflict(stores, gone, (choice(Choosing.RESTORE, "16:30"), choice(Choosing.DISCARD, sends=False)))


def soon_conflict(stores: Stores) -> None:
    """Maria comes within the hour."""
    conflict(stores, draft=replace(TOLD, phone="+12065550142", expected_at=eg.NOW + timedelta(minutes=40)))


def answered_conflict(stores: Stores) -> None:
    conflict(stores, choices=(), answered=True)


def missing_conflict(stores: Stores) -> None:
    conflict(stores)
    stores.conflicts.state = OpenConflict(missing=True)


def picking(stores: Stores, typed: str = "", looked_at: date = TOMORROW) -> None:
    slots = tuple(slot(f"{h:02}:{m:02}") for h in (9, 10, 11, 12, 15) for m in (0, 15, 30, 45))
    week = [eg.TODAY + timedelta(days=n) for n in range(7)]
    days = tuple(FreeDay(day=day, slots=slots if day == TOMORROW else (), closed=day.weekday() == 6) for day in week)
    taken = Obstacle(why=InTheWay.TAKEN, day=TOMORROW, staff=eg.STAFF[LUIS], booking=eg.BOOKINGS[4])
    obstacle = taken if typed == "15:00" else None
    typed_slot = slot(typed) if typed and not obstacle else None
    conflict(
        stores,
        picking=Picking(
            day=looked_at, today=eg.TODAY, days=days, typed=typed, typed_slot=typed_slot, obstacle=obstacle
        ),
    )
