"""A client is told only by a way that is there, and with words."""

from client.models.tell_draft import TEXT_MAX, TellBy, TellDraft

MARIA = TellDraft(name="Maria", phone="+1 555", email=None, text="Your time is now 16:30.")


def test_nothing_is_chosen_before_the_owner_chooses() -> None:
    assert MARIA.by is None and not MARIA.decided


def test_a_way_that_is_not_there_is_not_chosen() -> None:
    assert MARIA.choose(TellBy.EMAIL).by is None
    assert MARIA.choose(TellBy.SMS).decided
    assert TellDraft(name="x", phone="  ").choose(TellBy.SMS).by is None


def test_not_telling_needs_no_words_telling_does() -> None:
    assert MARIA.type("").choose(TellBy.NOBODY).decided
    assert not MARIA.choose(TellBy.SMS).type("  ").decided
    assert not MARIA.choose(TellBy.SMS).type("x" * (TEXT_MAX + 1)).decided


def test_a_suggestion_follows_the_time_until_the_owner_writes() -> None:
    assert MARIA.suggest("Your time is now 17:15.").text == "Your time is now 17:15."
    assert MARIA.type("See you!").suggest("Your time is now 17:15.").text == "See you!"
