"""What callers asked for that is not offered: counted by caller, with their words."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.opportunities import opportunities
from client.models.ids import CallId
from client.models.patterns import Asked
from tests import example_data as eg
from widgets.strings import Words

SAY = Words(language="en", zone=eg.ZONE)


def asked(service: str, caller: str, days: int = 1, number: int = 0) -> Asked:
    return Asked(
        call_id=CallId(f"call-{caller}-{days}-{number}"),
        at=eg.NOW - timedelta(days=days),
        caller=caller,
        caller_name=caller,
        service=service,
        line=f"Do you do {service}?",
    )


def test_callers_are_counted_and_their_words_are_the_evidence() -> None:
    calls = [asked("microblading", "Kim", 9), asked("Microblading ", "Ben", 4), asked("microblading", "Kim", 2)]
    [found] = opportunities(calls, eg.SERVICES, eg.NOW, eg.NOW, eg.ZONE, SAY)
    assert (found.subject, found.service, found.callers) == ("microblading", "microblading", 2)
    rows = found.provenance.rows
    assert [(row.row_id, row.counted) for row in rows] == [
        ("call-Kim-2-0", True),
        ("call-Ben-4-0", True),
        ("call-Kim-9-0", False),
    ]
    assert rows[0].detail == "Do you do microblading?"
    assert found.provenance.left_out == ("1 further call of the same caller",)


def test_what_is_offered_now_is_no_opportunity() -> None:
    calls = [asked("balayage", "Kim"), asked("balayage", "Ben")]
    assert opportunities(calls, eg.SERVICES, eg.NOW, None, eg.ZONE, SAY) == ()
    no_longer = [replace(service, active=False) for service in eg.SERVICES]
    assert len(opportunities(calls, no_longer, eg.NOW, None, eg.ZONE, SAY)) == 1


def test_one_caller_is_no_demand() -> None:
    assert opportunities([asked("x", "Kim", 1), asked("x", "Kim", 2)], (), eg.NOW, None, eg.ZONE, SAY) == ()


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["perm", "Perm", " perm", "tattoo"]), st.sampled_from("abc"), st.integers(0, 120))
    )
)
def test_it_is_what_counting_by_hand_gives(calls: list[tuple[str, str, int]]) -> None:
    rows = [asked(service, who, days, n) for n, (service, who, days) in enumerate(calls)]
    by_hand: dict[str, set[str]] = defaultdict(set)
    for service, who, days in calls:
        if days <= 90:
            by_hand[service.strip().lower()].add(who)
    found = opportunities(rows, (), eg.NOW, None, eg.ZONE, SAY)
    assert {o.subject: o.callers for o in found} == {name: len(who) for name, who in by_hand.items() if len(who) > 1}
    for each in found:
        assert sum(row.counted for row in each.provenance.rows) == each.callers == each.provenance.rows_counted
    assert [o.callers for o in found] == sorted((o.callers for o in found), reverse=True)
