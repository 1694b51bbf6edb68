"""Figures that tell how well identifiers become persons: sizes of members, refused pairs, the largest, the shared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from graph_service.graph.driver import Transaction

_AT_ONCE = 10_000


@dataclass(slots=True)
class Quality:
    """What members are made of.

    Attributes:
        members: how many members have so many identifiers.
        refused: how many pairs are refused, by the namespace of which a member would hold too many, or `unlinked`.
        largest: the members with the most identifiers: (identifiers, member).
        busiest: the identifiers that were seen with the most others: (others, identifier, type).
        shared: how many identifiers are shared, by type.
        evicted: how many were evicted, by type.
    """

    members: Mapping[int, int] = field(default_factory=Counter)
    refused: Mapping[str, int] = field(default_factory=Counter)
    largest: Sequence[tuple[int, str]] = ()
    busiest: Sequence[tuple[int, str, str]] = ()
    shared: Mapping[str, int] = field(default_factory=Counter)
    evicted: Mapping[str, int] = field(default_factory=Counter)


async def quality_of(transaction: Transaction, most: int) -> Quality:
    """Looks at every member and every identifier once, a page at a time.

    Args:
        transaction: to read in.
        most: how many of the largest members and busiest identifiers to name.
    """
    members: Counter[int] = Counter()
    largest: list[tuple[int, str]] = []
    after = ""
    while rows := await transaction.run("members/quality_sizes", after=after, limit=_AT_ONCE):
        members.update(row["identifiers"] for row in rows)
        largest = nlargest(most, [*largest, *((row["identifiers"], row["member"]) for row in rows)])
        after = rows[-1]["member"]
    refused: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    evicted: Counter[str] = Counter()
    busiest: list[tuple[int, str, str]] = []
    after = ""
    while rows := await transaction.run("members/quality_pairs", after=after, limit=_AT_ONCE):
        refused.update(reason for row in rows for reason in row["refused"])
        shared.update(row["type"] for row in rows if row["shared"])
        evicted.update(row["type"] for row in rows if row["evicted"])
        seen = ((row["pairs"], row["identifier"], row["type"] or "") for row in rows)
        busiest = nlargest(most, [*busiest, *seen])
        after = rows[-1]["identifier"]
    return Quality(members, refused, largest, busiest, shared, evicted)
