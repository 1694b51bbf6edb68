"""Who asks, as their token says."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of `contract/cli.md`."""

    ADMIN = "admin"
    BRAND = "brand"
    DISTRIBUTOR = "distributor"
    SALESPERSON = "salesperson"
    STORE = "store"
    CLERK = "clerk"
    MEMBER = "member"
    ANALYST = "analyst"
    JOB = "job"


# Before permissions are built, only these write and read (`contract/events.md`, "Who may send what").
WRITERS = frozenset({Role.ADMIN, Role.JOB})
READERS = WRITERS | {Role.ANALYST}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A role, and for some roles the party or member that it is, and the brand it belongs to."""

    role: Role
    subject: str | None = None
    brand: str | None = None

    @property
    def may_write(self) -> bool:
        """Whether events are taken from this viewer."""
        return self.role in WRITERS

    @property
    def may_read(self) -> bool:
        """Whether questions are answered to this viewer."""
        return self.role in READERS

    @property
    def may_unmask(self) -> bool:
        """Whether this viewer may see plain values of identifiers, each time with a reason that is kept."""
        return self.role in WRITERS

    @property
    def is_admin(self) -> bool:
        """Whether the viewer may say when an event was recorded."""
        return self.role is Role.ADMIN
