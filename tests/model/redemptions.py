"""Who is paid for a voucher that a store takes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.decision import Decision, nothing
from tests.model.log import Fact
from tests.model.referrals import referral
from tests.model.roles import Case, Filled, asked, clerk, entries, of_store
from tests.model.rules import paying

if TYPE_CHECKING:
    from tests.model.world import World


def redemption(world: World, fact: Fact) -> list[Decision]:
    """Rules of two triggers: those for the redemption, and those for the referral that it completes."""
    invalid = world.trade.verdicts[fact.id]
    if invalid:
        return nothing(fact, invalid)
    issue = world.trade.issues[fact.body["voucher"]]
    case = Case(
        world,
        fact,
        account=world.account(issue),
        person=world.person(issue),
        store=fact.body["store"],
        campaign=issue.body.get("campaign"),
        bases={"VOUCHER_FACE": issue.body.get("faceFen") or 0},
        names_clerk=bool(fact.body.get("clerk")),
    )
    matching = [rule for rule in world.rules.in_force("VOUCHER_REDEMPTION", fact.at) if asked(case, rule)]
    paid = paying([rule for rule in matching if case.fits(rule)])
    filled = roles(world, case)
    decided = [entry for rule in paid for entry in entries(case, rule, filled)]
    referred, reason = referral(world, case)
    # Why a referral pays nothing is told only where nothing else was decided.
    return [*decided, *referred] or nothing(fact, reason or "no_rule")


def roles(world: World, case: Case) -> dict[str, Filled]:
    invitation = world.referrals.of(case.person, case.fact)
    inviter = {"INVITER": Filled(world.account_of(invitation.fact, "inviter"))} if invitation else {}
    return {
        "CONSUMER": Filled(case.account),
        "CLERK": clerk(world, case.fact.body.get("clerk"), None, case.fact),
        **of_store(world, case.store, case.fact),
        **inviter,
    }
