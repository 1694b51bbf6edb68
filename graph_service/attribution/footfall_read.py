"""Reads what the footfall of stores rests on, for all their visitors together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from graph_service.api.errors import LimitExceeded
from graph_service.attribution.claims import fetch_claims
from graph_service.attribution.footfall import Arrival, Footfall, Known, Source, Visit, arrival, counted, source_of
from graph_service.attribution.journeys import Order, Touch
from graph_service.attribution.precedence import REGISTERED, SCANNED, VISITED, Claim
from graph_service.attribution.read import steps_by_member
from graph_service.channel.questions import list_parties, parties_by_id
from graph_service.graph.driver import Row, Transaction
from graph_service.members.inviting import invitations_of
from graph_service.members.people import people
from graph_service.trade.vouchers import vouchers_of

MOST_STORES = 1_000
MOST_VISITORS = 20_000

Pair = tuple[str, str]
"""A store and a member."""


async def footfall(
    transaction: Transaction, *, store: str | None, region: str | None, since: int, until: int
) -> Footfall:
    """The footfall of a store, or of all stores in a region, from an instant on and before another (microseconds).

    Raises:
        LimitExceeded: when there are more stores or visitors than fit into one answer.
    """
    stores = await _stores(transaction, store, region)
    rows = await transaction.rows_of("attribution/visitors", sorted(stores), **{"from": since, "until": until})
    accounts = {row["account"] for row in rows}
    if len(accounts) > MOST_VISITORS:
        raise LimitExceeded("Accounts of visitors", len(accounts), MOST_VISITORS, path="to")
    persons = await people(transaction, accounts)
    member_of = {account: persons[account].id if account in persons else account for account in accounts}
    owners = member_of | {one: person.id for person in persons.values() for one in person.ids}
    pairs = {(row["store"], member_of[row["account"]]) for row in rows}
    known = await _known(transaction, pairs, owners)
    unique = list({person.id: person for person in persons.values()}.values())
    for person, invitation in zip(unique, await invitations_of(transaction, unique), strict=True):
        if invitation is not None:
            for one in stores:
                if (one, person.id) in known:
                    known[one, person.id].invited = (invitation.at, invitation.event)
    came = {pair: found for pair, one in known.items() if (found := arrival(one, since, until)) is not None}
    return counted(await _sources(transaction, known, came, stores))


async def _stores(transaction: Transaction, store: str | None, region: str | None) -> Mapping[str, Row]:
    """The stores asked about, with their properties."""
    if store is not None:
        return {one: row for one, row in (await parties_by_id(transaction, [store])).items() if row["kind"] == "STORE"}
    found = await list_parties(transaction, kind="STORE", region=region, after="", limit=MOST_STORES + 1)
    if len(found) > MOST_STORES:
        raise LimitExceeded("Stores in the region", len(found), MOST_STORES, path="region")
    return {row["id"]: row for row in found}


async def _known(transaction: Transaction, pairs: set[Pair], owners: Mapping[str, str]) -> dict[Pair, Known]:
    """What is known of members that bears on the stores where they may have been."""
    known = {pair: Known() for pair in pairs}
    stores_of: dict[str, list[str]] = defaultdict(list)
    for store, member in pairs:
        stores_of[member].append(store)
    accounts = sorted(owners)
    for member, claims in (await fetch_claims(transaction, owners)).items():
        for claim in claims:
            _claimed(known.get((claim.store, member)), claim)
    for account, vouchers in (await vouchers_of(transaction, accounts)).items():
        for redeemed in (voucher.redeemed for voucher in vouchers):
            if redeemed is not None and (redeemed.store, owners[account]) in known:
                known[redeemed.store, owners[account]].redemptions.add(redeemed.event)
    for member, (touches, orders) in (await steps_by_member(transaction, owners)).items():
        for store in stores_of[member]:
            _went(known[store, member], store, touches, orders)
    for row in await transaction.rows_of("attribution/sales_and_places", accounts):
        member = owners[row["account"]]
        for store in stores_of[member]:
            if row["store"] == store:
                known[store, member].visits.append(Visit(row["at"], row["event"]))
            if row["lat"] is not None:
                known[store, member].places.append(((row["at"], row["event"]), (row["lat"], row["lon"])))
    return known


def _went(known: Known, store: str, touches: Sequence[Touch], orders: Sequence[Order]) -> None:
    for touch in touches:
        if not touch.is_at_a_store and touch.store in {store, None}:
            known.touches.append((touch.at, touch.event))
        elif touch.is_at_a_store and touch.store == store:
            known.visits.append(Visit(touch.at, touch.event))
    known.visits += [Visit(one.at, one.event) for one in orders if one.is_sold_in_store and one.store == store]


def _claimed(known: Known | None, claim: Claim) -> None:
    if known is None:
        return
    if claim.rank in {REGISTERED, VISITED}:
        known.visits.append(Visit(claim.at, claim.event))
    elif claim.rank == SCANNED:
        known.own_goods.append((claim.at, claim.event))


async def _sources(
    transaction: Transaction,
    known: Mapping[Pair, Known],
    came: Mapping[Pair, Arrival],
    stores: Mapping[str, Row],
) -> Sequence[tuple[Source, bool]]:
    events = sorted({one.visit.event for one in came.values()})
    served = {row["event"]: row["hasClerk"] for row in await transaction.rows_of("attribution/served", events)}
    found = []
    for (store, member), arrived in came.items():
        lat, lon = stores[store].get("lat"), stores[store].get("lon")
        place = None if lat is None or lon is None else (lat, lon)
        source = source_of(known[store, member], arrived, has_clerk=served[arrived.visit.event], store=place)
        found.append((source, arrived.is_new))
    return found
