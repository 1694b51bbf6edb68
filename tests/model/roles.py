"""What the triggers of trade share: one event in the eyes of the rules, and one entry for each role."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from tests.model.amounts import Bases
from tests.model.decision import Decision
from tests.model.log import Fact
from tests.model.rules import Circumstances, Rule, matches

if TYPE_CHECKING:
    from tests.model.world import World


class Filled(NamedTuple):
    """Who a role is; with a reason, they are known and earn nothing."""

    payee: str | None
    reason: str | None = None


@dataclass(frozen=True)
class Case:
    """An event that may pay, and what rules ask of it."""

    world: World
    fact: Fact
    account: str | None
    """Whose account the consumer's share goes to."""
    person: Hashable = None
    """Who it is, where the event may complete a referral."""
    store: str | None = None
    """Where it happened."""
    campaign: str | None = None
    bases: Bases | None = None
    names_clerk: bool = False

    def with_campaign(self, campaign: str) -> Case:
        return replace(self, campaign=campaign)

    def fits(self, rule: Rule) -> bool:
        """Without a product it belongs to every brand above its store."""
        return matches(rule, self.circumstances(rule.body["brand"] if rule.body["brand"] in self.brands() else None))

    def circumstances(self, brand: str | None, batch: str | None = None, sku: str | None = None) -> Circumstances:
        store = self.world.channel.parties.get(self.store, self.fact.at)
        return Circumstances(
            brand=brand,
            batch=batch,
            sku=sku,
            campaign=self.campaign,
            region=store.get("region"),
            channel=self.fact.body.get("channel"),
            store_tier=(store.get("attributes") or {}).get("tier"),
        )

    def brands(self) -> set[str]:
        """From which links lead to the store, directly or through distributors."""
        channel, at = self.world.channel, self.fact.at
        found, seen, waiting = set(), set(), [self.store] if self.store else []
        while waiting:
            below = waiting.pop()
            for link in channel.links(below, "SUPPLIES", "UP", at):
                kind = channel.kind(link.parent, at)
                if kind == "BRAND":
                    found.add(link.parent)
                elif kind == "DISTRIBUTOR" and link.parent not in seen:
                    seen.add(link.parent)
                    waiting.append(link.parent)
        return found


def entries(case: Case, rule: Rule, roles: Mapping[str, Filled]) -> list[Decision]:
    """One for each role of the rule; a clerk's only where the event names one."""
    return [entry(case, rule, role, roles) for role in rule.roles if role != "CLERK" or case.names_clerk]


def entry(case: Case, rule: Rule, role: str, roles: Mapping[str, Filled]) -> Decision:
    filled = roles.get(role) or Filled(None)
    reason = filled.reason or (None if filled.payee else "no_" + role.lower())
    if reason:
        return Decision(rule.id, rule.version, case.fact.id, role, filled.payee, "REJECTED", reason=reason)
    fen, points = rule.pay(case.bases or {})[role]
    paid = (rule.round(fen), points)
    return Decision(rule.id, rule.version, case.fact.id, role, filled.payee, "ACCRUED", *paid, exact=fen)


def asked(case: Case, rule: Rule) -> bool:
    """Where the event names no clerk, nobody asks for a clerk's share."""
    return bool(set(rule.roles) - (set() if case.names_clerk else {"CLERK"}))


def of_store(world: World, store: str | None, fact: Fact) -> dict[str, Filled]:
    """A store, or a group leader in the place of one, and who supplies and serves it then; the link that began last."""
    channel, at = world.channel, fact.at
    kind = channel.kind(store, at)
    suppliers = [link.parent for link in channel.links(store or "", "SUPPLIES", "UP", at)]
    suppliers = [party for party in suppliers if channel.kind(party, at) == "DISTRIBUTOR"]
    serving = [link.parent for link in channel.links(store or "", "SERVES", "UP", at)]
    found = {"DISTRIBUTOR": suppliers, "SALESPERSON": serving}
    filled = {role: Filled(parties[-1]) for role, parties in found.items() if parties}
    return filled | ({kind: Filled(store)} if kind in {"STORE", "GROUP_LEADER"} else {})


def employer(world: World, clerk: str, fact: Fact) -> str | None:
    """The store that employs a clerk then; of several, the one that began last."""
    parents = [link.parent for link in world.channel.links(clerk, "EMPLOYS", "UP", fact.at)]
    stores = [party for party in parents if world.channel.kind(party, fact.at) == "STORE"]
    return stores[-1] if stores else None


def earns(world: World, clerk: str, fact: Fact) -> bool:
    """Some store employs the clerk then, and lets its clerks be rewarded."""
    for link in world.channel.links(clerk, "EMPLOYS", "UP", fact.at):
        store = world.channel.parties.get(link.parent, fact.at)
        opted_out = (store.get("attributes") or {}).get("clerkRewards") is False
        if store.get("kind") == "STORE" and not opted_out:
            return True
    return False


def holder(world: World, promo_code: str | None, fact: Fact, kinds: set[str]) -> str | None:
    """Whose promo code it is: of several one who earns first, then the smaller id."""
    found = []
    for id_ in world.channel.parties.entries if promo_code else ():
        party = world.channel.parties.get(id_, fact.at)
        if party["kind"] in kinds and party.get("promoCode") == promo_code:
            found.append((party["kind"] == "CLERK" and not earns(world, id_, fact), id_))
    return min(found)[1] if found else None


def clerk(world: World, named: str | None, promo_code: str | None, fact: Fact) -> Filled:
    """The clerk that the event names, else the one of its promo code."""
    who = named or holder(world, promo_code, fact, {"CLERK"})
    return Filled(who, None if who and earns(world, who, fact) else "clerk_inactive")
