"""Consumers: who they are, what they buy at the till, and what they scan at home."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .catalogue import KITTEN
from .goods_flow import GoodsFlow, Shelf
from .knobs import Knobs
from .log import Event, Fields, Log
from .names import phone
from .network import Network, Store
from .places import AREAS, Area, shares

WECHAT_APP = "miaowang-mini"
ALIPAY_APP = "miaowang-alipay"
Identifier = dict[str, str]


@dataclass(frozen=True)
class Member:
    """A consumer and the identifiers that scans may show."""

    main: Identifier
    phone: Identifier | None
    device: Identifier | None

    def shown(self, chance: Random) -> list[Identifier]:
        """What one scan shows: the app's identifier, at times with the phone or the device."""
        others = [
            other for other, share in ((self.phone, 0.25), (self.device, 0.4)) if other and chance.random() < share
        ]
        return [self.main, *others]


def make_members(knobs: Knobs) -> dict[str, list[Member]]:
    """The members of each area, by its distributor."""
    chance = knobs.chance("members")
    counts = shares(knobs.members, [area.weight for area in AREAS])
    members: dict[str, list[Member]] = {}
    number = 0
    for area, count in zip(AREAS, counts, strict=True):
        members[area.distributor] = []
        for _ in range(count):
            number += 1
            members[area.distributor].append(_member(chance, number))
    return members


def _member(chance: Random, number: int) -> Member:
    mobile = {"type": "PHONE", "value": phone(number)} if chance.random() < 0.4 else None
    device = {"type": "DEVICE", "value": f"dev-{number:05d}"} if chance.random() < 0.2 else None
    kind = chance.random()
    if kind < 0.05 and mobile:
        return Member(mobile, None, device)
    if kind < 0.07 and device:
        return Member(device, None, None)
    if kind < 0.17:
        return Member({"type": "ALIPAY_UID", "value": f"2088{number:012d}", "app": ALIPAY_APP}, mobile, device)
    return Member({"type": "WECHAT_OPENID", "value": f"oMW{number:06d}", "app": WECHAT_APP}, mobile, device)


