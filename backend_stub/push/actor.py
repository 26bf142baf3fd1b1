"""Who asks for a mutation and when: what every effect needs to know besides the mutation itself."""

import uuid
from dataclasses import dataclass

from backend_stub.store import AccountNo


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """`name` is the user's; `mutation_id` is the same for every repeat of this mutation and for no other."""

    account: AccountNo
    name: str
    role: str
    time_zone: str
    client_id: str
    mid: int
    now_ms: int

    @property
    def mutation_id(self) -> str:
        return str(uuid.uuid5(uuid.UUID(self.client_id), str(self.mid)))
