"""Stores near a point: the same order as measuring the way to every one of them, page by page, anywhere on earth."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
import pytest_asyncio

from graph_service.channel.hours import is_open
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import parse_instant
from graph_service.recorder import Recorder
from tests.conftest import WIPE
from tests.model.cast import party
from tests.serving import Client, app_of, client_of, settings_of

EARTH = 6_378_140.0  # metres, as the server has it
DRAW = random.Random(6)
SERVICES = ["WASHING", "BOARDING", "NURSING"]
QUERY = """query Q($lat: Float!, $lon: Float!, $services: [String!], $openAt: DateTime, $within: Int,
  $first: Int! = 50, $after: String) {
  storesNear(lat: $lat, lon: $lon, services: $services, openAt: $openAt, withinMetres: $within, first: $first,
    after: $after) { edges { node { metres isOpen store { id } } } pageInfo { hasNextPage endCursor } } }"""


def stores() -> list[dict[str, Any]]:
    """Dense around two cities, thin elsewhere, some at the poles and on both sides of the date line."""
    found = []
    for number in range(240):
        lat, lon = DRAW.choice([(22.54, 114.05), (31.23, 121.47), (0.0, 179.99), (89.9, 10.0), (-89.9, 200.0 - 360)])
        spread = DRAW.choice([0.002, 0.05, 2.0])
        lat = max(-90.0, min(90.0, lat + DRAW.gauss(0, spread)))
        lon = (lon + DRAW.gauss(0, spread) + 180) % 360 - 180
        hours = DRAW.choice([None, "09:00-21:00", {"Mo-Fr": "08:00-20:00", "Sa": "22:00-02:00"}, "by appointment"])
        found.append(
            party(
                f"S{number}",
                "STORE",
                position={"lat": lat, "lon": lon},
                services=DRAW.sample(SERVICES, DRAW.randint(0, 3)),
                **({} if hours is None else {"openingHours": hours}),
            )
        )
    twice = found[0]["party"]["position"]
    others = [party("S0-too", "STORE", position=twice), party("W", "WAREHOUSE", position=twice), party("N", "STORE")]
    return [*found, *others]


STORES = stores()


def metres(lat: float, lon: float, to: dict[str, float]) -> float:
    a, b, c, d = map(math.radians, (lat, lon, to["lat"], to["lon"]))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(half))


def expected(lat: float, lon: float, services: list[str], within: float, at: int | None) -> list[tuple[str, float]]:
    found = []
    for event in STORES:
        store = event["party"]
        if store["kind"] != "STORE" or "position" not in store or not set(services) <= set(store.get("services", ())):
            continue
        way = metres(lat, lon, store["position"])
        if way <= within and (at is None or is_open(store.get("openingHours"), at)):
            found.append((way, store["id"]))
    return [(store, way) for way, store in sorted(found)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(migrated: Graph, keys: IdentifierKeys, tmp_path_factory: pytest.TempPathFactory) -> Any:
    await migrated.run(WIPE, read_only=False)
    async with Recorder(migrated, keys).running() as recorder:
        events = [{"id": f"e{i}", "at": "2026-01-01T00:00:00Z", **event} for i, event in enumerate(STORES)]
        assert not (await recorder.record(events, as_admin=True)).rejected
        app = app_of(migrated, keys, recorder, settings_of(tmp_path_factory.mktemp("home")))
        async with client_of(app) as asking:
            yield asking


@pytest.mark.parametrize("at", [None, "2026-03-06T12:00:00+08:00", "2026-03-08T01:30:00+08:00"])
@pytest.mark.parametrize(
    ("lat", "lon"), [(22.54, 114.05), (31.2, 121.5), (0.0, -179.999), (90.0, 0.0), (-89.95, -160.0)]
)
async def test_the_order_is_that_of_measuring_every_way(client: Client, lat: float, lon: float, at: str | None) -> None:
    services = DRAW.sample(SERVICES, DRAW.randint(0, 2))
    within = DRAW.choice([None, 5_000, 300_000])
    variables = {"lat": lat, "lon": lon, "services": services, "openAt": at, "within": within, "first": 7}
    shown: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await client.ask(QUERY, variables | {"after": after}))["data"]["storesNear"]
        shown += [edge["node"] for edge in page["edges"]]
        assert len(page["edges"]) <= 7
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]

    wanted = expected(lat, lon, services, within or math.inf, None if at is None else parse_instant(at))
    ways = dict(wanted)
    assert {one["store"]["id"] for one in shown} == ways.keys()
    assert len(shown) == len(ways)
    # By rounding, two at almost one distance may change places.
    off = [one for one in shown if abs(one["metres"] - ways[one["store"]["id"]]) > 0.01 + 1e-9 * one["metres"]]
    assert off == []
    assert [one["metres"] for one in shown] == sorted(one["metres"] for one in shown)
    assert all(one["isOpen"] is (None if at is None else True) for one in shown)


async def test_stores_at_one_place_go_by_id(client: Client) -> None:
    place = STORES[0]["party"]["position"]

    edges = (await client.ask(QUERY, {**place, "first": 2}))["data"]["storesNear"]["edges"]

    assert [(edge["node"]["store"]["id"], edge["node"]["metres"]) for edge in edges] == [("S0", 0), ("S0-too", 0)]


@pytest.mark.parametrize(
    ("variables", "code", "path"),
    [
        ({"lat": 91.0, "lon": 0.0}, "INVALID_QUERY", "lat"),
        ({"lat": 0.0, "lon": -180.1}, "INVALID_QUERY", "lon"),
        ({"lat": 0.0, "lon": 0.0, "within": 0}, "LIMIT_EXCEEDED", "withinMetres"),
        ({"lat": 0.0, "lon": 0.0, "first": 1_001}, "LIMIT_EXCEEDED", "first"),
        ({"lat": 0.0, "lon": 0.0, "after": "WyJzdG9yZXMgbmVhciIsMSwiYSJd"}, "INVALID_CURSOR", "after"),
    ],
)
async def test_what_is_no_place_or_page_is_refused(
    client: Client, variables: dict[str, Any], code: str, path: str
) -> None:
    (error,) = (await client.ask(QUERY, variables))["errors"]

    assert (error["extensions"]["code"], error["extensions"]["path"]) == (code, path)


async def test_a_place_that_is_taken_back_or_changed_is_found_where_it_is(recorder: Recorder, graph: Graph) -> None:
    moved = party("S", "STORE", position={"lat": 1.0, "lon": 1.0})
    events = [
        {"id": "a", "at": "2026-01-01T00:00:00Z", **party("S", "STORE", position={"lat": 0.0, "lon": 0.0})},
        {"id": "b", "at": "2026-01-02T00:00:00Z", **moved},
        {"id": "c", "at": "2026-01-03T00:00:00Z", "type": "event.voided", "voids": "b", "reason": "wrong"},
    ]
    text = "MATCH (n:Party {id: 'S'}) RETURN n.place.latitude, n.lat"
    seen = []
    for event in events:
        await recorder.record([event], as_admin=True)
        seen.append((await graph.run(text, read_only=True))[1][0])

    assert seen == [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("hours", "at", "opened"),
    [
        ("09:00-21:00", "2026-03-06T09:00:00+08:00", True),
        ("09:00-21:00", "2026-03-06T21:00:00+08:00", False),
        ("09:00-12:00, 14:00-18:00", "2026-03-06T13:00:00+08:00", False),
        ("00:00-24:00", "2026-03-06T15:59:59Z", True),
        ("22:00-02:00", "2026-03-06T01:59:00+08:00", True),
        ({"Sa": "22:00-02:00"}, "2026-03-08T01:00:00+08:00", True),
        ({"Sa": "22:00-02:00"}, "2026-03-07T01:00:00+08:00", False),
        ({"Sa-Mo": "10:00-11:00"}, "2026-03-08T10:30:00+08:00", True),
        ({"Mo": None}, "2026-03-02T10:30:00+08:00", False),
        ({}, "2026-03-02T10:30:00+08:00", None),
        ({"Mo": "9-18"}, "2026-03-02T10:30:00+08:00", None),
        ("ask us", "2026-03-02T10:30:00+08:00", None),
        (["09:00-21:00"], "2026-03-02T10:30:00+08:00", None),
        (None, "2026-03-02T10:30:00+08:00", None),
    ],
)
def test_opening_hours(hours: Any, at: str, opened: bool | None) -> None:
    assert is_open(hours, parse_instant(at)) is opened
