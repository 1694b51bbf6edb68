"""Attribution over touches: what the reference model credits, in whatever order the log arrives."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_service.attribution.journeys import TouchModel
from graph_service.attribution.questions import (
    Answer,
    member_by_precedence,
    member_by_touches,
    order_by_precedence,
    order_by_touches,
)
from graph_service.attribution.read import journeys_between
from graph_service.attribution.report import CreditedTo, report, trails_of
from graph_service.commands.attribution import graph_paths
from graph_service.errors import ServiceError
from graph_service.explore.times import window_of
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.recorder import Recorder
from tests.model import World, touches
from tests.model.cast import party
from tests.model.log import Event, Fact
from tests.serving import app_of, client_of, settings_of
from tests.test_convergence import arrive

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
IDENTIFIERS = [
    {"type": "PHONE", "value": "13800138000"},
    {"type": "PHONE", "value": "13900139000"},
    {"type": "WECHAT_OPENID", "value": "o1", "app": "mini"},
    {"type": "DEVICE", "value": "tablet"},
]
ALL = 2**61
MODELS = [model.value for model in TouchModel]


def body(draw: random.Random) -> dict[str, Any]:
    member = {"identifiers": draw.sample(IDENTIFIERS, draw.choice([1, 1, 1, 2]))}
    store = {"store": draw.choice(["S1", "S2"])} if draw.random() < 0.5 else {}
    kind = draw.choice(["touch"] * 5 + ["order"] * 3 + ["identified", "released", "chosen"])
    if kind == "touch":
        campaign = {"campaign": "spring"} if draw.random() < 0.3 else {}
        by = {"by": draw.choice(["K1", "S1"])} if draw.random() < 0.4 else {}
        said = {
            "kind": draw.choice(["AD", "VISIT", "LIVESTREAM"]),
            "channel": draw.choice(["DOUYIN", "STORE", "TMALL"]),
        }
        return {"type": "touch.recorded", "member": member, **said, **store, **campaign, **by}
    if kind == "order":
        position = {"position": {"lat": 22.5, "lon": 114.0}} if draw.random() < 0.4 else {}
        named = {"member": member} if draw.random() < 0.9 else {}
        line = {"line": "1", "sku": "CAT", "quantity": 1, "netFen": 100}
        order = {"order": f"O{draw.randint(1, 7)}", "channel": "ANY", "paidFen": draw.randint(0, 999), "lines": [line]}
        return {"type": "order.placed", **order, **named, **store, **position}
    if kind == "chosen":
        return {"type": "store.chosen", "member": member, "store": draw.choice(["S1", "S2"])}
    if kind == "identified":
        return {"type": "member.identified", "identifiers": draw.sample(IDENTIFIERS[:3], 2)}
    a, b = draw.sample(IDENTIFIERS[:3], 2)
    return {"type": "member.released", "a": a, "b": b, "reason": "given away"}


def log_of(seed: int) -> list[Event]:
    draw = random.Random(seed)
    log: list[Event] = []
    for number in range(36):
        # Some at one moment, some at the edge of the window.
        days = draw.choice([0, 1, 2, 3, 7, 20, 60, 180, 181, 200])
        at = (BEGIN + timedelta(days=days)).isoformat()
        log.append({"id": f"{draw.choice('abZ')}{number}", "at": at, **body(draw)})
    for number, target in enumerate(draw.sample(log, 4)):
        void = {"type": "event.voided", "at": "2026-08-02T00:00:00Z", "voids": target["id"], "reason": "mistake"}
        log.append({"id": f"void {number}", **void})
    parties = [party("S1", "STORE"), party("S2", "STORE"), party("K1", "CLERK")]
    log += [{"id": f"party {n}", "at": BEGIN.isoformat(), **one} for n, one in enumerate(parties)]
    draw.shuffle(log)
    return log


def told(answer: Answer | None) -> dict[tuple[str | None, str | None], tuple[float, list[str]]] | None:
    if answer is None:
        return None
    return {
        (share.store, share.channel): (pytest.approx(share.share, abs=1e-12), list(share.evidence))  # type: ignore[misc]
        for share in answer.shares
    }


@pytest.mark.parametrize("seed", range(5))
async def test_orders_are_credited_as_the_model_says(seed: int, graph: Graph, keys: IdentifierKeys) -> None:
    log = log_of(seed)
    await arrive(graph, keys, [log[:10], log[10:11], log[11:]])
    world = World(log, datetime.now(UTC))
    for number in range(1, 8):
        placed = touches.order_of(world, f"O{number}")
        for model in TouchModel:
            found = await graph.read(lambda tx, n=number, m=model: order_by_touches(tx, f"O{n}", m))  # type: ignore[misc]
            assert told(found) == (None if placed is None else touches.shares(world, placed, model.value))
            if found is not None:
                assert sum(share.share for share in found.shares) == pytest.approx(1 if found.shares else 0)
                assert (found.reason is None) is bool(found.shares)
        held = await graph.read(lambda tx, n=number: order_by_precedence(tx, f"O{n}"))  # type: ignore[misc]
        assert ([(one.store, one.share) for one in held.shares] if held else []) == by_precedence(world, placed)
    await reports_agree(graph, world)
    await members_agree(graph, keys, world)


def by_precedence(world: World, placed: Fact | None) -> list[tuple[str, float]]:
    if placed is None:
        return []
    if "store" in placed.body:
        return [(placed.body["store"], 1.0)]
    claim = world.attribution.at(world.person(placed), placed.key)
    return [(claim.store, 1.0)] if claim else []


async def members_agree(graph: Graph, keys: IdentifierKeys, world: World) -> None:
    """A member is credited as its latest order is, or by all its touches where it has bought nothing."""
    for sent in IDENTIFIERS:
        key = keys.id_of(plain(sent["type"], sent["value"], sent.get("app")))
        member = world.member_of(sent)
        found = await graph.read(lambda tx, key=key: member_by_touches(tx, key, TouchModel.LINEAR))  # type: ignore[misc]
        held = await graph.read(lambda tx, key=key: member_by_precedence(tx, key))  # type: ignore[misc]
        assert (found is None) is (held is None) is (member is None)
        if member is None or held is None:
            continue
        claimed = world.attribution.latest(member.seed)
        assert [share.store for share in held.shares] == ([claimed[0].store] if claimed else [])
        orders = [fact for fact in world.facts if fact.type == "order.placed" and world.person(fact) == member.seed]
        latest = [fact for fact in orders if touches.order_of(world, fact.body["order"]) is fact][-1:]
        if latest:
            assert told(found) == touches.shares(world, latest[0], "LINEAR")


async def reports_agree(graph: Graph, world: World) -> None:
    ways, unsold = await graph.read(lambda tx: journeys_between(tx, -ALL, ALL, most=1_000))
    placed = [touches.order_of(world, f"O{number}") for number in range(1, 8)]
    orders = [one for one in placed if one is not None and world.person(one) is not None]
    assert sorted(way.order.event for way in ways) == sorted(one.id for one in orders)
    for model in TouchModel:
        found = report(ways, model, CreditedTo.CLERK)
        clerks: dict[str | None, float] = defaultdict(float)
        for one in orders:
            led = touches.way_to(world, one)
            for fact, weight in zip(led, touches.weights(model.value, led, one), strict=True):
                clerks["K1" if fact.body.get("by") == "K1" else None] += float(weight)
        assert {one.key: one.orders for one in found.credited} == pytest.approx(dict(clerks))
        assert found.untouched + sum(one.orders for one in found.credited) == pytest.approx(found.orders)
        assert found.online_in_store == pytest.approx(touches.online_in_store_orders(world, model.value))
        expected = touches.store_in_online_repurchases(world, model.value)
        assert found.store_in_online_repurchases == pytest.approx(expected)
    paths = trails_of(ways, unsold)
    assert sum(path.conversions for path in paths) == sum(bool(way.touches) for way in ways)
    assert sum(path.nulls for path in paths) == len(unsold)
    assert await graph_paths(graph, window_of(None, None)) == paths


async def test_more_steps_than_fit_are_refused(graph: Graph, keys: IdentifierKeys) -> None:
    await arrive(graph, keys, [log_of(1)])
    with pytest.raises(ServiceError, match="at most 5 are allowed"):
        await graph.read(lambda tx: journeys_between(tx, -ALL, ALL, most=5))


async def test_attribution_over_graphql(graph: Graph, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path) -> None:
    phone = {"identifiers": IDENTIFIERS[:1]}
    events: list[dict[str, Any]] = [
        {"type": "touch.recorded", "member": phone, "kind": "AD", "channel": "DOUYIN", "campaign": "spring"},
        {"type": "touch.recorded", "member": phone, "kind": "VISIT", "channel": "STORE", "store": "S1", "by": "K1"},
        {
            **{
                "type": "order.placed",
                "order": "O1",
                "channel": "POS",
                "member": phone,
                "store": "S1",
                "paidFen": 1_000,
            },
            "lines": [{"line": "1", "sku": "CAT", "quantity": 1, "netFen": 1_000}],
        },
        party("S1", "STORE"),
        party("K1", "CLERK"),
    ]
    dated = [{"id": f"e{n}", "at": f"2026-01-{1 + 7 * n:02}T00:00:00Z", **event} for n, event in enumerate(events)]
    assert not (await recorder.record(dated, as_admin=True)).rejected
    query = """query Q($model: AttributionModel!) { attribution(order: "O1", model: $model) {
      model reason basis shares { store { id } channel share evidence } }
      none: attribution(order: "O2", model: $model) { model } }"""
    summed = """query Q($by: CreditedBy!) { attributionReport(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z",
      by: $by, model: TIME_DECAY, halfLifeDays: 7) { orders untouched onlineInStore storeInOnlineRepurchases
      credits { key orders paidFen party { id } } } }"""

    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as client:
        found = await client.data(query, model="TIME_DECAY")
        assert found["none"] is None
        (visit, ad) = found["attribution"]["shares"]
        assert visit == {"store": {"id": "S1"}, "channel": "STORE", "share": pytest.approx(2 / 3), "evidence": ["e1"]}
        assert ad == {"store": None, "channel": "DOUYIN", "share": pytest.approx(1 / 3), "evidence": ["e0"]}
        held = (await client.data(query, model="PRECEDENCE"))["attribution"]
        assert held["shares"] == [{"store": {"id": "S1"}, "channel": None, "share": 1, "evidence": ["e2"]}]
        assert held["basis"] == "ORDERED"
        by_clerk = (await client.data(summed, by="CLERK"))["attributionReport"]
        assert by_clerk["onlineInStore"] == pytest.approx(1 / 3)
        assert by_clerk["storeInOnlineRepurchases"] is None
        assert [(one["key"], one["party"]) for one in by_clerk["credits"]] == [("K1", {"id": "K1"}), (None, None)]
        by_campaign = (await client.data(summed, by="CAMPAIGN"))["attributionReport"]["credits"]
        assert [(one["key"], round(one["paidFen"], 3)) for one in by_campaign] == [(None, 666.667), ("spring", 333.333)]
        assert (await client.refusal("{ attribution { model } }"))["code"] == "INVALID_QUERY"
        both = '{ attribution(member: "M", order: "O") { model } }'
        assert (await client.refusal(both))["code"] == "INVALID_QUERY"
        assert (await client.data('{ attribution(member: "nobody") { model } }'))["attribution"] is None
