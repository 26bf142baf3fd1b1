"""A believable salon on a Monday, for tests and previews: `eg.call(...)`, `eg.turn(...)`, `eg.booking(...)`.

All instants hang on `NOW`, 12:41 in Los Angeles on 24 November 2025.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from client.models.account import Identity, Role
from client.models.bookings import Block, Booking, BookingStatus
from client.models.business import Business, Employee, EmployeeState, Service, Staff, WeeklyHours
from client.models.calls import (
    Call,
    CallStatus,
    Consent,
    Handler,
    Outcome,
    Speaker,
    ToolUse,
    Turn,
    TurnKind,
)
from client.models.customers import Customer
from client.models.ids import (
    AccountId,
    BlockId,
    BookingId,
    CallId,
    CustomerId,
    EmployeeId,
    ServiceId,
    StaffId,
    TurnId,
    UserId,
)
from client.models.link import LinkState, LinkStatus
from client.models.tallies import BookingFacts, Group, Price

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2025, 11, 24, 12, 41, 8, tzinfo=ZONE).astimezone(UTC)
TODAY = date(2025, 11, 24)

HUGE = "Ana María de los Ángeles " * 400
MARKUP = "<b>Bold</b> & <script>alert(1)</script>"
ARABIC = "محمد عبد الله"
EMOJI = "Zoë 💇🏽‍♀️ & 👩‍👩‍👧"

IDENTITY = Identity(
    api_url="http://127.0.0.1:8550",
    account_id=AccountId("acc"),
    user_id=UserId("ana"),
    name="Ana Reyes",
    email="ana@bellasalon.example",
    role=Role.OWNER,
    business_name="Bella Salon",
)
ANOTHER = replace(
    IDENTITY,
    account_id=AccountId("kestrel"),
    user_id=UserId("ana-k"),
    role=Role.MANAGER,
    business_name="Kestrel Motors",
)

_OPEN = ((time(9), time(18)),)
HOURS = WeeklyHours(days=(_OPEN, _OPEN, _OPEN, _OPEN, _OPEN, ((time(9), time(13)),), ()))

BUSINESS = Business(
    account_id=AccountId("acc"),
    name="Bella Salon",
    business_type="salon",
    zone=ZONE,
    currency="USD",
    locale="en-US",
    phone="+1 555 0100",
    address="12 Palm Street",
    opening_hours=HOURS,
    closed_days=frozenset({date(2025, 12, 25)}),
)


def staff(staff_id: str, name: str, initials: str, colour: int) -> Staff:
    return Staff(
        staff_id=StaffId(staff_id),
        name=name,
        initials=initials,
        colour_index=colour,
        service_ids=(),
        works=HOURS,
        active=True,
    )


STAFF = {
    s.staff_id: s
    for s in (staff("s-ana", "Ana", "AN", 0), staff("s-luis", "Luis", "LU", 1), staff("s-mia", "Mia", "MI", 2))
}

SERVICES = tuple(
    Service(
        service_id=ServiceId(f"sv-{i}"),
        name=name,
        duration_minutes=minutes,
        buffer_minutes=0,
        price_cents=price,
        category="Hair",
        active=True,
    )
    for i, (name, minutes, price) in enumerate(
        [("Colour and cut", 90, 14_000), ("Beard trim", 30, 2_500), ("Balayage", 120, 18_000), ("Cut", 45, 4_500)]
    )
)


def employee(name: str, glyph: str, doing: str, state: EmployeeState = EmployeeState.ON) -> Employee:
    return Employee(
        employee_id=EmployeeId(f"e-{name.lower()}"),
        name=name,
        kind={"phone": "reception", "funnel": "sales"}.get(glyph, "operations"),
        glyph=glyph,
        state=state,
        state_since=at("09:02"),
        held_until=None,
        trouble=None,
        doing=doing,
    )


def at(clock: str, day: date = TODAY) -> datetime:
    """A wall time of the salon's day as an instant."""
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=ZONE).astimezone(UTC)


EMPLOYEES = (
    employee("Luna", "phone", "on 2 calls"),
    employee("Jade", "funnel", "following up 3 leads"),
    employee("Flora", "checklist", "sending reminders for tomorrow"),
)


def booking(
    clock: str,
    name: str,
    service: str,
    minutes: int,
    who: str,
    *,
    day: date = TODAY,
    status: BookingStatus = BookingStatus.CONFIRMED,
    price: int | None = 4_500,
    **changes: Any,
) -> Booking:
    starts = at(clock, day)
    base = Booking(
        booking_id=BookingId(f"b-{day.day}-{clock.replace(':', '')}-{who}"),
        customer_id=CustomerId("c-1"),
        customer_name=name,
        customer_phone="+1 555 0142",
        customer_email=None,
        service_id=None,
        service_name=service,
        staff_id=StaffId(f"s-{who}"),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes),
        zone=ZONE,
        status=status,
        source="luna",
        employee_id=EmployeeId("e-luna"),
        call_id=None,
        price_cents=price,
        paid_cents=0,
        payment_status="pending",
        notes=None,
        reminder_sent=False,
        created_at=at("10:02", day - timedelta(days=3)),
        confirmed_at=at("10:04", day - timedelta(days=3)),
        completed_at=None,
        cancelled_at=None,
        cancellation_reason=None,
        series_id=None,
        series_label=None,
        updated_at=None,
        updated_by=None,
        updated_call_id=None,
        version=1,
        pending=False,
    )
    return replace(base, **changes)


