"""Fetches what redemptions, registrations and orders rest on, and decides on them."""

import json
from collections.abc import Iterable, Mapping, Sequence

from graph_service.attribution.claims import fetch_claims
from graph_service.attribution.precedence import Claim, claim_before
from graph_service.channel.read import fetch_channel
from graph_service.goods.read import Goods, fetch_goods, find_codes
from graph_service.graph.driver import Row, Transaction
from graph_service.members.people import Person, people
from graph_service.rebates.orders import OrderedLine, OrderTrigger, decide_order
from graph_service.rebates.redemptions import RedemptionTrigger, decide_redemption
from graph_service.rebates.referrals import Referral
from graph_service.rebates.registrations import RegistrationTrigger, decide_registration
from graph_service.rebates.roles import TradeOutcome
from graph_service.rebates.rulebook import Rulebook
from graph_service.trade.vouchers import Voucher, fetch_vouchers, vouchers_of

TRADE_TYPES = frozenset({"voucher.redeemed", "member.registered", "order.placed"})


async def evaluate_trade(
    transaction: Transaction, triggers: Iterable[str], rules: Rulebook
) -> tuple[list[Row], dict[str, TradeOutcome]]:
    """Decides on those of some triggers that are redemptions, registrations and orders, and writes nothing.

    Returns:
        the triggers in force, as rows, and what was decided on each, by id.
    """
    rows = await transaction.rows_of("rebates/trade_triggers", sorted(set(triggers)))
    if not rows:
        return [], {}
    redeemed = [row for row in rows if row["type"] == "voucher.redeemed"]
    ordered = [row for row in rows if row["type"] == "order.placed"]
    orders = await _Orders.fetch(transaction, ordered, rules)
    redemptions = await _Redemptions.fetch(transaction, redeemed)
    named = {row[name] for row in rows for name in ("store", "clerk")} | orders.stores
    channel = await fetch_channel(
        transaction,
        parties=named - {None},
        promo_codes={row["promoCode"] for row in rows} - {None},
        skus=orders.skus,
        with_suppliers=True,
    )
    outcomes: dict[str, TradeOutcome] = {}
    for row in rows:
        match row["type"]:
            case "voucher.redeemed":
                outcomes[row["event"]] = decide_redemption(redemptions.trigger(row), channel, rules)
            case "member.registered":
                outcomes[row["event"]] = decide_registration(_registration(row), channel, rules)
            case _:
                outcomes[row["event"]] = decide_order(orders.trigger(row), channel, rules)
        outcomes[row["event"]].trigger = row
    return rows, outcomes


def _registration(row: Row) -> RegistrationTrigger:
    return RegistrationTrigger(
        row["event"], row["at"], row["account"], row["store"], row["clerk"], row["promoCode"], row["channel"]
    )


class _Redemptions:
    """What redemptions rest on besides parties: vouchers, who their members are, and who invited these."""

    def __init__(
        self,
        vouchers: Mapping[str, Voucher],
        owners: Mapping[str, str],
        held: Mapping[str, Sequence[Voucher]],
        inviters: Mapping[str, Referral],
        inviting: Mapping[str, str],
    ) -> None:
        self._vouchers = vouchers
        self._owners = owners
        self._inviters = inviters
        self._inviting = inviting
        self._first: dict[str, tuple[int, str]] = {}
        for account, mine in held.items():
            for voucher in mine:
                if voucher.redeemed is not None:
                    position, owner = voucher.redeemed.position, owners[account]
                    self._first[owner] = min(position, self._first.get(owner, position))

    @classmethod
    async def fetch(cls, transaction: Transaction, rows: Sequence[Row]) -> "_Redemptions":
        vouchers = await fetch_vouchers(transaction, {row["voucher"] for row in rows})
        accounts = {one.issue.account for one in vouchers.values() if one.issue and one.issue.account is not None}
        known = await people(transaction, accounts)
        owners = _owners(accounts, known)
        held = await vouchers_of(transaction, owners)
        inviters = await _inviters(transaction, owners)
        above = {one.account for one in inviters.values()}
        inviting = _owners(above, await people(transaction, above))
        inviters |= await _inviters(transaction, inviting)
        return cls(vouchers, owners, held, inviters, inviting)

    def trigger(self, row: Row) -> RedemptionTrigger:
        voucher = self._vouchers[row["voucher"]]
        redemption = next(one for one in voucher.redemptions if one.event == row["event"])
        owner = self._owners.get(voucher.issue.account or "") if voucher.issue else None
        inviter = self._by(owner, redemption.at)
        above = self._by(self._inviting.get(inviter.account), redemption.at) if inviter else None
        is_first = owner is not None and self._first.get(owner) == redemption.position
        return RedemptionTrigger(redemption, voucher, is_first, inviter, above)

    def _by(self, member: str | None, at: int) -> Referral | None:
        """Who brought a member in, by an invitation that was not made after a moment."""
        found = self._inviters.get(member or "")
        return found if found is not None and found.at <= at else None


