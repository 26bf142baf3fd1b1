"""The catalogue: whole, translated, calm; and every key the code names is in it."""

import re
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from client.api.calls import CommandKind
from client.calendars.imported import What
from client.editing.imports import As, Fate, Omission
from client.insight.actions import ActionKind, Likelihood
from client.insight.anomalies import Measure
from client.insight.health import Reason
from client.insight.metrics import Metric
from client.insight.outlook import SHOWN
from client.insight.periods import Period
from client.insight.sentiment import Mood
from client.insight.staffing import Kind
from client.models.account import Role
from client.models.link import Trouble as LinkTrouble
from client.models.marks import MarkWord
from client.state.command import Asking
from client.state.command_failure import SPOKEN
from client.state.preferences import Appearance
from client.state.runtime import Keeping
from client.state.session import Trouble
from screens.keys import SHORTCUTS
from widgets.scaffold import Place
from widgets.strings import LANGUAGES, Words, catalogue, language_of

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("widgets", "screens", "client/insight") for path in (ROOT / folder).glob("*.py")]
EN, ES = catalogue("en"), catalogue("es")

# Words that press.  "Left out" is what a figure does not count.
PRESSING = re.compile(r"\bonly\b|\bleft\b(?! out)|last chance|\bhurry\b|\bnow or never\b|\bdon't miss\b", re.IGNORECASE)
PRESSING_ES = re.compile(r"\bsolo\b|\bsólo\b|\búltima oportunidad\b|\bdate prisa\b|\bno te pierdas\b", re.IGNORECASE)

FORMAL = re.compile(
    r"\b[Uu]sted(es)?\b|\b[Ss]us? (función|equipo|empleados|negocio|lista)\b|\bcuando quiera\b"
    r"|\b([Ee]scriba|[Ee]lija|[Pp]ruebe|[Vv]ea|Verá|Abra|Toque|Revise|Está sin)\b"
)

# The same in both languages by nature: names, numbers, patterns without words.
SAME = re.compile(r"^(\W|\{\w+\}|\d|h|s|min|AM|PM|kB|English|Español|Spam|spam|no|Luna|Agenda)*$")


def test_both_languages_have_the_same_keys() -> None:
    assert set(EN) == set(ES)


@pytest.mark.parametrize("key", sorted(EN))
def test_a_sentence_has_the_same_gaps_in_both_languages(key: str) -> None:
    assert _gaps(EN[key]) == _gaps(ES[key])


def test_everything_is_translated() -> None:
    alike = {key for key in EN if EN[key] == ES[key] and not SAME.match(EN[key])}
    assert alike == set()


def test_nothing_presses() -> None:
    assert {key: text for key, text in EN.items() if PRESSING.search(text)} == {}
    assert {key: text for key, text in ES.items() if PRESSING_ES.search(text)} == {}


def test_the_owner_is_called_tu_throughout() -> None:
    """Who calls is spoken of in the third person; that is no address."""
    assert {key: text for key, text in ES.items() if FORMAL.search(text)} == {}


def test_the_search_for_pressing_words_can_find_them() -> None:
    assert PRESSING.search("Only 3 left")
    assert not PRESSING.search("Left out")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_keys_in_the_code_are_in_the_catalogue(path: Path) -> None:
    source = path.read_text("utf-8")
    named = set(re.findall(r"\b(?:words|say)\(\s*\"([a-z_.]+)\"", source))
    named |= set(re.findall(r"\b(?:key|why|left_out|does)=\"([a-z_]+\.[a-z_]+)\"", source)) - _control_keys()
    assert {key for key in named if not _is_there(key)} == set()


