"""Which correction answers a question, how it stands, what a new one contradicts: by stated rules."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from client.insight import corrections
from client.insight.asking import same, services_in, weekdays_in
from client.insight.corrections import Known, Standing, Wanted
from client.models.corrections import Correction, CorrectionScope, CorrectionState, Sourced
from client.models.ids import CallId, CorrectionId, CustomerId, TurnId
from tests import example_data as eg

TODAY = date(2025, 11, 24)
MARIA, BEN = CustomerId("maria"), CustomerId("ben")
ASKED, WRONG, RIGHT = "Do you do bridal hair?", "No, we do not offer that.", "Yes, from 150 dollars."
CUT, COLOUR = (replace(eg.SERVICES[0], service_id=name, name=name) for name in ("Haircut", "Haircut and colour"))


def correction(name: str = "c", **changes: Any) -> Correction:
    return replace(
        Correction(
            correction_id=CorrectionId(name),
            call_id=CallId("call"),
            turn_id=TurnId("turn"),
            question=ASKED,
            wrong=WRONG,
            right=RIGHT,
            scope=CorrectionScope.SAME_QUESTION,
            state=CorrectionState.LEARNED,
            by="Ana",
            created_at=eg.NOW,
        ),
        **changes,
    )


def known(*each: Correction) -> Known:
    sourced = [Sourced(correction=c, caller="Maria", called_at=eg.NOW, employee="Luna", client=None) for c in each]
    return Known(corrections=tuple(sourced), services=(CUT, COLOUR), today=TODAY)


def said(asked: str, *each: Correction, customer: CustomerId | None = None) -> str | None:
    found = corrections.answer(asked, customer, known(*each))
    return found.correction.correction_id if found else None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (ASKED, "Hi, do you do bridal hair please?", True),
        ("How much is a haircut?", "How much does a haircut cost?", True),
        ("How much is a haircut?", "How much is a haircut and colour?", False),
        ("What time do you open on Saturdays?", "What time do you open on Saturday?", True),
        ("What time do you open on Saturdays?", "What time do you open on Sundays?", False),
        ("Is there room for 4 people at the front?", "Is there room for 5 people at the front?", False),
        ("¿Abren los sábados?", "¿Los sabados abren?", True),
        ("Do you take dogs?", "Do you take cards?", False),
        ("Do you have it?", "Do you have it?", True),
        ("", "", False),
        (None, ASKED, False),
    ],
)
def test_the_same_is_asked(one: str | None, other: str | None, is_same: bool) -> None:
    assert same(one, other, (CUT, COLOUR)) is same(other, one, (CUT, COLOUR)) is is_same


def test_what_is_named() -> None:
    assert services_in("A HAIRCUT and colour, or haircuts?", (CUT, COLOUR)) == (COLOUR, CUT)
    assert services_in("A haircutting course", (CUT, COLOUR)) == ()
    assert weekdays_in("Saturdays and el miércoles") == {2, 5}


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({}, Standing.LEARNED),
        ({"pending": True}, Standing.WAITING),
        ({"state": CorrectionState.WAITING}, Standing.WAITING),
        ({"last_day": TODAY}, Standing.LEARNED),
        ({"last_day": TODAY - timedelta(days=1)}, Standing.OVER),
        ({"last_day": TODAY - timedelta(days=1), "pending": True}, Standing.OVER),
        ({"replaced": True, "last_day": TODAY}, Standing.REPLACED),
    ],
)
def test_how_it_stands(changes: dict[str, Any], stands: Standing) -> None:
    found = correction(**changes)
    assert corrections.standing(found, TODAY) is stands
    assert corrections.counts(found, TODAY) == (stands in (Standing.LEARNED, Standing.WAITING))


@pytest.mark.parametrize(
    ("changes", "answered"),
    [
        ({}, True),
        ({"pending": True}, True),
        ({"customer_id": MARIA}, True),
        ({"customer_id": BEN}, False),
        ({"last_day": TODAY}, True),
        ({"last_day": TODAY - timedelta(days=1)}, False),
        ({"replaced": True}, False),
        ({"scope": CorrectionScope.THIS_CALL}, False),
        ({"scope": CorrectionScope.UNKNOWN}, False),
        ({"question": "Do you do nails?"}, False),
    ],
)
def test_asked_again_by_maria(changes: dict[str, Any], answered: bool) -> None:
    assert said("So, do you do bridal hair?", correction(**changes), customer=MARIA) == ("c" if answered else None)


def test_what_counts_for_one_client_is_not_said_to_another() -> None:
    assert said(ASKED, correction(customer_id=MARIA)) is None
    assert said(ASKED, correction(customer_id=MARIA), customer=BEN) is None


def test_what_counts_everywhere_is_found_by_the_wrong_answer_too() -> None:
    everywhere = correction(scope=CorrectionScope.EVERYWHERE, question=None)
    assert said(WRONG, everywhere) == "c" and said(WRONG, correction()) is None


def test_the_narrowest_counts_and_of_alike_the_newest() -> None:
    newer = correction("newer", created_at=eg.NOW + timedelta(hours=1))
    dated = correction("dated", last_day=TODAY)
    hers = correction("hers", customer_id=MARIA)
    assert said(ASKED, newer, correction()) == "newer"
    assert said(ASKED, newer, dated, correction()) == "dated"
    assert said(ASKED, newer, dated, hers, customer=MARIA) == "hers"
    assert said(ASKED, newer, dated, hers) == "dated"


WANTED = Wanted(question=ASKED, wrong="Let me see.", right="Not any more.", scope=CorrectionScope.SAME_QUESTION)


@pytest.mark.parametrize(
    ("wanted", "older", "shown"),
    [
        ({}, {}, True),
        ({"question": None, "wrong": WRONG}, {}, True),
        ({"question": None, "wrong": RIGHT}, {}, True),
        ({"question": None}, {}, False),
        ({"right": " yes, from 150 DOLLARS"}, {}, False),
        ({"right": " "}, {}, False),
        ({"scope": CorrectionScope.THIS_CALL}, {}, False),
        ({}, {"scope": CorrectionScope.THIS_CALL}, False),
        ({}, {"replaced": True}, False),
        ({}, {"last_day": TODAY - timedelta(days=1)}, False),
        ({}, {"last_day": TODAY}, True),
        ({"customer_id": MARIA}, {}, True),
        ({}, {"customer_id": MARIA}, True),
        ({"customer_id": MARIA}, {"customer_id": BEN}, False),
    ],
)
def test_what_says_something_else_is_shown(wanted: dict[str, Any], older: dict[str, Any], shown: bool) -> None:
    found = corrections.contradicted(replace(WANTED, **wanted), known(correction(**older)))
    assert bool(found) is shown


@pytest.mark.parametrize(
    ("wanted", "older", "first"),
    [
        ({}, {}, True),
        ({}, {"customer_id": MARIA}, False),
        ({"customer_id": MARIA}, {}, True),
        ({"customer_id": MARIA}, {"customer_id": MARIA}, True),
        ({"last_day": TODAY}, {}, True),
        ({}, {"last_day": TODAY}, False),
        ({"last_day": TODAY}, {"last_day": TODAY + timedelta(days=1)}, True),
        ({"last_day": TODAY}, {"customer_id": MARIA}, False),
    ],
)
def test_which_is_given_where_both_stay(wanted: dict[str, Any], older: dict[str, Any], first: bool) -> None:
    new, old = replace(WANTED, **wanted), correction(**older)
    assert corrections.goes_first(new, old) is first
    both = replace(old, correction_id=CorrectionId("new"), right="New", created_at=eg.NOW + timedelta(hours=1))
    both = replace(both, customer_id=new.customer_id, last_day=new.last_day)
    assert (said(ASKED, both, old, customer=MARIA) == "new") is first, "as it is said then"
