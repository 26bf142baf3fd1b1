"""Words put right before they leave: what was made without a signal is edited in the outbox, and only that is sent."""

from backend_stub.clock import uuid7
from tests.backend_stub import example_rows as eg
from tests.journeys.conftest import NOON, OpenWorld, Window, World

CALL, ASKED, ANSWERED = uuid7(NOON + 1), uuid7(NOON + 2), uuid7(NOON + 3)


def put_call(world: World) -> None:
    """In which a question was answered wrongly."""
    at = NOON - eg.HOUR
    times = {"started_at": at, "answered_at": at, "ended_at": at + 60_000}
    call = eg.call(id=CALL, caller_name="Maria Gomez", turn_count=2, **times)
    asked = eg.turn(CALL, 0, id=ASKED, text="What time do you open on Saturdays?", speaker="caller")
    answered = eg.turn(CALL, 1, id=ANSWERED, text="We open at nine.", speaker="assistant")
    world.put("calls", call)
    world.put("turns", asked, answered)


async def edit_the_last(world: World, window: Window) -> None:
    await window.harness.arrive("/outbox")
    await world.until(lambda: bool(window.starting_with("change.")))
    line = window.starting_with("change.")[-1]
    await window.harness.tap(line)
    await world.until(lambda: window.harness.find(f"{line}.edit") is not None)
    await world.fire(window, f"{line}.edit")


async def test_a_correction_and_a_task_are_edited_before_they_are_sent(open_world: OpenWorld) -> None:
    async with open_world() as world:
        put_call(world)
        device = await world.device()
        window = await device.signed_in()
        await window.harness.arrive(f"/calls/{CALL}")
        await world.until(lambda: window.harness.find(f"turn.{ANSWERED}") is not None)
        device.network.cut()

        await window.harness.tap(f"turn.{ANSWERED}")
        await window.harness.tap("turn.do.correct")
        await window.harness.type("correction.right", "At ten.")
        await world.fire(window, "correction.yes")
        await world.fire(window, "asking.done")
        await edit_the_last(world, window)
        await world.until(lambda: window.harness.find("correction.right") is not None)
        await window.harness.type("correction.right", "At half past ten.")
        await world.fire(window, "correction.yes")

        await window.harness.tap("call.about")
        await world.fire(window, "about.follow_up")
        await world.until(lambda: window.harness.find("new_task.yes") is not None)
        await world.fire(window, "new_task.yes")
        await edit_the_last(world, window)
        await world.until(lambda: window.harness.says("Edit this task"))
        await window.harness.type("new_task.title", "Write to Maria")
        await world.fire(window, "new_task.due.none")
        await world.fire(window, "new_task.yes")
        await world.until(lambda: (window.strip or "").endswith("2 changes waiting"))

        device.network.restore()
        await world.in_time(lambda: device.is_current and window.stores.waiting.state.waiting == 0)
        rights = [row["right"] for row in world.rows("corrections") if row["call_id"] == CALL]
        (task,) = [row for row in world.rows("tasks") if row["call_id"] == CALL]
        assert rights == ["At half past ten."]
        assert (task["title"], task["due_at"]) == ("Write to Maria", None)