def test_every_value_of_a_closed_set_has_its_sentence() -> None:
    keys = [
        *(f"health.reason.{r}" for r in Reason if r is not Reason.WITH_PERSON),
        *(f"health.rule.{r}" for r in Reason),
        *(f"action.{k}{tail}" for k in ActionKind for tail in ("", ".reason", ".whisper")),
        *(f"likelihood.{x}" for x in Likelihood),
        *(f"mood.{m}" for m in Mood),
        *(f"figure.{m}{tail}" for m in Metric for tail in ("", ".formula")),
        *(f"period.{p}" for p in Period),
        *(f"sign_in.trouble.{t}" for t in Trouble),
        *(f"trouble.{t}" for t in LinkTrouble),
        *(f"keeping.{k}" for k in Keeping),
        *(f"ics.{what}" for what in What),
        *(f"import.because.{each}" for each in Omission),
        *(f"import.fate.{fate}" for fate in Fate if fate is not Fate.ADD),
        *(f"import.{key}.{each}" for key in ("as", "do", "fate.add") for each in As),
        *(f"appearance.{a}" for a in Appearance),
        *(f"role.{r}" for r in Role),
        *(f"place.{p}" for p in Place),
        *(f"forecast.{m}" for m in SHOWN),
        *(f"forecast.record.{m}" for m in SHOWN),
        *(f"forecast.{m}.noun" for m in SHOWN),
        *(f"forecast.formula.{unit}" for unit in ("count", "cents")),
        *(f"staffing.{kind}" for kind in Kind),
        *(f"anomaly.{m}.{tail}" for m in Measure for tail in ("label", "noun", "line")),
        *(f"aside.action.{k}" for k in ActionKind),
        *(f"aside.said.{w}" for w in MarkWord),
        *(
            f"ask.{a}.{tail}"
            for a in (Asking.TAKE_OVER, Asking.END, Asking.HAND_BACK)
            for tail in ("title", "body", "yes")
        ),
        *(f"command.failed.{w}" for w in ("signed_out", "forbidden", "not_found", "invalid", "other")),
        *(
            f"command.failed.{w}{of}"
            for w in ("unreachable", "unanswered", "unsettled")
            for of in ("", *(f".{kind}" for kind in CommandKind if kind not in SPOKEN))
        ),
        *(
            f"command.failed.{w}{of}"
            for w in ("server_fault", "rate_limited", "call_over", "call_taken")
            for of in ("", ".act")
        ),
        *(shortcut.does for shortcut in SHORTCUTS),
        *(f"weekday{kind}.{i}" for kind in ("", ".short", ".plural") for i in range(7)),
        *(f"month{kind}.{i}" for kind in ("", ".short") for i in range(1, 13)),
        *(f"language.{code}" for code in LANGUAGES),
    ]
    assert len(CommandKind) == 5
    assert [key for key in keys if not _is_there(key)] == []


def test_singular_and_plural() -> None:
    words = Words(language="en", zone=ZoneInfo("UTC"))
    assert words("agenda.count", n=1) == "1 booking"
    assert words("agenda.count", n=0) == "0 bookings"
    assert Words(language="es", zone=ZoneInfo("UTC"))("agenda.count", n=2) == "2 citas"


def test_a_key_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        Words(language="en", zone=ZoneInfo("UTC"))("no.such.key")


@pytest.mark.parametrize(
    ("locale", "language"), [("es-MX", "es"), ("es_AR", "es"), ("en-US", "en"), ("de", "en"), (None, "en"), ("", "en")]
)
def test_the_language_of_a_locale(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def _is_there(key: str) -> bool:
    return key in EN or f"{key}.other" in EN


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _control_keys() -> set[str]:
    """Keys of controls that look like keys of the catalogue."""
    lists = (
        "ahead",
        "aside",
        "agenda",
        "booking",
        "businesses",
        "calendars",
        "calls",
        "conflict",
        "customer",
        "filter",
        "figure",
        "figures",
        "form",
        "import",
        "lead",
        "lead_stage",
        "employee",
        "team",
        "team_hold",
        "review",
        "leaving",
        "market",
        "more",
        "search",
        "outbox",
        "picker",
        "provenance",
        "today",
        "transcript",
        "undo",
    )
    return {*(f"{name}.list" for name in lists), "call.inspector", "ahead.busy", "ahead.staffing", "ghost.said"}
