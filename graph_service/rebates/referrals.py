"""What the first redemption of an invited member pays (`REFERRAL` in `contract/rules.md`)."""

from typing import NamedTuple

from graph_service.intake.rule import Role
from graph_service.moments import DAY
from graph_service.rebates.amounts import Bases
from graph_service.rebates.roles import Filled, Place, Roles, TradeCase, TradeOutcome, chosen_by_place, entries
from graph_service.rebates.rulebook import Publication, Rulebook


class Referral(NamedTuple):
    """An invitation that counts; times in microseconds.

    Attributes:
        account: of the inviter, as the invitation names them.
        event: the invitation.
        at: when it happened.
        campaign: that it is part of.
    """

    account: str
    event: str
    at: int
    campaign: str | None


class Referred(NamedTuple):
    """A valid redemption, as referral rules see it.

    Attributes:
        event: the redemption.
        at: when it happened, in microseconds.
        account: of the voucher.
        campaign: of the voucher.
        is_first: whether the member never redeemed before.
        names_clerk: whether it names a clerk.
        inviter: by whom the member was invited by then.
        above: by whom the inviter was.
    """

    event: str
    at: int
    account: str
    campaign: str | None
    is_first: bool
    names_clerk: bool
    inviter: Referral | None
    above: Referral | None


def decide_referral(redemption: Referred, place: Place, rules: Rulebook, bases: Bases, outcome: TradeOutcome) -> str:
    """Adds what referral rules pay.

    Returns:
        why nothing, for the case that nothing else is decided.
    """
    inviter = redemption.inviter
    campaign = (inviter.campaign if inviter else None) or redemption.campaign
    chosen = chosen_by_place(rules, "REFERRAL", redemption.at, place, campaign, None, clerk=redemption.names_clerk)
    if not chosen:
        return "no_rule"
    if not redemption.is_first:
        return "not_first_redemption"
    if inviter is None:
        return "not_invited"
    for one, now in chosen:
        if _is_open(one.publication, inviter, redemption.at):
            case = TradeCase(one, now, bases)
            roles = _roles(one.publication, redemption, inviter)
            outcome.decisions += entries(redemption.event, case, roles, clerk=redemption.names_clerk)
    return "outside_window"


def _is_open(publication: Publication, inviter: Referral, at: int) -> bool:
    days = publication.rule.window_days
    return days is None or at < inviter.at + days * DAY


def _roles(publication: Publication, redemption: Referred, inviter: Referral) -> Roles:
    roles: dict[Role, Filled] = {"INVITER": Filled(inviter.account), "INVITEE": Filled(redemption.account)}
    if redemption.above is not None and publication.rule.depth > 1:
        roles["INVITER_2"] = Filled(redemption.above.account)
    return roles
