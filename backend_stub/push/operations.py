"""Every operation there is, and the envelope in which they come."""

from typing import Annotated, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, StringConstraints, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from backend_stub.push.shapes import (
    BlockCreate,
    BlockRemove,
    BookingCreate,
    BookingPatch,
    CalendarAdd,
    CalendarRemove,
)
from backend_stub.push.shapes_of_work import (
    AssumptionsSet,
    CallFlag,
    CallUnflag,
    CorrectionCreate,
    CorrectionWithdraw,
    EmployeePatch,
    LeadCreate,
    LeadPatch,
    LeadRemove,
    MarkClear,
    MarkSet,
    NumberBlock,
    NumberUnblock,
    TaskCreate,
    TaskPatch,
)
from backend_stub.wire import Request

MOST_MUTATIONS = 100

WorkOperation = (
    LeadCreate
    | LeadPatch
    | LeadRemove
    | TaskCreate
    | TaskPatch
    | EmployeePatch
    | MarkSet
    | MarkClear
    | CorrectionCreate
    | CorrectionWithdraw
    | CallFlag
    | CallUnflag
    | NumberBlock
    | NumberUnblock
    | AssumptionsSet
)
AnyOperation = BookingCreate | BookingPatch | BlockCreate | BlockRemove | CalendarAdd | CalendarRemove | WorkOperation
KNOWN: tuple[type[BaseModel], ...] = get_args(AnyOperation)
OPERATIONS = frozenset(str(get_args(model.model_fields["op"].annotation)[0]) for model in KNOWN)
operation: TypeAdapter[AnyOperation] = TypeAdapter(Annotated[AnyOperation, Field(discriminator="op")])


class Numbered(BaseModel):
    """A mutation as the envelope sees it: a number, and whatever else came with it (`model_extra`)."""

    model_config = ConfigDict(extra="allow")

    mid: Annotated[int, Field(strict=True, ge=1, lt=1 << 53)]

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """In the document: the known operations, or any other, which is answered `rejected`."""
        documented = [handler(model.__pydantic_core_schema__) for model in KNOWN]
        return {"anyOf": [*documented, handler(core_schema)]}


class PushRequest(Request):
    client_id: UUID
    schema_version: Annotated[int, Field(alias="schema", strict=True, ge=0, le=1_000_000)]
    heard: Annotated[str, StringConstraints(max_length=600)] = ""
    mutations: list[Numbered]
