"""How long a task takes a person, said without a signal: counted at once, sent later, the same on a second device."""

from tests.journeys.conftest import OpenWorld, Window

MARKET = "/figures/market"
KEPT = "Kept on this device; it is sent when there is a connection."


def box(window: Window, name: str) -> str:
    return str(getattr(window.harness.keyed(f"minutes.{name}"), "value", None))


async def test_minutes_said_offline_are_counted_at_once_and_reach_a_second_device(open_world: OpenWorld) -> None:
    async with open_world() as world:
        phone = await world.device()
        window = await phone.signed_in(MARKET)
        await world.until(lambda: window.harness.find("minutes.save") is not None)
        flora = next(row["id"] for row in world.rows("employees") if row["kind"] == "operations")

        phone.network.cut()
        await window.harness.type("minutes.reminder", "45")
        await window.harness.type("minutes.review_request", "no idea")
        await window.harness.tap("minutes.save")
        assert window.harness.says("Whole minutes from 0 to 480; empty for the rule")
        await window.harness.type("minutes.review_request", "0")
        await window.harness.tap("minutes.save")
        await world.reads(window, KEPT)
        [row] = world.rows("assumptions")
        assert row["reminder_minutes"] is None, "nobody else has heard of it"
        await window.harness.arrive(f"/team/{flora}")
        await world.reads(window, "by your own minutes: Round of reminders 45 min, Request for a review 0 min.")

        phone.network.restore()
        await world.in_time(lambda: phone.is_current and world.rows("assumptions")[0]["reminder_minutes"] == 45)
        [row] = world.rows("assumptions")
        assert (row["review_request_minutes"], row["callback_minutes"]) == (0, None)
        await window.harness.arrive(MARKET)
        await world.in_time(lambda: window.harness.find("minutes.save") is not None and not window.harness.says(KEPT))

        tablet = await world.device("tablet")
        second = await tablet.signed_in(MARKET, width=1440, height=900)
        await world.until(lambda: second.harness.find("minutes.save") is not None)
        assert (box(second, "reminder"), box(second, "review_request")) == ("45", "0")
        await second.harness.type("minutes.reminder", "")
        await second.harness.tap("minutes.save")
        await world.in_time(lambda: world.rows("assumptions")[0]["reminder_minutes"] is None)
        await world.in_time(lambda: box(window, "reminder") == "")
        assert box(window, "review_request") == "0"
