"""Derives what identifiers are: when they were seen, with which others, and whose they are.

    (:Identifier {firstSeen, lastSeen, shared, evicted, erasedAt})-[:OF]->(:Member {id})
    (:Identifier)-[:PAIRED {first, last, count, sources, linkedFirst, linkedLast, apart, released,
                            refused, namespace}]->(:Identifier)

A pair points from the smaller id to the larger. New events only add to what is known of their pairs; then the raw
components around their identifiers are decided anew. Identifiers that a leaving erases or looked at say so when they
are seen; what is known of them is counted anew, and the leaving decided anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.touched import Touched
from graph_service.members.as_of import Moment
from graph_service.members.counting import count_pairs, count_seen
from graph_service.members.erasing import erase_notes, erase_values, follow_leavings
from graph_service.members.groups import decide_members
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.judging import Judged, judge_sightings
from graph_service.members.leaving import leavings_of, leavings_weighing, settle_leavings
from graph_service.members.policy import Policy
from graph_service.members.sightings import OPERATOR_TYPES, SHOW_NOBODY, Pair

LEAVING = "member.left"


@dataclass(slots=True)
class Marks:
    """What identifiers tell when they are seen.

    Attributes:
        erased: up to when nothing counts of them, because of a leaving.
        weighed: those that a leaving looked at.
        earlier: those that were seen before, but never so early.
    """

    erased: dict[str, int] = field(default_factory=dict)
    weighed: set[str] = field(default_factory=set)
    earlier: set[str] = field(default_factory=set)

    def add(self, rows: Iterable[Row]) -> None:
        """Takes in what a statement tells."""
        for row in rows:
            if row["erasedAt"] is not None:
                self.erased[row["identifier"]] = row["erasedAt"]
            if row["weighed"]:
                self.weighed.add(row["identifier"])
            if row.get("earlier"):
                self.earlier.add(row["identifier"])


async def derive_members(
    transaction: Transaction,
    facts: Iterable[Touched],
    restated: Collection[str],
    policy: Policy,
    keys: IdentifierKeys,
) -> Judged:
    """Brings members to what the facts say.

    Args:
        transaction: to read and write in.
        facts: that came, or went by a void.
        restated: ids of the events that came or went by a void.
        policy: in force.
        keys: to open identifiers, where only their text tells which goes first.

    Returns:
        what is otherwise than before: accounts of events, members of identifiers.
    """
    facts = list(facts)
    await erase_notes(transaction, {fact.pet for fact in facts if fact.pet is not None and not fact.identifiers}, keys)
    concerned = [fact for fact in facts if fact.identifiers or fact.blocked or fact.named]
    about = [fact for fact in concerned if fact.event in restated or not fact.voided]
    showing = [fact for fact in about if fact.identifiers]
    if not concerned:
        return Judged()
    anew = [fact for fact in showing if fact.event in restated or fact.type in OPERATOR_TYPES]
    recounted = {pair for fact in anew for pair in fact.pairs}
    seen_anew = {identifier for fact in anew if fact.event in restated for identifier in fact.identifiers}
    added = [fact for fact in showing if fact.event not in restated]
    marks, alone, again = await _note_evidence(transaction, added, recounted)
    recounted |= again
    marks.add(await transaction.rows_of("members/marks", sorted(_unseen(concerned, added))))
    seen_otherwise = await count_seen(transaction, seen_anew | marks.erased.keys())
    await count_pairs(transaction, recounted)
    settled = await settle_leavings(transaction, await _leavings(transaction, about, marks), policy, keys)
    followed = await follow_leavings(transaction, settled, policy, keys)
    judged = followed.judged
    among = {*marks.erased, *settled.identifiers, *(one for fact in concerned for one in fact.blocked)}
    judged.add(await keep_erased(transaction, concerned, among, policy, keys))
    # What takes evidence away may leave an identifier shared no longer, so all its pairs are looked at again.
    whole = {identifier for fact in anew for identifier in fact.identifiers} | followed.around
    shown = {identifier for fact in showing for identifier in fact.identifiers}
    # Who is alone and stays it is the same member whenever it was seen.
    asked = (shown if restated else shown - alone) | whole
    decided = await decide_members(transaction, asked, policy, keys, whole=whole)
    judged.regrouped |= decided.identifiers.union(decided.left, marks.earlier, seen_otherwise)
    return judged


async def _note_evidence(
    transaction: Transaction, facts: Sequence[Touched], recounted: Collection[Pair]
) -> tuple[Marks, set[str], set[Pair]]:
    """Adds what new events show.

    Returns:
        what identifiers tell; those that are members and paired with nobody; the pairs of which something was taken
        away.
    """
    times: dict[str, list[int]] = defaultdict(list)
    together: dict[Pair, list[Touched]] = defaultdict(list)
    for fact in facts:
        for identifier in fact.identifiers if fact.type not in SHOW_NOBODY else ():
            times[identifier].append(fact.at)
        for pair in fact.pairs:
            if pair not in recounted:
                together[pair].append(fact)
    marks = Marks()
    if not times:
        return marks, set(), set()
    seen = [{"identifier": one, "first": min(ats), "last": max(ats)} for one, ats in sorted(times.items())]
    pairs = [{"a": a, "b": b} | _sum(shown) for (a, b), shown in sorted(together.items())]
    (noted,) = await transaction.run("members/note_evidence", seen=seen, pairs=pairs)
    marks.add(noted["marks"])
    alone = set(noted["alone"]).difference(*together)
    return marks, alone, {(row["a"], row["b"]) for row in noted["again"]}


def _unseen(about: Iterable[Touched], added: Iterable[Touched]) -> set[str]:
    """Identifiers of facts that do not tell their marks by being seen."""
    seen = {one for fact in added if fact.type not in SHOW_NOBODY for one in fact.identifiers}
    return {one for fact in about for one in (*fact.identifiers, *fact.named)} - seen


async def keep_erased(
    transaction: Transaction, facts: Sequence[Touched], among: Iterable[str], policy: Policy, keys: IdentifierKeys
) -> Judged:
    """Facts of before a leaving, which came after it, leave no value and go under its name; voided ones, too.

    What a policy blocks goes as well: another spelling of the value may be somebody's.

    Args:
        transaction: to read and write in.
        facts: that came, or went by a void.
        among: the identifiers that may be erased.
        policy: in force.
        keys: to open identifiers.
    """
    marks = Marks()
    marks.add(await transaction.rows_of("members/marks", sorted(among)))
    if not marks.erased:
        return Judged()

    def is_erased(fact: Touched) -> bool:
        return any(marks.erased.get(one, fact.at - 1) >= fact.at for one in fact.everybody)

    late = [fact for fact in facts if is_erased(fact)]
    judged = await judge_sightings(transaction, sorted(fact.event for fact in late), policy, keys)
    leavings = await leavings_of(transaction, {one for fact in late for one in fact.named})
    pseudonyms = {pseudonym for listed in leavings.values() for _, _, pseudonym in listed}
    await erase_values(transaction, marks.erased.keys(), pseudonyms, keys)
    return judged


async def _leavings(transaction: Transaction, about: Sequence[Touched], marks: Marks) -> set[Moment]:
    """The leavings that facts are, or may change."""
    since: dict[str, int] = {}
    for fact in about:
        for one in marks.weighed.intersection((*fact.identifiers, *fact.named)):
            since[one] = min(fact.at, since.get(one, fact.at))
    return {(fact.at, fact.event) for fact in about if fact.type == LEAVING} | await leavings_weighing(
        transaction, since
    )


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
