"""Caps, budgets, holds and rounding at settlement: whatever way a log arrives, it ends where the reference model is."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graph_service.graph.driver import Graph, Transaction
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.rebates.decision import Decision
from graph_service.rebates.explain import explanations
from graph_service.rebates.questions import rebates
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from tests.answers import Booking, Event, accounts_in, decisions_of, model_decisions, rebate_ids
from tests.model import World
from tests.model.limit_logs import LONG_AGO, OPENING, at, limit_logs, openid
from tests.model.logs import deliveries
from tests.test_convergence import SLOW, arrive, books_agree


def named(log: list[Event], about: list[tuple[str, str, str]], keys: IdentifierKeys) -> list[Event]:
    """The log with reviews that name their decisions."""
    events = {event["id"]: event for event in log}
    for review, scan_id, role in about:
        scan = events[scan_id]
        if role == "STORE":
            received = events.get("in" + scan_id[1:])
            payee = received["party"] if received else None
        else:
            openid = scan["member"]["identifiers"][-1]  # a phone comes last, and is the strongest
            payee = keys.id_of(plain(openid["type"], openid["value"], openid.get("app")))
        events[review]["rebate"] = Decision("r", 0, scan_id, role, payee, "").id
    return log


def world_of(log: list[Event], keys: IdentifierKeys) -> World:
    return World(log, datetime.now(UTC), rebate_ids(log, keys))


def unsettled(decisions: Counter[Booking]) -> Counter[Booking]:
    """Whether a statement was frozen depends on the order of arrival; what is owed does not."""
    return Counter([(*one[:5], one[5].replace("SETTLED", "ACCRUED"), *one[6:]) for one in decisions.elements()])


async def explained(graph: Graph) -> None:
    """Every decision's tree tells what the decision is, and every line has its sentence."""

    async def read(transaction: Transaction) -> None:
        for history in (False, True):
            lines = await rebates(transaction, limit=1_000, history=history)
            for line, tree in zip(lines, await explanations(transaction, lines), strict=True):
                assert tree["sentence"]["en"]
                assert tree["sentence"]["zh"]
                if not history:
                    told = [tree["decision"][name] for name in ("status", "amountFen", "reason")]
                    assert told == [line.status, line.amount_fen, line.reason]

    await graph.read(read)


