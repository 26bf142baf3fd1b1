"""Every act is a sentence, before and after, in both languages."""

from zoneinfo import ZoneInfo

import pytest

from client.insight.deeds import Act, Deed
from tests import example_data as eg
from widgets import change_words
from widgets.strings import Words

ZONE = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_act_has_its_words(language: str) -> None:
    words = Words(language=language, zone=ZONE)
    for act in Act:
        sentence = change_words.to_do(words, Deed(act=act, name="Noor", to="Ana"), None, eg.NOW)
        said = change_words.done(words, Deed(act=act, name="Noor", to="Ana"), None, eg.NOW)
        assert sentence and said and "{" not in sentence + said


def test_what_it_becomes_is_a_word_or_a_name() -> None:
    words = Words(language="en", zone=ZONE)
    lost = Deed(act=Act.LEAD_STAGE, name="Noor", word="stage.lost", said="Too far")
    assert change_words.done(words, lost, None, eg.NOW) == "Moved the lead Noor to “lost”"
    assert change_words.besides(words, lost) == ["“Too far”"]
    given = Deed(act=Act.LEAD_ASSIGN, name="Noor", to="Ana")
    assert change_words.to_do(words, given, None, eg.NOW) == "Give the lead Noor to Ana"
    later = Deed(act=Act.MARK_LATER, word="about.churn")
    assert change_words.to_do(words, later, None, eg.NOW) == "Show a regular who may be leaving later"
