"""GraphQL over the demonstration: equal to the model, limited before anything runs, and closed about its insides."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import OperationDefinitionNode, parse

from graph_service.api.limits import MAX_ALIASES, MAX_COST, MAX_DEPTH, MAX_FIELDS, Measure
from graph_service.api.schema import schema
from graph_service.goods import questions
from graph_service.graph.driver import Graph, Transaction
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import parse_instant
from graph_service.recorder import Recorder
from tests.demonstration import demo_world, fill_with_demo
from tests.model.log import Event
from tests.serving import Client, app_of, client_of, settings_of

STORY = json.loads((Path(__file__).parents[1] / "seeds" / "story.json").read_text("utf-8"))
CODE: str = STORY["journeyCode"]
OWNERSHIP = """
  code at status confirmedBy confirmedAt via distributorBasis salespersonBasis
  owner { id } shippedTo { id } store { id } distributor { id } salesperson { id } brand { id }
  steps { event type at code from { id } to { id } }
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(
    migrated: Graph, keys: IdentifierKeys, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    await fill_with_demo(migrated, keys)
    settings = settings_of(tmp_path_factory.mktemp("settings"))
    async with (
        Recorder(migrated, keys).running() as recorder,
        client_of(app_of(migrated, keys, recorder, settings)) as running,
    ):
        yield running


def party(id_: str | None) -> dict[str, str] | None:
    return None if id_ is None else {"id": id_}


def expected_ownership(code: str, at: str) -> dict[str, Any]:
    one = demo_world().ownership(code, at)
    confirmed = one.confirmed_at
    return {
        "code": code,
        "at": at,
        "status": one.status,
        "confirmedBy": one.confirmed_by,
        "confirmedAt": confirmed.strftime("%Y-%m-%dT%H:%M:%SZ") if confirmed else None,
        "via": one.via,
        "distributorBasis": one.way.distributor_basis,
        "salespersonBasis": one.way.salesperson_basis,
        "owner": party(one.owner),
        "shippedTo": party(one.shipped_to),
        "store": party(one.store),
        "distributor": party(one.way.distributor),
        "salesperson": party(one.way.salesperson),
        "brand": party(one.brand),
        "steps": [
            {
                "event": step.event,
                "type": step.type,
                "at": step.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "code": step.code,
                "from": party(step.sender),
                "to": party(step.receiver),
            }
            for step in one.steps
        ],
    }


# --- answers ------------------------------------------------------------------------------------------------


async def test_ownerships_answer_in_the_order_asked_as_the_model_does(client: Client) -> None:
    times = ["2026-07-05T00:00:00Z", "2026-07-07T00:00:00Z", "2026-12-01T00:00:00Z"]
    asked = [{"code": code, "at": at} for at in times for code in (CODE, "MWP0001", "nobody's")]

    data = await client.data("query($q: [OwnershipQuery!]!) { ownerships(queries: $q) {" + OWNERSHIP + "} }", q=asked)

    assert data["ownerships"] == [expected_ownership(one["code"], one["at"]) for one in asked]


async def test_an_item_tells_what_it_is_where_it_is_and_its_whole_way(client: Client) -> None:
    data = await client.data(
        """query($c: String!) { item(code: $c) {
             code level sku batch scanCount container { code level container { code } }
             ownership { status owner { id kind name } }
             journey { event type code from { id } to { id } rebates { role payee status amountFen points reason } }
        } }""",
        c=CODE,
    )

    item, model = data["item"], demo_world()
    assert {name: item[name] for name in ("level", "sku", "batch")} == model.item(CODE)
    assert item["scanCount"] == model.goods.scan_count(CODE)
    assert item["container"]["code"] == model.container(CODE)
    assert item["ownership"]["status"] == "SOLD"
    assert [(step["event"], step["type"], step["code"]) for step in item["journey"]] == [
        (step.event, step.type, step.code) for step in model.journey(CODE)
    ]
    paid = {step["event"]: step["rebates"] for step in item["journey"]}
    decided = [one for one in model.decisions() if one.trigger in paid]
    assert {trigger: len(rebates) for trigger, rebates in paid.items()} == {
        trigger: sum(one.trigger == trigger for one in decided) for trigger in paid
    }
    assert {(r["role"], r["amountFen"]) for r in paid[STORY["paidScan"]]} == {
        (one.role, one.amount_fen) for one in decided if one.trigger == STORY["paidScan"]
    }


async def test_a_code_that_no_event_names_is_no_item(client: Client) -> None:
    assert await client.data('{ item(code: "nobody\'s") { code } }') == {"item": None}


async def test_pages_of_rebates_hold_each_once(client: Client) -> None:
    query = """query($s: RebateStatus, $a: String) { rebates(status: $s, first: 100, after: $a) {
        edges { cursor node { id status decidedAt } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }"""
    found: list[str] = []
    after = None
    while True:
        page = (await client.data(query, s="SUSPENSE", a=after))["rebates"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert len(found) == len(set(found)) == sum(one.status == "SUSPENSE" for one in demo_world().decisions())


async def test_an_unpaid_scan_says_why_in_words_and_in_facts(client: Client) -> None:
    query = "query($t: ID!) { rebates(trigger: $t) { edges { node { role status reason explanation } } } }"

    edges = (await client.data(query, t=STORY["unpaidScan"]))["rebates"]["edges"]

    unpaid = [edge["node"] for edge in edges if edge["node"]["reason"] == STORY["unpaidWhy"]]
    assert unpaid
    for node in unpaid:
        assert node["explanation"]["decision"]["inWords"]
        assert node["explanation"]["ownership"]["steps"]


async def test_a_longer_page_costs_no_more_statements(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    run = Transaction.run

    async def counted(self: Transaction, name: str, **parameters: Any) -> Any:
        ran.append(name)
        return await run(self, name, **parameters)

    monkeypatch.setattr(Transaction, "run", counted)
    query = "query($n: Int!) { rebates(status: SUSPENSE, first: $n) { edges { node { explanation } } } }"

    await client.data(query, n=2)
    few = len(ran)
    await client.data(query, n=100)

    assert few <= len(ran) - few <= few + 4  # A way through one container more is two statements more.


async def test_a_cursor_of_another_list_is_refused(client: Client) -> None:
    query = "query($a: String, $h: Boolean!) { rebates(after: $a, history: $h, first: 1) { edges { cursor } } }"
    cursor = (await client.data(query, h=False))["rebates"]["edges"][0]["cursor"]

    assert (await client.refusal(query, h=True, a=cursor))["code"] == "INVALID_CURSOR"
    assert (await client.refusal(query, h=False, a="zzz"))["code"] == "INVALID_CURSOR"


# --- limits -------------------------------------------------------------------------------------------------

PARTIES = "edges { node { id } }"


def nested(levels: int) -> str:
    return '{ item(code: "x") {' + "container {" * levels + "code" + "}" * levels + "} }"


@pytest.mark.parametrize(
    ("query", "given", "allowed"),
    [
        ("{ rebates(first: 0) { edges { cursor } } }", 0, 1_000),
        ("{ rebates(first: 1001) { edges { cursor } } }", 1_001, 1_000),
        ("{ parties(first: -1) {" + PARTIES + "} }", -1, 1_000),
        ("query($n: Int! = 1001) { parties(first: $n) {" + PARTIES + "} }", 1_001, 1_000),
        ("{ ownerships(queries: [" + '{code: "x"}' * 1_001 + "]) { status } }", 1_001, 1_000),
        ("mutation { recordEvents(events: [" + "{}" * 1_001 + "]) { accepted } }", 1_001, 1_000),
        (nested(MAX_DEPTH), MAX_DEPTH + 2, MAX_DEPTH),
        ("{" + " ".join(f'a{n}: item(code: "x") {{ code }}' for n in range(51)) + "}", 51, MAX_ALIASES),
        ('{ item(code: "x") {' + "code " * 500 + "} }", 501, MAX_FIELDS),
        ('{ item(code: "x") ' + "{" * 70 + "}" * 70 + "}", 71, 64),
    ],
)
async def test_what_is_too_much_is_refused_with_the_given_and_the_allowed_number(
    client: Client, query: str, given: int, allowed: int
) -> None:
    told = await client.refusal(query)

    assert (told["code"], told["given"], told["allowed"]) == ("LIMIT_EXCEEDED", given, allowed)


LINKS = "links(direction: DOWN, first: 1000)"


@pytest.mark.parametrize(
    "query",
    [
        "{ parties(first: 1000) { edges { node { " + LINKS + " { edges { node { child { id } } } } } } } }",
        "query($n: Int!) { parties(first: $n) { edges { node { branch(first: $n) {" + PARTIES + "} } } } }",
        "{ parties(first: 1000) { ...f } } fragment f on PartyConnection { edges { ...g } }"
        " fragment g on PartyEdge { node { ... on Store { "
        + LINKS
        + " { edges { cursor node { child { id } } } } } } }",
        "{" + "".join(f"a{n}: rebates(first: 1000) {{ edges {{ node {{ id }} }} }} " for n in range(30)) + "}",
    ],
)
async def test_cost_multiplies_through_lists_and_fragments(
    client: Client, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any, **__: Any) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr(Transaction, "run", never)

    told = await client.refusal(query, **({"n": 1_000} if "$n" in query else {}))

    assert told["code"] == "LIMIT_EXCEEDED"
    assert told["given"] > told["allowed"] == MAX_COST


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ('{ item(code: "x") { code level } }', 1),
        ('{ item(code: "x") { ownership { owner { id } steps { from { id } } } } }', 1 + 1 + 1 + 10 * 2),
        ("{ parties { edges { node { id } } } }", 50 * 3),
        ("{ rebates(first: 1000) { edges { node { id explanation } } pageInfo { hasNextPage } } }", 1_000 * 4),
        ("{ ownerships(queries: [" + '{code: "x"}' * 1_000 + "]) {" + OWNERSHIP + "} }", 1_000 * (1 + 6 + 10 * 3)),
    ],
)
def test_the_cost_of_a_question_is_about_the_objects_of_its_answer(query: str, cost: int) -> None:
    document = parse(query)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)

    assert Measure(schema._schema, document, {}).cost(operation)[0] == cost <= MAX_COST


