"""What cannot be is said once."""

from client.editing import NotAllowed, Why
from client.insight import diary
from client.insight.diary import Obstacle
from desk.refusals import refusal_of
from tests import example_data as eg


def test_who_does_not_work_at_all_on_a_day_is_said_once() -> None:
    ana = next(iter(eg.STAFF.values()))
    off = Obstacle(why=diary.Why.STAFF_OFF, day=eg.TODAY, staff=ana)
    said = refusal_of(NotAllowed(Why.STAFF_OFF, off), eg.ZONE).sentence
    assert said.startswith(f"{ana.name} does not work on {eg.TODAY:%a %d %b}.") and said.count("does not work") == 1
