"""A calendar file that the owner has opened, and what it would do."""

from dataclasses import dataclass

from client.calendars.imported import Imported
from client.editing.imports import As, Import
from client.editing.refusals import Why
from client.models.ids import StaffId
from client.models.link import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """`name`: of the file, empty while none is open.  `reading`: it is being read; then `imported` is what it says.

    `plan`: what would happen, None while that is worked out.  `why`, `trouble`: nothing can be brought in.
    """

    name: str = ""
    reading: bool = False
    unreadable: bool = False
    imported: Imported | None = None
    as_: As = As.BLOCKS
    staff_id: StaffId | None = None
    on_purpose: bool = False
    plan: Import | None = None
    why: Why | None = None
    trouble: Trouble | None = None
    busy: bool = False

    @property
    def is_open(self) -> bool:
        return bool(self.name)
