"""What was known of members at an earlier moment, from the events themselves: pairs keep only what they add up to."""

from collections.abc import Iterable, Sequence

from graph_service.graph.driver import Row, Transaction
from graph_service.members.evidence import PairFact, evidence_of
from graph_service.members.policy import Policy
from graph_service.members.sightings import SHOW_NOBODY
from graph_service.members.surroundings import MOST_STEPS, StoredPair, Surroundings, far_around, is_shared

Moment = tuple[int, str]
"""Where an event stands in history: its `at` in microseconds, and its id."""


async def fetch_as_of(
    transaction: Transaction, identifiers: Iterable[str], until: Moment, policy: Policy
) -> Surroundings:
    """The raw components around identifiers, as all facts up to a moment show them now.

    Earlier leavings count: what these erased was no evidence then. Devices that were only seen together with somebody,
    though nothing links them, are fetched, too.

    Args:
        transaction: to read in.
        identifiers: ids.
        until: the moment of a leaving; facts of the same `at` count, leavings only those before it.
        policy: in force.
    """
    found = Surroundings()
    waiting = set(identifiers)
    steps = 0
    while waiting:
        steps += 1
        if steps % MOST_STEPS == 0:
            waiting = await far_around(transaction, waiting, policy) - found.rows.keys()
        rows = await transaction.rows_of("members/as_of", sorted(waiting), until=until[0])
        waiting = set()
        for row in rows:
            one = row["identifier"]
            erased = _erased(row["erased"], until)
            seen = [at for at in row["seen"] if erased is None or at > erased]
            found.rows[one] = {
                "identifier": one,
                "type": row["type"],
                "app": row["app"],
                "sealed": row["sealed"],
                "place": row["place"],
                "first": min(seen, default=None),
                "last": max(seen, default=None),
            }
            found.pairs[one] = pairs = _pairs(row, erased, until)
            if is_shared(row["type"], pairs, policy):
                found.shared.add(one)
            else:
                waiting |= {pair.other for pair in pairs if pair.is_company and policy.names(pair.type)}
        waiting -= found.rows.keys()
    return found


def _erased(leavings: Sequence[Sequence[object]], until: Moment) -> int | None:
    """Up to when nothing counts, by the leavings before a moment."""
    return max((int(str(at)) for at, event in leavings if (at, event) < until), default=None)


def _pairs(row: Row, erased: int | None, until: Moment) -> list[StoredPair]:
    kinds = {other: (kind, _erased(leavings, until)) for other, kind, leavings in row["others"]}
    pairs: list[StoredPair] = []
    for other, listed in row["facts"]:
        kind, others_erased = kinds[other]
        since = max((at for at in (erased, others_erased) if at is not None), default=None)
        facts = [PairFact(*fact) for fact in listed]
        evidence = evidence_of([one for one in facts if one.type in SHOW_NOBODY or since is None or one.at > since])
        pairs.append(
            StoredPair(
                other,
                kind,
                None,
                evidence.first,
                evidence.last,
                evidence.count,
                evidence.spoiled,
                evidence.linked_first,
                evidence.linked_last,
                evidence.apart,
                None,
                None,
            )
        )
    return pairs
