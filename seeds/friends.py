"""Friends, vouchers, touches and orders: who brought whom, what they redeemed, and what led them to buy.

One chain of four members and one order with its touches are made by hand, for the story; the others are drawn. These
facts are numbered behind all others, so that the ids that the documentation names stay.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .catalogue import PRODUCTS, STAPLE, friend_rules
from .consumers import WECHAT_APP, Consumers, Identifier
from .log import Event, Fields
from .network import STORY_STORE, Store, working_time
from .places import AREAS

# The story's events arrive at once and only once.
PROMPT = timedelta(seconds=3)
CHAIN = (9101, 9102, 9103, 9104)
ONLINE = (("AD", "DOUYIN"), ("LIVESTREAM", "WECHAT_CHANNELS"), ("SHARE", "WECHAT_MINI"), ("BROWSE", "TMALL"))


@dataclass
class FriendIds:
    """What the story asks for: the last of the chain, and the order."""

    member: Identifier
    order: str

    def line(self) -> Fields:
        """As seeds/story.json has it."""
        return {"invitedMember": self.member, "attributedOrder": self.order}


class Friends:
    """Adds to the consumers what they do beside scanning."""

    def __init__(self, consumers: Consumers) -> None:
        self.log = consumers.log
        self.network = consumers.network
        self._consumers = consumers
        self._chance = consumers.knobs.chance("friends")
        self._vouchers = 0
        self._orders = 0

    def run(self) -> FriendIds:
        """All of it; the story's part first."""
        for rule in friend_rules(self.log.start):
            self._note("rule.published", self.log.start + timedelta(days=1, hours=9), {"rule": rule})
        told = self._story()
        shops = [store for store in self.network.stores if not store.leader and store.type.startswith("PET")]
        for store in shops:
            for _ in range(2):
                self._customer(store)
        return told

    def _story(self) -> FriendIds:
        store = self.network.store(STORY_STORE)
        people = [{"type": "WECHAT_OPENID", "value": f"oMW{number:06d}", "app": WECHAT_APP} for number in CHAIN]
        before: Identifier | None = None
        for place, person in enumerate(people):
            at = self._on(10 + 6 * place, 11, 20)
            if before is not None:
                self._invite(before, person, at - timedelta(hours=15), "C-SUMMER", prompt=True)
            self._register(person, store, at, prompt=True)
            self._voucher(person, store, at, redeemed=at + timedelta(days=2, hours=4), prompt=True)
            before = person
        buyer = people[-1]
        for day, kind, channel, at_store in (
            (36, "AD", "DOUYIN", False),
            (43, "LIVESTREAM", "WECHAT_CHANNELS", True),
            (47, "VISIT", "STORE", True),
            (49, "MESSAGE", "WECHAT_MINI", False),
        ):
            self._touch(buyer, self._on(day, 19, 5), kind, channel, store if at_store else None, prompt=True)
        order = self._order(buyer, store, self._on(50, 20, 30), delivered=True, prompt=True)
        return FriendIds(buyer, order)

    def _customer(self, store: Store) -> None:
        """A member of the store's area, now and then with a friend."""
        chance = self._chance
        member = self._consumers.someone(store.area).main
        at = working_time(chance, self.log.start, 15, 50)
        self._register(member, store, at)
        if chance.random() < 0.7:
            redeemed = at + timedelta(days=chance.randint(1, 25), hours=1) if chance.random() < 0.7 else None
            self._voucher(member, chance.choice(self.network.in_area(store.area)), at, redeemed)
        if chance.random() < 0.5:
            friend = self._consumers.someone(chance.choice(AREAS) if chance.random() < 0.2 else store.area).main
            invited = at + timedelta(days=chance.randint(0, 5), minutes=30)
            self._invite(member, friend, invited, "C-SUMMER" if chance.random() < 0.6 else None)
        for _ in range(chance.randint(0, 3)):
            kind, channel = chance.choice(ONLINE)
            self._touch(member, at + timedelta(days=chance.randint(0, 20)), kind, channel, None)
        if chance.random() < 0.6:
            self._touch(member, at + timedelta(days=chance.randint(5, 20)), "VISIT", "STORE", store)
        for _ in range(chance.choice((0, 1, 1, 2))):
            bought = at + timedelta(days=chance.randint(10, 35), minutes=chance.randint(0, 500))
            self._order(member, store, bought, delivered=chance.random() < 0.4)

    def _on(self, day: int, hour: int, minute: int = 0) -> datetime:
        return self.log.start + timedelta(days=day, hours=hour, minutes=minute)

    def _note(self, kind: str, at: datetime, fields: Fields, *, prompt: bool = False) -> Event:
        return self.log.add(kind, at, fields, at + PROMPT if prompt else None, is_numbered_last=True)

    def _invite(
        self, inviter: Identifier, invitee: Identifier, at: datetime, campaign: str | None, *, prompt: bool = False
    ) -> None:
        if inviter == invitee:
            return
        fields: Fields = {"inviter": {"identifiers": [inviter]}, "invitee": {"identifiers": [invitee]}}
        self._note("member.invited", at, {**fields, "campaign": campaign} if campaign else fields, prompt=prompt)

    def _register(self, person: Identifier, store: Store, at: datetime, *, prompt: bool = False) -> None:
        here = self.network.clerks_of(store, at)
        fields: Fields = {"identifiers": [person], "store": store.id, "channel": "STORE", "consent": ["SERVICE"]}
        if here:
            fields["clerk"] = here[0] if prompt else self._chance.choice(here)
        self._note("member.registered", at, fields, prompt=prompt)

    def _voucher(
        self, person: Identifier, store: Store, at: datetime, redeemed: datetime | None, *, prompt: bool = False
    ) -> None:
        self._vouchers += 1
        voucher = f"V-{self._vouchers:05d}"
        valid_to = (at + timedelta(days=30)).isoformat()
        issued: Fields = {"voucher": voucher, "kind": "WASHING", "member": {"identifiers": [person]}}
        self._note(
            "voucher.issued",
            at + timedelta(minutes=5),
            {**issued, "faceFen": 3_000, "validTo": valid_to, "campaign": "C-SUMMER"},
            prompt=prompt,
        )
        if redeemed is None:
            return
        fields: Fields = {"voucher": voucher, "store": store.id, "spendFen": 6_800}
        here = self.network.clerks_of(store, redeemed)
        if here:
            fields["clerk"] = here[0] if prompt else self._chance.choice(here)
        self._note("voucher.redeemed", redeemed, fields, prompt=prompt)

    def _touch(
        self, person: Identifier, at: datetime, kind: str, channel: str, store: Store | None, *, prompt: bool = False
    ) -> None:
        fields: Fields = {"member": {"identifiers": [person]}, "kind": kind, "channel": channel}
        if store is not None:
            fields["store"] = store.id
        if kind in {"AD", "LIVESTREAM"}:
            fields["campaign"] = "C-SUMMER"
        self._note("touch.recorded", at, fields, prompt=prompt)

    def _order(self, person: Identifier, store: Store, at: datetime, *, delivered: bool, prompt: bool = False) -> str:
        self._orders += 1
        order = f"O-{self._orders:05d}"
        product = next(one for one in PRODUCTS if one.sku == STAPLE) if prompt else self._chance.choice(PRODUCTS)
        shipping = 800 if delivered else 0
        fields: Fields = {
            "order": order,
            "channel": "CLOUD_STORE" if delivered else "POS",
            "member": {"identifiers": [person]},
            "store": store.id,
            "paidFen": product.price_fen + shipping,
            "shippingFen": shipping,
            "lines": [{"line": "1", "sku": product.sku, "quantity": 1, "netFen": product.price_fen}],
        }
        if delivered:
            fields["position"] = {"lat": round(store.lat + 0.01, 5), "lon": round(store.lon - 0.01, 5)}
        self._note("order.placed", at, fields, prompt=prompt)
        if not prompt and self._chance.random() < 0.08:
            self._note("order.refunded", at + timedelta(days=3), {"order": order})
        return order
