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
from graph_service.members.erasing import follow_leavings
from graph_service.members.evidence import Evidence, PairFact, evidence_of
from graph_service.members.groups import decide_members
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.judging import Judged, judge, judge_sightings, write_judged
from graph_service.members.leaving import all_leavings, settle_leavings
from graph_service.members.people import people
from graph_service.members.policy import BLOCKED, TWO_VALUES, Policy
from graph_service.members.sightings import SHOW_NOBODY, Pair, pair_of, pairs_of
from graph_service.members.whole_log import NO_PAIR, Whole, decide_all

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
    rows: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    regrouped: set[str] = field(default_factory=set)


async def build_beside(graph: Graph, policy: Policy, keys: IdentifierKeys) -> Beside:
    """Decides on all members by a policy, and compares; keeps no writer waiting."""
    beside, whole = Beside(policy), Whole()
    async for page in _pages(graph, "rederive/identifiers"):
        for row in await graph.read(partial(_stored, page=page)):
            whole.store(row)
    async for page in _pages(graph, "rederive/events"):
        await _read_events(graph, page, policy, keys, beside, whole)
    # It takes seconds to minutes without a pause; in a thread, others of this process have their turns.
    await asyncio.to_thread(_compare, beside, whole, keys)
    return beside


def _compare(beside: Beside, whole: Whole, keys: IdentifierKeys) -> None:
    # What speaks of a pair is let go when it is counted.
    evidence = {pair: evidence_of(whole.facts.pop(pair)) for pair in list(whole.facts)}
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
    graph: Graph, page: Sequence[str], policy: Policy, keys: IdentifierKeys, beside: Beside, whole: Whole
) -> None:
    judgement = await graph.read(lambda transaction: judge(transaction, page, policy, keys))
    beside.judged.add(judgement.judged)
    beside.rows["members/write_unfit"] += judgement.unfit_rows
    beside.rows["members/write_accounts"] += judgement.account_rows
    for row, unfit in judgement.rows:
        if row["voided"]:
            continue
        shown = [(one[0], whole.once(one[1])) for one in row["shown"] if unfit.get((one[0], one[1])) != BLOCKED]
        spoiled = TWO_VALUES in unfit.values()
        at, silent = row["at"], row["type"] in SHOW_NOBODY
        kind, source = whole.once(row["type"]), whole.once(row["source"])
        for identifier in () if silent else {identifier for _, identifier in shown}:
            if at > whole.erased(identifier):
                first, last = whole.seen.get(identifier, (at, at))
                whole.seen[identifier] = (min(first, at), max(last, at))
        for pair in pairs_of(row["type"], shown):
            if silent or at > max(map(whole.erased, pair)):
                whole.facts[pair].append(PairFact(row["event"], kind, at, source, spoiled))


def _compare_evidence(beside: Beside, whole: Whole, evidence: dict[Pair, Evidence]) -> None:
    for one, row in whole.stored.items():
        first, last = whole.seen.get(one, (None, None))
        if (first, last) != (row.first, row.last):
            beside.rows["members/write_seen"].append({"identifier": one, "first": first, "last": last})
            beside.regrouped.add(one)
    for pair in evidence.keys() | whole.pairs.keys():
        now, stored = evidence.get(pair, Evidence()), whole.pairs.get(pair)
        if now.is_nothing and stored is not None:
            beside.rows["members/delete_pairs"].append({"a": pair[0], "b": pair[1]})
        elif not now.is_nothing and (stored is None or stored.evidence != now):
            beside.rows["members/write_pairs"].append({"a": pair[0], "b": pair[1], "evidence": now.row()})


def _compare_members(
    beside: Beside, whole: Whole, evidence: dict[Pair, Evidence], policy: Policy, keys: IdentifierKeys
) -> None:
    shared, outcome = decide_all(whole, evidence, policy, keys)
    for one, row in whole.stored.items():
        wanted: dict[str, Any] = {
            "shared": True if one in shared else None,
            "evicted": True if one in outcome.evicted else None,
            "member": outcome.member.get(one),
        }
        if wanted != {"shared": row.shared, "evicted": row.evicted, "member": row.member}:
            beside.rows["members/write_members"].append({"identifier": one} | wanted)
            beside.regrouped.add(one)
            if row.member is not None:
                beside.rows["members/delete_empty"].append(row.member)
                beside.regrouped.add(row.member)
    refused = {one.pair: (one.reason, one.namespace) for one in outcome.refused}
    for pair, found in evidence.items():
        now = refused.get(pair, (None, None))
        if not found.is_nothing and now != whole.pairs.get(pair, NO_PAIR).refused:
            beside.rows["members/write_refused"].append(
                {"a": pair[0], "b": pair[1], "reason": now[0], "namespace": now[1]}
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
