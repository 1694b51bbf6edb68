"""Who and what the drawn logs are about: a channel small enough that its events collide."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
"""An event before it has an id and a time."""

BRANDS = ["F", "G"]
DISTRIBUTORS = ["D1", "D2", "D3"]
STORES = ["S1", "S2", "S3"]
LEADER = "L1"
RETAILERS = [*STORES, LEADER]
SALESPEOPLE = ["P1", "P2"]
CLERKS = ["K1", "K2"]
OWNERS = ["F", *DISTRIBUTORS, *RETAILERS]

GUANGDONG, SHENZHEN, HEBEI = "CN/Guangdong", "CN/Guangdong/Shenzhen", "CN/Hebei"
# The last one only looks as if it lay inside the first.
REGIONS = [GUANGDONG, SHENZHEN, "CN/Guangdong/Shenzhen/Nanshan", HEBEI, "CN/Guangdong2"]
SKUS = ["CAT", "DOG", "TEA"]
BATCHES = ["B1", "B2"]
PROMO_CODES = ["PC1", "PC2"]

RANGE = {"first": "U00", "last": "U05"}
UNITS = ["U00", "U01", "U02", "U05", "U06", "U07", "T1"]
CARTONS = ["C1", "C2"]
PALLET, BOX = "Q1", "X1"  # nobody commissions the box
CONTAINERS = [*CARTONS, PALLET, BOX]
ALIASES = ["A1", "A2"]
CODES = [*UNITS, *CONTAINERS, *ALIASES]
STRANGE_CODES = ["U99", "u00", "U0"]

IDENTIFIERS = [
    {"type": "WECHAT_OPENID", "value": "c1", "app": "mini"},
    {"type": "WECHAT_OPENID", "value": " c1 ", "app": "shop"},
    {"type": "WECHAT_OPENID", "value": "c2", "app": "mini"},
    {"type": "PHONE", "value": "13800138000"},
    {"type": "PHONE", "value": "+86 138-0013-8000"},
    {"type": "POS_CARD", "value": "00012345"},
    {"type": "POS_CARD", "value": "12345"},
    {"type": "DEVICE", "value": "phone-1"},
    {"type": "PHONE", "value": "000-0000"},
    {"type": "WECHAT_UNIONID", "value": " NULL "},
]


def party(id_: str, kind: str, **more: Any) -> Body:
    return {"type": "party.registered", "party": {"id": id_, "kind": kind, "name": id_.lower(), **more}}


def linked(relation: str, parent: str, child: str) -> Body:
    return {"type": "channel.linked", "relation": relation, "parent": parent, "child": child}


def product(sku: str, brand: str, **more: Any) -> Body:
    return {"type": "product.listed", "product": {"sku": sku, "name": sku.lower(), "brand": brand, **more}}


def commissioned(sku: str, batch: str, level: str, holder: str, **codes: Any) -> Body:
    return {
        "type": "goods.commissioned",
        "sku": sku,
        "batch": batch,
        "level": level,
        "holder": holder,
    } | codes


def territory(holder: str, *regions: str, **skus: Any) -> Body:
    return {"type": "territory.assigned", "party": holder, "regions": list(regions)} | skus


KINDS = {
    **dict.fromkeys(BRANDS, "BRAND"),
    **dict.fromkeys(DISTRIBUTORS, "DISTRIBUTOR"),
    **dict.fromkeys(STORES, "STORE"),
    **dict.fromkeys(SALESPEOPLE, "SALESPERSON"),
    **dict.fromkeys(CLERKS, "CLERK"),
    LEADER: "GROUP_LEADER",
}

LINKS = [
    ("SUPPLIES", "F", "D1"),
    ("SUPPLIES", "G", "D3"),
    ("SUPPLIES", "D1", "D2"),
    ("SUPPLIES", "D1", "S1"),
    ("SUPPLIES", "D2", "S2"),
    ("SUPPLIES", "D3", "S1"),
    ("SUPPLIES", "D2", "L1"),
    ("SERVES", "P1", "S1"),
    ("SERVES", "P2", "S2"),
    ("SERVES", "P1", "L1"),
    ("SERVES", "P2", "D2"),
    ("EMPLOYS", "F", "P1"),
    ("EMPLOYS", "D1", "P2"),
    ("EMPLOYS", "S1", "K1"),
    ("EMPLOYS", "S2", "K2"),
]

OPENING: list[Body] = [
    party("F", "BRAND"),
    party("G", "BRAND"),
    party("D1", "DISTRIBUTOR", region=GUANGDONG),
    party("D2", "DISTRIBUTOR", region=SHENZHEN),
    party("D3", "DISTRIBUTOR"),
    party("S1", "STORE", region=SHENZHEN, attributes={"tier": "gold"}),
    party("S2", "STORE", region=HEBEI),
    party("S3", "STORE"),
    party("L1", "GROUP_LEADER", region=SHENZHEN, promoCode="PL"),
    party("P1", "SALESPERSON"),
    party("P2", "SALESPERSON"),
    party("K1", "CLERK", promoCode="PC1"),
    party("K2", "CLERK", promoCode="PC2"),
    *(linked(*link) for link in LINKS),
    product("CAT", "F", priceFen=8_999),
    product("DOG", "F"),
    product("TEA", "G", priceFen=333),
    territory("D1", GUANGDONG),
    territory("D2", SHENZHEN, skus=["CAT"]),
    commissioned("CAT", "B1", "UNIT", "F", range=RANGE),
    commissioned("DOG", "B2", "UNIT", "F", codes=["U06", "U07"]),
    commissioned("TEA", "B1", "UNIT", "G", codes=["T1"]),
    commissioned("CAT", "B1", "CARTON", "F", codes=CARTONS),
    commissioned("CAT", "B1", "PALLET", "F", codes=[PALLET]),
]
"""How the channel usually begins; a drawn log delays some of it and leaves some of it out."""
