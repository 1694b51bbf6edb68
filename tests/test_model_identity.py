"""The identity policy of the reference model: worked examples that it did not write, and what must hold of any log."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.model import Apart, Log, Together, World, logs
from tests.model.evidence import pairs_in
from tests.model.log import Event
from tests.model.policy import BUILT_IN, Policy, lists_in, text

EXAMPLES = Path(__file__).resolve().parents[2] / "shared" / "examples" / "identity.json"
STAMP = "2026-01-01T00:00:00Z"

few = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
any_log = logs.identity_logs(leaving=True)


# --- worked examples --------------------------------------------------------------------------------------


def example_cases() -> list[Any]:
    if not EXAMPLES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{EXAMPLES.name} is not there"))]
    return [pytest.param(case, id=case["name"]) for case in json.loads(EXAMPLES.read_text("utf-8"))]


def members_of(events: list[Event]) -> set[frozenset[str]]:
    return {frozenset(map(text, member.identifiers)) for member in World(events).members()}


def expected(case: dict[str, Any]) -> set[frozenset[str]]:
    return set(map(frozenset, case["members"]))


@pytest.mark.parametrize("case", example_cases())
def test_worked_examples(case: dict[str, Any]) -> None:
    assert members_of(case["events"]) == expected(case)


@pytest.mark.parametrize("case", example_cases())
def test_worked_examples_in_any_order_and_twice(case: dict[str, Any]) -> None:
    by_chance = random.Random(7)
    for _ in range(20):
        events = case["events"] * by_chance.choice([1, 2, 3])
        by_chance.shuffle(events)
        assert members_of(events) == expected(case)


# --- whatever the log -------------------------------------------------------------------------------------


def answers(world: World) -> dict[str, Any]:
    members = world.members()
    return {
        "members": members,  # with their seeds and former ids
        "refused": world.refused(),
        "nobody": world.nobody(),
        "left": [(one.pseudonym, one.identifiers) for one in world.leavings],
        "why": [world.why(a.seed, b.identifiers[-1]) for a in members[:4] for b in members[:4]],
        "decisions": sorted(world.decisions(), key=repr),
    }


@few
@given(data=st.data(), log=any_log)
def test_neither_order_nor_repetition_nor_batches_matter(data: st.DataObject, log: list[Event]) -> None:
    arrived = Log()
    for batch in data.draw(logs.deliveries(log)):
        for event in batch:
            arrived.receive(event)
    assert answers(World(arrived.events.values(), STAMP)) == answers(World(log, STAMP))


@few
@given(log=any_log)
def test_each_identifier_is_one_member_or_nobody(log: list[Event]) -> None:
    world = World(log, STAMP)
    members = world.members()
    everyone = [one for member in members for one in member.identifiers]
    assert len(everyone) == len(set(everyone))
    assert set(everyone) | world.nobody().keys() == world.identity.evidence.seen.keys()
    assert not set(everyone) & world.nobody().keys()
    for member in members:
        assert member.seed in member.identifiers
        assert len(member.identifiers) <= world.policy.max_identifiers
        assert all(world.member_of(one) == member for one in member.identifiers)


@few
@given(log=any_log)
def test_every_pair_is_linked_or_refused_for_a_reason(log: list[Event]) -> None:
    world = World(log, STAMP)
    identity, policy = world.identity, world.policy
    refused = {(one.a, one.b): one for one in world.refused()}
    for pair in identity.evidence.pairs:
        alone = any(not policy.names(one) or identity.nobody.get(one) == "shared_identifier" for one in pair)
        assert (pair in identity.linked) + (pair in refused) == (0 if alone else 1)
    for pair in identity.evidence.apart:
        assert identity.group_of(pair[0]) is not identity.group_of(pair[1])
    for (a, b), one in refused.items():
        ours, theirs = identity.group_of(a), identity.group_of(b)
        assert ours is not theirs
        assert one.rival is None or one.rival in ours | theirs
        if one.reason.startswith("limit:"):
            type_ = one.reason.removeprefix("limit:")
            limit = policy.limit(type_)
            assert limit is not None
            assert [other[0] for other in ours | theirs].count(type_) > limit
    for member in world.members():
        for type_ in policy.namespaces:
            limit = policy.limit(type_)
            assert limit is None or [one[0] for one in member.identifiers].count(type_) <= limit


@few
@given(data=st.data(), log=any_log)
def test_why_tells_what_is_so(data: st.DataObject, log: list[Event]) -> None:
    world = World(log, STAMP)
    everyone = sorted(world.identity.evidence.seen)
    if not everyone:
        return
    a, b = data.draw(st.sampled_from(everyone)), data.draw(st.sampled_from(everyone))
    answer, member = world.why(a, b), world.member_of(a)
    if member and b in member.identifiers:
        assert isinstance(answer, Together)
        places = [a, *(step.b for step in answer.path)]
        assert places[:-1] == [step.a for step in answer.path]
        assert places[-1] == b
        assert all(step.events and step.first <= step.last for step in answer.path)
        assert not answer.by_device_alone or any(map(world.policy.is_device, places[1:-1]))
    else:
        assert isinstance(answer, Apart)
        assert all(one in world.refused() for one in answer.refused)


UNLIMITED = {
    "namespaces": {
        type_: {"priority": said["priority"], "class": said["class"]}
        for type_, said in [*BUILT_IN["namespaces"].items(), ("EMAIL", {"priority": 6, "class": "person"})]
    },
    "maxIdentifiers": 10_000,
}


@few
@given(log=logs.identity_logs(size=40))
def test_without_limits_members_are_connected_components(log: list[Event]) -> None:
    takes_apart = {"identity.policy", "member.unlinked", "member.released"}
    policy: Event = {"id": "unlimited", "at": logs.at(0), "type": "identity.policy", "policy": UNLIMITED}
    world = World([policy, *(event for event in log if event["type"] not in takes_apart)], STAMP)
    graph = nx.Graph()
    policy_in_force = Policy(UNLIMITED)
    for fact in world.facts:
        sent = [[fact.body["a"], fact.body["b"]]] if fact.type == "member.linked" else lists_in(fact.body)
        for one in sent:
            seen = policy_in_force.normals(one)
            # A link to a blocked value links nobody; one of a value to itself shows that.
            if fact.type != "member.linked" or all(map(policy_in_force.normal, one)):
                graph.add_nodes_from(seen)
                graph.add_edges_from(pairs_in(seen))
    assert {frozenset(member.identifiers) for member in world.members()} == set(
        map(frozenset, nx.connected_components(graph))
    )
    assert world.refused() == []
    assert world.nobody() == {}


@few
@given(log=any_log)
def test_the_latest_policy_is_the_only_one(log: list[Event]) -> None:
    world = World(log, STAMP)
    policies = [fact for fact in world.facts if fact.type == "identity.policy"]
    earlier = {fact.id for fact in policies[:-1]}
    others = [fact.body for fact in world.facts if fact.id not in earlier]
    assert answers(World(others, STAMP)) == answers(world)
