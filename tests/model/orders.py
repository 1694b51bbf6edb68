"""Who is paid for an order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.model.amounts import Bases
from tests.model.decision import Decision, nothing
from tests.model.log import Fact
from tests.model.roles import Case, Filled, asked, earns, entries, holder, of_store
from tests.model.rules import Rule, matches, paying, within

if TYPE_CHECKING:
    from tests.model.world import World

Line = dict[str, Any]


def order(world: World, fact: Fact) -> list[Decision]:
    """An order without a member pays the others all the same."""
    if world.trade.orders[fact.body["order"]] is not fact:
        return nothing(fact, "order_already_placed")  # the contract names no reason: an order pays once
    promo_code = fact.body.get("promoCode")
    case = Case(
        world,
        fact,
        account=world.account(fact),
        store=store_of(world, fact),
        campaign=fact.body.get("campaign"),
        names_clerk=bool(promo_code),
    )
    lines = {}
    for rule in world.rules.in_force("ORDER", fact.at):
        selected = lines_for(world, case, rule)
        if asked(case, rule) and selected:
            lines[rule] = selected
    filled = roles(world, case)
    decided = []
    for rule in paying(list(lines)):
        with_bases = replace(case, bases=bases(world, fact, lines[rule]))
        paid_for = tuple((line["line"], line["netFen"]) for line in lines[rule])
        decided += [replace(entry, lines=paid_for) for entry in entries(with_bases, rule, filled)]
    return decided or nothing(fact, "no_rule")


def store_of(world: World, fact: Fact) -> str | None:
    """The one that it names, else the one that the member belonged to just before."""
    store: str | None = fact.body.get("store")
    claim = None if store else world.attribution.at(world.person(fact), fact.key)
    return claim.store if claim else store


def lines_for(world: World, case: Case, rule: Rule) -> list[Line]:
    """The lines of the rule's brand that its skus and batches select, where everything else matches."""
    scope = rule.body.get("scope") or {}
    selected = []
    for line in case.fact.body["lines"]:
        brand = world.channel.products.get(line["sku"], case.fact.at).get("brand")
        batches: list[str | None] = [*batches_of(world, case.fact, line)]
        for batch in batches or [None]:
            if within(scope.get("batches"), batch) and matches(rule, case.circumstances(brand, batch, line["sku"])):
                selected.append(line)
                break
    return selected


def batches_of(world: World, fact: Fact, line: Line) -> list[str]:
    """A line is of every batch that its codes are of."""
    made = [world.goods.story(code).commissioning(fact.key) for code in line.get("codes") or []]
    return [one.body["batch"] for one in made if one]


def bases(world: World, fact: Fact, lines: list[Line]) -> Bases:
    paid, net = fact.body["paidFen"], sum(line["netFen"] for line in lines)
    prices = [world.channel.products.get(line["sku"], fact.at).get("priceFen") or 0 for line in lines]
    whole = len(lines) == len(fact.body["lines"])
    return {
        "NET_PAID": max(0, paid - (fact.body.get("shippingFen") or 0)) if whole else net,
        "GROSS": paid if whole else net,
        "GOODS_PRICE": sum(price * line["quantity"] for price, line in zip(prices, lines, strict=True)),
    }


def roles(world: World, case: Case) -> dict[str, Filled]:
    fact = case.fact
    filled = of_store(world, case.store, fact)
    if fact.body.get("promoCode"):
        who = holder(world, fact.body["promoCode"], fact, {"CLERK", "STORE", "GROUP_LEADER"})
        idle = not who or (world.channel.kind(who, fact.at) == "CLERK" and not earns(world, who, fact))
        filled["PROMOTER"] = Filled(who, "clerk_inactive" if idle else None)
    return filled | {"CONSUMER": Filled(case.account)}
