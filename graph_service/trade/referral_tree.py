"""The tree of referrals below a member, level by level, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_service.api.errors import LimitExceeded
from graph_service.graph.driver import Transaction
from graph_service.members.people import Person, people

BROADEST = 20_000
"""Members of a level whose own invitees may be asked for."""

Position = tuple[int, int, str]
"""Depth, and `at` and id of the invitation, in microseconds."""

BEGINNING: Position = (1, -(2**62), "")


@dataclass(frozen=True, slots=True)
class Brought:
    """A member of the tree.

    Attributes:
        member: who was brought in.
        inviter: the account that invited them.
        depth: levels below the member asked about, from 1.
        event: the invitation that counts.
        at: when it happened, in microseconds.
        campaign: of the invitation.
        invitees: how many the member brought in itself.
    """

    member: Person
    inviter: str
    depth: int
    event: str
    at: int
    campaign: str | None
    invitees: int


async def tree_page(
    transaction: Transaction, person: Person, *, after: Position, max_depth: int, limit: int
) -> list[Brought]:
    """The next members of a tree, in the order of levels, then of the invitations.

    Args:
        transaction: to read in.
        person: the member on top.
        after: the position that they come after.
        max_depth: levels to go down.
        limit: how many at most.

    Raises:
        LimitExceeded: a level is broader than `BROADEST` and the next one is asked for.
    """
    depth, at, event = after
    accounts: Sequence[str] = person.ids
    for _ in range(1, depth):
        accounts = await _below(transaction, accounts)
    rows: list[tuple[int, dict[str, object]]] = []
    while accounts and depth <= max_depth and len(rows) < limit:
        found = await transaction.rows_of(
            "trade/level_page", list(accounts), at=at, event=event, limit=limit - len(rows)
        )
        rows += [(depth, row) for row in found]
        if len(rows) < limit and depth < max_depth:
            accounts = await _below(transaction, accounts)
        depth, at, event = depth + 1, BEGINNING[1], BEGINNING[2]
    known = await people(transaction, {str(row["invitee"]) for _, row in rows})
    counts = await _invitees(transaction, {one for person in known.values() for one in person.ids})
    return [_brought(level, row, known[str(row["invitee"])], counts) for level, row in rows]


def _brought(depth: int, row: dict[str, object], member: Person, counts: dict[str, int]) -> Brought:
    campaign = row["campaign"]
    return Brought(
        member,
        str(row["inviter"]),
        depth,
        str(row["event"]),
        int(str(row["at"])),
        None if campaign is None else str(campaign),
        sum(counts.get(one, 0) for one in member.ids),
    )


async def levels(transaction: Transaction, person: Person, max_depth: int) -> list[int]:
    """How many members each level of a tree has, from the first one down, as far as there are any.

    Raises:
        LimitExceeded: a level is broader than `BROADEST` and the next one is asked for.
    """
    counts = await _invitees(transaction, person.ids)
    found = [sum(counts.values())]
    accounts: Sequence[str] = person.ids
    while found[-1] and len(found) < max_depth:
        accounts = await _below(transaction, accounts)
        found.append(sum((await _invitees(transaction, accounts)).values()))
    return found if found[-1] else found[:-1]


async def _below(transaction: Transaction, accounts: Sequence[str]) -> list[str]:
    """All accounts of the members that accounts brought in."""
    rows = await transaction.rows_of("trade/next_level", list(accounts), limit=BROADEST + 1)
    if len(rows) > BROADEST:
        raise LimitExceeded("Members of a level whose invitees are asked for", len(rows), BROADEST, path="maxDepth")
    return sorted({account for row in rows for account in row["accounts"]})


async def _invitees(transaction: Transaction, accounts: Sequence[str] | set[str]) -> dict[str, int]:
    rows = await transaction.rows_of("trade/invitees_counted", sorted(accounts))
    return {row["account"]: row["invitees"] for row in rows}
