"""What is suggested: with its reason, its turn, and never more than three."""

from client.insight.actions import ActionKind, Likelihood, next_actions
from client.insight.sentiment import Mood, SentimentLine, mood
from client.models.calls import Call, Handler, Speaker, ToolUse, Turn
from tests import example_data as eg


def kinds(*turns: Turn, call: Call | None = None, dismissed: frozenset[str] = frozenset()) -> list[ActionKind]:
    found = next_actions(call or eg.call(), turns, eg.SERVICES, lambda cents: f"${cents // 100}", dismissed)
    return [action.kind for action in found]


def test_a_calm_call_needs_nothing() -> None:
    assert kinds(eg.turn(0, "Hello")) == []


def test_at_most_three_most_pressing_first() -> None:
    upset = eg.turn(1, "This is an emergency, get me the owner, how much is a balayage?", sentiment=-0.8)
    assert kinds(eg.tool(0, "Checked"), upset) == [ActionKind.EMERGENCY, ActionKind.PERSON, ActionKind.SORRY]


def test_a_free_time_is_offered_until_it_was_said() -> None:
    found = eg.tool(0, "Checked slots")
    actions = next_actions(eg.call(), (found,), (), str)
    assert [(a.kind, dict(a.gaps)) for a in actions] == [(ActionKind.OFFER_SLOT, {"time": "15:30"})]
    assert actions[0].turn_id == found.turn_id
    said_one = eg.turn(1, "I have 15:30, does that work?", Speaker.ASSISTANT)
    assert dict(next_actions(eg.call(), (found, said_one), (), str)[0].gaps)["time"] == "16:40"
    said_both = eg.turn(2, "Or 16:40.", Speaker.ASSISTANT)
    assert kinds(found, said_one, said_both) == []


def test_a_free_time_is_offered_with_its_day() -> None:
    outputs = {"result": "3 free, first Wed Dec 2, 11:30"}
    use = ToolUse(name="check_availability", label="", inputs={}, outputs=outputs, status="ok")
    action = next_actions(eg.call(), (eg.tool(0, "Checked", tool=use),), (), str)[0]
    assert dict(action.gaps) == {"time": "Wed Dec 2, 11:30"}
    said = eg.turn(1, "How about Wednesday at 11:30?", Speaker.ASSISTANT)
    assert kinds(eg.tool(0, "Checked", tool=use), said) == []


def test_the_price_of_a_service_that_is_offered() -> None:
    action = next_actions(eg.call(), (eg.turn(0, "How much is a balayage?"),), eg.SERVICES, lambda c: f"${c // 100}")[0]
    assert (action.kind, dict(action.gaps)) == (ActionKind.PRICE, {"service": "Balayage", "price": "$180"})
    assert kinds(eg.turn(0, "¿Cuánto cuesta el balayage?")) == [ActionKind.PRICE]
    assert kinds(eg.turn(0, "How much is keratin?")) == [], "a price is never invented"


def test_something_failed_maybe_call_back() -> None:
    failed = eg.tool(0, "Booking failed", status="failed")
    action = next_actions(eg.call(), (failed,), (), str)[0]
    assert (action.kind, action.likelihood) == (ActionKind.CALL_BACK, Likelihood.MAYBE)


def test_a_caller_without_a_name() -> None:
    nobody = eg.call(caller_name=None, customer_id=None)
    turns = [eg.turn(i, "Hm") for i in range(3)]
    assert kinds(*turns, call=nobody) == [ActionKind.ASK_NAME]
    assert kinds(*turns) == []


def test_not_useful_stays_away_for_this_turn() -> None:
    turns = (eg.turn(0, "I want the owner"),)
    action = next_actions(eg.call(), turns, (), str)[0]
    assert kinds(*turns, dismissed=frozenset({action.action_id})) == []
    again = eg.turn(5, "I want the owner")
    assert kinds(*turns, again, dismissed=frozenset({action.action_id})) == [ActionKind.PERSON]


def test_nothing_once_a_person_has_it_or_it_is_over() -> None:
    turn = eg.turn(0, "I want the owner")
    assert kinds(turn, call=eg.call(handler=Handler.HUMAN)) == []
    assert kinds(turn, call=eg.PAST[0]) == []


def test_the_line_is_the_mean_of_three_turns_of_the_caller() -> None:
    turns = [eg.turn(i, "x", sentiment=s) for i, s in enumerate([0.6, None, 0.0, -0.6, -0.9])]
    turns.append(eg.turn(9, "y", Speaker.ASSISTANT, sentiment=1.0))
    points = SentimentLine().of(turns)
    assert [round(p.value, 3) for p in points] == [0.6, 0.3, 0.0, -0.5]
    assert points[-1].turn_id == "t-4"


def test_moods_cover_the_scale() -> None:
    assert [mood(v) for v in (1, 0.35, 0.0, -0.1, -0.29, -0.3, -1)] == [
        Mood.PLEASED, Mood.PLEASED, Mood.CALM, Mood.UNEASY, Mood.UNEASY, Mood.UPSET, Mood.UPSET,
    ]  # fmt: skip
