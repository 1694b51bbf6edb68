"""Who may be contacted: consent by purpose, the member's latest word on each (PIPL 13, 15, 24).

A member consents when it registers and later, and may withdraw at any time; what nobody consented to is no consent.
Who withdrew `PERSONALISED` gets no contact that was chosen by what is known of them, whatever else they consented to.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from graph_service.graph.driver import Transaction
from graph_service.members.people import Person, people

PERSONALISED = "PERSONALISED"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Consent:
    """A member's latest word on a purpose; the time in microseconds.

    Attributes:
        purpose: as events name it.
        is_given: whether it consents.
        since: when it said so.
        event: by which event.
    """

    purpose: str
    is_given: bool
    since: int
    event: str


def may_be_contacted(consents: Sequence[Consent], purpose: str, *, personalised: bool) -> bool:
    """Whether a member may be contacted.

    Args:
        consents: of the member.
        purpose: of the contact.
        personalised: whether what is known of the member chose it, or what it says.
    """
    given = {consent.purpose: consent.is_given for consent in consents}
    return given.get(purpose, False) and (not personalised or given.get(PERSONALISED, True))


async def consents_of(transaction: Transaction, persons: Sequence[Person]) -> list[list[Consent]]:
    """The consents of each member, in the order of their purposes."""
    owner = {account: number for number, person in enumerate(persons) for account in person.ids}
    latest: dict[int, dict[str, Consent]] = defaultdict(dict)
    rows = await transaction.rows_of("members/consents", sorted(owner))
    for row in sorted(rows, key=lambda row: (row["at"], row["event"])):
        for purpose in row["purposes"]:
            consent = Consent(purpose, row["type"] != "member.withdrew", row["at"], row["event"])
            latest[owner[row["account"]]][purpose] = consent
    return [sorted(latest[number].values(), key=lambda one: one.purpose) for number in range(len(persons))]


async def members_to_contact(
    transaction: Transaction, purpose: str, *, personalised: bool, after: str, limit: int
) -> list[Person]:
    """The next members who may be contacted, in the order of their ids.

    Args:
        transaction: to read in.
        purpose: of the contact.
        personalised: whether what is known of the members chose it, or what it says.
        after: the id of the last member before them.
        limit: how many at most.
    """
    allowed: list[Person] = []
    while len(allowed) < limit:
        page = [row["member"] for row in await transaction.run("members/members_after", after=after, limit=_AT_ONCE)]
        if not page:
            break
        found = await people(transaction, page)
        persons = [found[one] for one in page]
        for person, consents in zip(persons, await consents_of(transaction, persons), strict=True):
            if may_be_contacted(consents, purpose, personalised=personalised):
                allowed.append(person)
        after = page[-1]
    return allowed[:limit]
