"""`chatty leads`: listed, moved without a network, taken back, and written for a spreadsheet."""

import csv
import io
from pathlib import Path

from tests.cli.conftest import Chatty
from tests.cli.documented import keys
from tests.e2e.proxy import Proxy


def test_a_lead_has_the_documented_keys(filled: Chatty) -> None:
    found = filled("leads", "--json").json
    assert {"leads", "as_of", "offline", "waiting"} == found.keys() and len(found["leads"]) > 20
    for lead in found["leads"]:
        assert lead.keys() == keys("A lead:")


def test_those_of_a_stage_those_overdue_and_those_found(filled: Chatty) -> None:
    everybody = filled("leads", "--json").json["leads"]
    lost = filled("leads", "--stage", "lost", "--json").json["leads"]
    assert lost and [lead for lead in everybody if lead["stage"] == "lost"] == lost
    overdue = filled("leads", "--overdue", "--json").json["leads"]
    assert all(lead["next_followup_at"] for lead in overdue)
    name = everybody[0]["name"]
    assert name in {lead["name"] for lead in filled("leads", "--find", name.upper(), "--json").json["leads"]}
    assert filled("leads", "--stage", "courted").code == 2


def test_one_is_moved_without_a_network_and_taken_back(filled: Chatty, network: Proxy) -> None:
    lead = filled("leads", "--stage", "new", "--json").json["leads"][0]
    network.cut()
    said = filled("leads", "move", lead["lead_id"], "contacted", "--json")
    assert (said.code, said.json["lead"]["stage"], said.json["lead"]["pending"]) == (0, "contacted", True)
    assert said.json["waiting"] == 1 and said.json.keys() == {"lead", "change_id", "as_of", "waiting"}
    again = filled("leads", "move", lead["lead_id"], "contacted", "--json")
    assert (again.code, again.json["error"]) == (1, "nothing")
    assert filled("undo").code == 0
    told = filled("leads", "move", lead["lead_id"], "contacted")
    assert "is contacted now. It waits to be sent" in told.out and filled("undo").code == 0
    assert lead["lead_id"] in {each["lead_id"] for each in filled("leads", "--stage", "new", "--json").json["leads"]}
    assert filled("leads", "move", "ffffffff", "lost", "--json").json["error"] == "not_found"
    assert filled("leads", "move", lead["lead_id"], "new", "--because", "price").code == 2


def test_they_are_written_for_a_spreadsheet(filled: Chatty, tmp_path: Path) -> None:
    listed = filled("leads", "--json").json["leads"]
    said = filled("export", "--csv", "--leads")
    rows = list(csv.DictReader(io.StringIO(said.out.removeprefix("\ufeff"), newline="")))
    assert [row["lead_id"] for row in rows] == [lead["lead_id"] for lead in listed]
    out = tmp_path / "lost.csv"
    told = filled("export", "--csv", "--leads", "--stage", "lost", "--out", str(out), "--json").json
    assert told.keys() == {"file", "leads", "bytes", "as_of", "offline", "waiting"}
    assert told["leads"] == len([lead for lead in listed if lead["stage"] == "lost"])
    assert filled("export", "--ics", "--leads").code == 2 and filled("export", "--csv", "--stage", "lost").code == 2
