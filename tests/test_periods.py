"""Rules of periods: whatever way a log arrives, and whatever is voided late, closings pay what the model says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from tests.answers import accounts_in, decisions_of, model_decisions
from tests.model import World
from tests.model.cast import linked, party
from tests.model.log import Event
from tests.test_convergence import arrive, books_agree
from tests.test_limits import explained, unsettled
from tests.test_model_periods import EACH, TIERS, at, beginning, closed, packed, received, rule, scanned

MEASURES = ["CARTONS_RECEIVED", "UNITS_SOLD_THROUGH", "CARTONS_SOLD_THROUGH", "CARTONS_ELIGIBLE", "SCANS"]


def said(number: int, event: Event) -> Event:
    event["rule"]["id"] = event["id"] = f"r{number:02}"
    return event


def rules() -> list[Event]:
    found = [rule(measure, EACH) for measure in MEASURES]
    found += [rule(measure, EACH, "DISTRIBUTOR") for measure in ("CARTONS_RECEIVED", "SCANS")]
    found += [rule("CARTONS_RECEIVED", EACH, "SALESPERSON"), rule("UNITS_SOLD_THROUGH", EACH, "SALESPERSON")]
    found += [
        rule("SCANS", TIERS, period="QUARTER", mode="STEPPED"),
        rule("SCANS", TIERS, period="YEAR", target=3),
        rule("SCANS", EACH, scope={"skus": ["DOG"]}),
        rule("SALES_FEN", [{"from": 0, "bps": 1_000}]),
        rule("SALES_FEN", [{"from": 0, "bps": 333}], "PROMOTER", period="QUARTER"),
        rule("NEW_MEMBERS", EACH),
        rule("NEW_MEMBERS", EACH, "CLERK"),
        rule("CARTONS_ELIGIBLE", EACH, period="QUARTER", caps=[{"per": "DAY", "limitFen": 15}]),
    ]
    return [said(number, one) for number, one in enumerate(found)]


def log() -> list[Event]:
    serves: dict[str, Any] = linked("SERVES", "P", "S1")
    return [
        *beginning(),
        {"id": "serves", "at": at(-90), **serves},
        {"id": "pallet", "at": at(-40), **packed("P", "C0", "C1", "C2")},
        received(-39, "D", "P"),
        received(-35, "S1", "C0"),
        scanned(-34, "U00"),
        received(-20, "S1", "P"),
        scanned(-19, "U05"),
        closed(-1, "2026-05"),
        received(1, "S1", "C0", "C3", "C4"),
        received(2, "S2", "C5"),
        {"id": "unpack", "at": at(3), "type": "goods.unpacked", "parent": "C3", "children": ["U15"]},
        scanned(4, "U15"),
        scanned(5, "U10"),
        scanned(6, "U01"),
        scanned(7, "U25"),
        *trade(),
        closed(30, "2026-06"),
        closed(31, "2026-06"),
        *rules(),
    ]


def trade() -> list[Event]:
    def person(value: str) -> dict[str, str]:
        return {"type": "WECHAT_OPENID", "app": "mini", "value": value}

    def registered(day: int, value: str, **more: str) -> Event:
        said = {"type": "member.registered", "identifiers": [person(value)], "consent": []}
        return {"id": f"reg{day}", "at": at(day), **said, **more}

    lines = [
        {"line": "1", "sku": "CAT", "quantity": 3, "netFen": 999},
        {"line": "2", "sku": "TEA", "quantity": 1, "netFen": 50},
    ]
    order = {
        "type": "order.placed",
        "order": "O1",
        "channel": "POS",
        "store": "S1",
        "paidFen": 1_099,
        "shippingFen": 50,
    }
    back = {"type": "order.refunded", "order": "O1", "lines": [{"line": "1", "quantity": 1}]}
    return [
        {"id": "K", "at": at(-99), **party("K", "CLERK", promoCode="KC")},
        {"id": "employs", "at": at(-98), **linked("EMPLOYS", "S1", "K")},
        registered(8, "a", store="S1"),
        registered(9, "b", promoCode="KC"),
        registered(10, "c", clerk="K"),
        {"id": "met", "at": at(11), "type": "member.identified", "identifiers": [person("a"), person("c")]},
        {"id": "o1", "at": at(12), **order, "lines": lines, "promoCode": "KC"},
        {"id": "back", "at": at(32), **back},
    ]


async def agree(graph: Graph, keys: IdentifierKeys, events: list[Event]) -> None:
    wanted = model_decisions(World(events, datetime.now(UTC)).decisions(), accounts_in(events, keys))
    assert unsettled(await decisions_of(graph)) == unsettled(wanted)
    assert await rederive(graph, keys, check=True) == []
    await books_agree(graph)


@pytest.mark.parametrize("order", [1, -1])
async def test_closings_pay_what_the_model_says(graph: Graph, keys: IdentifierKeys, order: int) -> None:
    events = [one | {"recordedAt": one["at"]} for one in log()]
    await arrive(graph, keys, [events[::order][n : n + 9] for n in range(0, len(events), 9)])
    await agree(graph, keys, events)
    assert len({row[0] for row in await decisions_of(graph)} - {"NONE"}) == len(rules()) - 2  # dogs, and April
    await explained(graph)
    for target in ("s5U10", "in-20S1", "back", "met", "close-1"):
        void = {"id": f"no-{target}", "at": at(33), "recordedAt": at(33), "type": "event.voided", "voids": target}
        events.append(void | {"reason": "mistaken"})
        async with Recorder(graph, keys).running() as recorder:
            await recorder.record([events[-1]], as_admin=True)
        await agree(graph, keys, events)
    causes = "MATCH (e:Entry)-[:REVERSES]->()-[:FOR]->(t:PeriodFact) WHERE NOT t.voided RETURN DISTINCT e.reason"
    assert (await graph.run(causes, read_only=True))[1] == [["tier_recalculated"]]
