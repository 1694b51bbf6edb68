"""The raw components around identifiers: who was seen with whom, until a shared identifier ends it.

Nobody asks for the pairs of a shared identifier, so that a till's tablet costs what any other identifier does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graph_service.ahead import parts_of
from graph_service.graph.driver import Row, Transaction
from graph_service.members.decide import Known, Outcome, Tie, decide
from graph_service.members.identifiers import IdentifierKeys, TextOrder
from graph_service.members.policy import Policy
from graph_service.members.sightings import pair_of

_AT_ONCE = 5_000
MOST_STEPS = 4
"""From identifier to identifier, before the rest of the way is looked up at once: most components have two steps."""


class StoredPair(NamedTuple):
    """A pair as one of its identifiers sees it."""

    other: str
    type: str
    shared: bool | None
    first: int | None
    last: int | None
    times: int | None
    spoiled: int | None
    linked_first: int | None
    linked_last: int | None
    apart: bool | None
    refused: str | None
    namespace: str | None

    @property
    def links(self) -> bool:
        """Whether there is evidence for it."""
        return bool(self.times) or self.linked_first is not None

    @property
    def is_company(self) -> bool:
        """Whether the two were seen together at all."""
        return self.links or bool(self.spoiled)

    def tie(self, one: str) -> Tie:
        """Its evidence; there is some."""
        firsts = [at for at in (self.first, self.linked_first) if at is not None]
        lasts = [at for at in (self.last, self.linked_last) if at is not None]
        return Tie(pair_of(one, self.other), min(firsts), max(lasts), by_operator=self.linked_first is not None)


@dataclass(slots=True)
class Surroundings:
    """Whole raw components, as fetched.

    Attributes:
        rows: what is stored of each identifier.
        pairs: of each identifier that is not shared, and of those that just became it.
        shared: those that are shared now.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    pairs: dict[str, list[StoredPair]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    def decided(self, policy: Policy, keys: IdentifierKeys, *, rivals: bool = False) -> Outcome:
        """Whose they are; with the rivals of refused pairs, where these are asked for."""
        known = {
            one: Known(one, row["type"], row["first"], row["last"])
            for one, row in self.rows.items()
            if one not in self.shared and row["first"] is not None
        }
        own = [(one, pair) for one in known for pair in self.pairs[one] if one < pair.other and pair.other in known]
        ties = [pair.tie(one) for one, pair in own if pair.links]
        apart = [(one, pair.other) for one, pair in own if pair.apart]
        return decide(known, ties, apart, policy, lambda one: self.order(one, keys), rivals=rivals)

    def order(self, one: str, keys: IdentifierKeys) -> TextOrder:
        """What orders an identifier by text."""
        row = self.rows[one]
        return keys.order_of(one, row)


async def fetch_surroundings(
    transaction: Transaction, identifiers: Iterable[str], policy: Policy, whole: Collection[str] | None
) -> Surroundings:
    """Fetches the raw components around identifiers.

    Args:
        transaction: to read in.
        identifiers: ids.
        policy: in force.
        whole: those whose being shared is to be decided anew; None for all.
    """
    found = Surroundings()
    waiting = set(identifiers)
    steps = 0
    while waiting:
        steps += 1
        if steps % MOST_STEPS == 0:
            waiting = await far_around(transaction, waiting, policy) - found.rows.keys()
        rows = await _around(transaction, sorted(waiting), whole)
        waiting = set()
        for row in rows:
            one = row["identifier"]
            pairs = [StoredPair(*pair) for pair in row.pop("pairs")]
            found.rows[one], found.pairs[one] = row, pairs
            anew = whole is None or one in whole
            if (row["shared"] and not anew) or is_shared(row["type"], pairs, policy):
                found.shared.add(one)
                # What it held together so far falls apart; what it held before already has.
                waiting |= set() if row["shared"] else {pair.other for pair in pairs}
            else:
                waiting |= {
                    pair.other
                    for pair in pairs
                    if (pair.links or pair.refused)
                    and policy.names(pair.type)
                    and (whole is None or not pair.shared or pair.other in whole)
                }
        waiting -= found.rows.keys()
    return found


async def far_around(transaction: Transaction, identifiers: Collection[str], policy: Policy) -> set[str]:
    """The ids of all that what links may reach from identifiers, themselves included, however long the way is."""
    reached: set[str] = set()
    for one in sorted(identifiers):
        if one not in reached:
            rows = await transaction.run("members/reached", identifier=one, types=sorted(policy.namespaces))
            reached |= {one, *(row["identifier"] for row in rows)}
    return reached


async def _around(transaction: Transaction, asked: Sequence[str], whole: Collection[str] | None) -> list[Row]:
    found: list[Row] = []
    for part in parts_of(asked, _AT_ONCE):
        rows = [{"identifier": one, "whole": whole is None or one in whole} for one in part]
        found += await transaction.rows_of("members/around", rows)
    return found


def is_shared(kind: str, pairs: Iterable[StoredPair], policy: Policy) -> bool:
    """Whether an identifier was seen with too many values of one unique namespace."""
    most = policy.max_members(kind)
    if most is None:
        return False
    seen_with: dict[str, int] = defaultdict(int)
    for pair in pairs:
        if pair.is_company and policy.is_unique(pair.type):
            seen_with[pair.type] += 1
    return any(count > most for count in seen_with.values())
