"""What the list of calls is narrowed to, as the end of an address, and back."""

import re
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, quote

from client.models.call_history import CallFilter, CallQuestion, PromiseFilter
from client.models.calls import Outcome
from client.models.ids import EmployeeId, TurnId

_LONGEST: Final = 120
_TURN: Final = re.compile(r"^[A-Za-z0-9_.:-]{1,64}$")


def query_of(question: CallQuestion, at: TurnId | None = None) -> str:
    """`?at=…&said=…&outcome=…`, nothing for nothing.  `at`: the line at which a call is opened."""
    which = question.which
    given = {
        "at": at or "",
        "said": " ".join(question.text.split()),
        "employee": which.employee_id or "",
        "outcome": which.outcome.value if which.outcome else "",
        "flagged": "1" if which.flagged else "",
        "promise": which.promise.value if which.promise else "",
        "from": which.first.isoformat() if which.first else "",
        "to": which.last.isoformat() if which.last else "",
    }
    pieces = [f"{name}={quote(value, safe='')}" for name, value in given.items() if value]
    return f"?{'&'.join(pieces)}" if pieces else ""


def question_of(query: str) -> CallQuestion:
    """What an address asks; what it cannot mean is left out."""
    given = dict(parse_qsl(query[:2000]))
    which = CallFilter(
        employee_id=EmployeeId(given["employee"][:64]) if given.get("employee") else None,
        outcome=_outcome(given.get("outcome", "")),
        flagged=given.get("flagged") == "1",
        promise=next((each for each in PromiseFilter if each.value == given.get("promise")), None),
        first=_day(given.get("from", "")),
        last=_day(given.get("to", "")),
    )
    return CallQuestion(text=given.get("said", "")[:_LONGEST], which=which)


def line_of(query: str) -> TurnId | None:
    """At which line an address opens its call."""
    at = dict(parse_qsl(query[:2000])).get("at", "")
    return TurnId(at) if _TURN.match(at) else None


def _outcome(word: str) -> Outcome | None:
    return next((outcome for outcome in Outcome if outcome.value == word and outcome is not Outcome.UNKNOWN), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
