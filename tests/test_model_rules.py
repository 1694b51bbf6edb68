"""Which rule pays whom for a scan, row by row of the rules page, worked by hand in the reference model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model import World
from tests.model.cast import commissioned, linked, party, product, territory
from tests.model.log import Event

Body = dict[str, Any]
LONG_AGO = "2026-01-01T00:00:00+08:00"
STORE = [{"role": "STORE", "fen": 7}]
ORDER_OF_SCOPES = ["batches", "skus", "campaigns", "regions", "channels", "storeTiers"]
RIGHT = {
    "batches": ["B1"],
    "skus": ["CAT"],
    "campaigns": ["spring"],
    "regions": ["CN/Guangdong"],
    "channels": ["POS"],
    "storeTiers": ["gold"],
}
WRONG = {
    "batches": ["B2"],
    "skus": ["DOG"],
    "campaigns": ["autumn"],
    "regions": ["CN/Guang", "CN/Guangdong/Shenzhen/Nanshan"],
    "channels": ["WEB"],
    "storeTiers": ["silver"],
}

CHANNEL = [
    party("F", "BRAND"),
    party("G", "BRAND"),
    party("D1", "DISTRIBUTOR"),
    party("D2", "DISTRIBUTOR"),
    party("S1", "STORE", region="CN/Guangdong/Shenzhen", attributes={"tier": "gold"}),
    party("S2", "STORE", attributes={"clerkRewards": False}),
    party("L1", "GROUP_LEADER"),
    party("P1", "SALESPERSON"),
    party("K1", "CLERK", promoCode="PC1"),
    party("K2", "CLERK", promoCode="PC2"),
    party("K3", "CLERK", promoCode="PC3"),
    linked("SUPPLIES", "F", "D1"),
    linked("SUPPLIES", "D1", "S1"),
    linked("SERVES", "P1", "S1"),
    linked("EMPLOYS", "S1", "K1"),
    linked("EMPLOYS", "S2", "K2"),
    product("CAT", "F", priceFen=999),
    product("TEA", "G"),
    commissioned("CAT", "B1", "UNIT", "F", codes=["U1", "U2", "U3", "U4"]),
    commissioned("CAT", "B1", "CARTON", "F", codes=["C1"]),
    commissioned("TEA", "B1", "UNIT", "G", codes=["T1"]),
    {"type": "goods.received", "codes": ["U1", "U2", "T1"], "party": "S1"},
    {"type": "goods.received", "codes": ["U3"], "party": "L1"},
]


def at(day: int, hour: int = 10) -> str:
    return f"2026-03-{day:02}T{hour:02}:00:00+08:00"


def rule(id_: str = "r", version: int = 1, pay: list[Body] | None = None, **more: Any) -> Event:
    published = more.pop("at", LONG_AGO)
    said = {"id": id_, "version": version, "brand": "F", "trigger": "CONSUMER_SCAN", "from": LONG_AGO, **more}
    event = {"id": f"rule {id_} {version} {published}", "at": published, "type": "rule.published"}
    return event | {"rule": said | {"pay": pay or STORE}}


def scan(code: str = "U1", day: int = 5, member: str | None = "m", **more: Any) -> Event:
    who = {"member": {"identifiers": [{"type": "WECHAT_OPENID", "app": "mini", "value": member}]}} if member else {}
    return {"id": f"scan {code} {day}", "at": at(day), "type": "goods.scanned", "code": code, **who, **more}


def told(*events: Event, opening: list[Body] | None = None) -> list[tuple[Any, ...]]:
    """What the last event pays: rule, role, payee, amount and reason."""
    log = [{"id": f"a{n:02}", "at": LONG_AGO, **body} for n, body in enumerate(opening or CHANNEL)]
    return [
        (one.rule, one.role, one.payee, one.amount_fen, one.reason)
        for one in World([*log, *events]).decisions()
        if one.trigger == events[-1]["id"]
    ]


def paid(*events: Event) -> list[tuple[Any, ...]]:
    """Rule and amount, or the reason why nothing."""
    return [(one[0], one[4] or one[3]) for one in told(*events)]


# --- versions -----------------------------------------------------------------------------------------------


def test_a_version_is_in_force_from_its_start_until_before_its_end() -> None:
    span: Body = {"from": at(3), "to": at(6)}
    ends = rule(**span)
    assert [paid(ends, scan(day=day))[0][1] for day in (2, 3, 5, 6)] == ["no_rule", 7, 7, "no_rule"]


def test_a_version_does_not_start_before_it_is_published_unless_it_is_retroactive() -> None:
    late: Body = {"from": at(3), "at": at(5)}
    assert paid(rule(**late), scan(day=4)) == [("NONE", "no_rule")]
    assert paid(rule(**late), scan(day=5)) == [("r", 7)]
    assert paid(rule(**late, retroactive={"by": "F", "reason": "forgotten"}), scan(day=3)) == [("r", 7)]


def test_the_latest_from_holds_then_the_highest_version_and_an_older_one_does_not_resume() -> None:
    first = rule(version=3, pay=[{"role": "STORE", "fen": 3}])
    later = rule(version=1, pay=[{"role": "STORE", "fen": 1}], **{"from": at(4), "to": at(6)})
    same = rule(version=2, pay=[{"role": "STORE", "fen": 2}], **{"from": at(4), "to": at(5)})
    assert [paid(first, later, scan(day=day))[0][1] for day in (3, 4, 5, 6)] == [3, 1, 1, "no_rule"]
    assert [paid(first, later, same, scan(day=day))[0][1] for day in (4, 5)] == [2, "no_rule"]


def test_a_withdrawal_ends_what_has_started_and_a_version_that_starts_later_counts() -> None:
    ended: Event = {"id": "end", "at": at(4), "type": "rule.withdrawn", "rule": "r"}
    start: Body = {"from": at(6)}
    again = rule(version=2, **start)
    assert [paid(rule(), ended, again, scan(day=day))[0][1] for day in (3, 4, 5, 6)] == [7, "no_rule", "no_rule", 7]


def test_of_two_contents_of_a_version_the_first_holds() -> None:
    other = rule(pay=[{"role": "STORE", "fen": 9}], at=at(1))
    assert paid(other, rule(), scan()) == [("r", 7)]


# --- scope, group, brand ------------------------------------------------------------------------------------

AS_RIGHT: Body = {"campaign": "spring", "channel": "POS"}


@pytest.mark.parametrize("key", ORDER_OF_SCOPES)
def test_every_restricting_key_must_match_and_an_empty_one_does_not_restrict(key: str) -> None:
    assert paid(rule(scope=RIGHT), scan(**AS_RIGHT)) == [("r", 7)]
    assert paid(rule(scope=RIGHT | {key: []}), scan(**AS_RIGHT)) == [("r", 7)]
    assert paid(rule(scope=RIGHT | {key: WRONG[key]}), scan(**AS_RIGHT)) == [("NONE", "no_rule")]
    assert paid(rule(scope={key: WRONG[key]}), scan(**AS_RIGHT)) == [("NONE", "no_rule")]


def test_the_region_is_the_events_else_that_of_its_store() -> None:
    south = rule(scope={"regions": ["CN/Guangdong"]})
    assert paid(south, scan()) == [("r", 7)]
    assert paid(south, scan(region="CN/Hebei")) == [("NONE", "no_rule")]
    assert paid(south, scan("U4", region="CN/Guangdong/Foshan"))[0][1] == "ownership_unconfirmed"
    assert paid(south, scan("U4")) == [("NONE", "no_rule")]


def test_of_a_group_the_most_specific_pays_key_by_key_and_ties_go_to_the_smaller_id() -> None:
    rules = [rule(f"z{9 - n}", scope={key: RIGHT[key]}, group="g") for n, key in enumerate(ORDER_OF_SCOPES)]
    rules.append(rule("a", group="g"))
    for n in range(len(rules)):
        assert [one[0] for one in paid(*rules[n:], scan(**AS_RIGHT))] == [rules[n]["rule"]["id"]]
    both = {"skus": ["CAT"], "campaigns": ["spring"]}
    assert paid(rule("b", scope={"skus": ["CAT"]}, group="g"), rule("c", scope=both, group="g"), scan(**AS_RIGHT)) == [
        ("c", 7)
    ]
    assert paid(rule("c", group="g"), rule("b", group="g"), scan()) == [("b", 7)]


def test_rules_without_a_group_and_of_other_groups_always_pay() -> None:
    rules = [rule("a"), rule("b", group="g"), rule("c", group="h"), rule("d", group="h", scope={"skus": ["CAT"]})]
    assert [one[0] for one in paid(*rules, scan())] == ["a", "b", "d"]


def test_rules_concern_their_brands_products() -> None:
    assert paid(rule(), scan("T1")) == [("NONE", "no_rule")]
    assert paid(rule(brand="G"), scan("T1")) == [("r", 7)]


def test_a_rule_none_of_whose_roles_is_asked_for_does_not_match() -> None:
    clerks = rule("a", pay=[{"role": "CLERK", "fen": 5}], group="g", scope={"skus": ["CAT"]})
    assert paid(clerks, rule("b", group="g"), scan()) == [("b", 7)]
    assert paid(clerks, rule("b", group="g"), scan(promoCode="PC1")) == [("a", 5)]
    assert paid(clerks, scan()) == [("NONE", "no_rule")]


# --- who is paid --------------------------------------------------------------------------------------------

EVERYONE = ["CONSUMER", "STORE", "GROUP_LEADER", "CLERK", "DISTRIBUTOR", "SALESPERSON", "PROMOTER", "INVITER"]
ALL = rule(pay=[{"role": role, "fen": 10} for role in EVERYONE])


def by_role(*events: Event, opening: list[Body] | None = None) -> dict[str, Any]:
    """Payee, or the reason; of what waits, the reason too."""
    return {one[1]: one[4] or one[2] for one in told(*events, opening=opening)}


def test_every_role_of_a_scan_of_a_stores_goods() -> None:
    found = by_role(ALL, scan(promoCode="PC1"))
    assert found == {
        "CONSUMER": "WECHAT_OPENID:mini/m",
        "STORE": "S1",
        "GROUP_LEADER": "no_group_leader",
        "CLERK": "K1",
        "DISTRIBUTOR": "D1",
        "SALESPERSON": "P1",
        "PROMOTER": "no_promoter",
        "INVITER": "no_inviter",
    }
    assert "CLERK" not in by_role(ALL, scan())


def test_a_group_leader_stands_in_the_place_of_a_store() -> None:
    found = by_role(ALL, scan("U3"))
    assert (found["GROUP_LEADER"], found["STORE"], found["DISTRIBUTOR"]) == ("L1", "no_store", "no_distributor")


def test_without_a_confirmed_owner_all_but_the_consumer_and_the_clerk_wait() -> None:
    found = by_role(ALL, scan("U4", promoCode="PC1"))
    assert (found.pop("CONSUMER"), found.pop("CLERK")) == ("WECHAT_OPENID:mini/m", "K1")
    assert set(found.values()) == {"ownership_unconfirmed"}
    assert [one[3] for one in told(ALL, scan("U4"))] == [10] * 7


@pytest.mark.parametrize(
    ("promo_code", "clerk"),
    [
        ("PC1", "K1"),
        ("PC2", "clerk_inactive"),  # the store lets its clerks not be rewarded
        ("PC3", "clerk_inactive"),  # nobody employs the clerk
        ("nobody's", "clerk_inactive"),
    ],
)
def test_a_clerk_earns_while_a_store_employs_them_that_lets_its_clerks_be_rewarded(promo_code: str, clerk: str) -> None:
    assert by_role(ALL, scan(promoCode=promo_code))["CLERK"] == clerk
    left: Event = {"id": "left", "at": at(4), **linked("EMPLOYS", "S1", "K1"), "type": "channel.unlinked"}
    assert by_role(ALL, left, scan(promoCode="PC1"))["CLERK"] == "clerk_inactive"
    assert by_role(ALL, left, scan(day=3, promoCode="PC1"))["CLERK"] == "K1"


def test_an_amount_of_0_that_a_rule_names_accrues() -> None:
    assert told(rule(pay=[{"role": "STORE", "fen": 0}]), scan()) == [("r", "STORE", "S1", 0, None)]


# --- a scan outside the territory ---------------------------------------------------------------------------

GUANGDONG: Event = {"id": "area", "at": LONG_AGO, **territory("D1", "CN/Guangdong")}
STRICT = rule(pay=[{"role": role, "fen": 10} for role in EVERYONE[:6]], onRegionMismatch="PAY_CONSUMER_ONLY")


def test_a_scan_outside_the_territory_pays_the_consumer_alone_before_any_other_reason() -> None:
    found = by_role(STRICT, GUANGDONG, scan(region="CN/Hebei", promoCode="nobody's"))
    assert found.pop("CONSUMER") == "WECHAT_OPENID:mini/m"
    assert set(found.values()) == {"region_mismatch"}


@pytest.mark.parametrize(
    ("rule_", "area", "said"),
    [
        (ALL, GUANGDONG, {"region": "CN/Hebei"}),  # PAY is what is meant where nothing is said
        (STRICT, GUANGDONG, {"region": "CN/Guangdong/Foshan"}),
        (STRICT, GUANGDONG, {}),
        (STRICT, GUANGDONG | {"skus": ["TEA"]}, {"region": "CN/Hebei"}),  # none for this product
        (STRICT, GUANGDONG | {"party": "D2"}, {"region": "CN/Hebei"}),
        (STRICT, GUANGDONG | {"at": at(6)}, {"region": "CN/Hebei"}),  # not yet
    ],
)
def test_what_is_no_mismatch(rule_: Event, area: Event, said: Body) -> None:
    assert by_role(rule_, area, scan(**said))["STORE"] == "S1"


def test_goods_of_nobody_are_in_nobodys_territory() -> None:
    assert by_role(STRICT, GUANGDONG, scan("U4", region="CN/Hebei"))["STORE"] == "ownership_unconfirmed"


# --- what pays nothing as a whole ---------------------------------------------------------------------------


def test_reasons_are_tried_in_the_order_of_the_table() -> None:
    gone: Event = {"id": "gone", "at": at(4), "type": "goods.destroyed", "codes": ["U2"]}
    first = scan("U2", day=3)
    assert [
        paid(ALL, gone, first, one)[0]
        for one in (
            scan("U9", member=None),
            scan("U9"),
            scan("C1"),
            scan("U2"),
            scan("U1", member=None),
        )
    ] == [
        ("NONE", "no_member"),
        ("NONE", "unknown_code"),
        ("NONE", "not_a_unit"),
        ("NONE", "destroyed"),
        ("NONE", "no_member"),
    ]
    assert told(ALL, scan("U1", day=3), scan("U1")) == [("NONE", "NONE", None, 0, "code_already_consumed")]
    assert told(scan()) == [("NONE", "NONE", None, 0, "no_rule")]
