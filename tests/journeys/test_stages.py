"""A lead that one device loses without a signal while another wins it: the owner is asked, and what is kept is sent."""

from client.editing import LeadChange
from client.models.ids import LeadId
from client.models.leads import LeadStage
from tests.backend_stub import example_rows as eg
from tests.journeys.conftest import OpenWorld, Window, World


def stage(world: World) -> tuple[object, object]:
    (lead,) = (row for row in world.rows("leads") if row["name"] == "Kim & Co")
    return lead["stage"], lead["lost_reason"]


async def change(window: Window, lead_id: str, **to: object) -> None:
    assert await window.stores.edits.work.change_lead(LeadId(lead_id), LeadChange(**to))  # type: ignore[arg-type]


async def test_a_lead_lost_offline_and_won_meanwhile_is_decided_by_the_owner(open_world: OpenWorld) -> None:
    async with open_world() as world:
        lead = eg.lead(name="Kim & Co", stage="contacted")
        world.put("leads", lead)
        phone, desk = await world.device("phone"), await world.device("desk")
        window = await phone.signed_in("/today")
        other = await desk.signed_in("/leads", width=1440, height=900)
        phone.network.cut()
        await world.until(lambda: "Offline" in (window.strip or ""))
        await change(window, lead["id"], stage=LeadStage.LOST, lost_reason="Too far", notes="Rang twice")
        await change(other, lead["id"], stage=LeadStage.CONVERTED)
        await world.until(lambda: stage(world)[0] == "converted")

        phone.network.restore()
        await world.in_time(lambda: window.harness.says("Move the lead Kim & Co"))
        (lead_row,) = (row for row in world.rows("leads") if row["name"] == "Kim & Co")
        assert (lead_row["stage"], lead_row["notes"]) == ("converted", "Rang twice")
        await world.fire(window, window.starting_with("needs_you.")[0])
        await world.until(lambda: window.harness.find("conflict.mine") is not None)
        assert window.harness.says("Lost · Too far") and window.harness.says("Won")
        await world.fire(window, "conflict.mine")
        await world.in_time(lambda: stage(world) == ("lost", "Too far") and phone.is_current)
        await world.until(lambda: not window.harness.says("Move the lead Kim & Co"))
