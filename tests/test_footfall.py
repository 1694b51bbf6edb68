"""Footfall of stores: what the reference model counts, in whatever order the log arrives."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.attribution.footfall import Footfall
from graph_service.attribution.footfall_read import footfall as find
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import instant_of
from graph_service.recorder import Recorder
from tests.model import World
from tests.model.cast import party
from tests.model.footfall import footfall
from tests.model.log import Event
from tests.model.logs import FIRST_DAY, at, deliveries
from tests.model.trade_scenes import OPENIDS, UNITS, trade_logs
from tests.serving import app_of, client_of, settings_of
from tests.test_convergence import arrive

FEW = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
HERE = {"lat": 22.5, "lon": 114.0}
PLACES = [HERE, {"lat": 22.51, "lon": 114.01}, {"lat": 22.6, "lon": 114.0}]

members = st.sampled_from(OPENIDS).map(lambda one: {"identifiers": [one]})
stores = st.sampled_from(["S1", "S2"])
touched = st.fixed_dictionaries(
    {
        "type": st.just("touch.recorded"),
        "member": members,
        "kind": st.sampled_from(["VISIT", "AD"]),
        "channel": st.just("DOUYIN"),
    },
    optional={"store": stores},
)
sold = st.fixed_dictionaries(
    {"type": st.just("goods.sold"), "codes": st.lists(st.sampled_from(UNITS), min_size=1, max_size=1), "store": stores},
    optional={"member": members},
)
located = st.fixed_dictionaries(
    {
        "type": st.just("goods.scanned"),
        "code": st.sampled_from(UNITS),
        "member": members,
        "position": st.sampled_from(PLACES),
    }
)
MORE = st.lists(st.tuples(st.integers(0, 9), st.one_of(touched, touched, sold, located)), min_size=4, max_size=14)


def told(found: Footfall) -> Counter[tuple[str, bool]]:
    new = {(source.value, True): count for source, count in found.new.items()}
    return Counter(new | {(source.value, False): count for source, count in found.returning.items()})


@given(data=st.data())
@FEW
async def test_footfall_is_what_the_model_counts(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log: list[Event] = data.draw(trade_logs(size=25))
    log += [{"id": f"more {n}", "at": at(day), **body} for n, (day, body) in enumerate(data.draw(MORE))]
    log.append({"id": "place", "at": at(0), **party("S1", "STORE", region="CN/Guangdong", position=HERE)})
    await arrive(graph, keys, data.draw(deliveries(log)))
    world = World(log, datetime.now(UTC))
    since, until = FIRST_DAY + timedelta(days=data.draw(st.integers(0, 4))), FIRST_DAY + timedelta(days=8)

    for store in ("S1", "S2"):
        found = await graph.read(
            lambda tx, store=store: find(  # type: ignore[misc]
                tx, store=store, region=None, since=instant_of(since), until=instant_of(until)
            )
        )
        is_store = world.channel.kind(store, datetime.now(UTC)) == "STORE"
        assert told(found) == (footfall(world, store, since, until) if is_store else Counter())


async def test_the_stores_of_a_region_together(
    graph: Graph, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path
) -> None:
    phone = {"identifiers": [{"type": "PHONE", "value": "13800138000"}]}
    visit = {"type": "touch.recorded", "member": phone, "kind": "VISIT", "channel": "STORE"}
    bodies: list[dict[str, Any]] = [
        party("S1", "STORE", region="CN/Guangdong/Shenzhen"),
        party("S2", "STORE", region="CN/Guangdong"),
        party("S3", "STORE", region="CN/Hebei"),
        {"type": "touch.recorded", "member": phone, "kind": "AD", "channel": "DOUYIN"},
        *(visit | {"store": store} for store in ("S1", "S2", "S3", "S1")),
        {"type": "member.registered", "identifiers": phone["identifiers"], "store": "S1", "clerk": "K", "consent": []},
    ]
    events = [{"id": f"e{n}", "at": f"2026-01-{n + 1:02}T00:00:00Z", **body} for n, body in enumerate(bodies)]
    assert not (await recorder.record(events, as_admin=True)).rejected
    query = """query Q($store: ID, $region: String, $from: DateTime!) {
      footfall(store: $store, region: $region, from: $from, to: "2026-02-01T00:00:00Z") {
        newMembers returningMembers sources { source newMembers returningMembers } } }"""

    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as client:
        region = (await client.data(query, **{"region": "CN/Guangdong", "from": "2026-01-01T00:00:00Z"}))["footfall"]
        again = (await client.data(query, **{"store": "S1", "from": "2026-01-09T00:00:00Z"}))["footfall"]
        refused = await client.refusal(query, **{"from": "2026-01-01T00:00:00Z"})

    assert region == {
        **{"newMembers": 2, "returningMembers": 0},
        "sources": [{"source": "ONLINE_TOUCH", "newMembers": 2, "returningMembers": 0}],
    }
    assert again == {
        **{"newMembers": 0, "returningMembers": 1},
        "sources": [{"source": "CLERK", "newMembers": 0, "returningMembers": 1}],
    }
    assert refused["code"] == "INVALID_QUERY"
