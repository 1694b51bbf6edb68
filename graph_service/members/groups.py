"""Decides which identifiers are one member, and writes what came out different.

(:Identifier {shared, evicted})-[:OF]->(:Member {id})
(:Identifier)-[:PAIRED {refused, namespace}]->(:Identifier)
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_service.graph.driver import Row, Transaction
from graph_service.members.decide import Outcome, Refused
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.policy import Policy
from graph_service.members.sightings import Pair, pair_of
from graph_service.members.surroundings import StoredPair, Surroundings, fetch_surroundings


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What came out different.

    Attributes:
        identifiers: whose member, or why they have none, is another.
        pairs: that are refused otherwise than before, or no longer.
        left: the ids of members that lost somebody, and go on.
    """

    identifiers: set[str]
    pairs: set[Pair]
    left: set[str]

    @property
    def differences(self) -> list[str]:
        """The same in words."""
        return [
            *(f"member of identifier {identifier}" for identifier in sorted(self.identifiers)),
            *(f"why {a} and {b} are not linked" for a, b in sorted(self.pairs)),
        ]


async def decide_members(
    transaction: Transaction,
    identifiers: Iterable[str],
    policy: Policy,
    keys: IdentifierKeys,
    *,
    whole: Collection[str] | None = frozenset(),
    write: bool = True,
) -> Regrouped:
    """Decides the raw components around identifiers anew.

    Args:
        transaction: to read and write in.
        identifiers: ids.
        policy: in force.
        keys: to open identifiers.
        whole: those whose being shared is to be decided anew; None for all.
        write: whether to change anything.

    Returns:
        what came out different.
    """
    around = await fetch_surroundings(transaction, identifiers, policy, whole)
    outcome = around.decided(policy, keys)
    changed = [
        (row, wanted)
        for one, row in around.rows.items()
        if (wanted := _wanted(one, around, outcome)) != {key: row[key] for key in ("shared", "evicted", "member")}
    ]
    left = {row["member"] for row, wanted in changed if row["member"] not in {None, wanted["member"]}}
    refused = _refused(around.pairs, {one.pair: one for one in outcome.refused})
    if write:
        await transaction.rows_of(
            "members/write_members", [{"identifier": row["identifier"]} | wanted for row, wanted in changed]
        )
        await transaction.rows_of("members/delete_empty", sorted(left))
        await transaction.rows_of("members/write_refused", refused)
    remaining = left & set(outcome.member.values())
    return Regrouped({row["identifier"] for row, _ in changed}, {(row["a"], row["b"]) for row in refused}, remaining)


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
            now = (refusal.reason, refusal.namespace) if refusal else (None, None)
            if now != (pair.refused, pair.namespace):
                rows[key] = {"a": key[0], "b": key[1], "reason": now[0], "namespace": now[1]}
    return [rows[key] for key in sorted(rows)]
