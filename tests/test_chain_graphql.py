"""The chain in GraphQL: its shape, its pages, its refusals, and what it does with hostile input."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult

from graph_service.api.context import Context
from graph_service.api.scalars import SCALARS
from graph_service.api.viewer import Role, Viewer
from graph_service.channel.query import ChannelQuery
from graph_service.channel.types import PARTY_TYPES
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.conftest import WIPE
from tests.model.cast import linked, party, territory
from tests.model.log import Event

NETWORK = [
    party("F", "BRAND"),
    party("D", "DISTRIBUTOR", region="CN/Guangdong"),
    party("S1", "STORE", region="CN/Guangdong/Shenzhen", position={"lat": 22.5, "lon": 114.0}, services=["洗护"]),
    party("S2", "STORE", region="CN/Guangdong2", openingHours={"Mo": "9-18"}, storeType="宠物医院"),
    party("K", "CLERK", promoCode="PC"),
    linked("SUPPLIES", "F", "D"),
    linked("SUPPLIES", "D", "S1"),
    linked("SUPPLIES", "D", "S2"),
    linked("SUPPLIES", "D", "only named"),
    linked("EMPLOYS", "only named", "K"),
    territory("D", "CN/Guangdong", "CN/Guangxi"),
    territory("D", "CN/Hebei", skus=["CAT", "DOG"]),
    territory("D", "CN/Henan", skus=["DOG", "CAT"]),
    {"type": "territory.released", "party": "D", "regions": ["CN/Guangxi"], "skus": ["TEA"]},
]
LATER = "2026-01-01T00:00:00Z"
HOSTILE = ["", "'", '"', "\\", "x' OR 1=1 //", "}) DETACH DELETE n //", "😀", "\u0000", "\ud800", "x" * 100_000]
SCHEMA = strawberry.Schema(ChannelQuery, types=list(PARTY_TYPES.values()), config=StrawberryConfig(scalar_map=SCALARS))


class Asker:
    """Asks the schema, with a fresh context for each request; counts the transactions that it read in."""

    def __init__(self, graph: Graph, recorder: Recorder, keys: IdentifierKeys) -> None:
        self._surroundings = graph, recorder, keys
        self.reads = 0

    async def ask(self, query: str, **variables: Any) -> ExecutionResult:
        asker = self

        class Counting(Context):
            async def read(self, work: Any) -> Any:
                asker.reads += 1
                return await super().read(work)

        context = Counting(*self._surroundings, viewer=Viewer(Role.ANALYST))
        return await SCHEMA.execute(query, variable_values=variables, context_value=context)

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        result = await self.ask(query, **variables)
        assert result.errors is None
        assert result.data is not None
        return result.data

    async def refusal(self, query: str, **variables: Any) -> ServiceError:
        result = await self.ask(query, **variables)
        assert result.errors
        error = result.errors[0].original_error
        assert isinstance(error, ServiceError)
        return error


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asker(migrated: Graph, keys: IdentifierKeys) -> Asker:
    await migrated.run(WIPE, read_only=False)
    events: list[Event] = [
        {"id": f"e{n:02}", "at": "2025-03-01T08:00:00+08:00", **one} for n, one in enumerate(NETWORK)
    ]
    recorder = Recorder(migrated, keys)
    async with recorder.running():
        assert (await recorder.record(events, as_admin=True)).rejected == []
    return Asker(migrated, recorder, keys)


async def test_a_party_has_the_fields_of_its_kind(asker: Asker) -> None:
    query = """{
      s1: party(id: "S1") { __typename id kind name region
        ... on Store { services storeType openingHours position { lat lon } } }
      s2: party(id: "S2") { ... on Store { services storeType openingHours position { lat lon } } }
      k: party(id: "K") { __typename ... on Clerk { promoCode } }
      named: party(id: "only named") { id }
    }"""
    store = {"__typename": "Store", "id": "S1", "kind": "STORE", "name": "s1", "region": "CN/Guangdong/Shenzhen"}
    assert await asker.data(query) == {
        "s1": store
        | {"services": ["洗护"], "storeType": None, "openingHours": None, "position": {"lat": 22.5, "lon": 114.0}},
        "s2": {"services": [], "storeType": "宠物医院", "openingHours": {"Mo": "9-18"}, "position": None},
        "k": {"__typename": "Clerk", "promoCode": "PC"},
        "named": None,
    }


async def test_links_upstream_and_path_show_dated_links_of_registered_parties(asker: Asker) -> None:
    query = """{ party(id: "D") {
      links(direction: DOWN) { edges { node { relation from until parent { id } child { id } } } }
      upstream { parent { id kind } }
      branch { edges { node { id } } }
    } chainPath(from: "S1", to: "F") { parent { id } child { id } } }"""
    data = await asker.data(query)
    link = {"relation": "SUPPLIES", "from": "2025-03-01T00:00:00Z", "until": None, "parent": {"id": "D"}}
    links = [edge["node"] for edge in data["party"]["links"]["edges"]]
    assert links == [link | {"child": {"id": "S1"}}, link | {"child": {"id": "S2"}}]
    assert data["party"]["upstream"] == [{"parent": {"id": "F", "kind": "BRAND"}}]
    assert [edge["node"]["id"] for edge in data["party"]["branch"]["edges"]] == ["S1", "S2", "K"]
    steps = [(step["parent"]["id"], step["child"]["id"]) for step in data["chainPath"]]
    assert steps == [("D", "S1"), ("F", "D")]


async def test_nothing_was_linked_before_the_first_link(asker: Asker) -> None:
    query = """{ party(id: "D") { links(direction: UP, at: "2025-02-28T23:59:59.999999Z") { edges { cursor } }
      territories(at: "2025-02-28T23:59:59Z") { regions } } }"""
    assert await asker.data(query) == {"party": {"links": {"edges": []}, "territories": []}}


async def test_territories_of_the_same_products_and_time_are_one(asker: Asker) -> None:
    query = 'query($sku: String) { party(id: "D") { territories(sku: $sku) { regions skus without from until } } }'
    since: dict[str, Any] = {"from": "2025-03-01T00:00:00Z", "until": None}
    every = since | {"skus": None, "without": []}
    assert (await asker.data(query))["party"]["territories"] == [
        every | {"regions": ["CN/Guangdong"]},
        every | {"regions": ["CN/Guangxi"], "without": ["TEA"]},
        since | {"regions": ["CN/Hebei", "CN/Henan"], "skus": ["CAT", "DOG"], "without": []},
    ]
    assert (await asker.data(query, sku="TEA"))["party"]["territories"] == [every | {"regions": ["CN/Guangdong"]}]


PAGE = "{ edges { cursor node { %s } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
LISTS = [
    ("parties(first: $first, after: $after)", "id", ["D", "F", "K", "S1", "S2"]),
    ("branch(first: $first, after: $after)", "id", ["D", "S1", "S2", "K"]),
    ("links(direction: DOWN, first: $first, after: $after)", "child { id }", [{"id": "S1"}, {"id": "S2"}]),
]


@pytest.mark.parametrize(("list_", "shown", "whole"), LISTS)
async def test_pages_tell_where_they_stand(asker: Asker, list_: str, shown: str, whole: list[Any]) -> None:
    holder = {"branch": 'party(id: "F")', "links": 'party(id: "D")'}.get(list_.partition("(")[0])
    asked = f"list: {list_} {PAGE % shown}"
    query = f"query($first: Int!, $after: String) {{ {f'{holder} {{ {asked} }}' if holder else asked} }}"
    for size in (1, 2, 3):
        seen: list[Any] = []
        after = None
        while True:
            data = await asker.data(query, first=size, after=after)
            page = data["party"]["list"] if holder else data["list"]
            nodes = [edge["node"] for edge in page["edges"]]
            seen += [node["id"] if shown == "id" else node["child"] for node in nodes]
            info = page["pageInfo"]
            assert len(nodes) <= size
            assert info["hasPreviousPage"] is (after is not None)
            assert info["startCursor"] == page["edges"][0]["cursor"]
            after = info["endCursor"]
            if not info["hasNextPage"]:
                break
        assert seen == whole


async def test_a_region_contains_only_what_lies_within_it(asker: Asker) -> None:
    query = (
        "query($region: String, $kind: PartyKind) { parties(region: $region, kind: $kind) { edges { node { id } } } }"
    )
    for region, kind, found in [
        ("CN/Guangdong", None, ["D", "S1"]),
        ("CN/Guangdong", "STORE", ["S1"]),
        ("CN", "STORE", ["S1", "S2"]),
        (None, "STORE", ["S1", "S2"]),
        ("CN/", None, []),
        ("", None, []),
    ]:
        page = (await asker.data(query, region=region, kind=kind))["parties"]
        assert [edge["node"]["id"] for edge in page["edges"]] == found


async def test_lists_of_a_level_load_together(asker: Asker) -> None:
    query = """{ parties { edges { node {
      links(direction: UP) { edges { cursor } } upstream { from } territories { from } } } } }"""
    asker.reads = 0
    await asker.data(query)
    assert asker.reads == 4, "one for the parties, one for each list"


async def test_limits_name_the_given_and_the_allowed(asker: Asker) -> None:
    for query, given, allowed in [
        ("{ parties(first: 0) { edges { cursor } } }", "0", "1 to 1000"),
        ("{ parties(first: 1001) { edges { cursor } } }", "1001", "1 to 1000"),
        ('{ party(id: "D") { links(direction: UP, first: -1) { edges { cursor } } } }', "-1", "1 to 1000"),
        ('{ party(id: "D") { branch(first: 2000) { edges { cursor } } } }', "2000", "1 to 1000"),
        ('{ party(id: "D") { branch(maxDepth: 0) { edges { cursor } } } }', "0", "1 to 50"),
        ('{ party(id: "D") { branch(maxDepth: 51) { edges { cursor } } } }', "51", "1 to 50"),
    ]:
        refusal = await asker.refusal(query)
        assert refusal.code == "LIMIT_EXCEEDED"
        assert f"is {given};" in refusal.message
        assert allowed in refusal.message


async def test_a_cursor_of_another_list_is_refused(asker: Asker) -> None:
    links = (
        """query($after: String) { party(id: "D") { links(direction: DOWN, after: $after) { edges { cursor } } } }"""
    )
    branch = """query($after: String) { party(id: "D") { branch(after: $after) { edges { cursor } } } }"""
    of_links = (await asker.data(links))["party"]["links"]["edges"][0]["cursor"]
    for query, cursor in [(branch, of_links), *((links, one) for one in [*HOSTILE, of_links[:-2], of_links + "=="])]:
        refusal = await asker.refusal(query, after=cursor)
        assert refusal.code == "INVALID_CURSOR"


async def test_hostile_names_find_nothing(asker: Asker) -> None:
    query = """query($x: ID!, $name: String) { party(id: $x) { id } chainPath(from: $x, to: "F") { from }
      back: chainPath(from: "F", to: $x) { from } parties(region: $name) { edges { cursor } }
      d: party(id: "D") { territories(sku: $name) { skus } } }"""
    for name in HOSTILE:
        data = await asker.data(query, x=name, name=name)
        assert data["party"] is None
        assert data["chainPath"] == data["back"] == data["parties"]["edges"] == []
        assert all(territory["skus"] is None for territory in data["d"]["territories"])


async def test_a_time_needs_an_offset(asker: Asker) -> None:
    result = await asker.ask('{ party(id: "D") { upstream(at: "2025-03-01T00:00:00") { from } } }')
    assert result.errors
    assert "RFC 3339" in result.errors[0].message
