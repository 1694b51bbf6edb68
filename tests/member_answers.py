"""What the service and the reference model say of members, in one form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from graph_service.graph.driver import Graph, Transaction
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier
from graph_service.members.policies import policy_in_force
from graph_service.members.sightings import Pair, pair_of
from graph_service.members.surroundings import fetch_surroundings
from tests.answers import Event, identifiers_in
from tests.model import World
from tests.model.identity import Refused
from tests.model.policy import Identifier

IDENTIFIERS = "MATCH (i:Identifier) OPTIONAL MATCH (i)-[:OF]->(m) RETURN i.id, i.firstSeen, i.shared, i.evicted, m.id"
REFUSED = (
    "MATCH (a:Identifier)-[pair:PAIRED]->(b:Identifier) WHERE pair.refused IS NOT NULL "
    "RETURN a.id, b.id, pair.refused, pair.namespace"
)

Told = dict[str, Any]
Rivals = dict[tuple[frozenset[Identifier], str], set[Identifier]]


async def told_by_service(graph: Graph, keys: IdentifierKeys, events: list[Event]) -> Told:
    """By the names in the log: values that were erased are nowhere else."""
    _, rows = await graph.run(IDENTIFIERS, read_only=True)
    names = {keys.id_of(one): _name(one) for one in identifiers_in(events)}
    members: dict[Identifier, set[Identifier]] = {}
    for row in rows:
        if row[4] is not None:
            members.setdefault(names[row[4]], set()).add(names[row[0]])
    rivals = await _rivals_of(graph, keys, [row[0] for row in rows])
    refused = {
        (frozenset((names[a], names[b])), reason if namespace is None else f"limit:{namespace}"): {
            names[rival] for rival in rivals[pair_of(a, b)]
        }
        for a, b, reason, namespace in (await graph.run(REFUSED, read_only=True))[1]
    }
    return {
        "members": members,
        "shared": {names[row[0]] for row in rows if row[2] and row[1] is not None},
        "evicted": {names[row[0]] for row in rows if row[3]},
        "refused": refused,
    }


async def _rivals_of(graph: Graph, keys: IdentifierKeys, identifiers: list[str]) -> dict[Pair, tuple[str, ...]]:
    """The rivals of refused pairs, which are decided when they are asked for."""

    async def work(transaction: Transaction) -> dict[Pair, tuple[str, ...]]:
        policy = await policy_in_force(transaction)
        around = await fetch_surroundings(transaction, identifiers, policy, None)
        return {one.pair: one.rivals for one in around.decided(policy, keys, rivals=True).refused}

    return await graph.read(work)


def told_by_model(world: World, refused: Rivals) -> Told:
    """Of the rivals the model names the first that is not of the pair; the service names all."""
    nobody = world.nobody()
    return {
        "members": {member.seed: set(member.identifiers) for member in world.members()},
        "shared": {one for one, why in nobody.items() if why == "shared_identifier"},
        "evicted": {one for one, why in nobody.items() if why == "evicted_over_max_identifiers"},
        "refused": {
            (_pair(one), one.reason): _rivals(one.rival, _pair(one), refused.get((_pair(one), one.reason)))
            for one in world.refused()
        },
    }


def _rivals(rival: Identifier | None, pair: frozenset[Identifier], told: set[Identifier] | None) -> Any:
    """What the service told, where the model agrees with it."""
    if told is None:
        return rival
    others = sorted(told - pair, key=lambda one: (_text(one), one))
    return told if rival == (others[0] if others else None) else rival


def _pair(refused: Refused) -> frozenset[Identifier]:
    return frozenset((refused.a, refused.b))


def _name(identifier: PlainIdentifier) -> Identifier:
    return identifier.type, identifier.app or "", identifier.value


def _text(identifier: Identifier) -> str:
    kind, app, value = identifier
    return f"{kind}:{app}/{value}" if app else f"{kind}:{value}"


async def members_agree(graph: Graph, keys: IdentifierKeys, events: list[Event]) -> None:
    """Members, refused pairs and who is nobody are the model's."""
    told = await told_by_service(graph, keys, events)
    assert told == told_by_model(World(events, datetime.now(UTC)), told["refused"])


def texts_of(told: Told) -> set[frozenset[str]]:
    """The members by the texts of their identifiers."""
    return {frozenset(map(_text, members)) for members in told["members"].values()}
