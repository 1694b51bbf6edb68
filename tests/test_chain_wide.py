"""A distributor with three tiers and 2,000 stores below it: the work of a page stays within bounds.

Database hits do not depend on the machine, so the test counts them instead of waiting for a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio

from graph_service.channel import chain_path as ways
from graph_service.channel import questions
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.graph.statements import statement
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import now
from graph_service.recorder import Recorder
from tests.conftest import WIPE
from tests.model.cast import Body, linked, party
from tests.plan_of import db_hits, profile

STORES = 2_000
HITS_A_PARTY = 16
"""Its links looked through, their dates read, its kind and id compared."""


def network() -> Iterator[Body]:
    yield from (party("F", "BRAND"), party("D", "DISTRIBUTOR"), linked("SUPPLIES", "F", "D"))
    for i in range(10):
        yield from (party(f"D{i}", "DISTRIBUTOR"), linked("SUPPLIES", "D", f"D{i}"))
        for j in range(10):
            seller, person = f"D{i}{j}", f"P{i}{j}"
            yield from (party(seller, "DISTRIBUTOR"), linked("SUPPLIES", f"D{i}", seller))
            yield from (party(person, "SALESPERSON"), linked("EMPLOYS", seller, person))
            for k in range(STORES // 100):
                store = f"S{i}{j}{k:02}"
                yield from (party(store, "STORE"), linked("SUPPLIES", seller, store), linked("SERVES", person, store))


def diamonds(tiers: int) -> Iterator[Body]:
    """Every tier has two distributors, both supplied by both above: 2 to the power of `tiers` ways down."""
    for tier in range(tiers):
        for side in "ab":
            yield party(f"T{tier:02}{side}", "DISTRIBUTOR")
            if tier:
                yield from (linked("SUPPLIES", f"T{tier - 1:02}{above}", f"T{tier:02}{side}") for above in "ab")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def wide(migrated: Graph, keys: IdentifierKeys) -> Graph:
    await migrated.run(WIPE, read_only=False)
    bodies = [*network(), *diamonds(40)]
    events = [{"id": f"e{n}", "at": "2026-01-01T00:00:00Z", **body} for n, body in enumerate(bodies)]
    async with Recorder(migrated, keys).running() as recorder:
        assert (await recorder.record(events, as_admin=True)).accepted == len(events)
    return migrated


def page(top: str, **other: Any) -> dict[str, Any]:
    first = {"at": now(), "former": {}, "maxDepth": 10, "afterDepth": 0, "afterId": "", "limit": 51}
    return {"party": top, "kinds": ["STORE"], **first, **other}


async def test_first_page_of_stores_costs_a_few_hits_a_party(wide: Graph) -> None:
    plan = await profile(wide, statement("channel/branch").text, page("D"))
    assert db_hits(plan) < HITS_A_PARTY * (STORES + 210)


async def test_last_page_costs_what_the_first_does(wide: Graph) -> None:
    first = await profile(wide, statement("channel/branch").text, page("D"))
    last = await profile(wide, statement("channel/branch").text, page("D", afterDepth=3, afterId="S9915"))
    assert db_hits(last) <= db_hits(first)


async def test_nearest_page_does_not_walk_the_rest(wide: Graph) -> None:
    plan = await profile(wide, statement("channel/branch").text, page("D", kinds=["DISTRIBUTOR"], limit=5))
    assert db_hits(plan) < 1_500


async def test_diamonds_are_walked_once(wide: Graph) -> None:
    plan = await profile(wide, statement("channel/branch").text, page("T00a", kinds=["DISTRIBUTOR"], maxDepth=50))
    assert db_hits(plan) < 4_000
    below = await wide.read(
        lambda transaction: questions.branch_of(
            transaction, "T00a", kind=None, at=None, now=now(), max_depth=50, after=None, limit=100
        )
    )
    assert [row["id"] for _, row in below] == [f"T{tier:02}{side}" for tier in range(1, 40) for side in "ab"]


async def test_way_through_diamonds_is_the_one_by_the_smallest_ids(wide: Graph) -> None:
    way = await wide.read(lambda transaction: ways.chain_path(transaction, "T00b", "T39b", now()))
    assert [link.child["id"] for link in way] == [*(f"T{tier:02}a" for tier in range(1, 39)), "T39b"]


async def test_way_between_two_stores_goes_over_their_distributors(wide: Graph) -> None:
    way = await wide.read(lambda transaction: ways.chain_path(transaction, "S0000", "S9919", now()))
    assert [link.parent["id"] for link in way] == ["D00", "D0", "D", "D", "D9", "D99"]


async def test_a_way_too_long_is_refused_not_cut(wide: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "LONGEST_WAY", 38)
    with pytest.raises(ServiceError) as refusal:
        await wide.read(lambda transaction: ways.chain_path(transaction, "T00b", "T39b", now()))
    assert refusal.value.code == "LIMIT_EXCEEDED"


async def test_too_much_upstream_is_refused_not_cut(wide: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "LARGEST_ANSWER", 153)
    found = await wide.read(lambda transaction: questions.upstream_of(transaction, ["T39a"], now()))
    with pytest.raises(ServiceError) as refusal:
        questions.whole(found["T39a"])
    assert refusal.value.code == "LIMIT_EXCEEDED"
    monkeypatch.setattr(questions, "LARGEST_ANSWER", 154)
    assert questions.whole(found["T39a"]) == found["T39a"]
