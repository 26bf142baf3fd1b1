"""Decoding: every document of the contract, what a newer server may send, and everything that is no document at all."""

import contextlib
import copy
import json
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.api import kinds, rows, wire
from client.api.errors import MalformedResponse
from client.api.live import _decode as decode_frame
from client.storage import schema

CONTRACT = Path(__file__).parents[2] / "backend_stub" / "contract"
PAGES = sorted(CONTRACT.glob("changes_page*.json"))
FRAMES = sorted(path for path in CONTRACT.glob("live_*.json"))
PAGE = json.loads((CONTRACT / "changes_page.json").read_text(encoding="utf-8"))
TRANSCRIPT_PAGE = json.loads((CONTRACT / "changes_page_transcripts.json").read_text(encoding="utf-8"))


def encoded(document: object) -> bytes:
    return json.dumps(document).encode()


def every_row() -> list[tuple[dict[str, Any], str, dict[str, Any]]]:
    """(page, kind, its first row) for every kind of the contract."""
    return [(page, kind, rows[0]) for page in (PAGE, TRANSCRIPT_PAGE) for kind, rows in page["changes"].items() if rows]


each_kind = pytest.mark.parametrize(("page", "kind", "row"), every_row(), ids=[kind for _, kind, _ in every_row()])


def row_of(page: wire.Page[wire.Rows], kind: str) -> rows.Row:
    return page.changes.of(kind)[0]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_page_of_the_contract_decodes_without_leftovers(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    page = wire.decode_page(path.read_bytes())
    assert page.cursor == document["cursor"]
    assert page.changes.count() == sum(map(len, document["changes"].values()))
    assert page.changes.extras == {}
    assert page.changes.unknown == ()


@pytest.mark.parametrize("path", FRAMES, ids=lambda path: path.stem)
def test_every_frame_of_the_contract_decodes(path: Path) -> None:
    frame = decode_frame(path.read_bytes())
    ignored = {"live_eph_unknown", "live_pong", "live_watch"}
    assert (frame is None) == (path.stem in ignored)


def test_the_snapshot_of_a_call_decodes() -> None:
    snapshot = wire.decode_snapshot((CONTRACT / "call_snapshot.json").read_bytes())
    assert snapshot.changes.of("calls") and snapshot.changes.of("turns")


def test_all_kinds_appear_in_the_contract() -> None:
    assert {kind for _, kind, _ in every_row()} == set(kinds.ROW_TYPES)


@pytest.mark.parametrize("kind", kinds.ROW_TYPES)
def test_rows_have_the_columns_of_their_table(kind: str, tmp_path: Path) -> None:

    conn = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    schema.migrate(conn)
    columns = {row[1] for row in conn.execute(f"PRAGMA table_info({kind})")}
    conn.close()
    assert columns - {"gen", "extra", "dirty"} == set(kinds.ROW_TYPES[kind].__struct_fields__)


@pytest.mark.parametrize(
    ("page", "kind", "row"), every_row(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_unknown_fields_are_kept_and_harm_nothing(page: dict[str, Any], kind: str, row: dict[str, Any]) -> None:
    newer = copy.deepcopy(page)
    newer["changes"][kind][0]["aura"] = {"colour": ["violet"]}
    newer["weather"] = "fine"
    decoded = wire.decode_page(encoded(newer))
    assert decoded.changes.extras == {kind: {row["id"]: '{"aura":{"colour":["violet"]}}'}}
    assert row_of(decoded, kind) == row_of(wire.decode_page(encoded(page)), kind)


@pytest.mark.parametrize(
    ("page", "kind", "row"), every_row(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_nullable_field_may_be_null_or_missing(page: dict[str, Any], kind: str, row: dict[str, Any]) -> None:
    nullable = [field.name for field in msgspec.structs.fields(kinds.ROW_TYPES[kind]) if not field.required]
    for change in (lambda row, name: row.update({name: None}), lambda row, name: row.pop(name, None)):
        newer = copy.deepcopy(page)
        for name in nullable:
            change(newer["changes"][kind][0], name)
        decoded = row_of(wire.decode_page(encoded(newer)), kind)
        assert all(getattr(decoded, name) is None for name in nullable)
        assert decoded.id == row["id"]  # type: ignore[attr-defined]


def test_words_of_a_newer_server_pass() -> None:
    newer = copy.deepcopy(PAGE)
    newer["changes"]["bookings"][0]["status"] = "waitlisted"
    newer["stage"] = "rewind"
    assert wire.decode_page(encoded(newer)).changes.known.bookings[0].status == "waitlisted"


def test_unknown_kinds_are_kept_as_text() -> None:
    newer = copy.deepcopy(PAGE)
    newer["changes"]["holograms"] = [{"id": "h1", "version": 7, "shape": "cube"}, {"no": "id"}]
    newer["deleted"]["holograms"] = [{"id": "h0", "version": 6, "reason": "scope"}]
    decoded = wire.decode_page(encoded(newer))
    assert [(row.kind, row.id, row.version) for row in decoded.changes.unknown] == [("holograms", "h1", 7)]
    assert decoded.changes.of("bookings")


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (lambda page: page["changes"]["bookings"][0].update(starts_at="soon"), "$.changes.bookings[0].starts_at"),
        (lambda page: page["changes"]["bookings"][0].update(starts_at=10**17), "$.changes.bookings[0].starts_at"),
        (lambda page: page["changes"]["bookings"][0].update(version=2**70), "$.changes.bookings[0].version"),
        (lambda page: page["changes"]["bookings"][0].pop("id"), "$.changes.bookings[0]"),
        (lambda page: page["changes"]["calls"][0]["consent"].update(state=5), "$.changes.calls[0].consent.state"),
        (lambda page: page.update(changes=[]), "$.changes"),
        (lambda page: page.update(cursor=None), "$.cursor"),
        (lambda page: page.pop("epoch"), "$"),
    ],
)
def test_what_is_malformed_is_named_by_its_path(spoil: Any, path: str) -> None:
    spoiled = copy.deepcopy(PAGE)
    spoil(spoiled)
    with pytest.raises(MalformedResponse) as strict:
        wire.decode_page(encoded(spoiled))
    assert strict.value.path == path
    if path.startswith("$.changes."):
        spoiled["changes"]["bookings"][-1]["aura"] = 1
        with pytest.raises(MalformedResponse) as loose:
            wire.decode_page(encoded(spoiled))
        assert loose.value.path == path


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"a":' * 100_000, b'"\\ud800"', b"<html>"])
def test_what_is_no_document_is_malformed(body: bytes) -> None:
    for decode in (wire.decode_page, wire.decode_delta, wire.decode_snapshot, decode_frame):
        with pytest.raises(MalformedResponse):
            decode(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(every_row()), st.data(), json_values)
def test_any_value_anywhere_is_read_or_named(place: tuple[Any, str, Any], data: st.DataObject, value: Any) -> None:
    page, kind, row = place
    changed = copy.deepcopy(page)
    name = data.draw(st.sampled_from(sorted(row)) | st.text(max_size=4))
    changed["changes"][kind][0][name] = value
    try:
        decoded = wire.decode_page(encoded(changed))
    except MalformedResponse as error:
        assert error.path.startswith(f"$.changes.{kind}[0]") or error.path == "$"
    else:
        assert decoded.changes.count() == sum(map(len, page["changes"].values()))


@given(st.binary(max_size=200) | json_values.map(encoded))
def test_no_frame_breaks_the_decoder(body: bytes) -> None:
    with contextlib.suppress(MalformedResponse):
        decode_frame(body)
