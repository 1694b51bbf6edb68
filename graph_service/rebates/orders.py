"""Who is paid for an order (`ORDER` in `contract/rules.md`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graph_service.channel.view import ChannelView
from graph_service.rebates.amounts import Bases
from graph_service.rebates.roles import (
    PROMOTER_KINDS,
    Filled,
    Line,
    Place,
    Roles,
    TradeCase,
    TradeOutcome,
    entries,
    is_asked,
)
from graph_service.rebates.rulebook import Circumstances, Publication, Rulebook, choose, matches


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line of an order; `batches` are those of its codes."""

    line: str
    sku: str
    quantity: int
    net_fen: int
    batches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderTrigger:
    """An order, as rules see it; amounts in fen, `at` in microseconds.

    Attributes:
        event: its placement.
        at: when.
        is_first: whether no earlier event placed the same order.
        account: of the member; None where nobody is named.
        store: of the order, else the one that the member belonged to.
        claim: the event that says so, where the order names no store.
        promo_code: that it carries.
        channel: that it came by; the same for the campaign.
        campaign: that it is part of.
        paid_fen: all that was paid.
        shipping_fen: of which for shipping.
        lines: in declared order.
    """

    event: str
    at: int
    is_first: bool
    account: str | None
    store: str | None
    claim: str | None
    promo_code: str | None
    channel: str | None
    campaign: str | None
    paid_fen: int
    shipping_fen: int
    lines: Sequence[OrderedLine]


def decide_order(order: OrderTrigger, channel: ChannelView, rules: Rulebook) -> TradeOutcome:
    """Decides on an order; one without a member pays the others all the same."""
    outcome = TradeOutcome()
    if not order.is_first:
        return outcome.end(order.event, "order_already_placed")
    place = Place(channel, order.store, order.at)
    outcome.rest_on(place)
    outcome.grounds["attributed"] = order.claim
    clerk = order.promo_code is not None
    cases: dict[str, tuple[Publication, Circumstances, list[OrderedLine]]] = {}
    for publication in rules.in_force("ORDER", order.at):
        selected = _selected(publication, order, channel, place) if is_asked(publication, clerk=clerk) else {}
        if selected:
            now = next(iter(selected.values()))
            lines = [line for line in order.lines if line.line in selected]
            cases[publication.rule.id] = (publication, now, lines)
    roles = _roles(order, channel, place)
    for chosen in choose(publication for publication, _, _ in cases.values()):
        _, now, lines = cases[chosen.publication.rule.id]
        paid_for = tuple(Line(line.line, line.net_fen) for line in lines)
        case = TradeCase(chosen, now, _bases(order, lines, channel), paid_for)
        outcome.decisions += entries(order.event, case, roles, clerk=clerk)
    return outcome.end(order.event, "no_rule")


def _selected(
    publication: Publication, order: OrderTrigger, channel: ChannelView, place: Place
) -> Mapping[str, Circumstances]:
    """The lines of the rule's brand that its scope selects, each with what it was compared with."""
    found: dict[str, Circumstances] = {}
    for line in order.lines:
        brand = channel.brand_of(line.sku, order.at)
        common = place.circumstances(brand, campaign=order.campaign, channel=order.channel)
        for batch in line.batches or (None,):
            now = replace(common, sku=line.sku, batch=batch)
            if matches(publication, now):
                found.setdefault(line.line, now)
    return found


def _bases(order: OrderTrigger, lines: Sequence[OrderedLine], channel: ChannelView) -> Bases:
    """Of all lines what was paid, of some what they say."""
    net = sum(line.net_fen for line in lines)
    whole = len(lines) == len(order.lines)
    return {
        "NET_PAID": max(0, order.paid_fen - order.shipping_fen) if whole else net,
        "GROSS": order.paid_fen if whole else net,
        "GOODS_PRICE": sum(channel.price_of(line.sku, order.at) * line.quantity for line in lines),
    }


def _roles(order: OrderTrigger, channel: ChannelView, place: Place) -> Roles:
    roles = place.roles() | {"CONSUMER": Filled(order.account)}
    if order.promo_code is not None:
        promoter = channel.promoter(order.promo_code, order.at, PROMOTER_KINDS)
        is_clerk = channel.kind(promoter, order.at) == "CLERK"
        idle = promoter is None or (is_clerk and not channel.earns(promoter, order.at))
        roles["PROMOTER"] = Filled(promoter, "clerk_inactive" if idle else None)
    return roles