def _owners(accounts: Iterable[str], known: Mapping[str, Person]) -> dict[str, str]:
    """The member of each account and of all accounts of these; an account that is no member's is its own."""
    owners = {account: account for account in accounts}
    return owners | {one: person.id for person in known.values() for one in person.ids}


async def _inviters(transaction: Transaction, owners: Mapping[str, str]) -> dict[str, Referral]:
    return {
        owners[row["account"]]: Referral(row["inviter"], row["event"], row["at"], row["campaign"])
        for row in await transaction.rows_of("members/brought_in", sorted(owners))
    }


class _Orders:
    """What orders rest on besides parties: their lines, earlier placements, and where their members belonged."""

    def __init__(
        self,
        lines: Mapping[str, list[OrderedLine]],
        first: Mapping[str, tuple[int, str]],
        claims: Mapping[str, Claim | None],
    ) -> None:
        self._lines = lines
        self._first = first
        self._claims = claims
        self.skus = {line.sku for listed in lines.values() for line in listed}
        self.stores = {claim.store for claim in claims.values() if claim is not None}

    @classmethod
    async def fetch(cls, transaction: Transaction, rows: Sequence[Row], rules: Rulebook) -> "_Orders":
        first: dict[str, tuple[int, str]] = {}
        for row in await transaction.rows_of("trade/placements", sorted({row["order"] for row in rows})):
            position = (row["at"], row["event"])
            first[row["order"]] = min(position, first.get(row["order"], position))
        batches = await _Batches.fetch(transaction, rows) if rules.selects_batches("ORDER") else None
        lines = {row["event"]: [_line(row, line, batches) for line in json.loads(row["body"])["lines"]] for row in rows}
        return cls(lines, first, await _claims(transaction, rows))

    def trigger(self, row: Row) -> OrderTrigger:
        claim = self._claims.get(row["event"])
        return OrderTrigger(
            event=row["event"],
            at=row["at"],
            is_first=self._first[row["order"]] == (row["at"], row["event"]),
            account=row["account"],
            store=row["store"] or (claim.store if claim else None),
            claim=claim.event if claim else None,
            promo_code=row["promoCode"],
            channel=row["channel"],
            campaign=row["campaign"],
            paid_fen=row["paidFen"],
            shipping_fen=row["shippingFen"] or 0,
            lines=self._lines[row["event"]],
        )


async def _claims(transaction: Transaction, rows: Sequence[Row]) -> dict[str, Claim | None]:
    """Where the members of orders without a store belonged just before, by order event."""
    asking = [row for row in rows if row["store"] is None and row["account"] is not None]
    accounts = {row["account"] for row in asking}
    owners = _owners(accounts, await people(transaction, accounts))
    claims = await fetch_claims(transaction, owners)
    return {
        row["event"]: claim_before(claims.get(owners[row["account"]], ()), (row["at"], row["event"])) for row in asking
    }


class _Batches:
    """Of which batches codes are."""

    def __init__(self, items: Mapping[str, str], goods: Goods) -> None:
        self._items = items
        self._goods = goods

    @classmethod
    async def fetch(cls, transaction: Transaction, rows: Sequence[Row]) -> "_Batches":
        codes = {code for row in rows for line in json.loads(row["body"])["lines"] for code in line.get("codes") or ()}
        found = {code: one.item for code, one in (await find_codes(transaction, codes)).items()}
        return cls(found, await fetch_goods(transaction, set(found.values())))

    def of(self, codes: Iterable[str], position: tuple[int, str]) -> tuple[str, ...]:
        """The batches of codes, as they were commissioned by then, else first."""
        stories = (self._goods.story(self._items[code], code) for code in codes if code in self._items)
        made = (story.commissioning(position) for story in stories)
        return tuple(dict.fromkeys(one.batch for one in made if one is not None and one.batch is not None))


def _line(row: Row, line: Row, batches: _Batches | None) -> OrderedLine:
    codes = line.get("codes") or ()
    of = batches.of(codes, (row["at"], row["event"])) if batches is not None else ()
    return OrderedLine(line["line"], line["sku"], line["quantity"], line["netFen"], of)
