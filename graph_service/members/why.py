"""Why two identifiers are one person, or why they are not: decided anew on the components around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx

from graph_service.graph.driver import Transaction
from graph_service.members.decide import Outcome, Refused
from graph_service.members.evidence import PairFact, counted, evidence_of
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier
from graph_service.members.people import SealedIdentifier, identifiers_by_id
from graph_service.members.policies import policy_in_force
from graph_service.members.policy import BLOCKED, TWO_VALUES, Policy
from graph_service.members.sightings import Pair, pair_of
from graph_service.members.surroundings import Surroundings, fetch_surroundings

NEVER_SEEN = "never_seen"
SHARED = "shared_identifier"
EVICTED = "evicted_over_max_identifiers"
UNLINKED = "unlinked"
RELEASED = "released"
UNNAMED = "not_named_by_policy"
NO_EVIDENCE = "no_evidence"


@dataclass(frozen=True, slots=True)
class Step:
    """The evidence for a pair: the two, what they were seen in, oldest first."""

    a: SealedIdentifier
    b: SealedIdentifier
    facts: tuple[PairFact, ...]

    @property
    def by_operator(self) -> bool:
        """Whether an operator linked them."""
        return any(fact.type == "member.linked" for fact in self.facts)

    @property
    def sources(self) -> list[str]:
        """The systems that sent these events."""
        return sorted({fact.source for fact in self.facts if fact.source is not None})


@dataclass(frozen=True, slots=True)
class RefusedPair:
    """A pair with evidence that was not linked: the rule, and who stands against it.

    Attributes:
        step: the evidence for the pair.
        reason: `limit_exceeded` or `unlinked`.
        namespace: of which a member would hold too many.
        rivals: the identifiers that stand against it.
        winners: the evidence that binds the pair's identifiers to a rival.
    """

    step: Step
    reason: str
    namespace: str | None
    rivals: tuple[SealedIdentifier, ...]
    winners: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """The answer.

    Attributes:
        member: the id of the member that both are; None when they are not one.
        reasons: why they are not.
        path: the evidence from the one to the other.
        by_device_alone: whether every path leads through a device between the two.
        refused: the pairs that would have joined them.
    """

    member: str | None
    reasons: tuple[str, ...] = ()
    path: tuple[Step, ...] = ()
    by_device_alone: bool = False
    refused: tuple[RefusedPair, ...] = ()


async def why(transaction: Transaction, keys: IdentifierKeys, a: PlainIdentifier, b: PlainIdentifier) -> Why:
    """Why two identifiers are one member, or not.

    Args:
        transaction: to read in.
        keys: to find and open identifiers.
        a: one of them.
        b: the other.
    """
    policy = await policy_in_force(transaction)
    one, other = keys.id_of(a), keys.id_of(b)
    around = await fetch_surroundings(transaction, {one, other}, policy, frozenset())
    outcome = around.decided(policy, keys, rivals=True)
    member = outcome.member.get(one)
    if member is not None and member == outcome.member.get(other):
        path, by_device = _path(one, other, around, outcome, policy, keys)
        return Why(member, path=await _steps(transaction, path), by_device_alone=by_device)
    facts = await _facts(transaction, [pair_of(one, other)])
    direct = evidence_of(facts.get(pair_of(one, other), ()))
    reasons = [
        *(_alone(key, plain, around, outcome, policy) for key, plain in ((one, a), (other, b))),
        UNLINKED if direct.apart else None,
        TWO_VALUES if direct.spoiled and not direct.count else None,
        RELEASED if direct.released is not None and not direct.count and direct.linked_first is None else None,
    ]
    refused = await _between(transaction, one, other, around, outcome)
    told = tuple(dict.fromkeys(reason for reason in reasons if reason is not None))
    if not told and not refused:
        told = (NO_EVIDENCE,)
    return Why(None, told, refused=refused)


def _alone(key: str, plain: PlainIdentifier, around: Surroundings, outcome: Outcome, policy: Policy) -> str | None:
    """Why an identifier has no member, or is the only one of its own."""
    if key in around.shared:
        return SHARED
    if key in outcome.evicted:
        return EVICTED
    if key not in outcome.member:
        return BLOCKED if policy.blocks(plain.value) else NEVER_SEEN
    return None if policy.names(plain.type) else UNNAMED


def _path(
    one: str, other: str, around: Surroundings, outcome: Outcome, policy: Policy, keys: IdentifierKeys
) -> tuple[list[Pair], bool]:
    """The fewest steps without a device between the two, else the fewest; of equal ways the smaller texts."""
    together = next(members for members in outcome.sets if one in members)
    graph = networkx.Graph()
    graph.add_node(one)
    graph.add_edges_from(
        (here, pair.other)
        for here in together
        for pair in around.pairs[here]
        if pair.links and pair.other in together and policy.names(pair.type)
    )
    firm = graph.subgraph(
        here for here in graph if here in {one, other} or not policy.is_device(around.rows[here]["type"])
    )
    by_device = not networkx.has_path(firm, one, other)
    before = dict(
        networkx.bfs_predecessors(
            graph if by_device else firm,
            one,
            sort_neighbors=lambda found: iter(sorted(found, key=lambda here: around.order(here, keys))),
        )
    )
    way = [other]
    while way[-1] != one:
        way.append(before[way[-1]])
    way.reverse()
    return list(pairwise(way)), by_device


async def _between(
    transaction: Transaction, one: str, other: str, around: Surroundings, outcome: Outcome
) -> tuple[RefusedPair, ...]:
    """The refused pairs that would have joined the two."""
    mine, others = (next((members for members in outcome.sets if key in members), {key}) for key in (one, other))
    found = [
        refused
        for refused in outcome.refused
        if (refused.pair[0] in mine and refused.pair[1] in others)
        or (refused.pair[1] in mine and refused.pair[0] in others)
    ]
    winning = {refused.pair: _winners(refused, around) for refused in found}
    pairs = {pair for won in winning.values() for pair in won} | winning.keys()
    facts = await _facts(transaction, pairs)
    known = await identifiers_by_id(
        transaction, {key for pair in pairs for key in pair} | {key for one in found for key in one.rivals}
    )
    return tuple(
        RefusedPair(
            _step(refused.pair, facts, known),
            refused.reason,
            refused.namespace,
            tuple(known[rival] for rival in refused.rivals),
            tuple(_step(pair, facts, known) for pair in winning[refused.pair]),
        )
        for refused in found
    )


def _winners(refused: Refused, around: Surroundings) -> list[Pair]:
    """The pairs that bind one of the two to a rival."""
    return sorted(
        {
            pair_of(here, pair.other)
            for here in refused.pair
            for pair in around.pairs[here]
            if pair.links and pair.other in refused.rivals and pair.other not in refused.pair and pair.refused is None
        }
    )


async def _steps(transaction: Transaction, path: Sequence[Pair]) -> tuple[Step, ...]:
    facts = await _facts(transaction, {pair_of(*pair) for pair in path})
    known = await identifiers_by_id(transaction, {key for pair in path for key in pair})
    return tuple(_step(pair, facts, known) for pair in path)


def _step(pair: Pair, facts: Mapping[Pair, Sequence[PairFact]], known: Mapping[str, SealedIdentifier]) -> Step:
    linking = [fact for fact in counted(facts.get(pair_of(*pair), ())) if not fact.spoiled]
    ordered = tuple(sorted(linking, key=lambda fact: (fact.at, fact.event)))
    return Step(known[pair[0]], known[pair[1]], ordered)


async def _facts(transaction: Transaction, pairs: Sequence[Pair] | set[Pair]) -> dict[Pair, list[PairFact]]:
    rows = await transaction.rows_of("members/pair_facts", [{"a": a, "b": b} for a, b in sorted(pairs) if a != b])
    return {(row["a"], row["b"]): [PairFact(*fact) for fact in row["facts"]] for row in rows}
