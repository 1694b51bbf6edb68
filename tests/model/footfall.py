"""Who came to a store in a period, for the first time or again, and what brought them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.model.attribution import REGISTERED, SCANNED, VISITED
from tests.model.log import Fact
from tests.model.touches import AT_A_STORE, WINDOW

if TYPE_CHECKING:
    from tests.model.world import World

NEARBY_METRES = 3_000


def footfall(world: World, store: str, since: datetime, until: datetime) -> Counter[tuple[str, bool]]:
    """By source, and whether they were new, how many came."""
    visits: dict[Hashable, list[Fact]] = {}
    for person, fact in _visits(world, store):
        visits.setdefault(person, []).append(fact)
    found: Counter[tuple[str, bool]] = Counter()
    for person, facts in visits.items():
        facts.sort(key=lambda fact: fact.key)
        inside = [fact for fact in facts if since <= fact.at < until]
        if inside:
            is_new = inside[0] is facts[0]
            found[source(world, store, person, inside[0], is_new), is_new] += 1
    return found


def _visits(world: World, store: str) -> Iterator[tuple[Hashable, Fact]]:
    for person, claims in world.attribution.claims.items():
        for claim in claims:
            if claim.store == store and claim.rank in {REGISTERED, VISITED}:
                yield person, claim.fact
    for fact in world.facts:
        if fact.body.get("store") != store or "member" not in fact.body or world.person(fact) is None:
            continue
        placed = fact.type == "order.placed" and world.trade.orders[fact.body["order"]] is fact
        sold = fact.type == "goods.sold" or (placed and "position" not in fact.body)
        if sold or (fact.type == "touch.recorded" and fact.body["kind"] in AT_A_STORE):
            yield world.person(fact), fact


def source(world: World, store: str, person: Hashable, visit: Fact, is_new: bool) -> str:
    def just_before(facts: Iterable[Fact]) -> bool:
        return any(fact.key < visit.key and visit.at < fact.at + WINDOW for fact in facts)

    if visit.type == "voucher.redeemed":
        return "VOUCHER"
    invitation = world.referrals.by_invitee.get(person) if isinstance(person, tuple) else None
    if is_new and invitation and just_before([invitation.fact]):
        return "REFERRAL"
    if "clerk" in visit.body or "promoCode" in visit.body:
        return "CLERK"
    opened = [one.fact for one in world.attribution.claims[person] if one.rank == SCANNED and one.store == store]
    if just_before(opened):
        return "OWN_GOODS"
    own = [fact for fact in world.facts if "member" in fact.body and world.person(fact) == person]
    if just_before(fact for fact in own if _is_online(fact, store)):
        return "ONLINE_TOUCH"
    place = world.channel.parties.get(store, visit.at + timedelta(days=10_000)).get("position")
    near = [fact for fact in own if place and "position" in fact.body and _metres(place, fact.body["position"])]
    return "NEARBY" if just_before(near) else "WALK_IN"


def _is_online(fact: Fact, store: str) -> bool:
    at_a_store = "store" in fact.body and fact.body.get("kind") in AT_A_STORE
    return fact.type == "touch.recorded" and not at_a_store and fact.body.get("store", store) == store


def _metres(a: dict[str, float], b: dict[str, float]) -> bool:
    """Whether they are near each other: small distances on a sphere."""
    north = math.radians(b["lat"] - a["lat"])
    east = math.radians(b["lon"] - a["lon"]) * math.cos(math.radians((a["lat"] + b["lat"]) / 2))
    return math.hypot(north, east) * 6_378_140 <= NEARBY_METRES
