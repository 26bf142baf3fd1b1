"""What stands in the way of a time, in both languages."""

from dataclasses import replace

import pytest

from client.insight.diary import Obstacle, Why
from client.models.business import Resource
from client.models.ids import ResourceId, StaffId
from tests import example_data as eg
from widgets.refusals import obstacle_sentence
from widgets.strings import Words

EN, ES = (Words(language=language, zone=eg.ZONE) for language in ("en", "es"))
ANA = eg.STAFF[StaffId("s-ana")]
CHAIR = Resource(resource_id=ResourceId("r-1"), name="Chair 1", active=True)
MARIA = eg.booking("15:00", "Maria Gómez", "Cut", 45, "ana")
LUNCH = replace(eg.BLOCKS[0], title="Lunch", starts_at=eg.at("12:00"), ends_at=eg.at("13:00"))
TAKEN = Obstacle(why=Why.TAKEN, day=eg.TODAY, staff=ANA, booking=MARIA)
OCCUPIED = Obstacle(why=Why.OCCUPIED, day=eg.TODAY, resource=CHAIR, booking=MARIA)
BLOCKED = Obstacle(why=Why.BLOCKED, day=eg.TODAY, staff=ANA, block=LUNCH)


@pytest.mark.parametrize(
    ("words", "obstacle", "met", "apart"),
    [
        (
            EN,
            TAKEN,
            "Ana has Maria Gómez then, 15:00 – 15:45.",
            "Ana needs 15 min free between this booking and Maria Gómez, 15:00 – 15:45.",
        ),
        (
            ES,
            TAKEN,
            "Ana tiene a Maria Gómez a esa hora, 15:00 – 15:45.",
            "Ana necesita 15 min libres entre esta cita y la de Maria Gómez, 15:00 – 15:45.",
        ),
        (
            EN,
            OCCUPIED,
            "Chair 1 is taken then: Maria Gómez, 15:00 – 15:45.",
            "Chair 1 needs 15 min free between this booking and Maria Gómez, 15:00 – 15:45.",
        ),
        (
            ES,
            OCCUPIED,
            "Chair 1 está ocupado a esa hora: Maria Gómez, 15:00 – 15:45.",
            "Chair 1 necesita 15 min libres entre esta cita y la de Maria Gómez, 15:00 – 15:45.",
        ),
        (
            EN,
            BLOCKED,
            "Blocked: Lunch, 12:00 – 13:00.",
            "15 min must stay free before what is blocked: Lunch, 12:00 – 13:00.",
        ),
        (
            ES,
            BLOCKED,
            "Bloqueado: Lunch, 12:00 – 13:00.",
            "Deben quedar libres 15 min antes de lo bloqueado: Lunch, 12:00 – 13:00.",
        ),
    ],
)
def test_where_only_the_buffer_meets_the_buffer_is_said(words: Words, obstacle: Obstacle, met: str, apart: str) -> None:
    assert obstacle_sentence(words, obstacle, eg.NOW) == met
    assert obstacle_sentence(words, replace(obstacle, buffer_minutes=15), eg.NOW) == apart
