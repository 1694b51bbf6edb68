"""Derives what identifiers are: when they were seen, with which others, and whose they are.

    (:Identifier {firstSeen, lastSeen, shared, evicted})-[:OF]->(:Member {id})
    (:Identifier)-[:PAIRED {first, last, count, sources, linkedFirst, linkedLast, apart, released,
                            refused, namespace, rivals}]->(:Identifier)

A pair points from the smaller id to the larger. New events only add to what is known of their pairs; then the raw
components around their identifiers are decided anew. An identifier that is shared ends a component, and nobody asks for
its pairs, so that a till's tablet costs what any other identifier does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.touched import Touched
from graph_service.members.decide import Known, Outcome, Refused, Tie, decide
from graph_service.members.evidence import Evidence, PairFact, evidence_of
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier
from graph_service.members.policy import Policy
from graph_service.members.sightings import OPERATOR_TYPES, SHOW_NOBODY, Pair, pair_of


async def derive_members(
    transaction: Transaction,
    facts: Iterable[Touched],
    restated: Collection[str],
    policy: Policy,
    keys: IdentifierKeys,
) -> None:
    """Brings members to what the facts say.

    Args:
        transaction: to read and write in.
        facts: that came, or went by a void.
        restated: ids of the events that came or went by a void.
        policy: in force.
        keys: to open identifiers, where only their text tells which goes first.
    """
    showing = [fact for fact in facts if fact.identifiers and (fact.event in restated or not fact.voided)]
    if not showing:
        return
    anew = [fact for fact in showing if fact.event in restated or fact.type in OPERATOR_TYPES]
    recounted = {pair for fact in anew for pair in fact.pairs}
    seen_anew = {identifier for fact in anew if fact.event in restated for identifier in fact.identifiers}
    added = [fact for fact in showing if fact.event not in restated]
    await _add_seen(transaction, added)
    recounted |= await _add_pairs(transaction, added, recounted)
    await count_seen(transaction, seen_anew)
    await count_pairs(transaction, recounted)
    # What takes evidence away may leave an identifier shared no longer, so all its pairs are looked at again.
    whole = {identifier for fact in anew for identifier in fact.identifiers}
    await decide_members(
        transaction, {identifier for fact in showing for identifier in fact.identifiers}, policy, keys, whole=whole
    )


async def _add_seen(transaction: Transaction, facts: Sequence[Touched]) -> None:
    times: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        for identifier in fact.identifiers if fact.type not in SHOW_NOBODY else ():
            times[identifier].append(fact.at)
    rows = [{"identifier": one, "first": min(ats), "last": max(ats)} for one, ats in sorted(times.items())]
    await transaction.rows_of("members/see", rows)


async def _add_pairs(transaction: Transaction, facts: Sequence[Touched], recounted: Collection[Pair]) -> set[Pair]:
    """Adds the evidence of new events; returns the pairs of which some was released."""
    together: dict[Pair, list[Touched]] = defaultdict(list)
    for fact in facts:
        for pair in fact.pairs:
            if pair not in recounted:
                together[pair].append(fact)
    rows = [{"a": a, "b": b} | _sum(shown) for (a, b), shown in sorted(together.items())]
    return {(row["a"], row["b"]) for row in await transaction.rows_of("members/pair_more", rows)}


def _sum(facts: Sequence[Touched]) -> Row:
    """What events add to the evidence for a pair."""
    linking = [fact for fact in facts if not fact.is_spoiled]
    return {
        "first": min((fact.at for fact in linking), default=None),
        "last": max((fact.at for fact in linking), default=None),
        "count": len(linking),
        "sources": sorted({fact.source for fact in linking if fact.source is not None}),
        "spoiled": len(facts) - len(linking),
    }


async def count_seen(transaction: Transaction, identifiers: Iterable[str], *, write: bool = True) -> list[str]:
    """Counts anew when identifiers were seen; returns those of which something else was stored."""
    rows = await transaction.rows_of("members/seen", sorted(identifiers))
    wrong = [row for row in rows if (row["first"], row["last"]) != (row["storedFirst"], row["storedLast"])]
    if write:
        await transaction.rows_of("members/write_seen", wrong)
    return [row["identifier"] for row in wrong]


async def count_pairs(transaction: Transaction, pairs: Iterable[Pair], *, write: bool = True) -> list[Pair]:
    """Counts the evidence of pairs anew; returns those of which something else was stored."""
    rows = await transaction.rows_of("members/pair_facts", [{"a": a, "b": b} for a, b in sorted(pairs)])
    counted = [
        (pair_of(row["a"], row["b"]), row["stored"], evidence_of([PairFact(*fact) for fact in row["facts"]]))
        for row in rows
    ]
    return await write_pairs(transaction, counted, write=write)


async def count_pairs_of(transaction: Transaction, identifiers: Sequence[str], *, write: bool = True) -> list[Pair]:
    """Counts the evidence of all pairs anew whose smaller id is one of these; returns those stored otherwise."""
    counted: list[tuple[Pair, Row | None, Evidence]] = []
    for row in await transaction.rows_of("members/pairs_of", list(identifiers)):
        facts: dict[str, list[PairFact]] = defaultdict(list)
        for other, *fact in row["facts"]:
            facts[other].append(PairFact(*fact))
        stored: dict[str, Row] = dict(row["stored"])
        counted += [
            ((row["identifier"], other), stored.get(other), evidence_of(facts[other]))
            for other in sorted(facts.keys() | stored.keys())
        ]
    return await write_pairs(transaction, counted, write=write)


async def write_pairs(
    transaction: Transaction, counted: Sequence[tuple[Pair, Row | None, Evidence]], *, write: bool
) -> list[Pair]:
    """Writes the evidence of pairs that is not what is stored; returns those pairs."""
    wrong = [
        (pair, evidence)
        for pair, stored, evidence in counted
        if (stored is None) != evidence.is_nothing or (stored is not None and Evidence.of(stored) != evidence)
    ]
    if write:
        rows = [{"a": a, "b": b, "evidence": evidence.row()} for (a, b), evidence in wrong if not evidence.is_nothing]
        await transaction.rows_of("members/write_pairs", rows)
        gone = [{"a": a, "b": b} for (a, b), evidence in wrong if evidence.is_nothing]
        await transaction.rows_of("members/delete_pairs", gone)
    return [pair for pair, _ in wrong]


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
    rivals: list[str] | None

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

    def decided(self, policy: Policy, keys: IdentifierKeys) -> Outcome:
        """Whose they are."""
        known = {
            one: Known(one, row["type"], row["first"], row["last"])
            for one, row in self.rows.items()
            if one not in self.shared and row["first"] is not None
        }
        own = [(one, pair) for one in known for pair in self.pairs[one] if one < pair.other and pair.other in known]
        ties = [pair.tie(one) for one, pair in own if pair.links]
        apart = [(one, pair.other) for one, pair in own if pair.apart]
        return decide(known, ties, apart, policy, lambda one: self.plain(one, keys).order)

    def plain(self, one: str, keys: IdentifierKeys) -> PlainIdentifier:
        """An identifier, opened."""
        row = self.rows[one]
        return PlainIdentifier(row["type"], keys.open(row["sealed"]), row["app"])


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
    while waiting:
        asked = [{"identifier": one, "whole": whole is None or one in whole} for one in sorted(waiting)]
        waiting = set()
        for row in await transaction.rows_of("members/around", asked):
            one = row["identifier"]
            pairs = [StoredPair(*pair) for pair in row.pop("pairs")]
            found.rows[one], found.pairs[one] = row, pairs
            anew = whole is None or one in whole
            if (row["shared"] and not anew) or _is_shared(row["type"], pairs, policy):
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


def _is_shared(kind: str, pairs: Iterable[StoredPair], policy: Policy) -> bool:
    most = policy.max_members(kind)
    if most is None:
        return False
    seen_with: dict[str, int] = defaultdict(int)
    for pair in pairs:
        if pair.is_company and policy.is_unique(pair.type):
            seen_with[pair.type] += 1
    return any(count > most for count in seen_with.values())


async def decide_members(
    transaction: Transaction,
    identifiers: Iterable[str],
    policy: Policy,
    keys: IdentifierKeys,
    *,
    whole: Collection[str] | None = frozenset(),
    write: bool = True,
) -> list[str]:
    """Decides the raw components around identifiers anew.

    Args:
        transaction: to read and write in.
        identifiers: ids.
        policy: in force.
        keys: to open identifiers.
        whole: those whose being shared is to be decided anew; None for all.
        write: whether to change anything.

    Returns:
        what came out different, in words.
    """
    around = await fetch_surroundings(transaction, identifiers, policy, whole)
    outcome = around.decided(policy, keys)
    changed = [
        (row, wanted)
        for one, row in around.rows.items()
        if (wanted := _wanted(one, around, outcome)) != {key: row[key] for key in ("shared", "evicted", "member")}
    ]
    refused = _refused(around.pairs, {one.pair: one for one in outcome.refused})
    if write:
        await transaction.rows_of(
            "members/write_members", [{"identifier": row["identifier"]} | wanted for row, wanted in changed]
        )
        left = {row["member"] for row, wanted in changed if row["member"] not in {None, wanted["member"]}}
        await transaction.rows_of("members/delete_empty", sorted(left))
        await transaction.rows_of("members/write_refused", refused)
    return [
        *(f"member of identifier {row['identifier']}" for row, _ in changed),
        *(f"why {row['a']} and {row['b']} are not linked" for row in refused),
    ]


def _wanted(one: str, around: Surroundings, outcome: Outcome) -> dict[str, Any]:
    return {
        "shared": True if one in around.shared else None,
        "evicted": True if one in outcome.evicted else None,
        "member": outcome.member.get(one),
    }


def _refused(pairs: Mapping[str, Sequence[StoredPair]], wanted: Mapping[Pair, Refused]) -> list[Row]:
    """What is to be written of pairs so that they say why they were refused."""
    rows: dict[Pair, Row] = {}
    for one, stored in pairs.items():
        for pair in stored:
            key = pair_of(one, pair.other)
            refusal = wanted.get(key)
            now = (refusal.reason, refusal.namespace, list(refusal.rivals)) if refusal else (None, None, None)
            if now != (pair.refused, pair.namespace, pair.rivals):
                rows[key] = {"a": key[0], "b": key[1], "reason": now[0], "namespace": now[1], "rivals": now[2]}
    return [rows[key] for key in sorted(rows)]
