"""Who is paid for a member that registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.decision import Decision, nothing
from tests.model.log import Fact
from tests.model.roles import Case, Filled, asked, clerk, employer, entries, holder, of_store
from tests.model.rules import paying

if TYPE_CHECKING:
    from tests.model.world import World


def registration(world: World, fact: Fact) -> list[Decision]:
    """Every registration pays: the contract has no reason for a second one of the same member."""
    account = world.account_of(fact)
    if account is None:
        return nothing(fact, "no_member")
    named, promo_code = fact.body.get("clerk"), fact.body.get("promoCode")
    store = store_of(world, fact)
    case = Case(world, fact, account, store=store, names_clerk=bool(named or promo_code))
    matching = [rule for rule in world.rules.in_force("MEMBER_REGISTRATION", fact.at) if asked(case, rule)]
    paid = paying([rule for rule in matching if case.fits(rule)])
    placed = {role: who for role, who in of_store(world, store, fact).items() if role in {"STORE", "GROUP_LEADER"}}
    filled = {"CONSUMER": Filled(account), "CLERK": clerk(world, named, promo_code, fact), **placed}
    return [entry for rule in paid for entry in entries(case, rule, filled)] or nothing(fact, "no_rule")


def store_of(world: World, fact: Fact) -> str | None:
    """The store named, else that of the promo code, or of the clerk that is named or whose code it is."""
    store: str | None = fact.body.get("store")
    if store:
        return store
    named, promo_code = fact.body.get("clerk"), fact.body.get("promoCode")
    who = named or holder(world, promo_code, fact, {"CLERK", "STORE", "GROUP_LEADER"})
    if who and (named or world.channel.kind(who, fact.at) == "CLERK"):
        return employer(world, who, fact)
    return who