class Consumers:
    """Lets consumers buy and scan what lies on the shelves."""

    def __init__(self, log: Log, network: Network, flow: GoodsFlow, knobs: Knobs) -> None:
        self.log = log
        self.network = network
        self.flow = flow
        self.knobs = knobs
        self.chance = knobs.chance("consumers")
        self.members = make_members(knobs)
        # Each first scan, with where the unit lay: what later scans of the same unit repeat.
        self.scans: list[tuple[Event, Shelf, str]] = []
        self._first_seen: dict[str, tuple[datetime, Member]] = {}
        self._orders = 0

    def run(self) -> None:
        """Empty the shelves as far as consumers do."""
        for shelf in self.flow.shelves:
            for units in self._baskets(shelf):
                at = self._moment(shelf.since)
                sold = len(units) > 1 or self.chance.random() < 0.03
                if sold and shelf.confirmed and not shelf.store.leader and not shelf.diverted_to:
                    self._sell(units, shelf.store, at)
                    at += timedelta(minutes=self.chance.randint(5, 2000))
                for unit in units:
                    if self.chance.random() < self.knobs.scan_share:
                        at += timedelta(seconds=self.chance.randint(20, 300))
                        self.scans.append((self.scan(unit, shelf, at), shelf, unit))
        self._identify()

    def _baskets(self, shelf: Shelf) -> Iterator[list[str]]:
        left = shelf.units
        while left:
            size = self.chance.choice((1,) * 28 + (2, 3))
            yield left[:size]
            left = left[size:]

    def _moment(self, since: datetime) -> datetime:
        """Some time between nine and eleven in the evening, mostly in the first weeks after delivery."""
        day = since + timedelta(days=int(self.chance.triangular(0, 62, 7)))
        at = day.replace(hour=9, minute=0, second=0) + timedelta(seconds=self.chance.randint(0, 14 * 3600 - 1))
        return at if at > since else since + timedelta(minutes=self.chance.randint(15, 180))

    def _sell(self, units: list[str], store: Store, at: datetime) -> None:
        self._orders += 1
        fields: Fields = {"codes": units, "store": store.id}
        if self.chance.random() < 0.7:
            fields["order"] = f"POS-{at:%Y%m%d}-{self._orders:05d}"
        if self.chance.random() < 0.25:
            fields["member"] = {"identifiers": self.someone(store.area).shown(self.chance)}
        self.log.add("goods.sold", at, fields)

    def someone(self, area: Area) -> Member:
        """A member of an area; a few come often, most come once or twice."""
        pool = self.members[area.distributor]
        regular = self.chance.random()
        return pool[int(len(pool) * regular * regular)]

    def scan(self, unit: str, shelf: Shelf, at: datetime, member: Member | None = None) -> Event:
        """A scan of a unit from a shelf, by one of its codes."""
        chance = self.chance
        area = shelf.diverted_to or shelf.store.area
        fields: Fields = {"code": chance.choice(self.flow.plant.unit_codes.get(unit, [unit]))}
        if chance.random() >= self.knobs.anonymous_share:
            member = member or self.someone(area)
            fields["member"] = {"identifiers": member.shown(chance)}
            self._seen(member, at)
        elif chance.random() < 0.5:
            fields["device"] = f"guest-{chance.randint(1, 99):03d}"
        at_store = chance.random() < 0.55 and not shelf.diverted_to
        code = self._promo_code(shelf.store, at) if chance.random() < self.knobs.promo_share else None
        if code and not shelf.store.leader and not shelf.diverted_to:
            fields["promoCode"] = code
            at_store = True
        fields |= self._place(shelf, area, at_store)
        campaign = self._campaign(shelf, at)
        return self.log.add("goods.scanned", at, {**fields, "campaign": campaign} if campaign else fields)

    def _place(self, shelf: Shelf, area: Area, at_store: bool) -> Fields:
        chance, store = self.chance, shelf.store
        place: Fields = {"channel": "STORE" if at_store else "WECHAT_MINI"}
        if store.leader:
            place["channel"] = "COMMUNITY_GROUP"
        if at_store and chance.random() < 0.25:
            near = (store.lat + chance.uniform(-0.001, 0.001), store.lon + chance.uniform(-0.001, 0.001))
            place["position"] = {"lat": round(near[0], 5), "lon": round(near[1], 5)}
        if at_store:
            if chance.random() < 0.8:
                place["region"] = store.region
        elif shelf.diverted_to:
            place["region"] = area.region(chance.choice(area.districts))
        elif chance.random() < 0.012:
            # On a journey, or a present for a friend far away.
            elsewhere = chance.choice(AREAS)
            place["region"] = elsewhere.region(chance.choice(elsewhere.districts))
        elif chance.random() < 0.7:
            place["region"] = area.region(chance.choice(area.districts))
        return place

    def _promo_code(self, store: Store, at: datetime) -> str | None:
        chance, network = self.chance, self.network
        if chance.random() < 0.05:
            # A code that someone saved long ago: its clerk may have left, or work elsewhere by now.
            return chance.choice(network.promo_codes[chance.choice(sorted(network.promo_codes))])[1]
        here = network.clerks_of(store, at)
        return network.promo_code(chance.choice(here), at) if here else None

    def _campaign(self, shelf: Shelf, at: datetime) -> str | None:
        season = timedelta(days=31) <= at - self.log.start < timedelta(days=77)
        if shelf.store.leader:
            return "C-TUAN-SZ" if season and shelf.store.area.city_code == "SZ" else None
        if shelf.sku == KITTEN and season:
            return "C-KITTEN" if self.chance.random() < 0.6 else None
        return "C-SUMMER" if self.chance.random() < 0.3 else None

    def _seen(self, member: Member, at: datetime) -> None:
        key = member.main["value"]
        if key not in self._first_seen or at < self._first_seen[key][0]:
            self._first_seen[key] = (at, member)

    def _identify(self) -> None:
        """Some members leave their phone number a little after their first scan."""
        for at, member in self._first_seen.values():
            if member.phone and self.chance.random() < 0.3:
                seen = at + timedelta(minutes=self.chance.randint(1, 90))
                self.log.add("member.identified", seen, {"identifiers": [member.main, member.phone]})
