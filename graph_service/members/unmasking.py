"""Plain values for those who may see them, each time with who saw them and why.

    (:Unmasking {id, at, role, subject, reason})-[:SHOWED]->(:Identifier)

It is noted in the transaction that fetches the values, before anybody sees them. The notes are kept, not derived; of
who left they name keyed hashes alone.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph_service.api.errors import Forbidden
from graph_service.api.viewer import Viewer
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph, Row, Transaction
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import now

MAX_REASON = 512


@dataclass(frozen=True, slots=True)
class Unmasking:
    """That somebody saw plain values; `at` in microseconds, identifiers by id."""

    id: str
    at: int
    role: str
    subject: str | None
    reason: str
    identifiers: tuple[str, ...]

    @classmethod
    def of(cls, row: Row) -> "Unmasking":
        """What the graph tells of one."""
        shown = tuple(sorted(row["identifiers"]))
        return cls(row["id"], row["at"], row["role"], row["subject"], row["reason"], shown)


def require_reason(viewer: Viewer, reason: str) -> None:
    """Refuses plain values to who may not see them, or does not say why.

    Raises:
        Forbidden: the role may not see plain values.
        ServiceError: `INVALID_QUERY`, when the reason is empty or too long.
    """
    if not viewer.may_unmask:
        raise Forbidden("Plain values are for the roles admin and job.")
    if not reason.strip() or len(reason) > MAX_REASON:
        raise ServiceError(
            "INVALID_QUERY",
            f"reason: expected 1 to {MAX_REASON} characters; came {len(reason.strip())}.",
            remedy="Say why the plain value is needed; it is kept with your name.",
            path="reason",
        )


async def unmask(
    graph: Graph, keys: IdentifierKeys, viewer: Viewer, asked: Sequence[tuple[str, str]]
) -> Mapping[str, str | None]:
    """The plain values of identifiers by id, after noting who sees them; None where a leaving erased one.

    Args:
        graph: to note it in.
        keys: to open identifiers.
        viewer: who asks.
        asked: (identifier, reason).

    Raises:
        Forbidden: the role may not see plain values.
        ServiceError: `INVALID_QUERY`, when a reason is empty or too long.
    """
    by_reason: dict[str, list[str]] = defaultdict(list)
    for identifier, reason in asked:
        require_reason(viewer, reason)
        by_reason[reason].append(identifier)
    noted: Row = {"at": now(), "role": viewer.role.value, "subject": viewer.subject}
    rows = [
        {"properties": noted | {"id": uuid.uuid4().hex, "reason": reason}, "identifiers": sorted(set(identifiers))}
        for reason, identifiers in sorted(by_reason.items())
    ]
    found, _ = await graph.write(lambda transaction: transaction.rows_of("members/unmask", rows))
    return {row["identifier"]: None if row["sealed"] is None else keys.open(row["sealed"]) for row in found}


async def unmaskings(transaction: Transaction, *, before: tuple[int, str] | None, limit: int) -> list[Unmasking]:
    """The next unmaskings, the latest first."""
    at, key = before or (2**62, "")
    return [Unmasking.of(row) for row in await transaction.run("members/unmaskings", at=at, id=key, limit=limit)]


async def unmaskings_of(transaction: Transaction, identifiers: Sequence[str]) -> list[Unmasking]:
    """All unmaskings of identifiers, the latest first."""
    rows = await transaction.rows_of("members/unmaskings_of", list(identifiers))
    return sorted(map(Unmasking.of, rows), key=lambda one: (one.at, one.id), reverse=True)
