"""Who is paid for a member that registers (`MEMBER_REGISTRATION` in `contract/rules.md`)."""

from dataclasses import dataclass

from graph_service.attribution.registered import store_of_registration
from graph_service.channel.view import ChannelView
from graph_service.rebates.roles import Filled, Place, TradeCase, TradeOutcome, chosen_by_place, clerk_role, entries
from graph_service.rebates.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class RegistrationTrigger:
    """A registration, as rules see it; `at` in microseconds."""

    event: str
    at: int
    account: str | None
    store: str | None
    clerk: str | None
    promo_code: str | None
    channel: str | None


def decide_registration(trigger: RegistrationTrigger, channel: ChannelView, rules: Rulebook) -> TradeOutcome:
    """Decides on a registration."""
    outcome = TradeOutcome()
    if trigger.account is None:
        return outcome.end(trigger.event, "no_member")
    at, clerk = trigger.at, trigger.clerk is not None or trigger.promo_code is not None
    store = store_of_registration(channel, at, store=trigger.store, clerk=trigger.clerk, promo_code=trigger.promo_code)
    place = Place(channel, store, at)
    outcome.rest_on(place)
    roles = place.retail() | {
        "CONSUMER": Filled(trigger.account),
        "CLERK": clerk_role(channel, trigger.clerk, trigger.promo_code, at),
    }
    for chosen, now in chosen_by_place(rules, "MEMBER_REGISTRATION", at, place, None, trigger.channel, clerk=clerk):
        outcome.decisions += entries(trigger.event, TradeCase(chosen, now, {}), roles, clerk=clerk)
    return outcome.end(trigger.event, "no_rule")
