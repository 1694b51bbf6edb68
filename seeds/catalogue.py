"""What the brand sells, its campaigns, and the rules by which it pays the channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

BRAND = "MIAOWANG"
PRESCRIPTION = "VET-URI-1500"
KITTEN = "KIT-MILK-1200"
STAPLE = "CAT-CHK-1500"
CANNED = "CAN-TUNA-85"


@dataclass(frozen=True)
class Product:
    """A product and how much of the production it is."""

    sku: str
    name: str
    category: str
    gtin: str
    price_fen: int
    units_per_carton: int
    shelf_life_days: int
    weight: int


PRODUCTS = (
    Product(STAPLE, "喵汪粮 全价成猫粮 鸡肉配方 1.5kg", "cat", "06912345600019", 8900, 8, 540, 20),
    Product("CAT-FSH-1500", "喵汪粮 全价成猫粮 深海鱼配方 1.5kg", "cat", "06912345600026", 9900, 8, 540, 14),
    Product(KITTEN, "喵汪粮 幼猫奶糕粮 1.2kg", "cat", "06912345600033", 8500, 10, 540, 14),
    Product("DOG-BEF-2500", "喵汪粮 全价成犬粮 牛肉配方 2.5kg", "dog", "06912345600040", 12900, 6, 540, 14),
    Product("PUP-LMB-1500", "喵汪粮 幼犬粮 羊肉配方 1.5kg", "dog", "06912345600057", 9200, 8, 540, 10),
    Product(CANNED, "喵汪粮 猫主食罐 金枪鱼 85g", "cat", "06912345600064", 900, 24, 730, 10),
    Product("SNK-FRZ-60", "喵汪粮 冻干鸡肉粒 60g", "snack", "06912345600071", 3900, 24, 365, 10),
    Product(PRESCRIPTION, "喵汪粮 泌尿道处方猫粮 1.5kg", "cat", "06912345600088", 15900, 6, 540, 8),
)


def campaigns(start: datetime) -> list[dict[str, Any]]:
    """Three campaigns of the summer."""
    month = start + timedelta(days=31)
    return [
        {"id": "C-SUMMER", "name": "夏日扫码有礼", "brand": BRAND, "from": start.isoformat()},
        {
            "id": "C-KITTEN",
            "name": "幼猫成长季",
            "brand": BRAND,
            "from": month.isoformat(),
            "to": (month + timedelta(days=46)).isoformat(),
            "skus": [KITTEN],
            "variant": "A",
        },
        {
            "id": "C-TUAN-SZ",
            "name": "深圳社区团购周",
            "brand": BRAND,
            "from": month.isoformat(),
            "channels": ["COMMUNITY_GROUP"],
            "regions": ["CN/Guangdong/Shenzhen"],
        },
    ]


def _pay(**fen: int) -> list[dict[str, Any]]:
    return [{"role": role.upper(), "fen": amount} for role, amount in fen.items()]


def friend_rules(start: datetime) -> list[dict[str, Any]]:
    """What a friend's first redemption, and a redemption as such, pay."""
    common = {"brand": BRAND, "from": start.isoformat(), "to": None, "version": 1}
    return [
        {**common, "id": "friends", "trigger": "REFERRAL", "windowDays": 60, "pay": _pay(inviter=1000, invitee=500)},
        {**common, "id": "washing-subsidy", "trigger": "VOUCHER_REDEMPTION", "pay": _pay(store=1500, clerk=200)},
    ]


def first_rules(start: datetime) -> list[dict[str, Any]]:
    """The rules of the first day."""
    month = start + timedelta(days=31)
    scan = {"brand": BRAND, "trigger": "CONSUMER_SCAN", "onRegionMismatch": "PAY_CONSUMER_ONLY"}
    return [
        {
            **scan,
            "id": "miaowang-scan",
            "version": 1,
            "from": start.isoformat(),
            "to": None,
            "group": "scan",
            "pay": [
                *_pay(consumer=100),
                {"role": "CONSUMER", "points": 10},
                *_pay(store=300, clerk=50, distributor=50, salesperson=20),
            ],
            "lateBindingDays": 7,
        },
        {
            **scan,
            "id": "kitten-season",
            "version": 1,
            "from": month.isoformat(),
            "to": (month + timedelta(days=46)).isoformat(),
            "scope": {"skus": [KITTEN]},
            "group": "scan",
            "pay": _pay(consumer=200, store=500, clerk=100, distributor=80, salesperson=40),
            "lateBindingDays": 7,
        },
        {
            # A group leader is no store: the goods of community group buying have a rule of their own.
            **scan,
            "id": "group-buying",
            "version": 1,
            "from": start.isoformat(),
            "to": None,
            "scope": {"channels": ["COMMUNITY_GROUP"]},
            "group": "scan",
            "pay": _pay(consumer=100, group_leader=400, distributor=50, salesperson=20),
            "lateBindingDays": 7,
        },
        {
            **scan,
            "id": "shenzhen-plus",
            "version": 1,
            "from": start.isoformat(),
            "to": None,
            "scope": {"regions": ["CN/Guangdong/Shenzhen"], "channels": ["STORE", "WECHAT_MINI"]},
            "pay": _pay(store=55),
            "lateBindingDays": 7,
        },
        {
            **scan,
            "id": "ningbo-trial",
            "version": 1,
            "from": start.isoformat(),
            "to": None,
            "scope": {"regions": ["CN/Zhejiang/Ningbo"]},
            "pay": _pay(store=40, salesperson=10),
            "lateBindingDays": 7,
        },
        {
            "id": "carton-receipt",
            "version": 1,
            "brand": BRAND,
            "trigger": "STORE_RECEIPT",
            "from": start.isoformat(),
            "to": None,
            "pay": _pay(store=200, distributor=60, salesperson=100),
        },
    ]


def second_scan_rule(start: datetime) -> dict[str, Any]:
    """From the middle of the log on stores and clerks get more for a scan."""
    first = first_rules(start)[0]
    pay = [
        *_pay(consumer=120),
        {"role": "CONSUMER", "points": 10},
        *_pay(store=350, clerk=80, distributor=50, salesperson=25),
    ]
    return {**first, "version": 2, "from": (start + timedelta(days=45)).isoformat(), "pay": pay}