BOOKINGS = (
    booking("09:00", "Rosa Lind", "Cut", 45, "luis", status=BookingStatus.COMPLETED),
    booking("10:15", "Kim Lee", "Balayage", 120, "ana", status=BookingStatus.COMPLETED, price=18_000),
    booking("12:15", "Ida Berg", "Cut", 45, "mia"),
    booking("13:30", "Maria Gómez", "Colour and cut", 90, "ana", price=14_000, pending=True),
    booking("15:00", "Jun Ortiz", "Beard trim", 30, "luis", price=2_500, call_id=CallId("call-live")),
    booking("15:45", "Priya Shah", "Balayage", 120, "mia", price=18_000, call_id=CallId("call-booked")),
    booking("17:15", "Tom Baker", "Cut", 45, "luis", status=BookingStatus.PENDING),
)


def call(call_id: str = "call-live", **changes: Any) -> Call:
    began = NOW - timedelta(seconds=134)
    base = Call(
        call_id=CallId(call_id),
        caller_phone="+1 555 0104567",
        caller_name="Jun Ortiz",
        customer_id=CustomerId("c-1"),
        direction="inbound",
        employee_id=EmployeeId("e-luna"),
        employee_name="Luna",
        started_at=began - timedelta(seconds=4),
        answered_at=began,
        ended_at=None,
        status=CallStatus.LIVE,
        handler=Handler.AI,
        handler_user_id=None,
        handler_name=None,
        outcome=None,
        intent="reschedule",
        summary=None,
        extracted={},
        sentiment=-0.4,
        language="en",
        escalation_reason=None,
        requires_followup=False,
        booking_id=None,
        consent=Consent(state="given", said_at=began + timedelta(seconds=6), text="Yes, that's fine."),
        charge_cents=None,
        billed_seconds=None,
        turn_count=7,
        version=1,
    )
    return replace(base, **changes)


def past_call(
    call_id: str, clock: str, name: str | None, outcome: Outcome, summary: str, *, day: date = TODAY, **changes: Any
) -> Call:
    began = at(clock, day)
    settings: dict[str, Any] = {
        "caller_name": name,
        "started_at": began,
        "answered_at": began + timedelta(seconds=3),
        "ended_at": began + timedelta(seconds=141),
        "status": CallStatus.ENDED,
        "outcome": outcome,
        "summary": summary,
        "charge_cents": 24,
        "billed_seconds": 138,
        "intent": "booking",
        "sentiment": 0.4,
    }
    return call(call_id, **{**settings, **changes})


PAST = (
    past_call(
        "call-booked",
        "11:32",
        "Priya Shah",
        Outcome.BOOKED,
        "Priya booked a balayage with Mia today at 15:45.",
        booking_id=BookingId("b-24-1545-mia"),
        extracted={"service": "Balayage", "appointment_time": "15:45", "staff": "Mia"},
    ),
    past_call("call-missed", "11:20", None, Outcome.MISSED, "", answered_at=None, intent=None, charge_cents=None),
    past_call("call-keratin", "10:58", "Tom Baker", Outcome.INFO_PROVIDED, "Asked about keratin, which is not listed."),
    past_call("call-moved", "10:41", "Rosa Lind", Outcome.BOOKED, "Moved her cut to Friday 10:00."),
    past_call("call-spam", "10:02", "Sales call", Outcome.SPAM, "Offered a new card terminal."),
    past_call(
        "call-angry", "09:31", "Ben Cole", Outcome.COMPLAINT, "Unhappy about a long wait.", requires_followup=True
    ),
)

YESTERDAY = (
    past_call(
        "call-y1", "16:12", "Sam Fox", Outcome.BOOKED, "Booked a trim for Tuesday 14:00.", day=date(2025, 11, 23)
    ),
    past_call("call-y2", "12:47", "Lena Wolf", Outcome.HUNG_UP, "Hung up after the greeting.", day=date(2025, 11, 23)),
)


def turn(index: int, text: str, speaker: Speaker = Speaker.CALLER, **changes: Any) -> Turn:
    """A turn `index` × 8 seconds into the call."""
    began = NOW - timedelta(seconds=134) + timedelta(seconds=8 * index)
    name = {Speaker.CALLER: None, Speaker.ASSISTANT: "Luna", Speaker.HUMAN: "Ana"}.get(speaker)
    base = Turn(
        turn_id=TurnId(f"t-{index}"),
        call_id=CallId("call-live"),
        index=index,
        kind=TurnKind.SPEECH,
        speaker=speaker,
        name=name,
        text=text,
        started_at=began,
        ended_at=began + timedelta(seconds=6),
        sentiment=None,
        language="en",
        low_confidence=(),
        tool=None,
        note=None,
        version=index + 1,
    )
    return replace(base, **changes)


