"""Cases in which something late once left an earlier answer behind; each was a bug."""

from datetime import UTC, datetime
from typing import Any

import pytest

from graph_service.goods.codes import CodeRange, Span, key_of
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from tests.answers import Event
from tests.test_convergence import agree, arrive
from tests.test_every_event_type import event, member, party, rule

STAGE: list[Event] = [
    party(1, "F", "BRAND"),
    party(2, "D", "DISTRIBUTOR"),
    party(3, "D3", "DISTRIBUTOR"),
    party(4, "S", "STORE"),
    event(5, "channel.linked", 1, relation="SUPPLIES", parent="D3", child="S"),
    event(6, "product.listed", 1, product={"sku": "CAT", "name": "CAT", "brand": "F"}),
    rule(7, "scan", "CONSUMER_SCAN", ["CONSUMER", "STORE", "CLERK", "DISTRIBUTOR"]),
    rule(8, "stocking", "STORE_RECEIPT", ["STORE", "DISTRIBUTOR"]),
    event(9, "goods.commissioned", 2, sku="CAT", batch="B", level="UNIT", codes=["U1", "U2"], holder="F"),
]


def publication(number: int, day: int, trigger: str, version: int, since: str) -> Event:
    body: dict[str, Any] = {"id": "scan", "version": version, "brand": "F", "trigger": trigger, "from": since}
    pay = [{"role": "STORE", "fen": 7}]
    return event(number, "rule.published", day, rule=body | {"pay": pay, "retroactive": {"by": "t", "reason": "t"}})


LATE: dict[str, tuple[list[Event], list[Event]]] = {
    "what was sold before it was received never had that owner": (
        [
            event(20, "goods.scanned", 3, code="U1", member=member("c1")),
            event(21, "goods.received", 4, codes=["U1", "U2"], party="D"),
            event(22, "goods.received", 5, codes=["U1", "U2"], party="S"),
        ],
        [],
    ),
    "a version about something else ends the one before": (
        [
            event(20, "goods.received", 3, codes=["U1"], party="S"),
            event(21, "goods.scanned", 6, code="U1", member=member("c1")),
        ],
        [publication(22, 5, "STORE_RECEIPT", 2, "2026-03-05T00:00:00+08:00")],
    ),
    "an earlier content of a version displaces a later one": (
        [
            publication(22, 6, "CONSUMER_SCAN", 2, "2026-03-03T00:00:00+08:00"),
            event(20, "goods.received", 3, codes=["U1"], party="S"),
            event(21, "goods.scanned", 4, code="U1", member=member("c1")),
        ],
        [publication(23, 5, "CONSUMER_SCAN", 2, "2026-03-20T00:00:00+08:00")],
    ),
    "papers for a container take back what was packed before them": (
        [
            event(20, "goods.packed", 3, parent="BOX", children=["U1"]),
            event(21, "goods.received", 4, codes=["BOX"], party="S"),
            event(22, "goods.scanned", 5, code="U1", member=member("c1")),
        ],
        [event(23, "goods.commissioned", 8, sku="CAT", batch="B", level="CARTON", codes=["BOX"], holder="F")],
    ),
    "who once was a distributor": (
        [
            event(20, "party.registered", 2, party={"id": "X", "kind": "DISTRIBUTOR", "name": "X"}),
            event(21, "party.registered", 20, party={"id": "X", "kind": "WAREHOUSE", "name": "X"}),
            event(22, "goods.received", 3, codes=["U1"], party="X"),
            event(23, "goods.received", 4, codes=["U1"], party="S"),
            event(24, "goods.scanned", 5, code="U1", member=member("c1")),
        ],
        [event(25, "event.voided", 25, voids="e20", reason="never was one")],
    ),
    "what is kept of the channel ends with it": (
        [
            event(20, "goods.received", 3, codes=["U1", "U2"], party="S"),
            event(21, "goods.scanned", 4, code="U1", member=member("c1"), promoCode="P1"),
        ],
        [
            party(22, "K", "CLERK", promoCode="P1"),
            event(23, "goods.scanned", 5, code="U2", member=member("c1"), promoCode="P1"),
            event(24, "channel.linked", 2, relation="EMPLOYS", parent="S", child="K"),
            event(25, "goods.scanned", 6, code="U2", member=member("c2"), promoCode="P1"),
            event(26, "event.voided", 7, voids="e22", reason="somebody else"),
            event(27, "goods.scanned", 3, code="U2", member=member("c3"), promoCode="P1"),
        ],
    ),
}


@pytest.mark.parametrize("case", LATE)
async def test_late(case: str, graph: Graph, keys: IdentifierKeys) -> None:
    first, late = LATE[case]

    await arrive(graph, keys, [[*STAGE, *first], *([one] for one in late)])

    await agree(graph, keys, [*STAGE, *first, *late], datetime.now(UTC))


def test_no_code_of_another_form_lies_among_the_keys_of_a_sequence() -> None:
    [span] = CodeRange(first="A1", last="A5").spans()

    assert span == Span(key_of("A1"), key_of("A5"))
    for stranger in ("A{1}|3|7", "A{1}3", "A{1}|3", "A3|", "A{1}"):
        assert key_of(stranger) not in span
