"""The kinds of business: names, people, hours, services, prices and how demand runs, read from the files of `data/`.

Prices are today's; the history lowers them for earlier years.  Hours are local wall time.  In a file `opening` has
`weekdays`, `saturday` and `sunday`; `works` names a shift of `shifts` (or `off`) for each day from Monday; `hours` is
a table of the hours that have a weight.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from backend_stub.scripts.own import KINDS

Wall = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Hours = tuple[tuple[Wall, Wall], ...]
Week = tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
Role = Literal["owner", "manager", "front_desk"]
Holiday = Literal[
    "new_year",
    "mlk",
    "presidents",
    "memorial",
    "juneteenth",
    "independence",
    "labor",
    "thanksgiving",
    "after_thanksgiving",
    "christmas_eve",
    "christmas",
]
_Positive = Annotated[int, Meta(gt=0)]
_NotNegative = Annotated[int, Meta(ge=0)]
_Factors = tuple[Annotated[float, Meta(ge=0)], ...]


class ServiceKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`weight`: how often new customers ask for it.  `every_days`: a regular's usual interval, 0 for a one-off."""

    name: str
    minutes: _Positive
    buffer: _NotNegative
    cents: _Positive
    category: str
    weight: float
    every_days: _NotNegative


class StaffKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`cannot`: categories this person does not do.  `popularity`: how often customers ask for them."""

    name: str
    works: Week
    cannot: tuple[str, ...] = ()
    popularity: float = 1.0


class ResourceKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`count` alike, numbered where there are several, in which all of `categories` but `without` is done."""

    name: str
    count: _Positive
    categories: tuple[str, ...]
    without: tuple[str, ...] = ()

    def does(self, service: ServiceKind) -> bool:
        return service.category in self.categories and service.name not in self.without


class BusinessKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`demand`: bookings on an average open day now.  `weekday`, `season`: factors from Monday, from January.

    `hours`: the weight of each hour of the day from 0.  `growth`: a year's.  `people`: owner, manager, front desk.
    """

    kind: str
    name: str
    phone: Annotated[str, Meta(pattern=r"^\+1\d{3}55501\d\d$")]
    address: str
    opening: Week
    holidays: tuple[Holiday, ...]
    people: tuple[tuple[str, Role], tuple[str, Role], tuple[str, Role]]
    staff: Annotated[tuple[StaffKind, ...], Meta(min_length=1)]
    services: Annotated[tuple[ServiceKind, ...], Meta(min_length=2)]
    resources: tuple[ResourceKind, ...]
    demand: float
    growth: float
    weekday: Annotated[_Factors, Meta(min_length=7, max_length=7)]
    season: Annotated[_Factors, Meta(min_length=12, max_length=12)]
    hours: Annotated[_Factors, Meta(min_length=24, max_length=24)]
    area_codes: tuple[str, ...]
    notes: tuple[str, ...]
    preferences: tuple[str, ...]
    needs: tuple[str, ...]


class NotAKind(Exception):
    """A file does not describe a business.  The message names the file and what is wrong with it."""


@cache
def kind_of(name: str) -> BusinessKind:
    """The kind of that name.  Raises ValueError for an unknown one."""
    if name not in KINDS:
        raise ValueError(f"no kind of business called {name!r}")
    return read_kind(Path(__file__).parent / "data" / f"{name}.toml")


def read_kind(path: Path) -> BusinessKind:
    """Raises NotAKind."""
    try:
        return msgspec.convert(_spelled_out(tomllib.loads(path.read_text(encoding="utf-8"))), BusinessKind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise NotAKind(f"{path.name}: {error}") from error
    except KeyError as error:
        raise NotAKind(f"{path.name}: there is no {error}") from error


def _spelled_out(data: dict[str, Any]) -> dict[str, Any]:
    """The file's short forms (opening days, shifts by name, hours that count) as the full ones."""
    shifts, opening = {"off": []} | data.pop("shifts"), data["opening"]
    return data | {
        "opening": [opening["weekdays"]] * 5 + [opening["saturday"], opening["sunday"]],
        "staff": [person | {"works": [shifts[shift] for shift in person["works"]]} for person in data["staff"]],
        "hours": [data["hours"].get(str(hour), 0.0) for hour in range(24)],
    }
