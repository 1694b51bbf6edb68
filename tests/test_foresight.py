"""Scans that are decided on beside the transaction that writes them: as if they had been written before."""

from __future__ import annotations

from typing import Any

import pytest

from graph_service.graph.driver import Graph, Transaction
from graph_service.intake.envelope import open_envelope
from graph_service.intake.lock import Log, lock
from graph_service.intake.log import Watch, append
from graph_service.intake.prepared import Prepared, prepare
from graph_service.members.derive import derive_members
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.policy import policy_of
from graph_service.moments import now
from graph_service.rebates.evaluate import evaluate, fetch_rulebook
from graph_service.rebates.foresight import Foresight
from graph_service.recorder import Recorder
from tests.answers import Event
from tests.model.limit_logs import at, openid
from tests.test_limits import limited_rule

MADE = {"type": "goods.commissioned", "sku": "CAT", "batch": "B", "holder": "F"}
OPENING: list[Event] = [
    {"type": "party.registered", "party": {"id": "F", "kind": "BRAND", "name": "F"}},
    {"type": "party.registered", "party": {"id": "D", "kind": "DISTRIBUTOR", "name": "D"}},
    {"type": "party.registered", "party": {"id": "S", "kind": "STORE", "name": "S"}},
    {"type": "channel.linked", "relation": "SUPPLIES", "parent": "F", "child": "D"},
    {"type": "channel.linked", "relation": "SUPPLIES", "parent": "D", "child": "S"},
    {"type": "product.listed", "product": {"sku": "CAT", "name": "CAT", "brand": "F"}},
    {**MADE, "level": "UNIT", "range": {"first": "U00", "last": "U59"}},
    {**MADE, "level": "CARTON", "codes": ["C1"]},
    {"type": "goods.packed", "parent": "C1", "children": [f"U{n:02}" for n in range(20)]},
    {"type": "goods.received", "codes": ["C1"], "party": "D"},
    {"type": "goods.received", "codes": ["C1"], "party": "S"},
    {"type": "goods.received", "codes": [f"U{n}" for n in range(20, 30)], "party": "S"},
    {"type": "code.aliased", "code": "U31", "aliases": [{"code": "INNER31", "role": "INNER"}]},
    {"type": "goods.received", "codes": ["INNER31"], "party": "S"},
    {"type": "goods.destroyed", "codes": ["U32"]},
    {"type": "goods.scanned", "code": "U33", "member": {"identifiers": [openid("early")]}},
]
CODES = ["U00", "U07", "U07", "U08", "U19", "U20", "U25", "U30", "U31", "INNER31", "U32", "U33", "C1", "NEVER", "U59"]


def scans(codes: list[str], **more: Any) -> list[Event]:
    return [
        {"id": f"scan{n}", "at": at(n), "type": "goods.scanned", "code": code, **more}
        | ({"member": {"identifiers": [openid(code)]}} if n % 4 != 3 else {})
        for n, code in enumerate(codes)
    ]


def prepared(events: list[Event], keys: IdentifierKeys) -> list[Prepared]:
    return [
        prepare(open_envelope(n, event, now=now(), may_set_recorded_at=True), keys).sealed_with(keys)
        for n, event in enumerate(events)
    ]


class _TakenBackError(Exception):
    """Ends a transaction whose writing is not wanted."""


@pytest.mark.parametrize("window", [{}, {"lateBindingDays": 3}])
async def test_what_is_seen_beside_is_what_is_there_afterwards(
    graph: Graph, keys: IdentifierKeys, window: dict[str, int]
) -> None:
    opening = [limited_rule(**window)]
    opening += [{"id": f"o{n}", "at": at(n - 600), **event} for n, event in enumerate(OPENING)]
    async with Recorder(graph, keys).running() as recorder:
        assert not (await recorder.record(opening, as_admin=True)).rejected
    batch = prepared(scans(CODES), keys)

    async def work(transaction: Transaction) -> None:
        log = await lock(transaction, (one.arrival.id for one in batch))
        policy = policy_of(log.policy)
        async with Foresight(graph) as foresight:
            watch = _begun(foresight, log)
            appended = await append(transaction, batch, log, now=now(), policy=policy, watch=watch)
            seen = await foresight.seen(appended.scans)
        await derive_members(transaction, appended.touched, (), policy, keys)
        rules = await fetch_rulebook(transaction)
        clock = max(*appended.recorded, log.clock or 0)
        there = await evaluate(transaction, appended.scans, rules, clock)
        assert seen is not None
        assert seen.triggers == set(appended.scans) == there.scans.keys()
        assert seen.derived.triggers == there.triggers
        assert seen.derived.rests_on == there.rests_on
        assert sorted(map(repr, seen.derived.decisions)) == sorted(map(repr, there.decisions))
        reasons = {one.reason for one in there.decisions}
        assert {None, "code_already_consumed", "no_member", "unknown_code", "not_a_unit", "destroyed"} <= reasons
        raise _TakenBackError

    with pytest.raises(_TakenBackError):
        await graph.write(work)


def _begun(foresight: Foresight, log: Log) -> Watch:
    return lambda scans, cuts, clock: foresight.begin(log, scans, cuts, clock)


async def test_nothing_is_seen_beside_of_scans_that_come_with_something_else(
    graph: Graph, keys: IdentifierKeys
) -> None:
    """What else comes may change what they rest on; and a void may have come before its scan."""
    told: list[int] = []
    received: Event = {"id": "in", "at": at(0), "type": "goods.received", "codes": ["U1"], "party": "S"}
    void: Event = {"id": "void", "at": at(0), "type": "event.voided", "voids": "scan1", "reason": "a test"}
    async with Recorder(graph, keys).running() as recorder:
        assert not (await recorder.record([void], as_admin=True)).rejected
    for events, says in (([*scans(["U1"]), received], 0), (scans(["U1", "U2"]), 0), (scans(["U1"]), 1)):
        batch = prepared(events, keys)
        told.clear()

        async def work(transaction: Transaction, batch: list[Prepared] = batch) -> None:
            log = await lock(transaction, (one.arrival.id for one in batch))
            policy = policy_of(log.policy)
            await append(
                transaction, batch, log, now=now(), policy=policy, watch=lambda found, _, __: told.append(len(found))
            )
            raise _TakenBackError

        with pytest.raises(_TakenBackError):
            await graph.write(work)
        assert told == [1] * says
