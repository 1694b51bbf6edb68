"""Drawn logs of trade: invitations, vouchers, registrations, orders, and what says which store a member belongs to."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.model import cast, scenes
from tests.model.cast import Body, linked, party, product
from tests.model.log import Event
from tests.model.logs import at, dated, everyone

ROLES = ["CONSUMER", "STORE", "CLERK", "DISTRIBUTOR", "SALESPERSON", "INVITER", "GROUP_LEADER", "PROMOTER"]
RULES = {
    "redeem": ("VOUCHER_REDEMPTION", ["CONSUMER", "STORE", "CLERK", "DISTRIBUTOR", "SALESPERSON", "INVITER"]),
    "welcome": ("MEMBER_REGISTRATION", ["CONSUMER", "STORE", "CLERK", "GROUP_LEADER"]),
    "friends": ("REFERRAL", ["INVITER", "INVITER_2", "INVITEE"]),
    "order": ("ORDER", ["CONSUMER", "STORE", "DISTRIBUTOR", "SALESPERSON", "PROMOTER", "GROUP_LEADER"]),
}

OPENING: list[Body] = [
    party("F", "BRAND"),
    party("G", "BRAND"),
    party("D1", "DISTRIBUTOR"),
    party("D2", "DISTRIBUTOR"),
    party("S1", "STORE", region=cast.SHENZHEN, attributes={"tier": "gold"}),
    party("S2", "STORE", region=cast.HEBEI, promoCode="PS2"),
    party("L1", "GROUP_LEADER", promoCode="PL"),
    party("P1", "SALESPERSON"),
    party("K1", "CLERK", promoCode="PC1"),
    linked("SUPPLIES", "F", "D1"),
    linked("SUPPLIES", "D1", "D2"),
    linked("SUPPLIES", "D2", "S1"),
    linked("SUPPLIES", "D1", "S2"),
    linked("SUPPLIES", "D1", "L1"),
    linked("SERVES", "P1", "S1"),
    linked("EMPLOYS", "S1", "K1"),
    product("CAT", "F") | {"product": product("CAT", "F")["product"] | {"priceFen": 333}},
    product("TEA", "G"),
    cast.commissioned("CAT", "B1", "UNIT", "F", codes=["U00", "U01", "U02"]),
    cast.commissioned("CAT", "B2", "UNIT", "F", codes=["U05"]),
]

LINKS = [("SUPPLIES", "F", "D1"), ("SUPPLIES", "G", "D1"), ("SUPPLIES", "D2", "S1"), ("SUPPLIES", "D1", "D2")]
LINKS += [("EMPLOYS", "S1", "K1"), ("EMPLOYS", "S2", "K1"), ("SERVES", "P1", "S1")]

OPENIDS = [{"type": "WECHAT_OPENID", "value": f"o{n}", "app": "mini"} for n in range(4)]
PHONES = [{"type": "PHONE", "value": f"1380013800{n}"} for n in range(2)]
BLOCKED = {"type": "POS_CARD", "value": "null"}
STORES = ["S1", "S2", "L1"]
PROMO_CODES = ["PC1", "PS2", "PL", "nobody"]
UNITS = ["U00", "U01", "U02", "U05"]

Strategy = st.SearchStrategy

who = st.one_of(
    st.sampled_from(OPENIDS).map(lambda one: [one]),
    st.sampled_from([*OPENIDS, *PHONES]).map(lambda one: [one]),
    st.lists(st.sampled_from([*OPENIDS, *PHONES, BLOCKED]), min_size=1, max_size=2, unique_by=repr),
)
member = st.builds(lambda identifiers: {"identifiers": identifiers}, who)
stores = st.sampled_from(STORES)
vouchers = st.sampled_from(["v1", "v2", "v3", "v4"])

identified = scenes.event("member.identified", {"identifiers": who})
parted = st.builds(
    lambda two: {"type": "member.unlinked", "a": two[0], "b": two[1], "reason": "said so"},
    st.lists(st.sampled_from([*OPENIDS, *PHONES]), min_size=2, max_size=2, unique_by=repr),
)
invited = scenes.event("member.invited", {"inviter": member, "invitee": member}, {"campaign": st.just("spring")})
issued = scenes.event(
    "voucher.issued",
    {"voucher": vouchers, "kind": st.just("washing"), "member": member},
    {
        "faceFen": st.just(3001),
        "minSpendFen": st.just(100),
        "validTo": st.sampled_from([at(4), at(7)]),
        "campaign": st.just("spring"),
    },
)
redeemed = scenes.event(
    "voucher.redeemed",
    {"voucher": vouchers, "store": stores},
    {"clerk": st.sampled_from(["K1", "K9"]), "spendFen": st.sampled_from([99, 100])},
)
promo = st.sampled_from(PROMO_CODES)
registered = scenes.event(
    "member.registered",
    {"identifiers": who, "consent": st.just([])},
    {"store": stores, "clerk": st.just("K1"), "promoCode": promo, "channel": st.just("STORE")},
)
left = scenes.event("member.left", {"member": member})
chosen = scenes.event("store.chosen", {"member": member, "store": stores})
pet = scenes.event("pet.registered", {"member": member, "pet": st.just({"id": "P", "species": "cat"})})
care = scenes.event("care.recorded", {"pet": st.just("P"), "store": stores, "service": st.just("washing")})
lines = st.lists(
    st.fixed_dictionaries(
        {"sku": st.sampled_from(["CAT", "CAT", "TEA", "NEW"]), "quantity": st.integers(1, 2), "netFen": st.just(501)},
        optional={"codes": st.lists(st.sampled_from(UNITS), min_size=1, max_size=2, unique=True)},
    ),
    min_size=1,
    max_size=2,
).map(lambda found: [{"line": str(n), **line} for n, line in enumerate(found)])
ordered = scenes.event(
    "order.placed",
    {
        "order": st.sampled_from([f"O{n}" for n in range(9)]),
        "channel": st.sampled_from(["CLOUD", "POS"]),
        "lines": lines,
    }
    | {"paidFen": st.just(1100)},
    {"member": member, "store": stores, "promoCode": promo, "shippingFen": st.just(99), "campaign": st.just("spring")},
)
storeless = scenes.event(
    "order.placed",
    {
        "order": st.sampled_from([f"Q{n}" for n in range(9)]),
        "channel": st.just("CLOUD"),
        "lines": lines,
        "member": member,
    }
    | {"paidFen": st.just(1100)},
)
refunded = scenes.event(
    "order.refunded",
    {"order": st.sampled_from(["w1", "w2", *(f"O{n}" for n in range(9)), *(f"Q{n}" for n in range(9))])},
    {"lines": st.sampled_from([[{"line": "0"}], [{"line": "1", "netFen": 167}], [{"line": "1", "quantity": 1}]])},
)
received = scenes.event("goods.received", {"codes": scenes.some(UNITS), "party": st.sampled_from([*STORES, "D1"])})
scanned = scenes.event("goods.scanned", {"code": st.sampled_from(UNITS), "member": member})
links = st.sampled_from(LINKS).map(lambda link: linked(*link))
unlinked = links.map(lambda link: link | {"type": "channel.unlinked"})
renamed = st.sampled_from(
    [
        party("S1", "STORE", attributes={"clerkRewards": False}),
        party("K1", "CLERK", promoCode="PS2"),
        party("L1", "STORE"),
        product("NEW", "F"),
    ]
)
policy: Body = {
    "type": "identity.policy",
    "policy": {
        "namespaces": {
            "WECHAT_OPENID": {"priority": 1, "class": "person", "limit": 2},
            "PHONE": {"priority": 2, "class": "person", "maxMembers": 1},
        },
        "blocked": {"exact": ["o3"]},
    },
}

anything = st.one_of(
    identified, identified, parted, invited, invited, invited, issued, issued, redeemed, redeemed, redeemed, registered,
    chosen, pet, care, ordered, storeless, storeless, left, refunded, refunded,
    received, scanned, scanned, links, unlinked, renamed,
)  # fmt: skip


@st.composite
def friendships(draw: st.DrawFn) -> list[tuple[int, Body]]:
    """One brings in a friend, and that one another, who redeem what they get; except for what is left out."""
    names = draw(st.permutations(OPENIDS))[:3]
    first, second, third = ({"identifiers": [one]} for one in names)
    voucher = draw(st.sampled_from(["w1", "w2"]))
    steps: list[tuple[int, Body]] = [
        (0, {"type": "member.registered", "identifiers": [names[0], PHONES[0]], "consent": [], "store": draw(stores)}),
        (1, {"type": "member.invited", "inviter": first, "invitee": second, "campaign": "spring"}),
        (2, {"type": "member.invited", "inviter": second, "invitee": third}),
        (3, {"type": "voucher.issued", "voucher": voucher, "kind": "washing", "member": third, "faceFen": 3001}),
        (3, {"type": "voucher.issued", "voucher": voucher + "b", "kind": "washing", "member": second}),
        (4, {"type": "voucher.redeemed", "voucher": voucher + "b", "store": "S1", "clerk": "K1"}),
        (4, {"type": "voucher.redeemed", "voucher": voucher, "store": draw(stores)}),
        (5, {"type": "order.placed", "order": voucher, "channel": "CLOUD", "member": third, "paidFen": 1100}
         | {"lines": [{"line": "1", "sku": "CAT", "quantity": 1, "netFen": 1100}]}),
        (5, {"type": "member.identified", "identifiers": draw(st.permutations([names[0], names[1], PHONES[0]]))[:2]}),
    ]  # fmt: skip
    start = draw(st.integers(0, scenes.DAYS - 6))
    left_out = draw(st.sets(st.integers(0, len(steps) - 1), max_size=3))
    return [(start + day, step) for n, (day, step) in enumerate(steps) if n not in left_out]


@st.composite
def rules(draw: st.DrawFn) -> Body:
    id_ = draw(st.sampled_from(sorted(RULES)))
    trigger, roles = RULES[id_]
    rule: Body = {
        "id": id_ + draw(st.sampled_from(["", "", "-b"])),
        "version": draw(st.integers(1, 2)),
        "brand": draw(st.sampled_from(["F", "F", "F", "G"])),
        "trigger": trigger,
        "from": at(draw(st.sampled_from([-1, -1, 2]))),
        "pay": draw(st.sampled_from([everyone(roles), everyone([roles[-1]]), [{"role": "CLERK", "fen": 5}]])),
        "retroactive": {"by": "F", "reason": "before all"},
    }
    scopes: dict[str, Any] = {"regions": [cast.SHENZHEN], "storeTiers": ["gold"], "campaigns": ["spring"]}
    scopes |= {"channels": ["CLOUD"], "skus": ["CAT"], "batches": ["B1"]}
    if draw(st.integers(0, 2)) == 0:
        key = draw(st.sampled_from(sorted(scopes)))
        rule["scope"] = {key: scopes[key]}
    if draw(st.booleans()):
        rule["group"] = "one"
    if draw(st.integers(0, 3)) == 0:
        rule["caps"] = [{"per": draw(st.sampled_from(["DAY", "PERIOD", "RULE"])), "limitFen": 25}]
    if draw(st.integers(0, 3)) == 0:
        rule["budgetFen"] = 60
        rule["onInsufficient"] = draw(st.sampled_from(["REJECT_EVENT", "PRORATA"]))
    if trigger == "ORDER" and draw(st.booleans()):
        base = draw(st.sampled_from(["NET_PAID", "GROSS", "GOODS_PRICE"]))
        rule["pay"] = [{"role": role, "bps": 333, "base": base} for role in roles]
    if trigger == "REFERRAL":
        rule |= draw(st.sampled_from([{}, {"windowDays": 2}, {"windowDays": 0}]))
        rule |= draw(st.sampled_from([SIGNED, {"pay": everyone(["INVITER", "INVITEE"])}]))
    return {"type": "rule.published", "rule": rule}


SIGNED = {"depth": 2, "signOff": {"who": "F", "when": "2025-01-01T00:00:00Z"}}


def usual(id_: str) -> Body:
    trigger, roles = RULES[id_]
    rule: Body = {"id": id_, "version": 1, "brand": "F", "trigger": trigger, "from": at(-1), "pay": everyone(roles)}
    rule["retroactive"] = {"by": "F", "reason": "before all"}
    return {"type": "rule.published", "rule": rule | (SIGNED if trigger == "REFERRAL" else {})}


@st.composite
def trade_logs(draw: st.DrawFn, size: int = 30, changing: bool = False) -> list[Event]:
    """Members that merge and part, invite, redeem, register and order; some of the channel comes late or not at all.

    With `changing` a policy always comes, else now and then.
    """
    delayed = draw(st.dictionaries(st.integers(0, len(OPENING) - 1), scenes.days, max_size=4))
    left_out = draw(st.sets(st.integers(0, len(OPENING) - 1), max_size=1))
    found = [(delayed.get(n, -1), body) for n, body in enumerate(OPENING) if n not in left_out]
    found += [(-1, usual(id_)) for id_ in sorted(RULES)][: draw(st.sampled_from([4, 4, 2]))]
    for friends in draw(st.lists(friendships(), min_size=1, max_size=2)):
        found += friends
    found += draw(st.lists(st.tuples(scenes.days, rules()), max_size=3))
    found += draw(st.lists(st.tuples(scenes.days, anything), min_size=size // 2, max_size=size))
    if changing or draw(st.integers(0, 4)) == 0:
        found.append((draw(scenes.days), policy))
    return draw(dated(found))
