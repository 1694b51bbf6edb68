"""GraphQL over the demonstration: its answers are the model's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph_service.graph.driver import Graph, Transaction
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import parse_instant
from graph_service.recorder import Recorder
from tests.demonstration import demo_world, fill_with_demo
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


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-07-05T08:00:00.5+08:00"])
async def test_any_time_can_be_asked_about(client: Client, at: str) -> None:
    data = await client.data(
        "query($c: String!, $at: DateTime!) { item(code: $c) { ownership(at: $at) { at } container(at: $at) { code }"
        " journey(at: $at) { event } } }",
        c=CODE,
        at=at,
    )

    assert parse_instant(data["item"]["ownership"]["at"]) == parse_instant(at)
