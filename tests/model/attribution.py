"""Which store a member belongs to, by precedence, and on what evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tests.model.log import AFTER_ALL_IDS, Fact, Key
from tests.model.ownership import RETAIL
from tests.model.registrations import store_of

if TYPE_CHECKING:
    from tests.model.world import World

WINDOW = timedelta(days=180)

CHOSEN, REGISTERED, VISITED, SCANNED = range(4)


class Claim(NamedTuple):
    rank: int
    """The smaller the stronger."""
    fact: Fact
    store: str


class Attribution:
    def __init__(self, world: World) -> None:
        self._world = world
        self.claims: dict[Hashable, list[Claim]] = defaultdict(list)
        for fact in world.facts:
            for person, rank, store in self._read(fact):
                if person is not None and store is not None:
                    self.claims[person].append(Claim(rank, fact, store))

    def _read(self, fact: Fact) -> Iterator[tuple[Hashable, int, str | None]]:
        world = self._world
        if fact.type == "store.chosen":
            yield world.person(fact), CHOSEN, fact.body["store"]
        elif fact.type == "member.registered":
            yield world.person(fact), REGISTERED, store_of(world, fact)
        elif fact.type == "voucher.redeemed" and world.trade.verdicts[fact.id] is None:
            yield world.person(world.trade.issues[fact.body["voucher"]]), VISITED, fact.body["store"]
        elif fact.type == "care.recorded":
            pet = self._pet(fact)
            if pet:
                yield world.person(pet), VISITED, fact.body["store"]
        elif fact.type == "goods.scanned" and world.goods.verdicts[fact.id] is None:
            owner = world.ownership(fact.body["code"], before=fact.key).owner
            yield world.person(fact), SCANNED, owner if world.channel.kind(owner, fact.at) in RETAIL else None

    def _pet(self, care: Fact) -> Fact | None:
        """What was registered of the pet by then, else the earliest."""
        known = [
            one
            for one in self._world.facts
            if one.type == "pet.registered" and one.body["pet"]["id"] == care.body["pet"]
        ]
        by_then = [one for one in known if one.key < care.key]
        return next(iter(by_then[-1:] or known), None)

    def at(self, person: Hashable, key: Key) -> Claim | None:
        """What counts just before a moment in history: of the strongest kind that lasts, the latest."""
        lasting = [one for one in self.claims[person] if one.fact.key < key and key[0] < one.fact.at + WINDOW]
        return max(lasting, key=lambda one: (-one.rank, one.fact.key), default=None)

    def latest(self, person: Hashable) -> tuple[Claim, datetime] | None:
        """What counts since the member was last heard of, and since when it is that store without a break."""
        claims = self.claims[person]
        if not claims:
            return None
        now = claims[-1].fact.at
        moments = {one.fact.at for one in claims} | {one.fact.at + WINDOW for one in claims}
        claim = self.at(person, (now, AFTER_ALL_IDS))
        assert claim is not None, "the latest one lasts"
        since = now
        for moment in sorted((one for one in moments if one <= now), reverse=True):
            then = self.at(person, (moment, AFTER_ALL_IDS))
            if then is None or then.store != claim.store:
                break
            since = moment
        return claim, since
