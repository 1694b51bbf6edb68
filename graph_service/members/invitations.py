"""Who brought a member in: the first valid invitation (`contract/rules.md`, Referrals).

An invitation is valid when the two are different members and the inviter was known before the invitee, or was shown
first by the event that shows both first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from graph_service.graph.driver import Row, Transaction
from graph_service.members.people import Person, people


async def inviters_of(transaction: Transaction, persons: Sequence[Person]) -> list[Person | None]:
    """The inviter of each member; None where no valid invitation names it."""
    own = {account: person.id for person in persons for account in person.ids}
    offered: dict[str, list[Row]] = defaultdict(list)
    for row in await transaction.rows_of("members/invitations_to", sorted(own)):
        offered[own[row["invitee"]]].append(row)
    inviters = await people(transaction, {row["inviter"] for rows in offered.values() for row in rows})
    known = {person.id: person for person in (*persons, *inviters.values())}
    first = await _first_seen(transaction, known, _tied(offered, inviters, known))

    def inviter(person: Person) -> Person | None:
        for row in sorted(offered[person.id], key=lambda row: (row["at"], row["event"])):
            found = inviters.get(row["inviter"])
            if found is not None and found.id != person.id and first[found.id] <= first[person.id]:
                return found
        return None

    return [inviter(person) for person in persons]


def _tied(
    offered: Mapping[str, Sequence[Row]], inviters: Mapping[str, Person], known: Mapping[str, Person]
) -> set[str]:
    """The members whose first events must be known, because two of them were first seen at one moment."""
    tied: set[str] = set()
    for invitee, rows in offered.items():
        for row in rows:
            inviter = inviters.get(row["inviter"])
            if inviter is not None and inviter.since == known[invitee].since:
                tied |= {inviter.id, invitee}
    return tied


async def _first_seen(
    transaction: Transaction, known: Mapping[str, Person], tied: Iterable[str]
) -> Mapping[str, tuple[int, str]]:
    """When members were first seen, and of those that are tied by which event."""
    first = {one: (person.since, "") for one, person in known.items()}
    owner = {one.id: member for member in tied for one in known[member].identifiers if one.since == known[member].since}
    events: dict[str, list[str]] = defaultdict(list)
    for row in await transaction.rows_of("members/first_events", sorted(owner)):
        events[owner[row["identifier"]]] += row["events"]
    return first | {member: (first[member][0], min(shown)) for member, shown in events.items() if shown}


async def inviters_above(transaction: Transaction, person: Person, max_depth: int) -> list[Person]:
    """Inviters upwards, nearest first."""
    found: list[Person] = []
    here: Person | None = person
    while here is not None and len(found) < max_depth:
        (here,) = await inviters_of(transaction, [here])
        if here is not None:
            found.append(here)
    return found


async def invitees_of(transaction: Transaction, person: Person, *, after: str, limit: int) -> list[Person]:
    """The next members that this one brought in, in the order of their ids."""
    rows = await transaction.rows_of("members/invited_by", person.ids)
    named = {one.id: one for one in (await people(transaction, {row["invitee"] for row in rows})).values()}
    candidates = [named[one] for one in sorted(named) if one > after]
    inviters = await inviters_of(transaction, candidates)
    brought = [one for one, inviter in zip(candidates, inviters, strict=True) if inviter and inviter.id == person.id]
    return brought[:limit]
