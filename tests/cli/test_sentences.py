"""What cannot be is said once, and as it is."""

from dataclasses import replace

from client.editing import NotAllowed, Why
from client.insight import diary
from client.insight.diary import Obstacle
from client.models.business import Resource
from client.models.ids import ResourceId
from desk.refusals import refusal_of
from tests import example_data as eg


def test_who_does_not_work_at_all_on_a_day_is_said_once() -> None:
    ana = next(iter(eg.STAFF.values()))
    off = Obstacle(why=diary.Why.STAFF_OFF, day=eg.TODAY, staff=ana)
    said = refusal_of(NotAllowed(Why.STAFF_OFF, off), eg.ZONE).sentence
    assert said.startswith(f"{ana.name} does not work on {eg.TODAY:%a %d %b}.") and said.count("does not work") == 1


def test_where_only_the_buffer_meets_the_buffer_is_said() -> None:
    ana, block = next(iter(eg.STAFF.values())), replace(eg.BLOCKS[0], title="Lunch")
    maria = eg.booking("15:00", "Maria Gómez", "Cut", 45, "ana")
    chair = Resource(resource_id=ResourceId("r-1"), name="Chair 1", active=True)
    for obstacle, who in (
        (Obstacle(why=diary.Why.TAKEN, day=eg.TODAY, staff=ana, booking=maria), "Ana"),
        (Obstacle(why=diary.Why.OCCUPIED, day=eg.TODAY, resource=chair, booking=maria), "Chair 1"),
    ):
        said = _said(replace(obstacle, buffer_minutes=15))
        there = f"Maria Gómez, Cut, {eg.TODAY:%a %d %b} 15:00–15:45"
        assert said == (
            f"{who} needs 15 minutes free between this booking and {there}."
            " To do it all the same, add --on-purpose overlap."
        )
    blocked = Obstacle(why=diary.Why.BLOCKED, day=eg.TODAY, staff=ana, block=block, buffer_minutes=1)
    assert _said(blocked).startswith("1 minute must stay free before what is blocked: Lunch, ")


def _said(obstacle: Obstacle) -> str:
    return refusal_of(NotAllowed(Why(obstacle.why.value), obstacle), eg.ZONE).sentence
