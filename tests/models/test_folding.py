"""Folding two changes leads to what both lead to; what is asked of the server, and of the client, stays right."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from client.models.folding import continued, fold, folds
from client.models.mutations import GROUPS, TOGETHER, Op, Payload, effect
from tests.storage.mutations import create, patch, slot

ROW: dict[str, Any] = {
    **dict.fromkeys(("completed_at", "cancelled_at", "confirmed_at", "cancellation_reason", "notes", "staff_id")),
    "resource_id": None,
    **{"starts_at": 0, "ends_at": 1, "status": "confirmed", "service_id": "s1", "service_name": "Cut"},
    **{"customer_name": "Ben", "customer_phone": None, "customer_email": None, "price_cents": 100},
}
_DERIVED = ("completed_at", "cancelled_at", "confirmed_at", "price_cents")

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("starts_at", "ends_at"), st.integers(0, 2)),
    "status": st.sampled_from(["pending", "confirmed", "cancelled", "completed"]),
    **dict.fromkeys(("service_id", "service_name", "customer_name"), st.sampled_from("ab")),
    **dict.fromkeys(
        ("staff_id", "resource_id", "notes", "customer_phone", "customer_email", "cancellation_reason"),
        st.sampled_from(["a", None]),
    ),
}
_MESSAGE = st.sampled_from([None, {"text": "one", "channel": "sms"}, {"text": "two", "channel": "sms"}])


@st.composite
def steps(draw: st.DrawFn, row: dict[str, Any]) -> Payload:
    """A patch of whole groups that starts from `row`."""
    groups = draw(st.lists(st.sampled_from(list(GROUPS)), min_size=1, max_size=3, unique=True))
    names = [name for group in groups for name in GROUPS[group]]
    fields = {name: (row[name], draw(_VALUES[name])) for name in names}
    fields = {n: p for n, p in fields.items() if p[0] != p[1] or any(n in GROUPS[g] for g in TOGETHER)}
    return patch("b", fields or {"notes": (row["notes"], "x")}, tell=draw(_MESSAGE))


def _plain(row: dict[str, Any] | None) -> dict[str, Any]:
    assert row is not None
    return {name: value for name, value in row.items() if name not in _DERIVED}


@given(st.data())
def test_a_fold_leads_where_both_lead(data: st.DataObject) -> None:
    first = data.draw(steps(ROW))
    between = effect(ROW, first)
    assert between is not None
    second = data.draw(steps(between))
    folded = fold(first, second)
    after = _plain(effect(between, second))
    assert after == (_plain(ROW) if folded is None else _plain(effect(ROW, folded)))
    if folded is not None:
        assert all(old == ROW[name] for name, (old, _) in folded["set"].items())
        moved = {name for name, (old, new) in folded["set"].items() if old != new}
        assert moved
        for group in TOGETHER:
            names = set(GROUPS[group]) & set(folded["set"])
            assert not names or (names == set(GROUPS[group]) and names & moved)


@given(st.data())
def test_without_the_earlier_one_the_later_starts_from_what_that_started_from(data: st.DataObject) -> None:
    first = data.draw(steps(ROW))
    between = effect(ROW, first)
    assert between is not None
    second = data.draw(steps(between))
    alone = continued(second, first)
    after = _plain(ROW if alone is None else effect(ROW, alone))
    assert after == {**_plain(ROW), **{name: new for name, (_, new) in second["set"].items()}}
    assert alone is None or all(old == ROW[name] for name, (old, _) in alone["set"].items())


def test_a_move_there_and_back_is_no_move_and_nobody_hears_of_it() -> None:
    there = patch("b", slot((0, 2)) | {"notes": ("", "late")}, tell={"text": "now at two", "channel": "sms"})
    back = patch("b", slot((2, 0)), tell={"text": "back at noon", "channel": "sms"})
    folded = fold(there, back)
    assert folded is not None
    assert (folded["set"], folded["tell"]) == ({"notes": ["", "late"]}, None)
    assert fold(patch("b", slot((0, 2))), back) is None


def test_one_changed_field_of_a_slot_keeps_the_other_two() -> None:
    folded = fold(patch("b", slot((0, 2), ("mia", "ana"))), patch("b", slot((2, 0), ("ana", "ana"))))
    assert folded is not None and set(folded["set"]) == {"starts_at", "ends_at", "staff_id"}


def test_the_later_message_or_silence_wins_except_over_a_note() -> None:
    said = {"text": "now at two", "channel": "sms"}
    told = patch("b", slot((0, 2)), tell=said)
    again = fold(told, patch("b", slot((2, 3))))
    noted = fold(told, patch("b", {"notes": ("", "late")}))
    assert again is not None and again["tell"] is None
    assert noted is not None and noted["tell"] == said
    made = fold(create("b", tell=said), patch("b", {"notes": (None, "late")}))
    assert made is not None and (made["tell"], made["values"]["notes"]) == (said, "late")


def test_what_was_allowed_for_one_slot_is_not_allowed_for_the_next() -> None:
    over = patch("b", slot((0, 2)), allow=("overlap",))
    moved = fold(over, patch("b", slot((2, 3)), allow=("closed",)))
    noted = fold(over, patch("b", {"notes": ("", "late")}))
    assert moved is not None and moved["allow"] == ["closed"]
    assert noted is not None and noted["allow"] == ["overlap"]


def test_time_is_not_taken_or_freed_earlier_than_it_was() -> None:
    move, note = patch("b", slot((0, 2))), patch("b", {"notes": ("", "late")})
    assert folds(note, move, adjacent=True)
    assert not folds(note, move, adjacent=False)
    assert folds(move, note, adjacent=False)


def test_a_new_booking_cannot_be_made_completed() -> None:
    done = patch("b", {"status": ("confirmed", "completed"), "cancellation_reason": (None, None)})
    assert not folds(create("b"), done, adjacent=True)
    made = fold(create("b"), patch("b", {"status": ("confirmed", "pending"), "cancellation_reason": (None, None)}))
    assert made is not None and made["values"]["status"] == "pending"
    assert "cancellation_reason" not in made["values"]


def test_only_patches_fold() -> None:
    remove = {"op": Op.BLOCK_REMOVE, "v": 1, "id": "b"}
    assert not folds(remove, patch("b", {"notes": ("", "x")}), adjacent=True)
    assert not folds(create("b"), remove, adjacent=True)
