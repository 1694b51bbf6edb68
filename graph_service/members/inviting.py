"""The questions about referrals of one member: who brought it in, and whom it brought in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph_service.graph.driver import Row, Transaction
from graph_service.members.people import Person, people

_STEPS_AT_ONCE = 300
"""As many as `members/inviters_above` climbs; every second one may lead to another account of the same member."""


@dataclass(frozen=True, slots=True)
class Inviting:
    """A member that brought another in, with the invitation that says so.

    Attributes:
        member: the inviter, or of an answer downwards the invitee.
        event: the invitation.
        at: when it happened, in microseconds.
        campaign: of the invitation.
        account: the inviter's account that it names.
    """

    member: Person
    event: str
    at: int
    campaign: str | None
    account: str


async def invitations_of(transaction: Transaction, persons: Sequence[Person]) -> list[Inviting | None]:
    """By whom each member was brought in; None where no invitation counts."""
    accounts = {account: number for number, person in enumerate(persons) for account in person.ids}
    rows = {accounts[row["account"]]: row for row in await transaction.rows_of("members/inviters", sorted(accounts))}
    known = await people(transaction, {row["inviter"] for row in rows.values()})
    return [_inviting(rows[number], known) if number in rows else None for number in range(len(persons))]


def _inviting(row: Row, known: Mapping[str, Person]) -> Inviting:
    return Inviting(known[row["inviter"]], row["event"], row["at"], row["campaign"], row["inviter"])


async def inviters_above(transaction: Transaction, person: Person, max_depth: int) -> list[Inviting]:
    """Inviters upwards, nearest first; `max_depth` of them at most."""
    rows: list[Row] = []
    here = person.id
    while len(rows) < max_depth:
        found = await transaction.run("members/inviters_above", account=here, limit=max_depth - len(rows))
        rows += found
        if len(found) < _STEPS_AT_ONCE // 2:
            break
        here = found[-1]["inviter"]
    known = await people(transaction, (row["inviter"] for row in rows))
    return [_inviting(row, known) for row in rows]


async def invitees_of(
    transaction: Transaction, person: Person, *, after: tuple[int, str], limit: int
) -> list[Inviting]:
    """The next members that this one brought in, in the order of the invitations.

    Args:
        transaction: to read in.
        person: the inviter.
        after: `at` in microseconds and event of the invitation that they come after.
        limit: how many at most.
    """
    at, event = after
    rows = await transaction.rows_of("members/invitees", person.ids, at=at, event=event, limit=limit)
    rows = sorted(rows, key=lambda row: (row["at"], row["event"]))[:limit]
    known = await people(transaction, (row["invitee"] for row in rows))
    return [Inviting(known[row["invitee"]], row["event"], row["at"], row["campaign"], row["inviter"]) for row in rows]
