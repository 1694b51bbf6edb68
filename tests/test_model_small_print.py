"""Small print of the contract that neither the worked examples nor the ninety days settle."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model import Decision, World, cast
from tests.model.cast import Body
from tests.model.log import Event

CONSUMER = {"identifiers": [{"type": "WECHAT_OPENID", "value": "c1", "app": "mini"}]}
RULE: Body = {
    "id": "scan",
    "version": 1,
    "brand": "F",
    "trigger": "CONSUMER_SCAN",
    "from": "2025-01-01T00:00:00Z",
    "pay": [{"role": "CONSUMER", "fen": 100}, {"role": "CONSUMER", "points": 5}, {"role": "STORE", "fen": 300}],
}
SCAN: Body = {"type": "goods.scanned", "code": "U00", "member": CONSUMER}


def log(*happened: tuple[int, Body], recorded: dict[int, int] | None = None) -> list[Event]:
    """The usual opening on the first of March, then what happens on which day; `recorded` if not that day."""
    days = [(1, body) for body in cast.OPENING] + list(happened)
    return [
        {
            "id": f"e{n:03d}",
            "at": f"2025-03-{day:02d}T00:00:00Z",
            "recordedAt": f"2025-03-{(recorded or {}).get(day, day):02d}T00:00:00Z",
            **body,
        }
        for n, (day, body) in enumerate(days)
    ]


def published(**more: Any) -> tuple[int, Body]:
    return 1, {"type": "rule.published", "rule": RULE | more}


def packed(parent: str, *children: str) -> Body:
    return {"type": "goods.packed", "parent": parent, "children": list(children)}


def received(party: str, *codes: str) -> Body:
    return {"type": "goods.received", "codes": list(codes), "party": party}


def of_scans(world: World) -> list[Decision]:
    return [one for one in world.decisions() if world.goods.verdicts.get(one.trigger, "no scan") is None]


def test_fen_and_points_of_one_role_are_one_entry() -> None:
    [consumer, store] = of_scans(World(log(published(), (2, received("S1", "U00")), (3, SCAN))))
    assert (consumer.amount_fen, consumer.points, consumer.payee) == (100, 5, "WECHAT_OPENID:mini/c1")
    assert (store.amount_fen, store.points, store.payee) == (300, 0, "S1")


@pytest.mark.parametrize(
    ("recorded", "last_day", "store"),
    [
        (10, 10, ("ACCRUED", 300, None)),
        (11, 11, ("REJECTED", 0, "late_binding_window_passed")),
        (31, 9, ("SUSPENSE", 300, "ownership_unconfirmed")),
        (31, 10, ("SUSPENSE", 300, "ownership_unconfirmed")),
        (31, 11, ("REJECTED", 0, "late_binding_window_passed")),
    ],
)
def test_a_receipt_counts_only_inside_the_window(recorded: int, last_day: int, store: tuple[Any, ...]) -> None:
    happened = [published(lateBindingDays=7), (2, received("S1", "U00")), (3, SCAN)]
    happened.append((last_day, received("S2", "U06")))  # turns the clock
    events = log(*happened, recorded={2: recorded})
    if recorded == 31:
        events = [event for event in events if event["recordedAt"] < "2025-03-31"]
    outcome = {one.role: (one.status, one.amount_fen, one.reason) for one in of_scans(World(events))}
    assert outcome == {"CONSUMER": ("ACCRUED", 100, None), "STORE": store}


def test_a_reused_pallet_does_not_bring_its_earlier_life_along() -> None:
    world = World(
        log(
            (2, packed("Q1", "U00")),
            (3, {"type": "goods.unpacked", "parent": "Q1", "children": ["U00", "U06"]}),
            (4, packed("Q1", "U01")),
            (5, received("S1", "Q1")),
        )
    )
    assert world.ownership("U00").owner == "F"
    assert world.ownership("U01").owner == "S1"
    assert (world.container("U00", "2025-03-02T12:00:00Z"), world.container("U00")) == ("Q1", None)


def test_a_box_without_papers_exists_from_its_first_packing() -> None:
    world = World(
        log((2, packed("Q1", "X1")), (3, packed("X1", "U00")), (4, packed("Q1", "X1")), (5, received("S1", "Q1")))
    )
    assert world.container("X1", "2025-03-03T00:00:00Z") is None
    assert world.ownership("U00").via == "Q1"
    assert world.ownership("X1").owner == "S1"


def test_a_packing_that_closes_a_circle_counts_for_nothing() -> None:
    world = World(log((2, packed("Q1", "C1")), (3, packed("C1", "C2")), (4, packed("C2", "Q1", "U00"))))
    assert (world.container("Q1"), world.container("U00")) == (None, "C2")


def test_all_but_one_product_of_a_territory() -> None:
    released = {"type": "territory.released", "party": "D1", "regions": [cast.GUANGDONG], "skus": ["CAT"]}
    again = {"type": "territory.assigned", "party": "D1", "regions": [cast.GUANGDONG]}
    channel = World(log((2, released), (4, again))).channel

    def held(sku: str | None, day: int) -> list[str]:
        return [one.region for one in channel.territories("D1", f"2025-03-{day:02d}T00:00:00Z", sku)]

    assert held("CAT", 1) == held("CAT", 4) == held("DOG", 2) == held(None, 2) == [cast.GUANGDONG]
    assert held("CAT", 2) == held("CAT", 3) == []


def test_the_links_that_lead_from_a_clerk_to_the_brand() -> None:
    channel = World(log()).channel
    assert [(link.parent, link.child) for link in channel.chain_path("K2", "F")] == [
        ("S2", "K2"),
        ("D2", "S2"),
        ("D1", "D2"),
        ("F", "D1"),
    ]
    assert channel.branch("D2") == ["L1", "S2", "K2"]
    assert channel.branch("F", "STORE") == ["S1", "S2"]
    assert channel.branch("F", "STORE", max_depth=1) == []
    assert channel.chain_path("K2", "S3") == channel.chain_path("F", "F") == []


def test_a_store_is_paid_once_for_a_code() -> None:
    stocking = {"id": "stocking", "trigger": "STORE_RECEIPT", "pay": [{"role": "STORE", "fen": 10}]}
    back = {"type": "goods.returned", "codes": ["U00"], "from": "S1", "to": "D1"}
    world = World(
        log(
            published(**stocking),
            (2, received("S1", "U00", "U01", "U99")),
            (3, back),
            (4, received("S1", "U00")),
            (5, received("S1", "U00", "U02")),
            (6, received("S1", "U99")),
            (7, received("D1", "U05")),
        )
    )
    assert [(one.status, one.amount_fen, one.reason, one.rule) for one in world.decisions()] == [
        ("ACCRUED", 20, None, "stocking"),
        ("REJECTED", 0, "already_owned", "stocking"),
        ("ACCRUED", 10, None, "stocking"),
        ("REJECTED", 0, "unknown_code", "NONE"),
    ]
