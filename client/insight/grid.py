"""A day or a week as columns of cards: what stands where, beside what, and what is gathered when there is too much.

Pure geometry in wall minutes; nothing here knows pixels.  A grid holds at most `Budget.cards` cards, however many
bookings there are: the most crowded hours are gathered into one card each, which says how many they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from client.insight.walltime import DAY_MINUTES, WHOLE_DAY, Span, skipped, span_of, wall_span
from client.models.bookings import Block, Booking, BookingStatus
from client.models.business import Business, HoursRange, Service, Staff
from client.models.ids import StaffId

GATHERED_OVER: Final = (60, 120, 240, DAY_MINUTES)
"""Minutes over which a crowd is gathered, finest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Bookings and blocks that stand on one card because there is no room for each."""

    bookings: tuple[Booking, ...]
    blocks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Time in which nobody can be booked.  `why`: closed, staff_off, or skipped by the clock."""

    span: Span
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The same time blocked by the same reason, for one or for several; `whose` is empty when it is everybody's.

    `first`: one of them, and one that is not sent yet where there is one.
    """

    first: Block
    whose: tuple[StaffId, ...]


Item = Booking | Blocks | Crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`lane` of `lanes` side by side, as wide as `wide` lanes.  `buffer`: minutes kept free after it.

    `from_before`, `goes_on`: it began the day before, it ends the day after.
    """

    item: Item
    span: Span
    lane: int = 0
    lanes: int = 1
    wide: int = 1
    buffer: int = 0
    from_before: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A day, or a member of staff on a day.  `staff` None in a week, and for what nobody does yet.

    `count` is of bookings, without cancelled ones; `holiday`: closed on this date, not by the week.
    """

    day: date
    staff: Staff | None
    cards: tuple[Card, ...]
    shut: tuple[Shut, ...]
    count: int
    open: bool
    holiday: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What there is room for.  `lanes` side by side in a column; `least`: minutes a card is drawn at the least."""

    cards: int = 60
    lanes: int = 3
    least: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """`span`: the wall minutes that are drawn, whole hours."""

    columns: tuple[Column, ...]
    span: Span

    @property
    def cards(self) -> int:
        return sum(len(column.cards) for column in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a grid is made of."""

    business: Business | None
    staff: tuple[Staff, ...]
    services: tuple[Service, ...]
    bookings: tuple[Booking, ...]
    blocks: tuple[Block, ...]

    @property
    def zone(self) -> ZoneInfo:
        return self.business.zone if self.business else ZoneInfo("UTC")


def week_grid(rows: Rows, days: Sequence[date], budget: Budget) -> Grid:
    """A column for each of the days; a weekend that is closed and empty is left away."""
    columns = [_column(rows, day, None, rows.bookings, rows.blocks) for day in days]
    return _fitted(_without_idle_weekend(rows, columns), budget)


def day_grid(rows: Rows, day: date, people: Sequence[Staff | None], budget: Budget) -> Grid:
    """A column for each of `people` on this day; None is for what nobody does yet."""
    columns = [
        _column(
            rows,
            day,
            person,
            [b for b in rows.bookings if b.staff_id == (person.staff_id if person else None)],
            [b for b in rows.blocks if b.staff_id is None or (person and b.staff_id == person.staff_id)],
        )
        for person in people
    ]
    return _fitted(columns, budget)


def people_of(rows: Rows) -> tuple[Staff | None, ...]:
    """Who has a column on a day: who works here, who left but is still booked, and nobody where that is the case."""
    booked = {b.staff_id for b in rows.bookings}
    known = {person.staff_id for person in rows.staff}
    people: list[Staff | None] = [p for p in rows.staff if p.active or p.staff_id in booked]
    if any(staff_id is None or staff_id not in known for staff_id in booked) or not people:
        people.append(None)
    return tuple(people)


def hours_on(business: Business | None, day: date) -> tuple[HoursRange, ...]:
    """When the business opens on this day."""
    if business is None or day in business.closed_days:
        return ()
    return business.opening_hours.on(day)


# --- one column -------------------------------------------------------------------------------------------------------
def _column(
    rows: Rows, day: date, person: Staff | None, bookings: Iterable[Booking], blocks: Iterable[Block]
) -> Column:
    buffers = {service.service_id: service.buffer_minutes for service in rows.services}
    cards: list[Card] = []
    for booking in bookings:
        card = _card(booking, booking, day, rows.zone)
        if card:
            buffer = buffers.get(booking.service_id, 0) if booking.service_id and _holds_time(booking) else 0
            cards.append(replace(card, buffer=0 if card.goes_on else buffer))
    cards += _block_cards(blocks, day, rows.zone)
    opening = hours_on(rows.business, day)
    return Column(
        day=day,
        staff=person,
        cards=tuple(sorted(cards, key=_by_start)),
        shut=_shut(rows, day, person, opening),
        count=sum(isinstance(c.item, Booking) and _holds_time(c.item) for c in cards),
        open=bool(opening),
        holiday=rows.business is not None and day in rows.business.closed_days,
    )


def _card(item: Item, row: Booking | Block, day: date, zone: ZoneInfo) -> Card | None:
    span = wall_span(row.starts_at, row.ends_at, day, zone)
    if span is None:
        return None
    return Card(
        item=item,
        span=span,
        from_before=row.starts_at.astimezone(zone).date() < day,
        goes_on=span.end == DAY_MINUTES
        and row.ends_at.astimezone(zone).date() > day
        and not _ends_at_midnight(row, zone),
    )


def _ends_at_midnight(row: Booking | Block, zone: ZoneInfo) -> bool:
    local = row.ends_at.astimezone(zone)
    return (local.hour, local.minute) == (0, 0)


def _block_cards(blocks: Iterable[Block], day: date, zone: ZoneInfo) -> list[Card]:
    """Those of the same time and title are one card: lunch is said once for all who have it."""
    same: dict[tuple[str, Span], Card] = {}
    for block in blocks:
        card = _card(Blocks(first=block, whose=(block.staff_id,) if block.staff_id else ()), block, day, zone)
        if card is None:
            continue
        known = same.get((block.title, card.span))
        if known and isinstance(known.item, Blocks) and known.item.whose and block.staff_id:
            first = block if block.pending else known.item.first
            card = replace(known, item=Blocks(first=first, whose=(*known.item.whose, block.staff_id)))
        same[block.title, card.span] = card
    return list(same.values())


def _holds_time(booking: Booking) -> bool:
    return booking.status not in (BookingStatus.CANCELLED, BookingStatus.NO_SHOW)


def _shut(rows: Rows, day: date, person: Staff | None, opening: Sequence[HoursRange]) -> tuple[Shut, ...]:
    """Closed hours; where it is open, the hours in which this person does not work; the hour the clock skips."""
    opens = [span_of(hours) for hours in opening]
    out = [Shut(span=span, why="closed") for span in _rest(WHOLE_DAY, opens)]
    if person:
        works = [span_of(hours) for hours in person.works.on(day)]
        out += [Shut(span=off, why="staff_off") for each in opens for off in _rest(each, works)]
    gap = skipped(day, rows.zone)
    if gap:
        out.append(Shut(span=gap, why="skipped"))
    return tuple(sorted(out, key=lambda shut: shut.span))


def _rest(whole: Span, taken: Iterable[Span]) -> list[Span]:
    """What of `whole` is not taken."""
    out: list[Span] = []
    at = whole.start
    for span in sorted(taken):
        if span.start > at:
            out.append(Span(start=at, end=min(span.start, whole.end)))
        at = max(at, span.end)
    if at < whole.end:
        out.append(Span(start=at, end=whole.end))
    return [span for span in out if span.start < span.end]


def _without_idle_weekend(rows: Rows, columns: list[Column]) -> list[Column]:
    def idle(column: Column) -> bool:
        weekly = rows.business is not None and rows.business.opening_hours.on(column.day)
        return column.day.weekday() >= 5 and not weekly and not column.cards

    while len(columns) > 1 and idle(columns[-1]):
        columns = columns[:-1]
    return columns


# --- all of them ------------------------------------------------------------------------------------------------------
def _fitted(columns: Sequence[Column], budget: Budget) -> Grid:
    fitted = [_within_lanes(column, budget) for column in columns]
    for minutes in GATHERED_OVER:
        fitted = _gathered(fitted, minutes, budget.cards)
    placed = tuple(replace(column, cards=_side_by_side(column.cards, budget.least)) for column in fitted)
    return Grid(columns=placed, span=_drawn(placed))


def _within_lanes(column: Column, budget: Budget) -> Column:
    """Where more stand beside one another than there is room for, they are gathered by the hour."""
    if _most_lanes(column.cards, budget.least) <= budget.lanes:
        return column
    crowded = {
        _cell(card, GATHERED_OVER[0]) for card in _side_by_side(column.cards, budget.least) if card.lanes > budget.lanes
    }
    for cell in sorted(crowded, key=lambda cell: -len(_in_cell(column.cards, cell, GATHERED_OVER[0]))):
        cards = _gather(column.cards, cell, GATHERED_OVER[0])
        column = replace(column, cards=cards)
        if _most_lanes(cards, budget.least) <= budget.lanes:
            break
    return column


def _gathered(columns: list[Column], minutes: int, most: int) -> list[Column]:
    """Gather the fullest cells of this many minutes until no more than `most` cards are left."""
    total = sum(len(column.cards) for column in columns)
    cells = [
        (len(_in_cell(column.cards, cell, minutes)), index, cell)
        for index, column in enumerate(columns)
        for cell in {_cell(card, minutes) for card in column.cards}
    ]
    for size, index, cell in sorted(cells, reverse=True):
        if total <= most or size < 2:
            break
        columns[index] = replace(columns[index], cards=_gather(columns[index].cards, cell, minutes))
        total -= size - 1
    return columns


def _cell(card: Card, minutes: int) -> int:
    return card.span.start // minutes


def _in_cell(cards: Sequence[Card], cell: int, minutes: int) -> list[Card]:
    return [card for card in cards if _cell(card, minutes) == cell]


def _gather(cards: Sequence[Card], cell: int, minutes: int) -> tuple[Card, ...]:
    inside = _in_cell(cards, cell, minutes)
    if len(inside) < 2:
        return tuple(cards)
    crowd = Card(
        item=Crowd(
            bookings=tuple(booking for card in inside for booking in _bookings(card.item)),
            blocks=sum(_blocks(card.item) for card in inside),
        ),
        span=Span(start=min(card.span.start for card in inside), end=max(card.span.end for card in inside)),
    )
    return tuple(sorted((*(card for card in cards if _cell(card, minutes) != cell), crowd), key=_by_start))


def _bookings(item: Item) -> tuple[Booking, ...]:
    match item:
        case Booking():
            return (item,)
        case Crowd():
            return item.bookings
        case Blocks():
            return ()


def _blocks(item: Item) -> int:
    return item.blocks if isinstance(item, Crowd) else int(isinstance(item, Blocks))


def _by_start(card: Card) -> tuple[int, int]:
    return card.span.start, -card.span.end


def _side_by_side(cards: Sequence[Card], least: int) -> tuple[Card, ...]:
    """Each card in the first lane that is free; cards that touch one another, directly or not, share their lanes."""
    out: list[Card] = []
    for group in _touching(cards, least):
        ends: list[int] = []
        lane_of: list[int] = []
        for card in group:
            lane = next((i for i, end in enumerate(ends) if end <= card.span.start), len(ends))
            ends[lane:] = [_drawn_end(card, least), *ends[lane + 1 :]]
            lane_of.append(lane)
        placed = [replace(c, lane=lane, lanes=len(ends)) for c, lane in zip(group, lane_of, strict=True)]
        out += [replace(card, wide=_room(card, placed, least)) for card in placed]
    return tuple(out)


def _room(card: Card, group: Sequence[Card], least: int) -> int:
    """How many lanes from its own to the right are free for as long as it lasts."""
    beside = [c.lane for c in group if c.lane > card.lane and _drawn_span(c, least).meets(_drawn_span(card, least))]
    return min(beside, default=card.lanes) - card.lane


def _touching(cards: Sequence[Card], least: int) -> Iterable[list[Card]]:
    group: list[Card] = []
    until = -1
    for card in sorted(cards, key=_by_start):
        if group and card.span.start >= until:
            yield group
            group = []
        group.append(card)
        until = max(until, _drawn_end(card, least))
    if group:
        yield group


def _most_lanes(cards: Sequence[Card], least: int) -> int:
    return max((card.lanes for card in _side_by_side(cards, least)), default=1)


def _drawn_end(card: Card, least: int) -> int:
    return max(card.span.end, card.span.start + least)


def _drawn_span(card: Card, least: int) -> Span:
    return Span(start=card.span.start, end=_drawn_end(card, least))


def _drawn(columns: Sequence[Column]) -> Span:
    """An hour before and after what is open and booked, at least from 9 to 17."""
    marks = [m for column in columns for m in _marks(column)] or [9 * 60, 17 * 60]
    low, high = min(marks), max(marks)
    return Span(start=max(0, low // 60 * 60 - 60), end=min(DAY_MINUTES, -(-high // 60) * 60 + 60))


def _marks(column: Column) -> Iterable[int]:
    """Ends of what must be in sight; a block that lasts all day is in sight anyway."""
    for span in _rest(WHOLE_DAY, [shut.span for shut in column.shut if shut.why == "closed"]):
        yield from (span.start, span.end)
    for card in column.cards:
        if not isinstance(card.item, Blocks):
            yield from (card.span.start, card.span.end)