@given(data=st.data())
@SLOW
async def test_any_order_ends_where_the_model_is(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = named(*data.draw(limit_logs()), keys)
    await arrive(graph, keys, data.draw(deliveries(log)))
    wanted = model_decisions(world_of(log, keys).decisions(), accounts_in(log, keys))
    assert unsettled(await decisions_of(graph)) == unsettled(wanted)
    assert await rederive(graph, keys, check=True) == []
    await books_agree(graph)


def month_of_scans(count: int) -> list[Event]:
    """Each of a unit of its own, all received before."""
    codes = [f"V{n:03}" for n in range(count)]
    made: Event = {"type": "goods.commissioned", "sku": "CAT", "batch": "B", "level": "UNIT", "holder": "F"}
    log = [{"id": f"a{n}", "at": at(-600), **body} for n, body in enumerate(OPENING)]
    log.append({"id": "made", "at": at(-600), **made, "codes": codes})
    log.append({"id": "in", "at": at(-500), "type": "goods.received", "codes": codes, "party": "S1"})
    for n, code in enumerate(codes):
        who = {"identifiers": [openid(code)]}
        log.append({"id": f"v{n:03}", "at": at(n // 9), "type": "goods.scanned", "code": code, "member": who})
    return log


def limited_rule(**more: Any) -> Event:
    rule = {"id": "r", "version": 1, "brand": "F", "trigger": "CONSUMER_SCAN", "from": LONG_AGO}
    rule |= {"pay": [{"role": "STORE", "fen": 100}, {"role": "CONSUMER", "fen": 10}], **more}
    return {"id": "rule", "at": at(-700), "type": "rule.published", "rule": rule}


async def test_another_content_of_a_version_brings_its_limits(graph: Graph, keys: IdentifierKeys) -> None:
    """It pays the same, so that nothing but the limits tells that something changed."""
    cap = {"per": "DAY", "role": "STORE"}
    other = limited_rule(caps=[cap | {"limitFen": 250}]) | {"id": "other", "at": at(-701)}
    log = [limited_rule(caps=[cap | {"limitFen": 150}]), *month_of_scans(4), other]
    async with Recorder(graph, keys).running() as recorder:
        for part in (log[:-1], log[-1:]):
            await recorder.record(part, as_admin=True)
    decided = await decisions_of(graph)
    assert decided == model_decisions(world_of(log, keys).decisions(), accounts_in(log, keys))
    assert sorted(one[6] for one in decided.elements() if one[3] == "STORE") == [0, 50, 100, 100]
    assert await rederive(graph, keys, check=True) == []


async def test_sixteen_writers_never_overspend_a_budget(graph: Graph, keys: IdentifierKeys) -> None:
    log = [
        limited_rule(budgetFen=3_000, caps=[{"per": "DAY", "role": "STORE", "limitFen": 1_950}]),
        *month_of_scans(160),
    ]
    start = len(log) - 160
    async with Recorder(graph, keys).running() as recorder:
        await recorder.record(log[:start], as_admin=True)

        async def write(number: int) -> None:
            for one in log[start + number :: 16]:
                await recorder.record([one], as_admin=True)

        await asyncio.gather(*(write(number) for number in range(16)))
    decided = await decisions_of(graph)
    assert decided == model_decisions(world_of(log, keys).decisions(), accounts_in(log, keys))
    assert sum(one[6] for one in decided.elements()) == 3_000
    assert await rederive(graph, keys, check=True) == []
    await books_agree(graph)
    await graph.run("MATCH (n:Decision&!Entry|Tally) DETACH DELETE n", read_only=False)
    await graph.run("MATCH (n:Decision) REMOVE n:Decision, n.state", read_only=False)
    assert await rederive(graph, keys, check=False) != []
    assert await decisions_of(graph) == decided
    assert await rederive(graph, keys, check=True) == []
    await books_agree(graph)


async def test_explanations_tell_the_limits_with_running_totals(graph: Graph, keys: IdentifierKeys) -> None:
    cap = {"per": "DAY", "role": "STORE", "limitFen": 150, "onExceed": "TRUNCATE"}
    async with Recorder(graph, keys).running() as recorder:
        await recorder.record([limited_rule(budgetFen=400, caps=[cap]), *month_of_scans(4)], as_admin=True)
    lines = await graph.read(lambda t: rebates(t, limit=100))
    trees = await graph.read(lambda t: explanations(t, lines))
    told = {(tree["trigger"]["event"], tree["decision"]["role"]): tree for tree in trees if "limits" in tree}
    second = told["v001", "STORE"]
    assert (second["decision"]["amountFen"], second["decision"]["reason"]) == (50, "cap_truncated")
    limits = second["limits"]
    assert limits["proposed"] == {"status": "ACCRUED", "fen": 100, "points": 0}
    assert limits["caps"] == [cap | {"countedFor": "S1", "usedBeforeFen": 100}]
    assert limits["budget"] == {"limitFen": 400, "onInsufficient": "REJECT_EVENT", "usedBeforeFen": 110}
    assert told["v003", "STORE"]["limits"]["afterCapsOfPayee"] == {"fen": 0, "reason": "cap_reached"}
    assert told["v003", "CONSUMER"]["limits"]["budget"]["usedBeforeFen"] == 180


async def test_a_refund_and_a_review_that_come_alone_open_a_budget(graph: Graph, keys: IdentifierKeys) -> None:
    """One event after the other, as they happen: nothing else makes the rule count anew."""
    hold = {"measure": "SCANS_PER_DEVICE_AND_STORE", "windowMinutes": 5, "limit": 0}
    rule = limited_rule(budgetFen=110, holds=[hold])
    log = [rule, *month_of_scans(3)]
    log[-3] |= {"device": "d"}
    review: Event = {"id": "look", "at": at(1), "type": "hold.reviewed", "decision": "VOID", "reason": "?"}
    review["rebate"] = Decision("r", 0, "v000", "STORE", "S1", "").id
    commission: Event = {"id": "rule-o", "at": at(-700), "type": "rule.published"}
    commission["rule"] = rule["rule"] | {"id": "o", "trigger": "ORDER", "budgetFen": 100, "holds": []}
    commission["rule"] |= {"pay": [{"role": "STORE", "bps": 1_000, "base": "NET_PAID"}]}
    orders: list[Event] = []
    for n in range(3):
        lines = [{"line": "1", "sku": "CAT", "quantity": 2, "netFen": 1_000}]
        said = {"type": "order.placed", "order": f"O{n}", "channel": "POS", "store": "S1", "paidFen": 1_000}
        orders.append({"id": f"o{n}", "at": at(2 * n), **said, "lines": lines})
    back = {"id": "back", "at": at(3), "type": "order.refunded", "order": "O0"}
    log = [*log[:-2], review, *log[-2:], commission, *orders[:2], back, orders[2]]
    async with Recorder(graph, keys).running() as recorder:
        for one in log:
            assert not (await recorder.record([one], as_admin=True)).rejected
    decided = await decisions_of(graph)
    assert decided == model_decisions(world_of(log, keys).decisions(), accounts_in(log, keys))
    told = {(one[2], one[3]): (one[5], one[6], one[8]) for one in decided.elements() if one[5] != "REVERSED"}
    assert told["v000", "STORE"] == ("REJECTED", 0, "voided_on_review")
    assert told["o1", "STORE"] == ("REJECTED", 0, "budget_exhausted")
    assert told["o2", "STORE"] == ("ACCRUED", 100, None)
    assert await rederive(graph, keys, check=True) == []
    await explained(graph)


async def test_orders_and_registrations_of_new_members_on_one_device_are_held(
    graph: Graph, keys: IdentifierKeys
) -> None:
    """Refunded while they are on hold, before and behind a review, under a budget that they keep."""
    hold = {"measure": "NEW_MEMBERS_PER_DEVICE_AND_DAY", "limit": 1}
    pay = [{"role": "STORE", "bps": 1_000, "base": "NET_PAID"}, {"role": "CONSUMER", "points": 9}]
    commission = limited_rule(budgetFen=350, onInsufficient="PRORATA", holds=[hold], pay=pay)
    commission["rule"] |= {"id": "o", "trigger": "ORDER"}
    welcome = limited_rule(holds=[hold], pay=[{"role": "CONSUMER", "fen": 5}]) | {"id": "rule-w"}
    welcome["rule"] |= {"id": "w", "trigger": "MEMBER_REGISTRATION"}
    log = [{"id": f"a{n}", "at": at(-600), **body} for n, body in enumerate(OPENING)] + [commission, welcome]
    for n in range(4):
        who = [openid(f"n{n}")]
        first = {"type": "goods.scanned", "code": "nobody's", "device": "d", "member": {"identifiers": who}}
        log.append({"id": f"first{n}", "at": at(n), **first})
        shown = {"identifiers": who, "store": "S1", "consent": []}
        log.append({"id": f"reg{n}", "at": at(n), "type": "member.registered", **shown})
        lines = [{"line": "1", "sku": "CAT", "quantity": 4, "netFen": 1_000}]
        said = {"type": "order.placed", "order": f"O{n}", "channel": "POS", "store": "S1", "paidFen": 1_000}
        log.append({"id": f"o{n}", "at": at(n), **said, "lines": lines, "member": {"identifiers": who}})
    third = {"lines": [{"line": "1", "quantity": 1}]}
    log += [
        {"id": f"back{n}", "at": at(hour), "type": "order.refunded", "order": f"O{n}", **third}
        for n, hour in ((0, 8), (1, 8), (2, 12))
    ]
    looks = (("look1", "o1", "RELEASE", 9), ("look2", "o2", "VOID", 10), ("look3", "o3", "VOID", 9))
    log += [
        {"id": id_, "at": at(hour), "type": "hold.reviewed", "decision": decision, "reason": "?"}
        | {"rebate": Decision("o", 0, order, "STORE", "S1", "").id}
        for id_, order, decision, hour in looks
    ]
    late = {"id": "o9", "at": at(20), "type": "order.placed", "order": "O9", "channel": "POS", "store": "S1"}
    log.append(late | {"paidFen": 9_000, "lines": [{"line": "1", "sku": "CAT", "quantity": 1, "netFen": 9_000}]})
    for order in (log, log[::-1]):
        await graph.run("MATCH (n) WHERE NOT n:Migration DETACH DELETE n", read_only=False)
        async with Recorder(graph, keys).running() as recorder:
            for one in order:
                assert not (await recorder.record([one], as_admin=True)).rejected
        decided = await decisions_of(graph)
        assert decided == model_decisions(world_of(log, keys).decisions(), accounts_in(log, keys))
        assert await rederive(graph, keys, check=True) == []
        await books_agree(graph)
    told = sorted((one[2], one[5], one[6], one[8]) for one in decided.elements() if one[3] == "STORE" and one[0] == "o")
    assert told == [
        ("o0", "ACCRUED", 100, None),
        ("o0", "REVERSED", -25, "refunded"),
        ("o1", "ACCRUED", 100, None),
        ("o1", "REVERSED", -25, "refunded"),
        ("o2", "REJECTED", 0, "voided_on_review"),
        ("o3", "REJECTED", 0, "voided_on_review"),
        ("o9", "ACCRUED", 200, "budget_prorated"),
    ]
    held = [one for one in decided.elements() if one[5] == "HELD"]
    assert sorted((one[0], one[2], one[7]) for one in held) == [
        *[("o", f"o{n}", 9) for n in (1, 2, 3)],
        *[("w", f"reg{n}", 0) for n in (1, 2, 3)],
    ]
