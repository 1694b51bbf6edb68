"""The demonstration log: what its generator makes, in the contract's shapes, with every situation in it."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from seeds.generate import as_ndjson, generate, main
from seeds.knobs import Knobs

SEEDS = Path(__file__).parent.parent / "seeds"
Event = dict[str, Any]

# The contract's tables: required fields, then optional ones.
SHAPES = {
    "party.registered": ("party", ""),
    "channel.linked": ("relation parent child", ""),
    "channel.unlinked": ("relation parent child", ""),
    "territory.assigned": ("party regions", "skus"),
    "territory.released": ("party regions", "skus"),
    "product.listed": ("product", ""),
    "campaign.launched": ("campaign", ""),
    "goods.commissioned": ("sku batch level holder", "codes range producedOn expiresOn"),
    "code.aliased": ("code aliases", ""),
    "goods.packed": ("parent children", ""),
    "goods.unpacked": ("parent children", ""),
    "goods.shipped": ("codes from to", "salesperson"),
    "goods.received": ("codes party", ""),
    "goods.transferred": ("codes from to", ""),
    "goods.returned": ("codes from to", ""),
    "goods.destroyed": ("codes", "reason"),
    "goods.sold": ("codes store", "order member"),
    "goods.scanned": ("code", "member promoCode position region channel device campaign order"),
    "member.identified": ("identifiers", ""),
    "member.registered": ("identifiers store channel consent", "clerk"),
    "member.invited": ("inviter invitee", "campaign"),
    "voucher.issued": ("voucher kind member faceFen validTo campaign", ""),
    "voucher.redeemed": ("voucher store spendFen", "clerk"),
    "order.placed": ("order channel member store paidFen shippingFen lines", "position"),
    "order.refunded": ("order", ""),
    "touch.recorded": ("member kind channel", "store campaign"),
    "rule.published": ("rule", ""),
    "rule.withdrawn": ("rule", ""),
    "event.voided": ("voids reason", ""),
}
INNER = {
    "party": (
        "id kind name",
        "region position storeType services promoCode openingHours attributes",
    ),
    "product": ("sku name brand", "gtin category unitsPerCarton shelfLifeDays priceFen attributes"),
    "campaign": ("id name brand from", "to skus batches channels regions variant"),
    "rule": ("id version brand trigger from pay", "to scope group onRegionMismatch lateBindingDays windowDays"),
    "position": ("lat lon", ""),
    "range": ("first last", ""),
    **dict.fromkeys(("member", "inviter", "invitee"), ("identifiers", "")),
    "lines": ("line sku quantity netFen", ""),
    "aliases": ("code role", ""),
    "identifiers": ("type value", "app"),
}
KINDS = {"BRAND", "DISTRIBUTOR", "SALESPERSON", "STORE", "CLERK", "GROUP_LEADER", "WAREHOUSE"}
SCOPED = {"WECHAT_OPENID", "ALIPAY_UID"}


def check_shape(name: str, value: Event, shape: tuple[str, str]) -> None:
    required, optional = (set(names.split()) for names in shape)
    assert required <= value.keys() <= required | optional, (name, value)
    for key, inner in value.items():
        if key in INNER and not isinstance(inner, str):
            for each in inner if isinstance(inner, list) else [inner]:
                check_shape(key, each, INNER[key])


def check_event(event: Event) -> None:
    common = {"id", "type", "at"}
    body = {key: value for key, value in event.items() if key not in common}
    kind = event["type"]
    shape = SHAPES[kind]
    if kind in {"territory.assigned", "territory.released", "goods.received"} or kind == "rule.withdrawn":
        # Here `party` and `rule` are ids, not objects.
        assert all(isinstance(body[key], str) for key in ("party", "rule") if key in body)
    check_shape(kind, body, shape)
    assert re.fullmatch(r"evt-\d{6}", event["id"])
    assert datetime.fromisoformat(event["at"]).utcoffset() is not None
    for key in ("codes", "children", "regions", "identifiers"):
        if key in body:
            assert body[key] and len(set(map(str, body[key]))) == len(body[key])
    if kind == "party.registered":
        assert body["party"]["kind"] in KINDS
    if kind == "goods.commissioned":
        assert ("codes" in body) != ("range" in body)
        assert body["level"] in {"UNIT", "CARTON", "PALLET"}
    for identifier in identifiers(event):
        assert ("app" in identifier) == (identifier["type"] in SCOPED)
        if identifier["type"] == "PHONE":
            assert phonenumbers.is_valid_number(phonenumbers.parse(identifier["value"], "CN"))


def identifiers(event: Event) -> list[dict[str, str]]:
    found: list[dict[str, str]] = event.get("identifiers") or event.get("member", {}).get("identifiers", [])
    return found


def check_log(events: list[Event]) -> None:
    """Every line is a well-formed event, and a repeated id repeats the whole event."""
    seen: dict[str, Event] = {}
    for event in events:
        check_event(event)
        assert seen.setdefault(event["id"], event) == event


class Facts:
    """What the situations below look for."""

    def __init__(self, arrived: Iterable[Event]) -> None:
        self.arrived = list(arrived)
        self.events = sorted({event["id"]: event for event in self.arrived}.values(), key=lambda e: e["id"])
        self.by_id = {event["id"]: event for event in self.events}
        self.place = {event["id"]: index for index, event in reversed(list(enumerate(self.arrived)))}
        self.aliases: dict[str, str] = {
            alias["code"]: event["code"] for event in self.of("code.aliased") for alias in event["aliases"]
        }
        self.kinds = {event["party"]["id"]: event["party"]["kind"] for event in self.of("party.registered")}
        self.voided = {event["voids"] for event in self.of("event.voided")}

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["type"] == kind]

    def links(self, kind: str, relation: str) -> list[Event]:
        return [event for event in self.of(kind) if event["relation"] == relation]

    def own(self, code: str) -> str:
        return self.aliases.get(code, code)

    def commissioned(self, level: str) -> set[str]:
        codes: set[str] = set()
        for event in self.of("goods.commissioned"):
            if event["level"] != level:
                continue
            codes.update(event.get("codes", ()))
            if "range" in event:
                first, last = event["range"]["first"], event["range"]["last"]
                stem = re.sub(r"\d{6}$", "", first)
                assert last.startswith(stem)
                numbers = range(int(first[-6:]), int(last[-6:]) + 1)
                codes.update(f"{stem}{number:06d}" for number in numbers)
        return codes

    def containers(self, code: str) -> set[str]:
        """All that ever held a code, at any depth."""
        around = {event["parent"] for event in self.of("goods.packed") if code in event["children"]}
        return around | {outer for inner in around for outer in self.containers(inner)}

    def scans(self, without: str = "") -> list[Event]:
        return [event for event in self.of("goods.scanned") if not without or without not in event]


@cache
def default_log() -> tuple[list[Event], Event]:
    return generate(Knobs())


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(default_log()[0])


@pytest.fixture(scope="module")
def story() -> Event:
    return default_log()[1]


# --- the committed files ----------------------------------------------------------------------------------


def test_the_committed_log_is_what_the_generator_makes() -> None:
    committed = gzip.decompress((SEEDS / "demo.ndjson.gz").read_bytes()).decode()
    assert as_ndjson(default_log()[0]) == committed


def test_the_committed_story_is_what_the_generator_makes() -> None:
    assert json.loads((SEEDS / "story.json").read_text("utf-8")) == default_log()[1]


def test_the_log_is_of_the_size_that_a_demonstration_loads_quickly(facts: Facts) -> None:
    assert (SEEDS / "demo.ndjson.gz").stat().st_size < 600_000
    assert 6_000 <= len(facts.arrived) <= 8_000
    assert 9_000 <= len(facts.commissioned("UNIT")) <= 11_000
    stores = [party for party, kind in facts.kinds.items() if kind == "STORE"]
    assert len(stores) == 60


def test_writing_twice_gives_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setattr("sys.argv", ["generate", "--write", "--into", str(folder)])
        main()
        written.append([(folder / file).read_bytes() for file in ("demo.ndjson.gz", "story.json")])
    assert written[0] == written[1]


# --- shapes and knobs -------------------------------------------------------------------------------------


def test_every_event_has_the_shape_of_the_contract(facts: Facts) -> None:
    check_log(facts.arrived)
    assert {event["type"] for event in facts.events} == SHAPES.keys()


def test_everything_named_exists(facts: Facts) -> None:
    parties = set(facts.kinds)
    products = {event["product"]["sku"] for event in facts.of("product.listed")}
    assert len(products) == 8
    for event in facts.events:
        named = {event[key] for key in ("from", "to", "holder", "salesperson", "store") if key in event}
        if event["type"].startswith("channel."):
            named |= {event["parent"], event["child"]}
        assert named <= parties, event
        assert event.get("sku", next(iter(products))) in products
        assert event.get("voids", event["id"]) in facts.by_id


@pytest.mark.parametrize(
    "knobs",
    [
        Knobs(seed=7, stores=30),
        Knobs(seed=11, stores=20, days=60, pallets=24, members=100),
        Knobs(stores=150, start=date(2025, 2, 1), late_share=0, duplicate_share=0),
    ],
    ids=["half the stores", "smallest", "larger, earlier, on time"],
)
def test_knobs_make_another_valid_log(knobs: Knobs) -> None:
    events, story = generate(knobs)
    check_log(events)
    other = Facts(events)
    assert sum(kind == "STORE" for kind in other.kinds.values()) == knobs.stores
    assert {event["at"][:10] for event in events} <= {
        date.fromordinal(knobs.start.toordinal() + day).isoformat() for day in range(knobs.days)
    }
    assert other.by_id[story["paidScan"]]["code"] == story["journeyCode"]
    assert as_ndjson(events) != as_ndjson(default_log()[0])


def test_without_late_and_duplicate_shares_everything_arrives_at_once_and_once() -> None:
    events, _ = generate(Knobs(late_share=0, duplicate_share=0))
    assert len(events) == len({event["id"] for event in events})
    latest = datetime.fromisoformat(events[0]["at"])
    for event in events:
        # One void overtakes its target on purpose.
        if event["type"] != "event.voided":
            at = datetime.fromisoformat(event["at"])
            assert latest - at < timedelta(minutes=2)
            latest = max(latest, at)


@pytest.mark.parametrize(
    ("knob", "value"), [("stores", 19), ("days", 10), ("pallets", 0), ("members", 5), ("scan_share", 1.5)]
)
def test_absurd_knobs_are_refused_by_name(knob: str, value: float) -> None:
    with pytest.raises(ValueError, match=knob):
        Knobs(**{knob: value})  # type: ignore[arg-type]


def test_every_knob_is_explained() -> None:
    assert all(knob.metadata["help"] for knob in fields(Knobs))


# --- situations -------------------------------------------------------------------------------------------


def test_arrival_late_out_of_order_and_twice(facts: Facts) -> None:
    latest, late = "", 0
    for event in facts.arrived:
        late += event["at"][:10] < latest[:10]
        latest = max(latest, event["at"])
    assert 0.01 < late / len(facts.arrived) < 0.1
    assert 50 < len(facts.arrived) - len(facts.events) < 200


def test_voids(facts: Facts) -> None:
    targets = Counter(facts.by_id[event["voids"]]["type"] for event in facts.of("event.voided"))
    assert targets.keys() >= {"goods.received", "goods.shipped", "goods.scanned", "event.voided"}
    assert any(facts.place[event["id"]] < facts.place[event["voids"]] for event in facts.of("event.voided"))


def test_deliveries_that_no_store_received(facts: Facts) -> None:
    receipts = facts.of("goods.received")
    received = {(event["party"], code) for event in receipts for code in event["codes"]}
    shipped = [event for event in facts.of("goods.shipped") if facts.kinds[event["to"]] == "STORE"]
    unreceived = [event for event in shipped if (event["to"], event["codes"][0]) not in received]
    assert 5 <= len(unreceived) <= len(shipped) // 10
    assert any("salesperson" not in event for event in shipped)
    repeated = Counter((event["party"], tuple(event["codes"])) for event in receipts)
    assert any(count == 2 and facts.kinds[party] == "STORE" for (party, _), count in repeated.items())


def test_reused_pallets_repacked_units_and_returns(facts: Facts) -> None:
    loads = Counter(event["parent"] for event in facts.of("goods.packed") if event["parent"][:3] == "MWP")
    assert max(loads.values()) >= 2
    packed = Counter(child for event in facts.of("goods.packed") for child in event["children"])
    assert any(count == 2 for count in packed.values())
    givers = Counter(facts.kinds[event["from"]] for event in facts.of("goods.returned"))
    assert givers["STORE"] and givers["DISTRIBUTOR"]
    assert facts.of("goods.transferred")


def test_destroyed_goods_are_scanned_all_the_same(facts: Facts) -> None:
    destroyed = {code for event in facts.of("goods.destroyed") for code in event["codes"]}
    assert any(facts.containers(facts.own(scan["code"])) & destroyed for scan in facts.scans())


def test_items_with_five_codes(facts: Facts) -> None:
    codes = Counter(facts.aliases.values())
    assert set(codes.values()) == {2, 4}
    assert any(scan["code"] in facts.aliases for scan in facts.scans())
    assert any(code in facts.aliases for event in facts.of("goods.received") for code in event["codes"])


def test_scans_that_pay_nobody(facts: Facts) -> None:
    units, cartons = facts.commissioned("UNIT"), facts.commissioned("CARTON")
    scanned = [facts.own(scan["code"]) for scan in facts.scans()]
    assert any(code not in units | cartons for code in scanned)
    assert any(code in cartons for code in scanned)
    assert max(Counter(scanned).values()) > 10
    assert 1 <= len(facts.scans(without="member")) <= len(scanned) // 20


def test_members_are_known_by_many_identifiers(facts: Facts) -> None:
    kinds = {identifier["type"] for event in facts.events for identifier in identifiers(event)}
    assert kinds == {"PHONE", "WECHAT_OPENID", "ALIPAY_UID", "DEVICE"}
    assert any("member" in event for event in facts.of("goods.sold"))


def test_people_change(facts: Facts) -> None:
    for relation in ("EMPLOYS", "SERVES", "SUPPLIES"):
        assert facts.links("channel.unlinked", relation)
    left = {event["child"]: event["at"] for event in facts.links("channel.unlinked", "EMPLOYS")}
    promo = {
        event["party"]["promoCode"]: event["party"]["id"]
        for event in facts.of("party.registered")
        if "promoCode" in event["party"]
    }
    stale = [scan for scan in facts.scans() if scan["at"] > left.get(promo.get(scan.get("promoCode")), "~")]
    assert stale
    registrations = Counter(event["party"]["id"] for event in facts.of("party.registered"))
    assert max(registrations.values()) == 2


def test_rules_versions_groups_and_triggers(facts: Facts) -> None:
    rules = [event["rule"] for event in facts.of("rule.published")]
    grouped = [rule for rule in rules if rule.get("group") == "scan"]
    assert {rule["version"] for rule in grouped if not rule.get("scope")} == {1, 2}
    assert any(rule.get("scope", {}).get("skus") for rule in grouped)
    assert any(rule.get("scope", {}).get("regions") for rule in rules if "group" not in rule)
    assert any(rule["trigger"] == "STORE_RECEIPT" for rule in rules)
    assert any(rule.get("onRegionMismatch") == "PAY_CONSUMER_ONLY" for rule in grouped)


# --- the story --------------------------------------------------------------------------------------------


def way_of(facts: Facts, code: str) -> list[Event]:
    """Everything that names a code or what ever held it, in the order in which it happened."""
    names = {code} | facts.containers(code)
    carried = [carton for carton in names if carton[:3] != "MWP"]
    # Of a pallet only the journey on which it carried the code counts.
    unpacked = next(e["at"] for e in facts.of("goods.unpacked") if set(carried) & set(e["children"]))
    return [
        event
        for event in facts.events
        if {*event.get("codes", ()), event.get("code")} & (set(carried) if event["at"] > unpacked else names)
    ]


def test_the_journey_goes_straight_to_a_consumer_who_was_served(facts: Facts, story: Event) -> None:
    way = way_of(facts, story["journeyCode"])
    steps = [(e["type"].split(".")[1], e.get("to") or e.get("party")) for e in way]
    assert steps[-7:] == [
        ("shipped", "D1-GD"),
        ("received", "D1-GD"),
        ("shipped", "D2-SZ"),
        ("received", "D2-SZ"),
        ("shipped", "S-SZ-NS-01"),
        ("received", "S-SZ-NS-01"),
        ("scanned", None),
    ]
    assert not facts.voided & {event["id"] for event in way}
    scan, shipment = way[-1], way[-3]
    assert scan["id"] == story["paidScan"]
    assert identifiers(scan)
    assert [facts.place[event["id"]] for event in way] == sorted(facts.place[event["id"]] for event in way)

    clerk = next(
        e["party"]["id"] for e in facts.of("party.registered") if e["party"].get("promoCode") == scan["promoCode"]
    )
    employments = [e for kind in ("channel.linked", "channel.unlinked") for e in facts.links(kind, "EMPLOYS")]
    assert [(e["type"], e["parent"]) for e in employments if e["child"] == clerk] == [("channel.linked", "S-SZ-NS-01")]
    served = {(e["parent"], e["child"]) for e in facts.links("channel.linked", "SERVES")}
    assert (shipment["salesperson"], "S-SZ-NS-01") in served
    regions = [region for e in facts.of("territory.assigned") if e["party"] == "D2-SZ" for region in e["regions"]]
    assert any(scan["region"].startswith(f"{region}/") for region in regions)


def test_the_unpaid_scan_lies_outside_the_territory(facts: Facts, story: Event) -> None:
    way = way_of(facts, facts.by_id[story["unpaidScan"]]["code"])
    assert (way[-1]["id"], way[-2]["type"]) == (story["unpaidScan"], "goods.received")
    assert not facts.voided & {event["id"] for event in way}
    seller = way[-3]["from"]
    regions = [region for e in facts.of("territory.assigned") if e["party"] == seller for region in e["regions"]]
    assert regions
    assert not any(way[-1]["region"].startswith(region) for region in regions)
    assert story["unpaidWhy"] == "region_mismatch"


def test_the_storys_distributor_has_three_tiers_below_it(facts: Facts, story: Event) -> None:
    supplies = [(e["parent"], e["child"]) for e in facts.links("channel.linked", "SUPPLIES")]
    tiers = [{story["distributor"]}]
    while below := {child for parent, child in supplies if parent in tiers[-1]}:
        tiers.append(below)
    assert len(tiers) == 4
    assert {facts.kinds[party] for party in tiers[-1]} == {"STORE"}
