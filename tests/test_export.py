"""What is exported of a small channel, walked and whole, as tables and documents, from Python and over HTTP."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow.parquet as pq
import pytest
import pytest_asyncio

from graph_service.api.viewer import Role
from graph_service.errors import ServiceError
from graph_service.explore import limits, open_graph, whole
from graph_service.explore.export import Selection, export, part_of, selection_of
from graph_service.explore.files import ExportFiles, Form
from graph_service.explore.limits import TooMuch
from graph_service.explore.network import network_of
from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier
from graph_service.recorder import Recorder
from tests.model.log import Event
from tests.serving import Client, app_of, client_of, settings_of, token

PHONE = "13800000007"
DAY = "2026-05-{:02}T08:00:00Z"
MEMBER = {"identifiers": [{"type": "PHONE", "value": PHONE}, {"type": "WECHAT_OPENID", "value": "o-1", "app": "mini"}]}


def registered(party: str, kind: str, **more: Any) -> Event:
    return {"type": "party.registered", "party": {"id": party, "kind": kind, "name": f"名 {party}"} | more}


def linked(parent: str, relation: str, child: str, type_: str = "channel.linked") -> Event:
    return {"type": type_, "relation": relation, "parent": parent, "child": child}


CHANNEL: list[Event] = [
    registered("F", "BRAND"),  # e0, the first of May, and so on, an event a day
    registered("D", "DISTRIBUTOR", position={"lat": 22, "lon": 113.5}),
    registered("S", "STORE", region="CN/Guangdong/Shenzhen"),
    registered("K", "CLERK", promoCode="P1"),
    linked("F", "SUPPLIES", "D"),  # e4
    linked("D", "SUPPLIES", "S"),
    linked("S", "EMPLOYS", "K"),
    {  # e7
        "type": "goods.commissioned",
        "sku": "CAT",
        "batch": "B1",
        "level": "UNIT",
        "range": {"first": "U001", "last": "U020"},
        "holder": "F",
    },
    {
        "type": "goods.commissioned",
        "sku": "CAT",
        "batch": "B1",
        "level": "CARTON",
        "codes": ["C1"],
        "holder": "F",
    },
    {"type": "goods.packed", "parent": "C1", "children": ["U001", "U002"]},  # e9
    {"type": "code.aliased", "code": "U001", "aliases": [{"code": "X001", "role": "INNER"}]},
    {"type": "goods.shipped", "codes": ["C1"], "from": "F", "to": "S", "salesperson": "P"},  # e11
    {"type": "goods.received", "codes": ["C1"], "party": "S"},
    {"type": "goods.scanned", "code": "X001", "member": MEMBER, "promoCode": "P1", "channel": "STORE"},  # e13
    {"type": "goods.sold", "codes": ["U002"], "store": "S", "member": MEMBER},
    {"type": "goods.transferred", "codes": ["U020"], "from": "F", "to": "D"},  # e15
    {"type": "goods.transferred", "codes": ["U020"], "from": "F", "to": "S"},
    {"type": "event.voided", "voids": "e16", "reason": "typo"},
    linked("D", "SUPPLIES", "S", "channel.unlinked"),  # e18
]

WHOLE = {
    ("party:F", "party:D", "SUPPLIES"),
    ("party:D", "party:S", "SUPPLIES"),
    ("party:S", "party:K", "EMPLOYS"),
    ("item:U001", "item:C1", "INSIDE"),
    ("item:U002", "item:C1", "INSIDE"),
    ("item:U001", "party:F", "HANDED_TO"),
    ("item:U002", "party:F", "HANDED_TO"),
    ("item:U003", "party:F", "HANDED_TO"),
    ("item:U020", "party:F", "HANDED_TO"),
    ("item:C1", "party:F", "HANDED_TO"),
    ("party:F", "party:S", "HANDED_OVER"),
    ("item:C1", "party:S", "HANDED_TO"),
    ("party:F", "party:D", "HANDED_OVER"),
    ("item:U020", "party:D", "HANDED_TO"),
    ("item:U002", "party:S", "SOLD_AT"),
    ("member:M", "item:U001", "SCANNED"),
    ("member:M", "party:S", "SCANNED_GOODS_OF"),
    ("member:M", "party:K", "USED_CODE_OF"),
    ("member:M", "item:U002", "BOUGHT"),
    ("member:M", "party:S", "BOUGHT_FROM"),
    ("identifier:phone", "member:M", "BELONGS_TO"),
    ("identifier:openid", "member:M", "BELONGS_TO"),
}


@pytest_asyncio.fixture(loop_scope="session")
async def channel(graph: Graph, recorder: Recorder) -> Graph:
    events = [{"id": f"e{n}", "at": DAY.format(n + 1)} | event for n, event in enumerate(CHANNEL)]
    report = await recorder.record(events, as_admin=True)
    assert report.rejected == []
    return graph


@pytest.fixture
def names(keys: IdentifierKeys) -> dict[str, str]:
    """Ids as the tests write them, by those of the graph: the member goes by its strongest identifier."""
    phone = keys.id_of(PlainIdentifier("PHONE", f"+86{PHONE}"))
    openid = keys.id_of(PlainIdentifier("WECHAT_OPENID", "o-1", "mini"))
    return {
        f"member:{phone}": "member:M",
        f"identifier:{phone}": "identifier:phone",
        f"identifier:{openid}": "identifier:openid",
    }


async def network(graph: Graph, centre: str | None = None, *asked: Any, **more: Any) -> Any:
    return network_of(await part_of(graph, selection_of(centre, *asked, **more)))


def triples(graph: Any, names: dict[str, str]) -> set[tuple[str, str, str]]:
    return {
        (names.get(source, source), names.get(target, target), about["relation"])
        for source, target, about in graph.edges(data=True)
    }


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def written(graph: Graph, form: Form, path: Path, selection: Selection | None = None) -> tuple[bytes, ...]:
    with ExportFiles(form, path) as files:
        await export(graph, selection or Selection(), files)
    return tuple(file.read_bytes() for file in files.paths)


async def test_the_whole_graph_has_every_relation(channel: Graph, names: dict[str, str]) -> None:
    found = await network(channel)

    assert triples(found, names) == WHOLE
    # The carton was handed to the store twice: by its shipment, and by its receipt.
    assert found.number_of_edges() == len(WHOLE) + 1
    assert {names.get(node, node) for node in found} == {end for one, other, _ in WHOLE for end in (one, other)} | {
        "party:P"
    }
    assert found.nodes["item:U003"] == {
        "type": "item",
        "ref": "U003",
        "label": "U003 … U019",
        "last": "U019",
        "codes": 17,
        "aliases": 0,
        "level": "UNIT",
        "sku": "CAT",
        "batch": "B1",
        "born": "2026-05-08T08:00:00Z",
    }
    assert found.nodes["item:U001"]["aliases"] == 1
    assert found.edges["party:F", "party:S", "HANDED_OVER e11"] == {
        "relation": "HANDED_OVER",
        "event": "e11",
        "at": "2026-05-12T08:00:00Z",
        "how": "shipped",
        "codes": 1,
        "salesperson": "P",
    }
    assert found.edges["party:D", "party:S", "SUPPLIES e5"]["until"] == "2026-05-19T08:00:00Z"


@pytest.mark.parametrize(
    "sort_and_hops", [("party", "S", 1), ("item", "C1", 1), ("item", "X001", 2), ("party", "K", 2), ("party", "K", 9)]
)
async def test_a_walk_finds_what_the_whole_graph_has_within_its_hops(
    channel: Graph, sort_and_hops: tuple[str, str, int]
) -> None:
    sort, centre, hops = sort_and_hops
    everything = await network(channel)
    start = f"{sort}:{'U001' if centre == 'X001' else centre}"
    distances = nx.single_source_shortest_path_length(everything.to_undirected(as_view=True), start, cutoff=hops)
    expected = {
        (source, target, key)
        for source, target, key in everything.edges(keys=True)
        if min(distances.get(source, hops), distances.get(target, hops)) < hops
    }

    found = await network(channel, centre, hops)

    assert set(found.edges(keys=True)) == expected
    assert set(found) == set(distances)
    assert {node: found.nodes[node] for node in found} == {node: everything.nodes[node] for node in found}
    for one, other, key in found.edges(keys=True):
        assert found.edges[one, other, key] == everything.edges[one, other, key]


async def test_a_member_is_found_by_any_of_its_identifiers(
    channel: Graph, names: dict[str, str], keys: IdentifierKeys
) -> None:
    openid = keys.id_of(PlainIdentifier("WECHAT_OPENID", "o-1", "mini"))
    expected = {each for each in WHOLE if "member:M" in each}

    assert triples(await network(channel, openid), names) == expected
    assert triples(await network(channel, f"member:{openid}"), names) == expected
    alone = await network(channel, f"identifier:{openid}")
    assert triples(alone, names) == {("identifier:openid", "member:M", "BELONGS_TO")}
    assert (await network(channel, "S", 0)).number_of_nodes() == 1


async def test_a_window_keeps_what_was_in_force_or_happened_in_it(channel: Graph, names: dict[str, str]) -> None:
    shipped = {"since": "2026-05-12T08:00:00Z", "until": "2026-05-12T08:00:01Z"}

    around = await network(channel, "S", 1, **shipped)
    everything = await network(channel, **shipped)

    expected = {
        ("party:D", "party:S", "SUPPLIES"),
        ("party:S", "party:K", "EMPLOYS"),
        ("party:F", "party:S", "HANDED_OVER"),
        ("item:C1", "party:S", "HANDED_TO"),
    }
    assert triples(around, names) == expected
    inside = {(unit, "item:C1", "INSIDE") for unit in ("item:U001", "item:U002")}
    assert triples(everything, names) == expected | inside | {("party:F", "party:D", "SUPPLIES")}
    later = await network(channel, "S", 1, since="2026-05-19T08:00:00Z")
    assert triples(later, names) == {("party:S", "party:K", "EMPLOYS")}


async def test_only_the_relations_asked_for_are_walked(channel: Graph, names: dict[str, str]) -> None:
    found = await network(channel, "K", 10, relations=["EMPLOYS", "HANDED_TO", "BOUGHT_FROM"])

    assert {relation for *_, relation in triples(found, names)} == {"EMPLOYS", "HANDED_TO", "BOUGHT_FROM"}
    assert {relation for *_, relation in triples(await network(channel, relations=["INSIDE"]), names)} == {"INSIDE"}


async def test_a_graph_of_many_pages_is_the_same(channel: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await network(channel)
    monkeypatch.setattr(whole, "KEYS_AT_ONCE", 1)

    assert nx.utils.graphs_equal(await network(channel), before)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("centre", [None, "S"])
async def test_the_same_graph_makes_the_same_bytes_without_identifiers(
    channel: Graph, tmp_path: Path, form: Form, centre: str | None
) -> None:
    first = await written(channel, form, tmp_path / "first", Selection(centre, 2))
    again = await written(channel, form, tmp_path / "first", Selection(centre, 2))

    assert first == again
    assert not any(PHONE.encode() in content or b"o-1" in content for content in first)
    assert b"lastmodified" not in first[0]
    tables = [f"first/edges.{form}", f"first/nodes.{form}"]
    assert files_in(tmp_path) == (tables if form in {Form.CSV, Form.PARQUET} else ["first"])


async def test_every_form_holds_the_same(channel: Graph, tmp_path: Path, names: dict[str, str]) -> None:
    for form in Form:
        await written(channel, form, tmp_path / form)
    graphml = nx.read_graphml(tmp_path / "graphml", force_multigraph=True)
    gexf = nx.read_gexf(tmp_path / "gexf")
    nodes = list(csv.DictReader((tmp_path / "csv" / "nodes.csv").open(encoding="utf-8")))
    edges = list(csv.DictReader((tmp_path / "csv" / "edges.csv").open(encoding="utf-8")))
    table = pq.read_table(tmp_path / "parquet" / "edges.parquet").to_pylist()

    everything = await network(channel)
    assert triples(graphml, names) == triples(gexf, names) == WHOLE
    assert graphml.nodes["party:D"] == everything.nodes["party:D"]
    assert {node["id"] for node in nodes} == set(everything)
    assert [(row["source"], row["target"], row["relation"]) for row in table] == [
        (row["source"], row["target"], row["relation"]) for row in edges
    ]
    assert len(edges) == everything.number_of_edges()
    shipped = next(row for row in table if row["relation"] == "HANDED_OVER" and row["event"] == "e11")
    assert (shipped["at"].isoformat(), shipped["codes"], shipped["until"]) == ("2026-05-12T08:00:00+00:00", 1, None)


async def test_what_xml_cannot_hold_is_shown_as_a_code_point(graph: Graph, recorder: Recorder, tmp_path: Path) -> None:
    event = {"id": "e", "at": DAY.format(1)} | registered("odd\u000b", "STORE")
    assert (await recorder.record([event], as_admin=True)).accepted == 1

    for form, read in ((Form.GRAPHML, nx.read_graphml), (Form.GEXF, nx.read_gexf)):
        await written(graph, form, tmp_path / form)
        assert list(read(tmp_path / form)) == ["party:odd\\u000b"]


async def test_an_export_that_fails_leaves_what_was_there(channel: Graph, tmp_path: Path) -> None:
    for form, place in ((Form.GEXF, tmp_path / "graph"), (Form.CSV, tmp_path / "tables")):
        before = await written(channel, form, place)
        with pytest.raises(ServiceError, match="no such party"):
            await written(channel, form, place, Selection("nobody"))
        assert tuple(file.read_bytes() for file in ExportFiles(form, place).paths) == before
    with pytest.raises(ServiceError, match="no such party"):
        await written(channel, Form.PARQUET, tmp_path / "new", Selection("nobody"))
    with pytest.raises(ServiceError) as told:
        await written(channel, Form.CSV, tmp_path / "graph")
    assert told.value.code == "FILE_NOT_WRITABLE"
    with pytest.raises(ServiceError) as told:
        await written(channel, Form.GRAPHML, tmp_path / "tables")
    assert told.value.code == "FILE_NOT_WRITABLE"
    assert files_in(tmp_path) == ["graph", "tables/edges.csv", "tables/nodes.csv"]
    assert not (tmp_path / "new").exists()


async def test_limits_say_what_was_given_and_what_is_allowed(
    channel: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(error: pytest.ExceptionInfo[TooMuch]) -> tuple[str, int, int]:
        return error.value.code, error.value.given, error.value.allowed

    with pytest.raises(TooMuch) as error:
        selection_of("S", 11)
    assert told(error) == ("LIMIT_EXCEEDED", 11, 10)

    monkeypatch.setattr(limits, "MAX_NODES", 8)
    for form in (Form.GRAPHML, Form.GEXF):
        with pytest.raises(TooMuch) as error:
            await written(channel, form, tmp_path / "graph")
        assert told(error) == ("LIMIT_EXCEEDED", 13, 8)
    with pytest.raises(TooMuch) as error:
        await part_of(channel, Selection("K", 9))
    assert error.value.allowed == 8
    assert error.value.given > 8
    assert len(await written(channel, Form.CSV, tmp_path / "tables")) == 2

    monkeypatch.setattr(limits, "MAX_NODES", 100)
    monkeypatch.setattr(limits, "MAX_RELATIONS", 3)
    for selection in (Selection(), Selection("K", 2)):
        with pytest.raises(TooMuch) as error:
            await part_of(channel, selection)
        assert error.value.allowed == 3
        assert error.value.given > 3


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"centre": "nobody"}, "UNKNOWN_CENTRE"),
        ({"centre": ""}, "UNKNOWN_CENTRE"),
        ({"centre": "party:"}, "UNKNOWN_CENTRE"),
        ({"centre": "\ud800"}, "UNKNOWN_CENTRE"),
        ({"centre": PHONE}, "UNKNOWN_CENTRE"),
        ({"centre": "S", "since": "yesterday"}, "INVALID_TIME"),
        ({"centre": "S", "since": DAY.format(2), "until": DAY.format(2)}, "INVALID_TIME"),
        ({"centre": "S", "relations": ["LIKES"]}, "UNKNOWN_RELATION"),
    ],
)
async def test_what_cannot_be_answered_is_told(channel: Graph, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(ServiceError) as told:
        await network(channel, **asked)

    assert told.value.code == code
    assert PHONE not in str(told.value)


async def test_a_centre_that_may_be_two_things_is_asked_for_by_its_sort(channel: Graph, recorder: Recorder) -> None:
    event = {"id": "twin", "at": DAY.format(1)} | registered("C1", "WAREHOUSE")
    assert (await recorder.record([event], as_admin=True)).accepted == 1

    with pytest.raises(ServiceError) as told:
        await network(channel, "C1")
    assert (told.value.code, "item or party" in told.value.message) == ("AMBIGUOUS_CENTRE", True)
    assert set(await network(channel, "party:C1")) == {"party:C1"}
    assert "item:U001" in await network(channel, "item:C1")


async def test_a_home_opens_in_plain_python(
    channel: Graph, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_URI", connection.uri)
    monkeypatch.setenv("NEO4J_USERNAME", connection.username)
    monkeypatch.setenv("NEO4J_PASSWORD", connection.password)

    def ask() -> tuple[Any, Any]:
        with open_graph(tmp_path) as graph:
            with pytest.raises(ServiceError, match="no such party"):
                graph.neighbourhood("nobody")
            return graph.neighbourhood("K", 2), graph.whole(relations=["INSIDE"])

    # Here an event loop runs, as it does in a notebook; in a thread none does.
    for around, everything in (ask(), await asyncio.to_thread(ask)):
        assert nx.utils.graphs_equal(around, await network(channel, "K", 2))
        assert everything.number_of_edges() == 2


@pytest_asyncio.fixture(loop_scope="session")
async def client(channel: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path) -> AsyncIterator[Client]:
    async with client_of(app_of(channel, keys, recorder, settings_of(tmp_path / "home"))) as running:
        yield running


@pytest.mark.parametrize("form", list(Form))
async def test_the_route_answers_with_the_bytes_of_the_files(
    client: Client, channel: Graph, tmp_path: Path, form: Form
) -> None:
    asked = f"/v1/export?format={form}&centre=S&hops=2&from=2026-05-10T08:00:00Z&relation=INSIDE&relation=HANDED_TO"
    selection = selection_of("S", 2, "2026-05-10T08:00:00Z", None, ["INSIDE", "HANDED_TO"])
    expected = await written(channel, form, tmp_path / "files", selection)

    answers = [
        await client.http.get(asked, headers={"authorization": f"Bearer {token(role)}"})
        for role in (Role.ANALYST, Role.JOB)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    if form in {Form.CSV, Form.PARQUET}:
        with zipfile.ZipFile(io.BytesIO(answers[0].content)) as archive:
            assert tuple(archive.read(f"{table}.{form}") for table in ("nodes", "edges")) == expected
    else:
        assert (answers[0].content,) == expected


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "INVALID_PARAMETER"),
        ("format=xlsx", 400, "INVALID_PARAMETER"),
        ("format=csv&format=gexf", 400, "INVALID_PARAMETER"),
        ("format=csv&hops=2", 400, "INVALID_PARAMETER"),
        ("format=csv&centre=S&hops=-1", 400, "INVALID_PARAMETER"),
        ("format=csv&centre=S&hops=%C2%B2", 400, "INVALID_PARAMETER"),
        ("format=csv&colour=red", 400, "INVALID_PARAMETER"),
        ("format=csv&centre=S&hops=11", 400, "LIMIT_EXCEEDED"),
        ("format=csv&centre=nobody", 404, "UNKNOWN_CENTRE"),
        ("format=csv&from=now", 400, "INVALID_TIME"),
        ("format=csv&relation=LIKES", 400, "UNKNOWN_RELATION"),
    ],
)
async def test_the_route_refuses_what_it_cannot_answer(client: Client, query: str, status: int, code: str) -> None:
    answer = await client.http.get(f"/v1/export?{query}", headers={"authorization": f"Bearer {token()}"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_route_is_for_those_who_may_see_everything(client: Client) -> None:
    without = await client.http.get("/v1/export?format=csv")
    clerk = await client.http.get("/v1/export?format=csv", headers={"authorization": f"Bearer {token(Role.CLERK)}"})

    assert (without.status_code, clerk.status_code) == (401, 403)
