"""Which nodes decisions and entries get: one for both while they say the same, and no entry ever says otherwise."""

import pytest

from graph_service.graph.driver import Graph, Row
from graph_service.members.identifiers import IdentifierKeys
from graph_service.rebates.nodes import decision_in, decision_node, entry_in, may_share, shared_node
from graph_service.rebates.placing import placed
from graph_service.recorder import Recorder
from tests.test_limits import limited_rule, month_of_scans

KEY = "R" + 24 * "A"


def decision(key: str = KEY, **changed: object) -> Row:
    said: Row = {"id": key, "rule": "r", "version": 1, "trigger": "e1", "role": "STORE", "payee": "S1"}
    return said | {"status": "ACCRUED", "amountFen": 300, "points": 0, "at": 5, "decidedAt": 6} | changed


def entry(revision: int = 1, **changed: object) -> Row:
    said: Row = {"id": f"{KEY}.{revision}", "rule": "r", "version": 1, "trigger": "e1", "role": "STORE", "payee": "S1"}
    said |= {"revision": revision, "status": "ACCRUED", "amountFen": 300, "points": 0, "at": 5}
    return said | {"block": 1, "funder": "F"} | changed


def test_what_shares_a_node_comes_out_of_it_as_it_went_in() -> None:
    node = shared_node(decision(limited="r:b", due=9), entry(late=2))
    assert decision_in(node) == decision(limited="r:b", due=9)
    assert entry_in(node) == entry(late=2)
    assert decision_in(decision_node(decision(reason="no_owner"))) == decision(reason="no_owner")
    assert entry_in(entry(3, reason="voided")) == entry(3, reason="voided")


def test_a_settled_decision_still_shares_the_node_of_its_entry() -> None:
    assert may_share(decision(status="SETTLED"), entry())
    assert decision_in(shared_node(decision(status="SETTLED"), entry()))["status"] == "SETTLED"
    assert entry_in(shared_node(decision(status="SETTLED"), entry())) == entry()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (decision(reason="cap_truncated"), entry()),
        (decision(status="HELD", reason="velocity"), entry(status="HELD")),
        (decision(cause="refund", effectiveAt=7), entry(cause="refund", at=7)),
        (decision(amountFen=299), entry()),
        (decision(points=1), entry()),
        (decision(version=2), entry()),
        (decision(payee="pseudonym"), entry()),
    ],
)
def test_what_says_something_else_has_a_node_of_its_own(one: Row, other: Row) -> None:
    assert not may_share(one, other)
    places = placed([one], [], {}, [other], {})
    assert not places.shared
    assert places.decisions["e1"] == [decision_node(one)]
    assert places.entries["e1"] == [other]


def test_a_new_decision_shares_the_node_of_the_entry_that_books_it() -> None:
    places = placed([decision()], [], {}, [entry()], {})
    assert places.shared["e1"] == [shared_node(decision(), entry())]
    assert not places.decisions
    assert not places.entries


def test_a_decision_that_changes_beside_its_entry_stays_with_it() -> None:
    now = decision(status="SETTLED")
    places = placed([now], [], {KEY: decision()}, [], {KEY: entry()})
    assert places.beside == [{"id": f"{KEY}.1", "now": shared_node(now, entry())}]
    assert not places.left


def test_a_decision_leaves_an_entry_that_it_takes_back_for_the_one_that_books_it_anew() -> None:
    now, back, anew = decision(amountFen=200), entry(2, amountFen=-300), entry(3, amountFen=200)
    places = placed([now], [], {KEY: decision()}, [back, anew], {KEY: entry()})
    assert places.left == [{"id": f"{KEY}.1", "now": entry()}]
    assert places.entries["e1"] == [back]
    assert places.shared["e1"] == [shared_node(now, anew)]


def test_a_decision_that_no_longer_follows_leaves_its_entry_and_one_alone_goes() -> None:
    alone = "R" + 24 * "C"
    stored = {KEY: decision(), alone: decision(alone, status="REJECTED", amountFen=0, reason="no_owner")}
    places = placed([], [KEY, alone], stored, [], {KEY: entry()})
    assert places.left == [{"id": f"{KEY}.1", "now": entry()}]
    assert places.gone == [alone]


@pytest.mark.parametrize("booked", [True, False])
def test_a_new_decision_takes_the_node_of_one_that_no_longer_follows_on_its_event(booked: bool) -> None:
    before, elsewhere = (
        {**decision(key, status="REJECTED", amountFen=0, reason="no_rule"), "trigger": trigger}
        for key, trigger in (("R" + 24 * "C", "e1"), ("R" + 24 * "D", "e2"))
    )
    stored = {one["id"]: one for one in (before, elsewhere)}
    new = decision() if booked else decision(status="SUSPENSE", reason="owner_unknown")
    places = placed([new], sorted(stored), stored, [entry()] if booked else [], {})
    node = shared_node(new, entry()) if booked else decision_node(new)
    assert (places.taken if booked else places.changed) == [{"id": before["id"], "now": node}]
    assert places.gone == [elsewhere["id"]]
    assert not any([*places.shared.values(), *places.decisions.values()])


async def test_what_is_booked_at_once_has_one_node_and_what_is_cut_two(graph: Graph, keys: IdentifierKeys) -> None:
    cap = {"per": "DAY", "role": "STORE", "limitFen": 150, "onExceed": "TRUNCATE"}
    async with Recorder(graph, keys).running() as recorder:
        await recorder.record([limited_rule(caps=[cap]), *month_of_scans(2)], as_admin=True)
    nodes = (
        "MATCH (n:Decision|Entry {role: 'STORE'}) "
        "RETURN labels(n), n.amountFen, n.rebate IS NULL ORDER BY n.trigger, n.id"
    )
    _, rows = await graph.run(nodes, read_only=True)
    assert [[set(labels), *rest] for labels, *rest in rows] == [
        [{"Decision", "Entry"}, 100, True],
        [{"Entry"}, 50, True],
        [{"Decision"}, 50, False],
    ]
