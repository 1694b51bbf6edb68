"""The items that the demonstration's one screen tells of, made by hand so that they are certain."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .catalogue import BRAND, PRODUCTS, STAPLE
from .goods_flow import GoodsFlow, Shelf
from .log import Event, Fields, Log
from .names import phone
from .network import STORY_STORE, Network, Store, area_of
from .places import PROVINCES, Area, Province
from .production import Pallet

# The story's events arrive at once and only once: it is told in the order in which it happened.
PROMPT = timedelta(seconds=3)


@dataclass
class StoryIds:
    """What the demonstration asks for; the ids of events are known once the log is numbered."""

    journey: str
    paid: Event
    unpaid: Event

    def line(self) -> Fields:
        """As seeds/story.json has it."""
        return {
            "journeyCode": self.journey,
            "paidScan": self.paid.id,
            "unpaidScan": self.unpaid.id,
            "unpaidWhy": "region_mismatch",
            "distributor": "D1-GD",
        }


@dataclass
class Story:
    """One unit on the straight way from brand to consumer, and one that was carried out of its territory."""

    log: Log
    network: Network
    flow: GoodsFlow

    def tell(self) -> StoryIds:
        """Write both ways into the log."""
        guangdong, sichuan = (province for province in PROVINCES if province.code in {"GD", "SC"})
        product = next(product for product in PRODUCTS if product.sku == STAPLE)
        straight, astray = self.flow.plant.produce(product, self._on(1, 10), 2)

        store = self.network.store(STORY_STORE)
        journey = self._down(straight, guangdong, store, diverted_to=None)
        bought = self._on(17, 19, 42)
        clerk = self.network.clerks_of(store, bought)[0]
        with_clerk = {"promoCode": self.network.promo_code(clerk, bought), "channel": "STORE"}
        paid = self._scan(journey, bought, 9001, {**with_clerk, "region": store.region})

        mianyang = self.network.in_area(area_of("D2-MY"))[0]
        shenzhen = area_of("D2-SZ")
        carried_off = self._down(astray, sichuan, mianyang, diverted_to=shenzhen)
        futian = {"channel": "WECHAT_MINI", "region": shenzhen.region(shenzhen.districts[1])}
        unpaid = self._scan(carried_off, self._on(24, 20, 15), 9002, futian)
        return StoryIds(journey, paid, unpaid)

    def _on(self, day: int, hour: int, minute: int = 0) -> datetime:
        return self.log.start + timedelta(days=day, hours=hour, minutes=minute)

    def _note(self, kind: str, at: datetime, fields: Fields) -> Event:
        return self.log.add(kind, at, fields, at + PROMPT)

    def _down(self, pallet: Pallet, province: Province, store: Store, diverted_to: Area | None) -> str:
        """Take the first carton of a pallet to a store, the others the usual ways; gives its first unit."""
        first, second, carton = province.distributor, store.area.distributor, pallet.cartons[0]
        self._hand_over(pallet.code, BRAND, first, self._on(2, 9), self._on(4, 15))
        unpacked = self._on(4, 16)
        children = [other.code for other in pallet.cartons]
        self._note("goods.unpacked", unpacked, {"parent": pallet.code, "children": children})
        self._hand_over(carton.code, first, second, self._on(5, 10), self._on(6, 11))
        received = self._on(8, 14, 10)
        self._hand_over(carton.code, second, store.id, self._on(8, 9, 30), received)

        # The pallet goes back and is loaded again: what it carries then is no business of this carton.
        back = self._on(9, 17)
        self._note("goods.returned", back, {"codes": [pallet.code], "from": first, "to": BRAND})
        self.flow.plant.empty_pallets.append((back, pallet.code))
        self.flow.from_first_tier(province, pallet.cartons[1:], unpacked)
        unit, *others = carton.units
        self.flow.shelves.append(Shelf(store, carton.sku, others, received, diverted_to=diverted_to))
        return unit

    def _hand_over(self, code: str, sender: str, receiver: str, sent: datetime, got: datetime) -> None:
        seller = self.network.seller_of(receiver, sent)
        shipment = {"codes": [code], "from": sender, "to": receiver, "salesperson": seller}
        self._note("goods.shipped", sent, shipment)
        self._note("goods.received", got, {"codes": [code], "party": receiver})

    def _scan(self, code: str, at: datetime, person: int, more: Fields) -> Event:
        identifiers = [
            {"type": "WECHAT_OPENID", "value": f"oMW{person:06d}", "app": "miaowang-mini"},
            {"type": "PHONE", "value": phone(person)},
        ]
        return self._note("goods.scanned", at, {"code": code, "member": {"identifiers": identifiers}, **more})
