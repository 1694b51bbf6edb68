"""A receipt and a scan that arrive at the same moment on two connections never end in a wrong suspense."""

import asyncio
from typing import Any

from graph_service.graph.driver import Graph, connect
from graph_service.graph.embedded import Connection
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.answers import decisions_of

TIMES = 200


def event(event_id: str, kind: str, minute: int, **fields: Any) -> dict[str, Any]:
    at = f"2026-03-01T{minute // 60:02d}:{minute % 60:02d}:00+08:00"
    return {"id": event_id, "type": kind, "at": at, **fields}


def stage() -> list[dict[str, Any]]:
    """A brand, a store, a rule, and an item for each time."""
    rule = {
        "id": "bc",
        "version": 1,
        "brand": "F",
        "trigger": "CONSUMER_SCAN",
        "from": "2026-01-01T00:00:00+08:00",
        "retroactive": {"by": "test", "reason": "before all"},
        "pay": [{"role": "STORE", "fen": 300}],
    }
    units = {"first": "U000", "last": f"U{TIMES - 1:03d}"}
    return [
        event("p1", "party.registered", 0, party={"id": "F", "kind": "BRAND", "name": "F"}),
        event("p2", "party.registered", 0, party={"id": "S", "kind": "STORE", "name": "S"}),
        event("p3", "product.listed", 0, product={"sku": "CAT", "name": "CAT", "brand": "F"}),
        event("p4", "rule.published", 0, rule=rule),
        event("p5", "goods.commissioned", 1, sku="CAT", batch="B", level="UNIT", range=units, holder="F"),
    ]


async def test_receipt_and_scan_at_the_same_moment(
    graph: Graph, connection: Connection, recorder: Recorder, keys: IdentifierKeys
) -> None:
    await recorder.record(stage(), as_admin=True)

    async with connect(connection) as other_graph, Recorder(other_graph, keys).running() as other:
        for number in range(TIMES):
            code = f"U{number:03d}"
            receipt = event(f"r{number}", "goods.received", 2, codes=[code], party="S")
            member = {"identifiers": [{"type": "JD", "value": f"c{number}"}]}
            scan = event(f"s{number}", "goods.scanned", 3, code=code, member=member)
            await asyncio.gather(recorder.record([receipt], as_admin=True), other.record([scan], as_admin=True))

    paid = {
        trigger
        for rule, _, trigger, _, payee, status, *_ in await decisions_of(graph)
        if (rule, payee, status) == ("bc", "S", "ACCRUED")
    }
    assert paid == {f"s{number}" for number in range(TIMES)}
