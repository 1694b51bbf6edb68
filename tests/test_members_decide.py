"""Deciding members without a database: without limits they are connected components, and size is no trap."""

from __future__ import annotations

import time
from itertools import pairwise

import networkx
from hypothesis import given
from hypothesis import strategies as st

from graph_service.members.decide import Known, Tie, decide
from graph_service.members.policy import Policy, policy_of, policy_text
from graph_service.members.sightings import pair_of

UNLIMITED = policy_of(
    policy_text({"namespaces": {"PERSON": {"priority": 1, "class": "person"}}, "maxIdentifiers": 1_000_000_000})
)


def known(*ids: str, kind: str = "PERSON") -> dict[str, Known]:
    return {one: Known(one, kind, at, at) for at, one in enumerate(ids)}


def members(ids: dict[str, Known], ties: list[Tie], policy: Policy) -> set[frozenset[str]]:
    decided = decide(ids, ties, [], policy, lambda one: (one, ("PERSON", "", one)))
    return {
        frozenset(one for one, seed in decided.member.items() if seed == named) for named in decided.member.values()
    }


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(0, 5)), max_size=40))
def test_without_limits_members_are_connected_components(drawn: list[tuple[int, int, int]]) -> None:
    ids = known(*(f"i{number:02d}" for number in range(16)))
    ties = [Tie(pair_of(f"i{a:02d}", f"i{b:02d}"), at, at) for a, b, at in drawn if a != b]
    graph = networkx.Graph()
    graph.add_nodes_from(ids)
    graph.add_edges_from(tie.pair for tie in ties)

    assert members(ids, ties, UNLIMITED) == set(map(frozenset, networkx.connected_components(graph)))


def test_fifty_thousand_identifiers_of_one_are_cut_to_the_allowed_size() -> None:
    names = [f"i{number:05d}" for number in range(50_000)]
    ties = [Tie(pair_of(a, b), at, at) for at, (a, b) in enumerate(pairwise(names))]
    policy = policy_of(policy_text({"namespaces": {"PERSON": {"priority": 1, "class": "person"}}}))

    began = time.process_time()
    decided = decide(known(*names), ties, [], policy, lambda one: (one, ("PERSON", "", one)))

    assert time.process_time() - began < 10
    assert sorted(decided.member) == names[-50:]
    assert set(decided.member.values()) == {names[-50]}
    assert len(decided.evicted) == 49_950
