"""The owner's order of the figures, as it is kept."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from client.insight.arrangement import Arrangement
from client.insight.metrics import Metric

ALL = tuple(Metric)


def test_without_a_choice_they_stand_as_they_are() -> None:
    assert Arrangement.parse("").shown(ALL) == list(ALL)


def test_what_is_kept_is_what_was_arranged() -> None:
    arranged = Arrangement().move(Metric.MISSED, -1, ALL).hide(Metric.HOURS, ALL)
    again = Arrangement.parse(str(arranged))
    assert again.shown(ALL)[:2] == [Metric.MISSED, Metric.ANSWERED]
    assert again.put_away(ALL) == [Metric.HOURS]
    assert Metric.HOURS in again.show(Metric.HOURS).shown(ALL)


def test_a_figure_of_a_newer_version_keeps_its_place_and_is_not_shown() -> None:
    kept = Arrangement.parse("missed,-happiness,wellbeing,answered")
    assert kept.shown(ALL)[:2] == [Metric.MISSED, Metric.ANSWERED]
    moved = kept.move(Metric.ANSWERED, -1, ALL)
    assert str(moved).startswith("answered,missed,-happiness,wellbeing")


def test_the_ends_stay_where_they_are() -> None:
    assert Arrangement().move(ALL[0], -1, ALL).shown(ALL) == list(ALL)
    assert Arrangement().move(ALL[-1], 1, ALL).shown(ALL) == list(ALL)


moves = st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from([-1, 1, "hide", "show"])), max_size=12)


@settings(deadline=None)
@given(st.text(max_size=80), moves)
@example("\r", [(Metric.MISSED, "hide")])
@example("- x,--y- ", [(Metric.MISSED, "show")])
def test_every_figure_is_shown_or_put_away_once(kept: str, done: list[tuple[Metric, object]]) -> None:
    arranged = Arrangement.parse(kept)
    for metric, deed in done:
        if deed == "hide":
            arranged = arranged.hide(metric, ALL)
        elif deed == "show":
            arranged = arranged.show(metric)
        elif metric in arranged.shown(ALL):
            before = arranged.shown(ALL)
            place = before.index(metric)
            arranged = arranged.move(metric, deed, ALL)  # type: ignore[arg-type]
            after = arranged.shown(ALL)
            assert after.index(metric) == min(len(before) - 1, max(0, place + deed))  # type: ignore[operator]
        assert sorted((*arranged.shown(ALL), *arranged.put_away(ALL))) == sorted(ALL)
        assert Arrangement.parse(str(arranged)) == arranged