async def test_fragments_that_double_each_other_are_measured_at_once(client: Client) -> None:
    doubling = " ".join(f"fragment f{n} on Item {{ container {{ ...f{n + 1} }} ...f{n + 1} }}" for n in range(30))

    told = await client.refusal('{ item(code: "x") { ...f0 } } ' + doubling + " fragment f30 on Item { code }")

    assert told["code"] == "LIMIT_EXCEEDED"


async def test_too_many_tokens_are_refused(client: Client) -> None:
    assert (await client.refusal("{ a(" + "b: 1 " * 20_000 + ") }"))["code"] == "INVALID_QUERY"


# --- errors -------------------------------------------------------------------------------------------------


async def test_an_unforeseen_error_shows_a_reference_and_nothing_of_the_inside(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("13800000000 at /secret/place")

    monkeypatch.setattr(questions, "fetch_goods", fail)

    answer = await client.ask("query($c: String!) { ownerships(queries: [{code: $c}]) { status } }", {"c": CODE})

    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "INTERNAL"}
    assert error["path"] == ["ownerships"]
    assert error["message"].rpartition(" ")[2].rstrip(".") in caplog.text
    assert "13800000000" not in json.dumps(answer) + caplog.text


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ('query($t: DateTime) { item(code: "x") { ownership(at: $t) { status } } }', {"t": "13800000000"}),
        ('query($t: DateTime) { item(code: "x") { ownership(at: $t) { status } } }', {"t": "a; 13800000000; b"}),
        ("query($n: Int!) { parties(first: $n) { edges { cursor } } }", {"n": "13800000000"}),
        ('{ item(code: "x") { ownership(at: "13800000000") { status } } }', None),
        ('{ parties(first: "13800000000") { edges { cursor } } }', None),
        ("{ item(code: 13800000000) { code } }", None),
        ('{ "13800000000" }', None),
    ],
)
async def test_a_wrong_question_is_told_without_repeating_its_values(
    client: Client, query: str, variables: dict[str, Any] | None
) -> None:
    answer = await client.ask(query, variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["INVALID_QUERY"]
    assert "13800000000" not in json.dumps(answer)


async def test_a_question_without_an_operation_is_refused(client: Client) -> None:
    response = await client.post("/graphql", json={"query": "fragment f on Item { code }"})

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_QUERY")


async def test_of_several_operations_one_must_be_named(client: Client) -> None:
    told = await client.refusal("query a { parties { edges { cursor } } } query b { __typename }")

    assert told["code"] == "INVALID_QUERY"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-07-05T08:00:00.5+08:00"])
async def test_any_time_can_be_asked_about(client: Client, at: str) -> None:
    data = await client.data(
        "query($c: String!, $at: DateTime!) { item(code: $c) { ownership(at: $at) { at } container(at: $at) { code }"
        " journey(at: $at) { event } } }",
        c=CODE,
        at=at,
    )

    assert parse_instant(data["item"]["ownership"]["at"]) == parse_instant(at)


# --- recording; last, because it changes the graph ----------------------------------------------------------


async def test_events_recorded_by_graphql_are_reported_as_by_http(client: Client) -> None:
    event: Event = {"id": "g1", "type": "goods.commissioned", "at": "2026-05-01T00:00:00Z", "sku": "CAT", "batch": "B"}
    event |= {"level": "UNIT", "codes": ["GRAPHQL-1"], "holder": "MIAOWANG"}
    query = """mutation($e: [JSON!]!) { recordEvents(events: $e) {
        accepted duplicates rejected { index id code path message } token } }"""

    report = (await client.data(query, e=[event, event, {"id": "g2"}, 7]))["recordEvents"]

    assert (report["accepted"], report["duplicates"]) == (1, 1)
    assert [(one["index"], one["id"], one["code"]) for one in report["rejected"]] == [
        (2, "g2", "UNKNOWN_TYPE"),
        (3, None, "INVALID_JSON"),
    ]
    question = '{ item(code: "GRAPHQL-1") { ownership { owner { id } } } }'
    answer = await client.ask(question, consistency=report["token"])
    assert answer["data"]["item"]["ownership"]["owner"] == {"id": "MIAOWANG"}


async def test_an_event_written_in_graphqls_own_syntax_is_the_same_event(client: Client) -> None:
    position = "{lat: 22.0, lon: 114}"
    literal = f'{{id: "g3", type: "goods.scanned", at: "2026-05-02T00:00:00Z", code: "X", position: {position}}}'
    sent = {"id": "g3", "type": "goods.scanned", "at": "2026-05-02T00:00:00Z", "code": "X"}

    first = await client.data(f"mutation {{ recordEvents(events: [{literal}]) {{ accepted }} }}")
    again = await client.record(sent | {"position": {"lat": 22, "lon": 114}})

    assert first == {"recordEvents": {"accepted": 1}}
    assert (again["duplicates"], again["rejected"]) == (1, [])


async def test_a_number_that_json_lacks_is_refused(client: Client) -> None:
    data = await client.data("mutation { recordEvents(events: [{id: 1e999}]) { rejected { code } } }")

    assert data["recordEvents"]["rejected"] == [{"code": "INVALID_JSON"}]


async def test_one_thousand_events_are_taken_and_one_more_is_not(client: Client, graph: Graph) -> None:
    events = [{"id": f"n{n}", "type": "goods.scanned", "at": "2026-05-02T00:00:00Z", "code": "X"} for n in range(1_001)]
    query = "mutation($e: [JSON!]!) { recordEvents(events: $e) { accepted } }"

    told = await client.refusal(query, e=events)
    taken = await client.data(query, e=events[:1_000])

    assert (told["code"], told["given"], told["allowed"]) == ("LIMIT_EXCEEDED", 1_001, 1_000)
    assert taken == {"recordEvents": {"accepted": 1_000}}
