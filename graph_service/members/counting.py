"""Counts anew what is known of identifiers and of pairs of them, from the events in force that show them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from graph_service.graph.driver import Row, Transaction
from graph_service.members.evidence import Evidence, PairFact, evidence_of
from graph_service.members.sightings import Pair, pair_of


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
