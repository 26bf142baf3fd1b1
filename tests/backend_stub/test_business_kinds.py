"""The files of the kinds of business: read whole, and refused with the place when they are not right."""

import re
from pathlib import Path

import pytest

from backend_stub.business import kinds
from backend_stub.business.calendar import holidays
from backend_stub.business.kinds import NotAKind, kind_of, read_kind

SALON = Path(kinds.__file__).parent / "data" / "salon.toml"


@pytest.mark.parametrize("name", kinds.KINDS)
def test_every_kind_is_read_whole(name: str) -> None:
    kind = kind_of(name)
    assert kind.kind == name
    categories = {service.category for service in kind.services}
    for person in kind.staff:
        assert set(person.cannot) < categories
        assert any(person.works)
        for opens, works in zip(kind.opening, person.works, strict=True):
            assert bool(opens) or not works, "nobody works on a day on which it is never open"
    assert set(kind.holidays) <= holidays(2026).keys()
    assert [role for _, role in kind.people] == ["owner", "manager", "front_desk"]


def test_a_shift_stands_for_its_hours() -> None:
    ana = kind_of("salon").staff[0]
    assert ana.works[0] == () and ana.works[1] == (("09:00", "13:00"), ("13:45", "17:30"))
    assert kind_of("salon").hours[8:10] == (0.0, 5.0)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("demand = 19", "demand = ", "line"),
        ("demand = 19", 'demand = "many"', "$.demand"),
        ("growth = 0.22", "", "growth"),
        ("growth = 0.22", "growth = 0.22\nshrinking = 1", "shrinking"),
        ("minutes = 45", "minutes = 0", "$.services[0].minutes"),
        ("minutes = 45", "minuets = 45", "$.services[0]"),
        ('"new_year"', '"talk_like_a_pirate"', "$.holidays[0]"),
        ('"off", "early"', '"off", "dawn"', "'dawn'"),
        ('early = [["09:00"', 'early = [["9:00"', "$.staff[0].works"),
        ("weekday = [0.72, ", "weekday = [", "$.weekday"),
        ("+14155550100", "+14155551234", "$.phone"),
    ],
)
def test_what_is_not_right_is_refused_with_its_place(tmp_path: Path, before: str, after: str, words: str) -> None:
    text = SALON.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "salon.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(NotAKind, match=f"^salon.toml: .*{re.escape(words)}"):
        read_kind(path)
