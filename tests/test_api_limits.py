"""GraphQL's limits, refused before anything runs, and its errors, which show nothing of the inside."""

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
from graph_service.recorder import Recorder
from tests.model.log import Event
from tests.serving import Client, app_of, client_of, settings_of

OWNERSHIP = """
  code at status confirmedBy confirmedAt via distributorBasis salespersonBasis
  owner { id } shippedTo { id } store { id } distributor { id } salesperson { id } brand { id }
  steps { event type at code from { id } to { id } }
"""


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path) -> AsyncIterator[Client]:
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as running:
        yield running


def made(id_: str = "e1", *codes: str, **more: Any) -> Event:
    event = {"id": id_, "type": "goods.commissioned", "at": "2026-05-01T00:00:00Z", "sku": "CAT", "batch": "B"}
    return event | {"level": "UNIT", "codes": list(codes or ("U1",)), "holder": "F"} | more


def lines(*events: Any) -> bytes:
    return b"\n".join(json.dumps(event).encode() for event in events)


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


async def test_an_unforeseen_error_shows_a_reference_and_nothing_of_the_inside(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("13800000000 at /secret/place")

    monkeypatch.setattr(questions, "fetch_goods", fail)

    answer = await client.ask("query($c: String!) { ownerships(queries: [{code: $c}]) { status } }", {"c": "U1"})

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