def tool(index: int, text: str, *, status: str = "ok", **changes: Any) -> Turn:
    use = ToolUse(
        name="check_availability",
        label="Checked the calendar",
        inputs={"day": "2025-11-24", "service": "Beard trim"},
        outputs={"slots": ["15:30", "16:40"]},
        status=status,
    )
    return turn(index, text, Speaker.ASSISTANT, kind=TurnKind.TOOL, **{"tool": use, **changes})


TURNS = (
    turn(0, "Bella Salon, this is Luna, an AI assistant. This call is recorded. Is that all right?", Speaker.ASSISTANT),
    turn(1, "Yes, that's fine.", sentiment=0.4),
    turn(2, "How can I help you today?", Speaker.ASSISTANT),
    turn(3, "My booking got moved and nobody told me. Can I speak to the owner?", sentiment=-0.2),
    turn(4, "I'm sorry about that. May I have a look first?", Speaker.ASSISTANT),
    tool(5, "Checked slots for 15:00 → 2 free"),
    turn(
        6,
        "I already asked once. Can I please speak to the owner?",
        sentiment=-0.5,
        low_confidence=((33, 38),),
    ),
    turn(
        7,
        "Of course. I'm letting Ana know right now. While we wait, may I take your name?",
        Speaker.ASSISTANT,
    ),
)


def held(status: BookingStatus) -> BookingFacts:
    return BookingFacts(status=status, refunded=False, price=Price.SOME, known=True)


CUSTOMER = Customer(
    customer_id=CustomerId("c-1"),
    name="Jun Ortiz",
    preferred_name=None,
    phone="+1 555 0104567",
    email=None,
    status="active",
    first_visit_at=at("10:00", date(2024, 3, 4)),
    last_visit_at=at("10:00", date(2025, 11, 3)),
    language="en",
    preferences=None,
    notes=None,
    booked=(
        Group(code=98, facts=held(BookingStatus.COMPLETED), n=6, amount=31_200, length=6 * 2_700_000),
        Group(code=100, facts=held(BookingStatus.NO_SHOW), n=1, amount=5_200, length=2_700_000),
    ),
)


def link(state: LinkState = LinkState.ONLINE, **changes: Any) -> LinkStatus:
    base = LinkStatus(
        state=state,
        as_of=NOW,
        filling=None,
        trouble=None,
        retry_at=None,
        skew_s=0.0,
        waiting=0,
    )
    return replace(base, **changes)


def block(
    clock: str,
    title: str,
    minutes: int,
    who: str | None,
    *,
    day: date = TODAY,
    source: str = "calendar",
    **changes: Any,
) -> Block:
    """Time that nobody can be booked in; `who` None is everybody's."""
    starts = at(clock, day)
    base = Block(
        block_id=BlockId(f"k-{day.day}-{clock.replace(':', '')}-{who or 'all'}"),
        staff_id=StaffId(f"s-{who}") if who else None,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes),
        zone=ZONE,
        title=title,
        source=source,
        calendar_id=None,
        pending=False,
    )
    return replace(base, **changes)


def _day(after: int) -> date:
    return TODAY + timedelta(days=after)


WEEK = (
    *BOOKINGS,
    booking("10:00", "Kim Lee", "Cut", 60, "ana", day=_day(1)),
    booking("14:00", "Sam Fox", "Beard trim", 45, "luis", day=_day(1)),
    booking("16:30", "Maria Gómez", "Colour and cut", 90, "ana", day=_day(1), price=14_000, pending=True),
    booking("09:30", "Lena Wolf", "Colour and cut", 120, "ana", day=_day(2)),
    booking("15:00", "Noor Haddad", "Cut", 45, "mia", day=_day(2), status=BookingStatus.PENDING),
    booking("11:00", "Ida Berg", "Colour and cut", 90, "mia", day=_day(3)),
    booking("15:45", "Priya Shah", "Balayage", 120, "ana", day=_day(3), price=18_000),
    booking("10:00", "Rosa Lind", "Cut", 45, "luis", day=_day(4)),
    booking("13:00", "Ben Cole", "Cut", 90, "luis", day=_day(4), status=BookingStatus.NO_SHOW),
    booking("09:00", "Noor Haddad", "Balayage", 180, "mia", day=_day(5)),
)
"""Monday 24 to Saturday 29 November, in order."""

BLOCKS = (
    block("12:00", "Lunch", 60, "ana", day=_day(2)),
    block("12:00", "Lunch", 60, "luis"),
    block("12:00", "Lunch", 60, "ana"),
)
