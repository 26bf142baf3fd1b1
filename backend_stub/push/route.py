"""`POST /v1/sync/push`: the door.  What is asked must be a whole envelope; what is in it is judged one by one."""

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from backend_stub.bodies import PUSH
from backend_stub.cursor import following, forgot
from backend_stub.documented import problems
from backend_stub.hub import seal_of
from backend_stub.problems import too_large
from backend_stub.push.actor import Actor
from backend_stub.push.operations import MOST_MUTATIONS, PushRequest
from backend_stub.push.results import Batch, take
from backend_stub.push.shapes import PushAnswer
from backend_stub.services import Here, Person
from backend_stub.sync import require_schema

router = APIRouter(prefix="/v1/sync", tags=["sync"])


@router.post("/push", response_model=PushAnswer, responses=problems(401, 422, 426), operation_id="sync_push")
async def push(asked: PushRequest, here: Here, person: Person) -> Response:
    """Take a device's mutations in order, each at most once.  An empty list asks only for `last_mid`."""
    require_schema(asked.schema_version)
    if len(asked.mutations) > MOST_MUTATIONS:
        raise too_large(f"That is more than {MOST_MUTATIONS} changes at once.")
    actor = Actor(
        account=person.number,
        name=person.name,
        role=person.role,
        time_zone=person.account.time_zone,
        client_id=str(asked.client_id),
        mid=0,
        now_ms=here.clock.now_ms(),
    )
    mutations = asked.mutations[: here.faults.handled(PUSH, len(asked.mutations))]
    seal, epoch = seal_of(here.store, person.number), here.store.epoch
    batch = Batch(
        actor=actor,
        forgot=lambda connection: forgot(connection, person.number, seal, epoch, asked.heard),
        mutations=[(numbered.mid, numbered.model_extra or {}) for numbered in mutations],
        deferring=lambda: here.faults.deferral(PUSH),
        poisonous=lambda mid: here.faults.is_poison(PUSH, mid),
    )
    taken = await here.store.write_each(lambda transact: take(transact, batch))
    if any(payload.get("op") in ("calendar.add", "calendar.remove") for _, payload in batch.mutations):
        here.calendars.look()
    head = {
        "client_id": actor.client_id,
        "last_mid": taken.last_mid,
        "epoch": epoch,
        "account_id": person.account.account_id,
        "server_time": here.clock.now_ms(),
        "cursor": seal.write(following(epoch, person.scope, taken.upto)),
        "forgot": taken.forgot,
        "results": [msgspec.Raw(text.encode()) for text in taken.results],
    }
    return Response(msgspec.json.encode(head), media_type="application/json")
