"""Rules of a period, case by case, in the reference model."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.model import World
from tests.model.cast import commissioned, linked, party, product
from tests.model.log import Event

JUNE = datetime.fromisoformat("2026-06-01T00:00:00+08:00")
LONG_AGO = "2026-01-01T00:00:00+08:00"
Body = dict[str, Any]


def at(day: int) -> str:
    return (JUNE + timedelta(days=day)).isoformat()


def beginning() -> list[Event]:
    bodies = [
        *(party(id_, kind) for id_, kind in {"F": "BRAND", "D": "DISTRIBUTOR", "S1": "STORE", "S2": "STORE"}.items()),
        linked("SUPPLIES", "F", "D"),
        linked("SUPPLIES", "D", "S1"),
        product("CAT", "F"),
        commissioned("CAT", "B1", "UNIT", "F", range={"first": "U00", "last": "U49"}),
        commissioned("CAT", "B1", "CARTON", "F", codes=[f"C{n}" for n in range(10)]),
        commissioned("CAT", "B1", "PALLET", "F", codes=["P"]),
    ]
    bodies += [packed(f"C{n}", f"U{5 * n:02}", f"U{5 * n + 1:02}") for n in range(10)]
    return [{"id": f"a{n:02}", "at": LONG_AGO, **body} for n, body in enumerate(bodies)]


def packed(container: str, *codes: str) -> Body:
    return {"type": "goods.packed", "parent": container, "children": list(codes)}


def received(day: int, party_id: str, *codes: str) -> Event:
    return {
        "id": f"in{day}{party_id}",
        "at": at(day),
        "type": "goods.received",
        "codes": list(codes),
        "party": party_id,
    }


def scanned(day: int, code: str) -> Event:
    who = {"identifiers": [{"type": "WECHAT_OPENID", "app": "mini", "value": code}]}
    return {"id": f"s{day}{code}", "at": at(day), "type": "goods.scanned", "code": code, "member": who}


def closed(day: int, month: str) -> Event:
    return {"id": f"close{day}", "at": at(day), "type": "period.closed", "period": month}


def rule(measure: str, tiers: list[Body], payee: str = "STORE", period: str = "MONTH", **more: Any) -> Event:
    said = {"id": "r", "version": 1, "brand": "F", "trigger": "PERIOD", "from": LONG_AGO, "period": period}
    said |= {"measure": measure, "payee": payee, "tiers": tiers, **more}
    return {"id": "rule", "at": LONG_AGO, "type": "rule.published", "rule": said}


def told(*events: Event) -> list[tuple[Any, ...]]:
    return [
        (one.trigger, one.payee, one.amount_fen, one.reason)
        for one in World([*beginning(), *events]).decisions()
        if one.trigger.startswith("close")
    ]


EACH = [{"from": 0, "fenPer": 10}]


def test_cartons_received_count_once_for_the_party_whatever_the_container() -> None:
    on_pallet: Event = {"id": "pack", "at": at(-5), **packed("P", "C0", "C1")}
    events = [
        on_pallet,
        received(1, "D", "P"),
        received(2, "S1", "C0", "U05"),
        received(3, "S1", "C0"),
        closed(30, "2026-06"),
    ]
    assert told(rule("CARTONS_RECEIVED", EACH), *events) == [("close30", "S1", 10, None)]
    assert told(rule("CARTONS_RECEIVED", EACH, "DISTRIBUTOR"), *events) == [("close30", "D", 20, None)]
    assert told(rule("CARTONS_RECEIVED", EACH), received(31, "S1", "C0"), closed(32, "2026-06")) == [
        ("close32", None, 0, "no_rule")
    ]


def test_units_and_cartons_sold_through_are_what_consumers_opened() -> None:
    events = [
        received(1, "S1", "C0", "C1"),
        scanned(2, "U00"),
        scanned(3, "U01"),
        scanned(4, "U05"),
        closed(30, "2026-06"),
    ]
    assert told(rule("UNITS_SOLD_THROUGH", EACH), *events) == [("close30", "S1", 30, None)]
    assert told(rule("SCANS", EACH), *events) == [("close30", "S1", 30, None)]
    assert told(rule("CARTONS_SOLD_THROUGH", EACH), *events) == [("close30", "S1", 20, None)]
    assert told(rule("SCANS", EACH), *events, scanned(5, "U00"))[0][2] == 30


def test_eligible_cartons_are_received_or_carried_in_and_opened() -> None:
    """The smaller of received in the period plus unsold carried in, and opened in the period."""
    before = [received(-3, "S1", "C0", "C1"), scanned(-2, "U00")]
    events = [*before, received(1, "S1", "C2"), closed(30, "2026-06")]
    eligible = rule("CARTONS_ELIGIBLE", EACH)
    assert told(eligible, *events, scanned(2, "U05")) == [("close30", "S1", 10, None)]
    assert told(eligible, *events, scanned(2, "U05"), scanned(3, "U10"), scanned(4, "U01")) == [
        ("close30", "S1", 20, None)
    ]


TIERS = [{"from": 1, "fenPer": 10}, {"from": 3, "fenPer": 20}]


@pytest.mark.parametrize(
    ("mode", "units", "fen"),
    [("RETROACTIVE", 2, 20), ("RETROACTIVE", 3, 60), ("STEPPED", 3, 20), ("STEPPED", 4, 40), (None, 3, 60)],
)
def test_the_reached_tier_pays_from_the_first_unit_or_each_its_step(mode: str | None, units: int, fen: int) -> None:
    scans = [scanned(2, f"U{n:02}") for n in range(units)]
    said = {"mode": mode} if mode else {}
    events = [received(0, "S1", *(f"U{n:02}" for n in range(9))), *scans, closed(30, "2026-06")]
    assert told(rule("SCANS", TIERS, **said), *events) == [("close30", "S1", fen, None)]


def test_a_tier_may_pay_once_it_is_reached() -> None:
    lump = [{"from": 1, "fen": 100}, {"from": 2, "fen": 250}]
    events = [received(1, "S1", "C0"), scanned(2, "U00"), scanned(3, "U01"), closed(30, "2026-06")]
    assert told(rule("SCANS", lump), *events)[0][2] == 250
    assert told(rule("SCANS", lump, mode="STEPPED"), *events)[0][2] == 350


def test_nothing_below_the_target() -> None:
    events = [received(1, "S1", "C0"), scanned(2, "U00"), closed(30, "2026-06")]
    assert told(rule("SCANS", EACH, target=2), *events) == [("close30", "S1", 0, "target_not_met")]
    assert told(rule("SCANS", EACH, target=2), *events, scanned(3, "U01")) == [("close30", "S1", 20, None)]


def test_a_closing_pays_the_difference_to_what_was_settled() -> None:
    """Of a quarter: what the months so far come to, less what the closings before have paid."""
    quarter = rule("SCANS", TIERS, period="QUARTER")
    events = [received(-65, "S1", *(f"U{n:02}" for n in range(9))), scanned(-60, "U00"), scanned(-20, "U01")]
    events += [
        closed(-31, "2026-04"),
        closed(-1, "2026-05"),
        scanned(2, "U02"),
        closed(30, "2026-06"),
        closed(31, "2026-06"),
    ]
    assert told(quarter, *events) == [
        ("close-31", "S1", 10, None),
        ("close-1", "S1", 10, None),
        ("close30", "S1", 40, None),
        ("close31", "S1", 0, None),
    ]


def test_what_comes_late_changes_what_its_closing_pays() -> None:
    late = scanned(2, "U01") | {"recordedAt": at(40)}
    events = [received(1, "S1", "C0"), scanned(2, "U00"), closed(30, "2026-06")]
    assert told(rule("SCANS", EACH), *events, late) == [("close30", "S1", 20, None)]


def test_a_period_is_of_business_time_and_the_rule_of_its_end_counts() -> None:
    ends = rule("SCANS", EACH, to=at(30))
    first, last = received(-1, "S1", "C0"), scanned(29, "U00") | {"at": "2026-06-30T23:59:59+08:00"}
    after = scanned(30, "U01") | {"at": "2026-06-30T16:00:00Z"}
    assert told(ends, first, last, after, closed(31, "2026-06")) == [("close31", "S1", 10, None)]
    assert told(rule("SCANS", EACH, scope={"skus": ["DOG"]}), first, last, closed(31, "2026-06"))[0][3] == "no_rule"
