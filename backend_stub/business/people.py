"""The customers: who they are, what they come for and how often.  Their diaries are kept by bookings."""

import random
from dataclasses import dataclass, field
from typing import Any

from backend_stub.business.ids import Ids
from backend_stub.business.names import email_of, name_and_language
from backend_stub.business.premises import Premises

Row = dict[str, Any]

_FAR = """
205 907 602 480 520 501 213 310 323 424 559 562 619 626 661 714 747 760 805 818 831 858 909 949 951 303 719
720 203 860 302 239 305 321 352 386 407 561 727 813 850 904 954 404 678 706 770 808 208 217 312 630 708 773
815 847 317 219 515 563 316 785 502 859 225 504 207 301 410 413 508 617 781 978 248 313 517 616 734 612 651
763 601 314 417 636 816 406 402 702 775 603 201 609 732 856 908 973 505 575 212 315 347 516 518 585 607 631
646 716 718 845 914 917 704 828 910 919 980 701 216 330 419 440 513 614 740 937 405 580 918 503 541 971 215
412 484 570 610 717 724 814 401 803 843 864 605 423 615 731 865 901 931 210 214 254 281 361 409 432 469 512
713 806 817 830 903 915 936 940 956 972 979 385 435 801 802 276 434 540 571 703 757 804 206 253 360 425 509
304 681 262 414 608 715 920 307
"""
_FAR_CODES = tuple(_FAR.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A standing appointment: the same service with the same person, every so many weeks at the same time."""

    series_id: str
    weeks: int
    service: int
    worker: int
    start: int

    @property
    def label(self) -> str:
        return "every week" if self.weeks == 1 else f"every {self.weeks} weeks"


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A customer as the simulation sees them.  `worker` is whom they ask for, `wanted` the start in units."""

    customer_id: str
    name: str
    phone: str
    email: str | None
    language: str
    created_ms: int
    service: int
    worker: int | None
    wanted: int
    interval_days: int
    reliable: float
    last_end_ms: int = 0
    visits: int = 0
    regular: bool = False
    standing: Standing | None = None
    bookings: list[Row] = field(default_factory=list[Row])


def fictional_numbers(area_codes: tuple[str, ...], rng: random.Random) -> list[str]:
    """Telephone numbers of the range kept for fiction (555-01xx), the nearest area codes first, each once.

    The last place is to be drawn first.  The number of the business itself (0100 of its own code) is left out.
    """
    near = [f"+1{code}5550{n}" for code in area_codes for n in range(100, 200) if n != 100]
    far = [f"+1{code}5550{n}" for code in _FAR_CODES for n in range(100, 200)]
    rng.shuffle(near)
    rng.shuffle(far)
    return far + near


class Arrivals:
    """New customers, one after another."""

    def __init__(self, premises: Premises, rng: random.Random) -> None:
        self._premises = premises
        self._rng = rng
        self._ids = Ids(rng)
        self._numbers = fictional_numbers(premises.kind.area_codes, rng)
        self._weights = [service.weight for service in premises.kind.services]
        self._popularity = [worker.kind.popularity for worker in premises.workers]
        self._hours = [weight for weight in premises.kind.hours for _ in range(4)]
        self.everybody: list[Visitor] = []

    def next(self, created_ms: int) -> Visitor:
        """Somebody who has never been here.  Now and then two people have one name, or a family one number."""
        rng = self._rng
        name, language = name_and_language(rng)
        if self.everybody and rng.random() < 0.008:
            name = rng.choice(self.everybody).name
        service = rng.choices(range(len(self._weights)), self._weights)[0]
        visitor = Visitor(
            customer_id=self._ids.at(created_ms),
            name=name,
            phone=self._number(),
            email=email_of(name, rng) if rng.random() < 0.62 else None,
            language=language,
            created_ms=created_ms,
            service=service,
            worker=self._favourite(service),
            wanted=self._wanted(),
            interval_days=self._interval(service),
            reliable=rng.betavariate(12, 1),
        )
        self.everybody.append(visitor)
        return visitor

    def _number(self) -> str:
        if not self._numbers or (self.everybody and self._rng.random() < 0.01):
            return self._rng.choice(self.everybody).phone
        return self._numbers.pop()

    def _favourite(self, service: int) -> int | None:
        able = [n for n, worker in enumerate(self._premises.workers) if service in worker.can]
        if self._rng.random() < 0.35:
            return None
        return self._rng.choices(able, [self._popularity[n] for n in able])[0]

    def _wanted(self) -> int:
        unit = self._rng.choices(range(96), self._hours)[0]
        return unit - unit % 2 if self._rng.random() < 0.8 else unit

    def _interval(self, service: int) -> int:
        days = self._premises.kind.services[service].every_days
        return max(7, round(days * self._rng.lognormvariate(0, 0.22))) if days else 0


def customer_rows(premises: Premises, visitors: list[Visitor], rng: random.Random) -> list[Row]:
    """The customers' documents, with their figures taken from their bookings."""
    ordered = sorted(visitors, key=lambda visitor: visitor.customer_id)
    return [_row(premises, visitor, rng) for visitor in ordered if visitor.bookings]


def _row(premises: Premises, visitor: Visitor, rng: random.Random) -> Row:
    bookings = visitor.bookings
    visits = [booking["starts_at"] for booking in bookings if booking["status"] == "completed"]
    no_shows = sum(booking["status"] == "no_show" for booking in bookings)
    idle_ms = premises.now_ms - max(booking["starts_at"] for booking in bookings)
    status = "blocked" if no_shows >= 4 else "inactive" if idle_ms > 300 * 86_400_000 else "active"
    return {
        "id": visitor.customer_id,
        "name": visitor.name,
        "preferred_name": visitor.name.split()[0][:4] if rng.random() < 0.03 else None,
        "phone": visitor.phone,
        "email": visitor.email,
        "status": status,
        "first_visit_at": min(visits) if visits else None,
        "last_visit_at": max(visits) if visits else None,
        "total_bookings": sum(booking["status"] != "cancelled" for booking in bookings),
        "no_shows": no_shows,
        "lifetime_cents": sum(booking["paid_cents"] for booking in bookings),
        "language": visitor.language,
        "preferences": rng.choice(premises.kind.preferences) if len(visits) > 3 and rng.random() < 0.4 else None,
        "notes": rng.choice(premises.kind.notes) if rng.random() < 0.12 else None,
        "created_at": visitor.created_ms,
    }
