"""What stores have, deliver and expect: equal to the reference model, and told with its reasons."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.goods.stock import stock_of
from graph_service.graph.driver import Graph
from graph_service.members.appointments import appointments_at
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import instant_of
from graph_service.recorder import Recorder
from tests.conftest import WIPE
from tests.model import World
from tests.model.appointments import appointments
from tests.model.cast import OWNERS, SKUS, commissioned, linked, party, product, territory
from tests.model.codes import named_codes
from tests.model.log import Event
from tests.model.logs import deliveries, logs
from tests.serving import Client, app_of, client_of, settings_of
from tests.test_convergence import arrive

ALL = 2**60
FEW = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@given(data=st.data())
@FEW
async def test_stock_is_what_a_party_owns_and_has_not_sold(
    data: st.DataObject, graph: Graph, keys: IdentifierKeys
) -> None:
    log = data.draw(logs(size=25))
    await arrive(graph, keys, data.draw(deliveries(log)))
    world = World(log, datetime.now(UTC))
    codes = {*named_codes(world.facts), *(f"U0{number}" for number in range(6))}
    items = {world.goods.items.of(code) for code in codes}
    for at in sorted({fact.at for fact in world.facts})[:: max(1, len(world.facts) // 3)]:
        expected: dict[tuple[str, str], int] = {}
        for item in items:
            owned, known = world.ownership(item, at), world.item(item)
            if known["level"] == "UNIT" and owned.status == "CONFIRMED" and owned.owner is not None:
                made = world.goods.story(item).commissioning((at, "\U0010ffff" * 129))
                assert made is not None
                key = (owned.owner, made.body["sku"])
                expected[key] = expected.get(key, 0) + 1
        found = await graph.read(lambda tx, at=at: stock_of(tx, [*OWNERS, "G"], SKUS, instant_of(at)))  # type: ignore[misc]
        assert found == expected, at


def booking(draw: random.Random, number: int) -> Event:
    kind = draw.choice(["appointment.booked"] * 4 + ["appointment.cancelled"])
    minute = draw.randint(0, 5)
    return {
        "id": f"b{draw.randint(0, 9)}-{number}",
        "type": kind,
        "at": (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)).isoformat(),
        "appointment": draw.choice("ABCD"),
        "member": {"identifiers": [{"type": "PHONE", "value": draw.choice(["13800138000", "13900139000"])}]},
        "store": draw.choice(["S1", "S2"]),
        "service": draw.choice(["WASHING", "BOARDING"]),
        "startsAt": draw.choice(["2026-03-07T10:00:00+08:00", "2026-03-07T11:00:00+08:00"]),
    }


@pytest.mark.parametrize("seed", range(4))
async def test_appointments_converge(seed: int, graph: Graph, keys: IdentifierKeys) -> None:
    draw = random.Random(seed)
    log = [booking(draw, number) for number in range(18)]
    for number, target in enumerate(draw.sample(log, 4)):
        void = {"type": "event.voided", "at": "2026-03-02T00:00:00Z", "voids": target["id"], "reason": "mistake"}
        log.append({"id": f"void {number}", **void})
    draw.shuffle(log)
    await arrive(graph, keys, [log[:7], log[7:9], log[9:]])

    for store in ("S1", "S2"):
        expected = appointments(World(log, datetime.now(UTC)), store)
        found = await graph.read(lambda tx, store=store: appointments_at(tx, store, -ALL, ALL))  # type: ignore[misc]
        assert {one.id for one in found} == expected.keys()
        for one in found:
            wanted = expected[one.id]
            assert (one.booked.starts_at, one.booked.service) == (instant_of(wanted.starts_at), wanted.service)
            assert one.since == (instant_of(wanted.since[0]), wanted.since[1])
            assert (one.status == "CANCELLED", one.held_by) == (wanted.is_cancelled, wanted.held_by)
        assert [one.booked.starts_at for one in found] == sorted(one.booked.starts_at for one in found)


PHONE = {"identifiers": [{"type": "PHONE", "value": "13800138000"}]}
OPEN = {"openingHours": "09:00-21:00"}


def place(metres: float) -> dict[str, Any]:
    """So far north of the point that is asked about."""
    return {"position": {"lat": 22.5 + metres / 111_319.5, "lon": 114.0}}


NETWORK = [
    party("F", "BRAND"),
    party("G", "BRAND"),
    party("D", "DISTRIBUTOR"),
    party("near", "STORE", region="CN/Hebei", services=["WASHING"], **place(100), **OPEN),
    party("other", "STORE", region="CN/Guangdong", services=["WASHING"], **place(200), **OPEN),
    party("plain", "STORE", region="CN/Guangdong", **place(300), **OPEN),
    party("strange", "STORE", region="CN/Guangdong", services=["WASHING"], **place(400), openingHours="ring"),
    party("night", "STORE", region="CN/Guangdong", services=["WASHING"], **place(500), openingHours="22:00-23:00"),
    party("empty", "STORE", region="CN/Guangdong", services=["WASHING"], **place(600), **OPEN),
    party("full", "STORE", region="CN/Guangdong", services=["WASHING"], **place(700), **OPEN),
    party("W1", "WAREHOUSE"),
    party("W2", "WAREHOUSE", attributes={"keeper": "D"}),
    linked("SUPPLIES", "F", "D"),
    linked("SUPPLIES", "G", "other"),
    *(linked("SUPPLIES", "D", store) for store in ("near", "plain", "strange", "night", "empty", "full")),
    territory("D", "CN/Guangdong"),
    product("CAT", "F", priceFen=8_999),
    commissioned("CAT", "B", "UNIT", "F", range={"first": "U000", "last": "U099"}),
    {"type": "goods.received", "codes": ["U000", "U001", "U002"], "party": "full"},
    {"type": "goods.received", "codes": ["U003"], "party": "empty"},
    {"type": "goods.scanned", "code": "U003", "member": PHONE},
    {"type": "goods.received", "codes": ["U010", "U011", "U012", "U013"], "party": "W1"},
    {"type": "goods.received", "codes": ["U020", "U021", "U022", "U023"], "party": "W2"},
    {"type": "pet.registered", "member": PHONE, "pet": {"id": "P", "species": "CAT", "breed": "布偶", "name": "团子"}},
    {"type": "care.recorded", "pet": "P", "store": "near", "service": "WASHING"},
    {
        **{"type": "appointment.booked", "appointment": "A", "member": PHONE, "store": "full", "service": "WASHING"},
        "startsAt": "2026-03-07T10:00:00+08:00",
    },
]
DELIVERY = """query Q($quantity: Int!, $store: ID, $at: DateTime = "2026-03-06T12:00:00+08:00") {
  delivery(lat: 22.5, lon: 114.0, lines: [{sku: "CAT", quantity: $quantity}], services: ["WASHING"], at: $at,
    store: $store) { basis metres by { id } considered { store { id } refusal } storesLeft } }"""


TOO_LONG = '{ appointments(store: "S", from: "2026-01-01T00:00:00Z", to: "2026-04-01T00:00:00Z") { id } }'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(migrated: Graph, keys: IdentifierKeys, tmp_path_factory: pytest.TempPathFactory) -> Any:
    await migrated.run(WIPE, read_only=False)
    async with Recorder(migrated, keys).running() as recorder:
        events = [{"id": f"e{i:02}", "at": f"2026-01-01T00:{i:02}:00Z", **event} for i, event in enumerate(NETWORK)]
        assert not (await recorder.record(events, as_admin=True)).rejected
        app = app_of(migrated, keys, recorder, settings_of(tmp_path_factory.mktemp("home")))
        async with client_of(app) as asking:
            yield asking


async def test_the_nearest_store_that_may_and_can_delivers(client: Client) -> None:
    found = (await client.data(DELIVERY, quantity=3))["delivery"]

    assert (found["basis"], found["by"]) == ("NEAREST_STORE", {"id": "full"})
    assert found["metres"] == pytest.approx(700, abs=1)
    assert [(one["store"]["id"], one["refusal"]) for one in found["considered"]] == [
        ("near", "outside_territory"),
        ("other", "not_supplied"),
        ("plain", "no_service"),
        ("strange", "hours_unknown"),
        ("night", "closed"),
        ("empty", "no_stock"),
        ("full", None),
    ]


@pytest.mark.parametrize(
    ("quantity", "store", "basis", "by"),
    [(4, None, "WAREHOUSE", "W1"), (4, "full", "WAREHOUSE", "W2"), (5, "full", "NOBODY", None)],
)
async def test_else_a_warehouse_does(
    client: Client, quantity: int, store: str | None, basis: str, by: str | None
) -> None:
    found = (await client.data(DELIVERY, quantity=quantity, store=store))["delivery"]

    assert (found["basis"], found["by"]) == (basis, by and {"id": by})
    assert found["considered"][-1] == {"store": {"id": "full"}, "refusal": "no_stock"}


async def test_a_cloud_store_shows_the_price_and_the_stock_that_all_share(client: Client) -> None:
    query = """{ cloudStore(store: "full", skus: ["CAT", "DOG"]) { sku name priceFen unitsHere unitsAtWarehouses } }"""

    assert (await client.data(query))["cloudStore"] == [
        {"sku": "CAT", "name": "cat", "priceFen": 8_999, "unitsHere": 3, "unitsAtWarehouses": 4},
        {"sku": "DOG", "name": None, "priceFen": None, "unitsHere": 0, "unitsAtWarehouses": 0},
    ]


async def test_a_store_sees_an_appointment_with_what_the_pets_need(client: Client) -> None:
    query = """{ appointments(store: "full", from: "2026-03-07T00:00:00+08:00", to: "2026-03-08T00:00:00+08:00") {
      id status service startsAt bookedBy member { identifiers { value } }
      pets { id species breed cares { service at store { id } } } } }"""

    (found,) = (await client.data(query))["appointments"]

    assert found == {
        **{"id": "A", "status": "HOLDS", "service": "WASHING", "startsAt": "2026-03-07T02:00:00Z"},
        "bookedBy": f"e{len(NETWORK) - 1}",
        "member": {"identifiers": [{"value": "138****8000"}]},
        "pets": [
            {
                **{"id": "P", "species": "CAT", "breed": "布偶"},
                "cares": [{"service": "WASHING", "at": "2026-01-01T00:29:00Z", "store": {"id": "near"}}],
            }
        ],
    }


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ delivery(lat: 0, lon: 0, lines: []) { basis } }", "INVALID_QUERY"),
        ('{ delivery(lat: 0, lon: 0, lines: [{sku: "A", quantity: 0}]) { basis } }', "LIMIT_EXCEEDED"),
        ('{ delivery(lat: 0, lon: 500, lines: [{sku: "A"}]) { basis } }', "INVALID_QUERY"),
        ('{ cloudStore(store: "S", skus: [""]) { sku } }', "INVALID_QUERY"),
        (TOO_LONG, "LIMIT_EXCEEDED"),
    ],
)
async def test_what_cannot_be_answered_is_refused(client: Client, query: str, code: str) -> None:
    assert (await client.refusal(query))["code"] == code
