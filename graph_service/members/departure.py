"""What goes when a member leaves, told before (a dry run) and after (a certificate)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from graph_service.graph.driver import Transaction
from graph_service.members.as_of import fetch_as_of
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.leaving import who_goes
from graph_service.members.people import SealedIdentifier, identifiers_by_id
from graph_service.members.policies import policy_in_force
from graph_service.moments import now

_LAST_ID = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Booked:
    """What the journal holds for some accounts: entries, fen and points."""

    entries: int
    amount_fen: int
    points: int


@dataclass(frozen=True, slots=True)
class Departure:
    """What would go, and what stays under a name that tells nothing.

    Attributes:
        identifiers: that would be erased, devices seen with nobody else among them.
        refused_pairs: of them.
        events: that show them.
        booked: what the journal holds for them.
    """

    identifiers: tuple[SealedIdentifier, ...]
    refused_pairs: int
    events: int
    booked: Booked


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a leaving erased; times in microseconds.

    Attributes:
        event: the leaving.
        at: up to when nothing counts.
        recorded_at: when the log took it.
        pseudonym: under which the accounts go on.
        identifiers: how many of each type were erased.
        events: in how many events values of theirs were erased.
        booked: what the journal holds under the pseudonym.
    """

    event: str
    at: int
    recorded_at: int
    pseudonym: str
    identifiers: Mapping[str, int]
    events: int
    booked: Booked


async def departure_of(transaction: Transaction, identifier: str, keys: IdentifierKeys) -> Departure | None:
    """What would go if the member of an identifier left now; None where it is nobody's.

    Args:
        transaction: to read in.
        identifier: the id of a member, or of one of its identifiers.
        keys: to open identifiers.
    """
    policy = await policy_in_force(transaction)
    around = await fetch_as_of(transaction, [identifier], (now(), _LAST_ID), policy)
    gone = sorted(who_goes({identifier: 0}, around, policy, keys).identifiers)
    if not gone:
        return None
    known = await identifiers_by_id(transaction, gone)
    refused = await transaction.rows_of("members/refused_of", gone)
    events = await transaction.rows_of("members/events_showing", gone)
    return Departure(
        identifiers=tuple(sorted(known.values(), key=lambda one: (one.since, one.id))),
        refused_pairs=len({(row["a"], row["b"]) for row in refused}),
        events=len({row["event"] for row in events}),
        booked=await booked_for(transaction, gone),
    )


async def certificate_of(transaction: Transaction, event: str) -> Certificate | None:
    """What a leaving erased; None where there is no such event in force."""
    for row in await transaction.rows_of("members/certificates", [event]):
        return Certificate(
            event=row["event"],
            at=row["at"],
            recorded_at=row["recordedAt"],
            pseudonym=row["pseudonym"],
            identifiers=dict(sorted(Counter(row["types"]).items())),
            events=row["events"],
            booked=await booked_for(transaction, [row["pseudonym"]]),
        )
    return None


async def booked_for(transaction: Transaction, accounts: list[str]) -> Booked:
    """What the journal holds for accounts, all together."""
    rows = await transaction.rows_of("members/booked_for", accounts)
    return Booked(
        sum(row["entries"] for row in rows),
        sum(row["amountFen"] for row in rows),
        sum(row["points"] for row in rows),
    )
