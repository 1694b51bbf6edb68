"""Who gets the credit for a member or an order, under each model."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_service.attribution.claims import fetch_claims
from graph_service.attribution.journeys import Journey, Order, Share, TouchModel, shares_of
from graph_service.attribution.precedence import BASES, belonging, claim_before
from graph_service.attribution.read import accounts_with, journey_of_order, journeys_of, order_named, steps_of
from graph_service.graph.driver import Transaction
from graph_service.members.people import people

ORDERED = "ORDERED"
"""The basis of an order that names its store itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who gets the credit.

    Attributes:
        shares: together 1, or none.
        since: by precedence of a member: since when without a break, in microseconds.
        basis: by precedence: what the claim rests on.
        reason: why there are no shares.
    """

    shares: Sequence[Share] = ()
    since: int | None = None
    basis: str | None = None
    reason: str | None = None


async def order_by_touches(transaction: Transaction, order: str, model: TouchModel) -> Answer | None:
    """The credit for an order over the touches before it; None for one that nobody placed."""
    found = await journey_of_order(transaction, order)
    if found is None:
        return None
    journey, has_member = found
    return _over(journey, model, "no_touch" if has_member else "no_member")


async def member_by_touches(transaction: Transaction, member: str, model: TouchModel) -> Answer | None:
    """The credit for a member: that for its latest order, or over all its touches where it has bought nothing.

    None for an id that no member goes by.
    """
    if member not in await people(transaction, [member]):
        return None
    accounts = await accounts_with(transaction, member)
    ways = await journeys_of(transaction, accounts)
    if ways:
        return _over(ways[-1], model, "no_touch")
    touches = sorted((await steps_of(transaction, accounts))[0])
    if not touches:
        return Answer(reason="no_touch")
    # As if it had bought at the last of them.
    bought = Order(touches[-1].at, "", "", "", None, 0, False)
    return _over(Journey(bought, tuple(touches)), model, "no_touch")


def _over(journey: Journey, model: TouchModel, reason: str) -> Answer:
    shares = shares_of(journey, model)
    return Answer(shares, reason=None if shares else reason)


async def order_by_precedence(transaction: Transaction, order: str) -> Answer | None:
    """The store of an order: the one that it names, else the one that its member belonged to just before.

    None for an order that nobody placed.
    """
    placed = await order_named(transaction, order)
    if placed is None:
        return None
    if placed.order.store is not None:
        return Answer([Share(placed.order.store, None, 1.0, (placed.order.event,))], basis=ORDERED)
    if placed.account is None:
        return Answer(reason="no_member")
    owners = dict.fromkeys(await accounts_with(transaction, placed.account), placed.account)
    claims = (await fetch_claims(transaction, owners)).get(placed.account, [])
    claim = claim_before(claims, (placed.order.at, placed.order.event))
    if claim is None:
        return Answer(reason="no_claim")
    return Answer([Share(claim.store, None, 1.0, (claim.event,))], basis=BASES[claim.rank])


async def member_by_precedence(transaction: Transaction, member: str) -> Answer | None:
    """The store of a member since it was last heard of; None for an id that no member goes by."""
    found = (await people(transaction, [member])).get(member)
    if found is None:
        return None
    claims = await fetch_claims(transaction, dict.fromkeys(found.ids, found.id))
    held = belonging(claims.get(found.id, ()))
    if held is None:
        return Answer(reason="no_claim")
    share = Share(held.claim.store, None, 1.0, (held.claim.event,))
    return Answer([share], since=held.since, basis=BASES[held.claim.rank])
