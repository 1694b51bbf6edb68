"""Who is paid for a voucher that a store takes in (`VOUCHER_REDEMPTION` in `contract/rules.md`)."""

from dataclasses import dataclass

from graph_service.channel.view import ChannelView
from graph_service.rebates.amounts import Bases
from graph_service.rebates.referrals import Referral, Referred, decide_referral
from graph_service.rebates.roles import Filled, Place, TradeCase, TradeOutcome, chosen_by_place, clerk_role, entries
from graph_service.rebates.rulebook import Rulebook
from graph_service.trade.vouchers import Redemption, Voucher


@dataclass(frozen=True, slots=True)
class RedemptionTrigger:
    """A redemption, as rules see it.

    Attributes:
        redemption: the event.
        voucher: all that is known of the voucher.
        is_first: whether it is the first one of its member that counts.
        inviter: by whom the member was invited by then.
        above: by whom the inviter was.
    """

    redemption: Redemption
    voucher: Voucher
    is_first: bool
    inviter: Referral | None
    above: Referral | None


def decide_redemption(trigger: RedemptionTrigger, channel: ChannelView, rules: Rulebook) -> TradeOutcome:
    """Decides on a redemption: what it pays itself, and what the referral pays that it completes."""
    redemption, voucher = trigger.redemption, trigger.voucher
    outcome = TradeOutcome()
    issue = voucher.issue
    outcome.grounds["issued"] = issue.event if issue else None
    invalid = voucher.verdicts[redemption.event]
    if issue is None or issue.account is None or invalid is not None:
        return outcome.end(redemption.event, invalid or "unknown_voucher")
    place = Place(channel, redemption.store, redemption.at)
    clerk = redemption.clerk is not None
    outcome.rest_on(place)
    outcome.grounds["invited"] = trigger.inviter.event if trigger.inviter else None
    roles = place.roles() | {
        "CONSUMER": Filled(issue.account),
        "CLERK": clerk_role(channel, redemption.clerk, None, redemption.at),
    }
    if trigger.inviter is not None:
        roles["INVITER"] = Filled(trigger.inviter.account)
    bases: Bases = {"VOUCHER_FACE": issue.face_fen or 0}
    for chosen, now in chosen_by_place(
        rules, "VOUCHER_REDEMPTION", redemption.at, place, issue.campaign, None, clerk=clerk
    ):
        outcome.decisions += entries(redemption.event, TradeCase(chosen, now, bases), roles, clerk=clerk)
    referred = Referred(
        redemption.event,
        redemption.at,
        issue.account,
        issue.campaign,
        trigger.is_first,
        clerk,
        trigger.inviter,
        trigger.above,
    )
    return outcome.end(redemption.event, decide_referral(referred, place, rules, bases, outcome))
