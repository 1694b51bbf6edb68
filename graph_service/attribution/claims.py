"""Fetches what says which store members belong to: choices, registrations, redemptions, care visits, scans."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from graph_service.attribution.precedence import CHOSEN, REGISTERED, SCANNED, VISITED, Belonging, Claim, belonging
from graph_service.attribution.registered import store_of_registration
from graph_service.channel.read import fetch_channel
from graph_service.channel.view import ChannelView
from graph_service.goods.ownership import RETAIL_KINDS, ownership
from graph_service.goods.read import Goods, fetch_goods
from graph_service.graph.driver import Row, Transaction
from graph_service.members.people import Person
from graph_service.trade.vouchers import vouchers_of


async def fetch_claims(transaction: Transaction, owners: Mapping[str, str]) -> dict[str, list[Claim]]:
    """The claims on members.

    Args:
        transaction: to read in.
        owners: the member of each account, or the account itself where it is no member's.

    Returns:
        claims by owner, in no order.
    """
    accounts = sorted(owners)
    said = await transaction.rows_of("attribution/said", accounts)
    scans = await transaction.rows_of("attribution/scans", accounts)
    goods = await fetch_goods(transaction, {row["item"] for row in scans})
    named = {row[name] for row in said for name in ("store", "clerk")} - {None}
    channel = await fetch_channel(
        transaction,
        parties=named | goods.receivers(),
        promo_codes={row["promoCode"] for row in said} - {None},
    )
    claims: dict[str, list[Claim]] = defaultdict(list)
    for row in said:
        claim = _said(row, channel)
        if claim is not None:
            claims[owners[row["account"]]].append(claim)
    for account, vouchers in (await vouchers_of(transaction, accounts)).items():
        redeemed = [voucher.redeemed for voucher in vouchers]
        claims[owners[account]] += [Claim(VISITED, one.at, one.event, one.store) for one in redeemed if one]
    for row in await transaction.rows_of("attribution/care", accounts):
        for at, event, store in row["visits"]:
            owner = owners.get(_owner_of_pet(row["registrations"], (at, event)) or "")
            if owner is not None:
                claims[owner].append(Claim(VISITED, at, event, store))
    for row in scans:
        store = _scanned_goods_of(row, goods, channel)
        if store is not None:
            claims[owners[row["account"]]].append(Claim(SCANNED, row["at"], row["event"], store))
    return {owner: sorted(set(found)) for owner, found in claims.items()}


def _said(row: Row, channel: ChannelView) -> Claim | None:
    if row["type"] == "store.chosen":
        return Claim(CHOSEN, row["at"], row["event"], row["store"])
    store = store_of_registration(
        channel, row["at"], store=row["store"], clerk=row["clerk"], promo_code=row["promoCode"]
    )
    return None if store is None else Claim(REGISTERED, row["at"], row["event"], store)


def _owner_of_pet(registrations: Sequence[tuple[int, str, str | None]], position: tuple[int, str]) -> str | None:
    """The account that a pet was registered to before a position, else the first one."""
    known = sorted((at, event, account) for at, event, account in registrations)
    before = [account for at, event, account in known if (at, event) < position]
    return before[-1] if before else known[0][2]


def _scanned_goods_of(row: Row, goods: Goods, channel: ChannelView) -> str | None:
    """The store or group leader whose goods a valid scan opened."""
    story = goods.story(row["item"], row["code"])
    if story.verdicts.get(row["event"], "") is not None:
        return None
    owner = ownership(story, channel, row["at"], (row["at"], row["event"])).owner
    return owner if channel.kind(owner, row["at"]) in RETAIL_KINDS else None


async def belongings_of(transaction: Transaction, persons: Sequence[Person]) -> list[Belonging | None]:
    """Where each member belongs since it was last heard of."""
    owners = {account: person.id for person in persons for account in person.ids}
    claims = await fetch_claims(transaction, owners)
    return [belonging(claims.get(person.id, ())) for person in persons]
