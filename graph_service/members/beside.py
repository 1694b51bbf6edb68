"""Members by another policy, built beside those in force while intake goes on, and what of it is to be written at once.

The log is read once, as it is now; what a new policy makes of it is decided in memory and compared with what is stored.
Nothing is written: whoever takes over writes the differences in one transaction, and then decides anew what arrived
meanwhile (`take_over`). A process that is killed has lost nothing but its work.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graph_service.ahead import parts_of
from graph_service.graph.driver import Graph, Row, Transaction
from graph_service.intake.touched import Touched, fetch_touched
from graph_service.members.counting import count_pairs, count_seen
from graph_service.members.decide import Known, Outcome, Tie, decide
from graph_service.members.erasing import follow_leavings
from graph_service.members.evidence import Evidence, PairFact, evidence_of
from graph_service.members.groups import decide_members
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.judging import Judged, judge, judge_sightings, write_judged
from graph_service.members.leaving import all_leavings, settle_leavings
from graph_service.members.people import people
from graph_service.members.policy import BLOCKED, TWO_VALUES, Policy
from graph_service.members.sightings import SHOW_NOBODY, Pair, pair_of, pairs_of
from graph_service.members.surroundings import StoredPair, is_shared

_AT_ONCE = 2_000
_WRITTEN_AT_ONCE = 5_000


@dataclass(slots=True)
class Beside:
    """What differs under another policy.

    Attributes:
        policy: the other policy.
        judged: the events whose accounts are others.
        rows: what is to be written, by statement, in order.
        regrouped: identifiers whose member is another.
    """

    policy: Policy
    judged: Judged = field(default_factory=Judged)
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    regrouped: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Whole:
    """The whole log as evidence: what is stored of identifiers, when each was seen, what speaks of each pair."""

    stored: dict[str, Row] = field(default_factory=dict)
    pairs: dict[Pair, Row] = field(default_factory=dict)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    facts: dict[Pair, list[PairFact]] = field(default_factory=lambda: defaultdict(list))


async def build_beside(graph: Graph, policy: Policy, keys: IdentifierKeys) -> Beside:
    """Decides on all members by a policy, and compares; keeps no writer waiting."""
    beside, whole = Beside(policy), _Whole()
    async for page in _pages(graph, "rederive/identifiers"):
        for row in await graph.read(partial(_stored, page=page)):
            for other, properties in row.pop("pairs"):
                whole.pairs[row["identifier"], other] = properties
            whole.stored[row["identifier"]] = row
    async for page in _pages(graph, "rederive/events"):
        await _read_events(graph, page, policy, keys, beside, whole)
    # It takes seconds to minutes without a pause; in a thread, others of this process have their turns.
    await asyncio.to_thread(_compare, beside, whole, keys)
    return beside


def _compare(beside: Beside, whole: _Whole, keys: IdentifierKeys) -> None:
    evidence = {pair: evidence_of(facts) for pair, facts in whole.facts.items()}
    _compare_evidence(beside, whole, evidence)
    _compare_members(beside, whole, evidence, beside.policy, keys)


async def _stored(transaction: Transaction, page: Sequence[str]) -> list[Row]:
    return await transaction.rows_of("members/stored", page)


async def _keys(transaction: Transaction, statement: str, after: str) -> list[str]:
    return [str(row["key"]) for row in await transaction.run(statement, after=after, limit=_AT_ONCE)]


async def _pages(graph: Graph, statement: str) -> AsyncIterator[list[str]]:
    after = ""
    while page := await graph.read(partial(_keys, statement=statement, after=after), graph.latest_bookmarks()):
        yield page
        after = page[-1]


async def _read_events(
    graph: Graph, page: Sequence[str], policy: Policy, keys: IdentifierKeys, beside: Beside, whole: _Whole
) -> None:
    judgement = await graph.read(lambda transaction: judge(transaction, page, policy, keys))
    beside.judged.add(judgement.judged)
    beside.rows["members/write_unfit"] += judgement.unfit_rows
    beside.rows["members/write_accounts"] += judgement.account_rows
    for row, unfit in judgement.rows:
        if row["voided"]:
            continue
        shown = [(one[0], one[1]) for one in row["shown"] if unfit.get((one[0], one[1])) != BLOCKED]
        spoiled = TWO_VALUES in unfit.values()
        at, silent = row["at"], row["type"] in SHOW_NOBODY
        for identifier in () if silent else {identifier for _, identifier in shown}:
            if at > _erased(whole, identifier):
                first, last = whole.seen.get(identifier, (at, at))
                whole.seen[identifier] = (min(first, at), max(last, at))
        for pair in pairs_of(row["type"], shown):
            if silent or at > max(_erased(whole, one) for one in pair):
                whole.facts[pair].append(PairFact(row["event"], row["type"], at, row["source"], spoiled))


def _erased(whole: _Whole, identifier: str) -> int:
    """Up to when nothing counts of an identifier; one that is new since the reading began is looked at again anyhow."""
    at = whole.stored.get(identifier, {}).get("erasedAt")
    return -(2**62) if at is None else int(at)


def _compare_evidence(beside: Beside, whole: _Whole, evidence: dict[Pair, Evidence]) -> None:
    for one, row in whole.stored.items():
        first, last = whole.seen.get(one, (None, None))
        if (first, last) != (row["first"], row["last"]):
            beside.rows["members/write_seen"].append({"identifier": one, "first": first, "last": last})
            beside.regrouped.add(one)
    for pair in evidence.keys() | whole.pairs.keys():
        now, stored = evidence.get(pair, Evidence()), whole.pairs.get(pair)
        if now.is_nothing and stored is not None:
            beside.rows["members/delete_pairs"].append({"a": pair[0], "b": pair[1]})
        elif not now.is_nothing and (stored is None or Evidence.of(stored) != now):
            beside.rows["members/write_pairs"].append({"a": pair[0], "b": pair[1], "evidence": now.row()})


def _compare_members(
    beside: Beside, whole: _Whole, evidence: dict[Pair, Evidence], policy: Policy, keys: IdentifierKeys
) -> None:
    shared, outcome = _decided(whole, evidence, policy, keys)
    for one, row in whole.stored.items():
        wanted: dict[str, Any] = {
            "shared": True if one in shared else None,
            "evicted": True if one in outcome.evicted else None,
            "member": outcome.member.get(one),
        }
        if wanted != {key: row[key] for key in wanted}:
            beside.rows["members/write_members"].append({"identifier": one} | wanted)
            beside.regrouped.add(one)
            if row["member"] is not None:
                beside.rows["members/delete_empty"].append(row["member"])
                beside.regrouped.add(row["member"])
    refused = {one.pair: (one.reason, one.namespace) for one in outcome.refused}
    for pair in evidence.keys() | whole.pairs.keys():
        stored = whole.pairs.get(pair, {})
        now = refused.get(pair, (None, None))
        if not evidence.get(pair, Evidence()).is_nothing and now != tuple(
            stored.get(key) for key in ("refused", "namespace")
        ):
            beside.rows["members/write_refused"].append(
                {"a": pair[0], "b": pair[1], "reason": now[0], "namespace": now[1]}
            )


def _decided(
    whole: _Whole, evidence: dict[Pair, Evidence], policy: Policy, keys: IdentifierKeys
) -> tuple[set[str], Outcome]:
    company: dict[str, list[StoredPair]] = defaultdict(list)
    for pair, one in evidence.items():
        for here, there in (pair, pair[::-1]):
            if here in whole.stored and there in whole.stored:
                company[here].append(_as_stored(there, str(whole.stored[there]["type"]), one))
    shared = {one for one, pairs in company.items() if is_shared(whole.stored[one]["type"], pairs, policy)}
    known = {
        one: Known(one, whole.stored[one]["type"], first, last)
        for one, (first, last) in whole.seen.items()
        if one not in shared and one in whole.stored
    }
    ties: list[Tie] = [
        pair.tie(here) for here, pairs in company.items() for pair in pairs if here < pair.other and pair.links
    ]
    apart = [pair for pair, one in evidence.items() if one.apart]

    def order(one: str) -> Any:
        row = whole.stored[one]
        return keys.order_of(one, row)

    return shared, decide(known, ties, [pair for pair in apart if pair[0] in known and pair[1] in known], policy, order)


def _as_stored(other: str, kind: str, one: Evidence) -> StoredPair:
    return StoredPair(
        other,
        kind,
        None,
        one.first,
        one.last,
        one.count,
        one.spoiled,
        one.linked_first,
        one.linked_last,
        one.apart,
        None,
        None,
    )


async def take_over(transaction: Transaction, beside: Beside, keys: IdentifierKeys) -> Judged:
    """Writes what was built beside, and decides anew what arrived since; the caller holds the intake's lock.

    Args:
        transaction: to write in.
        beside: what was built.
        keys: to open identifiers.

    Returns:
        what is otherwise than before.
    """
    judged, policy = beside.judged, beside.policy
    rows = beside.rows
    notes = await transaction.run("members/touched_meanwhile")
    # Members that only came up meanwhile may be left by everybody now.
    moved = {one for note in notes for one in note["identifiers"]}
    left = {person.id for person in (await people(transaction, moved)).values()}
    # By the old policy, before anything is written: what it paired and the new one does not is to be counted anew, too.
    noted = {event for note in notes for event in note["events"]}
    before = await fetch_touched(transaction, noted)
    await write_judged(transaction, rows["members/write_unfit"], rows["members/write_accounts"])
    for statement in (
        "members/write_seen",
        "members/write_pairs",
        "members/delete_pairs",
        "members/write_members",
        "members/delete_empty",
        "members/write_refused",
    ):
        for part in parts_of(rows[statement], _WRITTEN_AT_ONCE):
            await transaction.rows_of(statement, part)
    # Whom a leaving erases hangs on what the policy makes of everything, so of what came meanwhile, too.
    erased = sorted({one for note in notes for one in note["erased"]})
    events = noted | {row["event"] for row in await transaction.rows_of("members/events_showing", erased)}
    judged.add(await judge_sightings(transaction, sorted(events), policy, keys))
    settled = await settle_leavings(transaction, await all_leavings(transaction), policy, keys)
    followed = await follow_leavings(transaction, settled, policy, keys)
    judged.add(followed.judged)
    # What an event showed by the old policy and what it shows by the new one are both counted anew.
    facts = [*before, *await fetch_touched(transaction, events)]
    touched = moved.union(erased, followed.around)
    judged.regrouped |= beside.regrouped | await _catch_up(transaction, facts, erased, touched, policy, keys)
    await transaction.rows_of("members/delete_empty", sorted(left))
    return judged


async def _catch_up(
    transaction: Transaction,
    facts: Sequence[Touched],
    erased: Sequence[str],
    touched: set[str],
    policy: Policy,
    keys: IdentifierKeys,
) -> set[str]:
    """Decides anew what batches touched meanwhile; returns the identifiers whose member is another now."""
    pairs = {pair for fact in facts for pair in fact.pairs}
    pairs |= {
        pair_of(row["identifier"], row["other"]) for row in await transaction.rows_of("members/companions", erased)
    }
    touched = touched.union(one for fact in facts for one in (*fact.identifiers, *fact.named))
    seen_otherwise = await count_seen(transaction, touched)
    await count_pairs(transaction, pairs)
    everybody = touched | {one for pair in pairs for one in pair}
    decided = await decide_members(transaction, everybody, policy, keys, whole=None)
    return decided.identifiers.union(decided.left, seen_otherwise)
