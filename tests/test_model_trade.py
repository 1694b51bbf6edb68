"""Vouchers, referrals, registrations, orders and precedence, case by case, in the reference model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model import World
from tests.model.cast import linked, party, product
from tests.model.log import Event

LONG_AGO = "2026-01-01T00:00:00+08:00"
Told = tuple[Any, ...]
SIGNED = {"depth": 2, "signOff": {"who": "F", "when": LONG_AGO}}


def at(day: int, hour: int = 10) -> str:
    return f"2026-{3 + day // 30:02}-{1 + day % 30:02}T{hour:02}:00:00+08:00"


def named(*names: str) -> dict[str, Any]:
    return {"identifiers": [{"type": "WECHAT_OPENID", "app": "mini", "value": name} for name in names]}


BEGINNING = [
    party("F", "BRAND"),
    party("G", "BRAND"),
    party("D1", "DISTRIBUTOR"),
    party("D2", "DISTRIBUTOR"),
    party("S1", "STORE", region="CN/Hebei"),
    party("S2", "STORE"),
    party("L1", "GROUP_LEADER", promoCode="PL"),
    party("P1", "SALESPERSON"),
    party("K1", "CLERK", promoCode="PC"),
    linked("SUPPLIES", "F", "D1"),
    linked("SUPPLIES", "D1", "D2"),
    linked("SUPPLIES", "D2", "S1"),
    linked("SUPPLIES", "G", "S2"),
    linked("SERVES", "P1", "S1"),
    linked("EMPLOYS", "S1", "K1"),
    product("CAT", "F"),
    product("TEA", "G"),
]


def rule(id_: str, trigger: str, *roles: str, **more: Any) -> Event:
    pay = more.pop("pay", None) or [{"role": role, "fen": 10 * (n + 1)} for n, role in enumerate(roles)]
    said = {"id": id_, "version": 1, "brand": "F", "trigger": trigger, "from": LONG_AGO, "pay": pay, **more}
    return {"id": f"rule {id_}", "at": LONG_AGO, "type": "rule.published", "rule": said}


def told(*events: Event, trigger: str = "x") -> list[Told]:
    log = [{"id": f"a{n:02}", "at": LONG_AGO, **body} for n, body in enumerate(BEGINNING)]
    return [
        (one.role, one.status, one.amount_fen, one.payee if one.status == "ACCRUED" else one.reason)
        for one in World([*log, *events]).decisions()
        if one.trigger == trigger
    ]


def issued(day: int, who: str = "b", voucher: str = "v", **more: Any) -> Event:
    base = {"id": f"issue {voucher} {day}", "at": at(day), "type": "voucher.issued", "voucher": voucher}
    return base | {"kind": "washing", "member": named(who), **more}


def redeemed(day: int, id_: str = "x", voucher: str = "v", store: str = "S1", **more: Any) -> Event:
    return {"id": id_, "at": at(day), "type": "voucher.redeemed", "voucher": voucher, "store": store, **more}


def invited(day: int, inviter: str, invitee: str, **more: Any) -> Event:
    names = {"inviter": named(inviter), "invitee": named(invitee)}
    return {"id": f"{inviter} invites {invitee} {day}", "at": at(day), "type": "member.invited", **names, **more}


def seen(day: int, *names: str) -> Event:
    return {"id": f"seen {names} {day}", "at": at(day), "type": "member.identified", **named(*names)}


def account(name: str) -> str:
    return f"WECHAT_OPENID:mini/{name}"


REDEEM = rule("redeem", "VOUCHER_REDEMPTION", "CONSUMER", "STORE", "CLERK", "DISTRIBUTOR", "SALESPERSON", "INVITER")
FRIENDS = rule("friends", "REFERRAL", "INVITER", "INVITEE", windowDays=10)


def test_a_redemption_pays_everyone_on_the_way_to_its_store() -> None:
    assert told(REDEEM, invited(0, "a", "b"), issued(1), redeemed(2, clerk="K1")) == [
        ("CONSUMER", "ACCRUED", 10, account("b")),
        ("STORE", "ACCRUED", 20, "S1"),
        ("CLERK", "ACCRUED", 30, "K1"),
        ("DISTRIBUTOR", "ACCRUED", 40, "D2"),
        ("SALESPERSON", "ACCRUED", 50, "P1"),
        ("INVITER", "ACCRUED", 60, account("a")),
    ]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([redeemed(2)], "unknown_voucher"),
        ([redeemed(2), issued(3)], "unknown_voucher"),
        ([issued(1, "null"), redeemed(2)], "no_member"),
        ([issued(1, validTo=at(2)), redeemed(2)], "voucher_expired"),
        ([issued(1), redeemed(2, "first"), redeemed(3)], "voucher_already_redeemed"),
        ([issued(1, minSpendFen=100), redeemed(2, spendFen=99)], "below_min_spend"),
        ([issued(1, minSpendFen=100), redeemed(2)], "below_min_spend"),
        ([issued(1, minSpendFen=100), redeemed(2, "first", spendFen=1), redeemed(3, spendFen=99)], "below_min_spend"),
        ([issued(1), redeemed(2, store="S2")], "no_rule"),  # G supplies it, and the rule is F's
    ],
)
def test_why_a_redemption_pays_nothing(events: list[Event], reason: str) -> None:
    assert told(REDEEM, *events) == [("NONE", "REJECTED", 0, reason)]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([redeemed(2)], "not_invited"),
        ([redeemed(2, "first", "w"), invited(3, "a", "b"), redeemed(4)], "not_first_redemption"),
        ([invited(0, "a", "b"), redeemed(10)], "outside_window"),
        ([invited(3, "a", "b"), redeemed(2)], "not_invited"),
        ([seen(0, "b"), invited(1, "a", "b"), redeemed(2)], "not_invited"),  # b was known before a
        ([invited(0, "b", "a"), invited(1, "a", "b"), redeemed(2)], "not_invited"),  # no circle
        ([invited(1, "b", "b"), redeemed(2)], "not_invited"),
        ([seen(0, "a"), invited(1, "a", "b"), redeemed(2), seen(9, "a", "b")], "not_invited"),  # one person, found late
    ],
)
def test_why_a_referral_pays_nothing(events: list[Event], reason: str) -> None:
    assert told(FRIENDS, issued(1), issued(1, "b", "w"), *events) == [("NONE", "REJECTED", 0, reason)]


def test_the_last_moment_of_a_window_and_the_first_inviter_count() -> None:
    events = [invited(0, "a", "b"), invited(1, "c", "b"), issued(1)]
    last = redeemed(9) | {"at": "2026-03-11T09:59:59+08:00"}
    assert told(FRIENDS, *events, last) == [
        ("INVITER", "ACCRUED", 10, account("a")),
        ("INVITEE", "ACCRUED", 20, account("b")),
    ]


def test_why_a_referral_pays_nothing_is_told_only_where_nothing_else_is_decided() -> None:
    paid = rule("redeem", "VOUCHER_REDEMPTION", "STORE")
    assert told(FRIENDS, paid, issued(1), redeemed(2)) == [("STORE", "ACCRUED", 10, "S1")]
    assert told(rule("other", "REFERRAL", "INVITER", brand="G"), issued(1), redeemed(2))[0][3] == "no_rule"


def test_two_levels_need_a_depth_of_two() -> None:
    events = [invited(0, "a", "b"), invited(1, "b", "c"), issued(2, "c"), redeemed(3)]
    deep = rule("deep", "REFERRAL", "INVITER", "INVITER_2", **SIGNED)
    assert told(deep, *events)[1] == ("INVITER_2", "ACCRUED", 20, account("a"))
    deep["rule"]["depth"] = 1
    assert told(deep, *events)[1] == ("INVITER_2", "REJECTED", 0, "no_inviter_2")


JOIN = rule("join", "MEMBER_REGISTRATION", "CONSUMER", "STORE", "CLERK")


@pytest.mark.parametrize(
    ("said", "store", "clerk"),
    [
        ({"store": "S1"}, "S1", None),
        ({"store": "S1", "clerk": "K1"}, "S1", "K1"),
        ({"promoCode": "PC"}, "S1", "K1"),
        ({"store": "S1", "promoCode": "nobody's"}, "S1", "clerk_inactive"),
    ],
)
def test_a_registration_happens_at_the_store_named_or_by_promo_code(
    said: dict[str, str], store: str, clerk: str | None
) -> None:
    registered = {"id": "x", "at": at(1), "type": "member.registered", **named("b"), "consent": [], **said}
    wanted = [("CONSUMER", "ACCRUED", 10, account("b")), ("STORE", "ACCRUED", 20, store)]
    if clerk == "clerk_inactive":
        wanted.append(("CLERK", "REJECTED", 0, clerk))
    elif clerk:
        wanted.append(("CLERK", "ACCRUED", 30, clerk))
    assert told(JOIN, registered) == wanted


def ordered(day: int, *skus: str, **more: Any) -> Event:
    lines = [{"line": str(n), "sku": sku, "quantity": 1, "netFen": 300} for n, sku in enumerate(skus or ("CAT",))]
    base = {"id": "x", "at": at(day), "type": "order.placed", "order": "O", "channel": "CLOUD", "paidFen": 1000}
    return base | {"lines": lines, **more}


ORDER = rule("order", "ORDER", pay=[{"role": role, "bps": 1000, "base": "NET_PAID"} for role in ("STORE", "PROMOTER")])


def test_an_order_is_about_the_lines_of_the_rules_brand() -> None:
    both = ordered(1, "CAT", "TEA", store="S1", promoCode="PL", shippingFen=100)
    assert told(ORDER, both) == [("STORE", "ACCRUED", 30, "S1"), ("PROMOTER", "ACCRUED", 30, "L1")]
    one = ordered(1, "CAT", store="S1", promoCode="PC", shippingFen=100)
    assert told(ORDER, one) == [("STORE", "ACCRUED", 90, "S1"), ("PROMOTER", "ACCRUED", 90, "K1")]
    assert told(ORDER, ordered(1, "TEA", store="S1")) == [("NONE", "REJECTED", 0, "no_rule")]
    for more, reason in (({}, "no_promoter"), ({"promoCode": "nobody's"}, "clerk_inactive")):
        assert told(ORDER, ordered(1, store="S1", **more))[1] == ("PROMOTER", "REJECTED", 0, reason)


def refunded(day: int, **more: Any) -> Event:
    return {"id": f"back{day}", "at": at(day), "type": "order.refunded", "order": "O", **more}


def reversals(*events: Event) -> list[tuple[int, int]]:
    """Fen and points that refunds take back, in order, of a store that is paid 200 fen (199.9) and 9 points."""
    half = [
        {"line": "a", "sku": "CAT", "quantity": 3, "netFen": 1000},
        {"line": "b", "sku": "CAT", "quantity": 1, "netFen": 999},
    ]
    order = ordered(1, store="S1", paidFen=1999) | {"lines": half}
    pay = [{"role": "STORE", "bps": 1000, "base": "NET_PAID"}, {"role": "STORE", "points": 9}]
    log = [{"id": f"a{n:02}", "at": LONG_AGO, **body} for n, body in enumerate(BEGINNING)]
    world = World([*log, rule("order", "ORDER", pay=pay, rounding="HALF_UP"), order, *events])
    return [(one.amount_fen, one.points) for one in world.decisions() if one.status == "REVERSED"]


def test_a_refund_takes_back_of_each_line_in_proportion_half_up_on_the_running_total() -> None:
    """The lines hold 100 fen each (100.05 and 99.95), and 5 and 4 points (4.5 each)."""
    third = {"lines": [{"line": "a", "quantity": 1}]}
    assert reversals(refunded(2, **third)) == [(-33, -2)]
    assert reversals(*(refunded(day, **third) for day in (2, 3, 4))) == [(-33, -2), (-34, -1), (-33, -2)]
    assert reversals(refunded(2, **third), refunded(3)) == [(-33, -2), (-167, -7)]
    assert reversals(refunded(2, lines=[{"line": "a", "netFen": 250}])) == [(-25, -1)]
    assert reversals(refunded(2), refunded(3)) == [(-200, -9)]
    assert reversals(refunded(2, lines=[{"line": "nobody's"}])) == []


def test_an_order_without_a_store_is_the_attributed_ones_until_its_claim_is_over() -> None:
    chosen = {"id": "c", "at": at(0), "type": "store.chosen", "member": named("b"), "store": "S1"}
    order = ordered(0, member=named("b"))
    in_time, late = "2026-08-28T09:59:59+08:00", "2026-08-28T10:00:00+08:00"
    assert told(ORDER, chosen, order | {"at": in_time})[0] == ("STORE", "ACCRUED", 100, "S1")
    assert told(ORDER, chosen, order | {"at": late})[0] == ("STORE", "REJECTED", 0, "no_store")
    assert told(ORDER, chosen, ordered(1))[0] == ("STORE", "REJECTED", 0, "no_store")


def test_what_is_stronger_goes_before_what_is_later() -> None:
    log: list[Event] = [
        {"id": "r", "at": at(0), "type": "member.registered", **named("b"), "store": "S1", "consent": []},
        issued(1),
        redeemed(2, store="S2"),
    ]
    world = World([*({"id": f"a{n:02}", "at": LONG_AGO, **body} for n, body in enumerate(BEGINNING)), *log])
    found = world.attribution.latest(("WECHAT_OPENID", "mini", "b"))
    assert found is not None
    assert (found[0].store, found[0].fact.id) == ("S1", "r")
