"""Chinese names of people and shops, and the identifiers that people are known by."""

from collections.abc import Sequence
from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董"
GIVEN = (
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋",
    "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰", "霞", "平",
    "刚", "桂英", "晓燕", "志强", "建华", "文静", "雨欣", "子涵", "梓萱", "浩然",
    "宇轩", "思琪", "佳怡", "欣怡", "嘉豪", "俊杰", "丽华", "春梅", "海燕", "晓东",
    "国强", "婷婷", "雪梅", "立新", "玉婷", "家豪", "诗雨", "若曦", "一鸣", "泽宇",
    "美玲", "慧敏", "卓然", "晓彤", "思远", "永健", "佩珊", "楚云", "锦程", "可欣",
)  # fmt: skip

SHOP_BRANDS = {
    "PET_SHOP": ("毛球", "小爪印", "橘座", "汪汪队长", "喵小院", "豆豆家", "暖爪", "胖丁"),
    "PET_HOSPITAL": ("仁宠", "康贝", "安心", "佑它", "博爱", "和顺"),
    "SUPERMARKET": ("惠民", "家家旺", "乐家", "万佳"),
    "COMMUNITY_SHOP": ("邻里", "好街坊", "小区口", "同福"),
    "SPECIALITY_SHOP": ("猫粮研究所", "爪爪优选", "宠食集"),
}
SHOP_FORMS = {
    "PET_SHOP": "{brand}宠物生活馆（{quarter}店）",
    "PET_HOSPITAL": "{brand}宠物医院（{quarter}院）",
    "SUPERMARKET": "{brand}超市（{quarter}店）",
    "COMMUNITY_SHOP": "{brand}便利店（{quarter}店）",
    "SPECIALITY_SHOP": "{brand}（{quarter}店）",
}
# Every third shop is a pet shop, every fourth a hospital: the order in which a city's shops open.
SHOP_TYPES = (
    "PET_SHOP", "PET_HOSPITAL", "SUPERMARKET", "PET_SHOP", "COMMUNITY_SHOP", "PET_HOSPITAL",
    "PET_SHOP", "SPECIALITY_SHOP", "PET_SHOP", "PET_HOSPITAL", "SUPERMARKET", "COMMUNITY_SHOP",
)  # fmt: skip
SERVICES = {
    "PET_SHOP": (["WASHING", "BOARDING"], ["WASHING"], ["WASHING", "BOARDING", "NURSING"]),
    "PET_HOSPITAL": (["NURSING", "BOARDING"], ["NURSING"], ["WASHING", "NURSING"]),
}
OPENING_HOURS = {
    "PET_SHOP": "10:00-21:00",
    "PET_HOSPITAL": "00:00-24:00",
    "SUPERMARKET": "07:30-22:30",
    "COMMUNITY_SHOP": "07:00-23:00",
    "SPECIALITY_SHOP": "10:30-20:30",
}


class People:
    """Hands out names."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._given: set[str] = set()

    def name(self) -> str:
        """A name that nobody in the network has yet; a large network has namesakes, as the country has."""
        for _ in range(20):
            name = self._chance.choice(SURNAMES) + self._chance.choice(GIVEN)
            if name not in self._given:
                break
        self._given.add(name)
        return name


def shop_name(chance: Random, store_type: str, quarter: str, taken: set[str]) -> str:
    """A shop's name after its neighbourhood; a second shop of that name becomes the second branch."""
    brands: Sequence[str] = SHOP_BRANDS[store_type]
    form = SHOP_FORMS[store_type]
    free = [name for brand in brands if (name := form.format(brand=brand, quarter=quarter)) not in taken]
    numbered = f"{form.format(brand=brands[0], quarter=quarter)}{len(taken)}号"
    name = chance.choice(free) if free else numbered
    taken.add(name)
    return name


def phone(number: int) -> str:
    """A well-formed mobile number of a section that ends in 0000, so that it is plainly made up."""
    prefixes = ("138", "139", "136", "150", "186", "188", "177", "159")
    section, last = divmod(number, 10_000)
    return f"{prefixes[section % len(prefixes)]}0000{last:04d}"
