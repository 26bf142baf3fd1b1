"""What a spoilt answer looks like: cut short, full of what nobody asked for, or of a newer server."""

from collections.abc import Callable
from typing import Any, cast

import msgspec

Document = dict[str, Any]


def truncated(body: bytes) -> bytes:
    return body[: len(body) // 2]


def with_unknowns(body: bytes) -> bytes:
    """The JSON object as a newer server might send it: more fields, a new kind of row, new words in enums."""
    document: Any = msgspec.json.decode(body)
    if not isinstance(document, dict):
        return body
    whole = cast(dict[str, Any], document)
    whole["constellation"] = {"name": "Lyra", "stars": [1, 2, 3]}
    for result in cast(list[Document], whole.get("results", [])):
        result["constellation"] = "Lyra"
    changes = cast(dict[str, Any] | None, whole.get("changes"))
    if changes is not None:
        for rows in changes.values():
            for row in rows:
                row["constellation"] = "Lyra"
        for row in changes.get("bookings", [])[:1]:
            row |= {"status": "tentative", "source": "fax", "payment_status": "barter"}
        for row in changes.get("calls", [])[:1]:
            row |= {"direction": "sideways", "intent": "stargazing"}
        for row in changes.get("turns", [])[:1]:
            row |= {"kind": "hologram", "speaker": "parrot"}
        changes["holograms"] = [{"id": "hologram-1", "version": whole.get("seq", 0), "colour": "green"}]
    return msgspec.json.encode(whole)


def without_the_last_results(body: bytes) -> bytes:
    """A push of which everything was done and only the first half is answered."""

    def spoil(answer: Document) -> None:
        answer["results"] = answer["results"][: len(answer["results"]) // 2]

    return _of_a_push(body, spoil)


def never_sent(body: bytes) -> bytes:
    """Results of mutations that this device never sent, before and after its own."""

    def spoil(answer: Document) -> None:
        last = answer["last_mid"]
        others = [{"mid": last + more, "status": "ok", "version": 1} for more in (1000, 1001)]
        answer["results"] = [others[0], *answer["results"], others[1]]
        answer["last_mid"] = last + 1001

    return _of_a_push(body, spoil)


def wrong_types(body: bytes) -> bytes:
    """Results that are no objects, numbers that are words, words that are numbers."""

    def spoil(answer: Document) -> None:
        spoilt = [{**result, "status": 7, "version": "soon"} for result in answer["results"]]
        answer["results"] = ["ok", None, *spoilt]

    return _of_a_push(body, spoil)


OF_A_PUSH: tuple[Callable[[bytes], bytes], ...] = (truncated, never_sent, wrong_types)


def _of_a_push(body: bytes, spoil: Callable[[Document], None]) -> bytes:
    """Refusals stay as they are."""
    answer = cast(Document, msgspec.json.decode(body))
    if "results" not in answer:
        return body
    spoil(answer)
    return msgspec.json.encode(answer)
