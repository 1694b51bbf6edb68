"""What a clerk sees after scanning a member at the counter: what helps to serve it, not who it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph_service.attribution.claims import belongings_of
from graph_service.graph.driver import Transaction
from graph_service.members.consent import Consent, consents_of
from graph_service.members.people import Person
from graph_service.members.pets import Pet, pets_of
from graph_service.trade.vouchers import Voucher, vouchers_of


@dataclass(frozen=True, slots=True)
class Bought:
    """A product that a member bought.

    Attributes:
        sku: of the product.
        items: how many single items of it are known: scanned, sold or ordered by their codes.
        last_at: when it last did, in microseconds.
    """

    sku: str
    items: int
    last_at: int


@dataclass(frozen=True, slots=True)
class AtCounter:
    """What a clerk sees: pets with their care, products bought, usable vouchers, the store chosen, consents."""

    pets: tuple[Pet, ...]
    bought: tuple[Bought, ...]
    vouchers: tuple[Voucher, ...]
    store: str | None
    consents: tuple[Consent, ...]


async def at_counter(transaction: Transaction, person: Person, at: int) -> AtCounter:
    """What a clerk sees of a member at a time, in microseconds."""
    held = await vouchers_of(transaction, person.ids)
    usable = [one for vouchers in held.values() for one in vouchers if is_usable(one, at)]
    pets = await pets_of(transaction, dict.fromkeys(person.ids, person.id))
    (belongs,), (consents,) = await belongings_of(transaction, [person]), await consents_of(transaction, [person])
    return AtCounter(
        pets=tuple(pets.get(person.id, ())),
        bought=tuple(await bought_by(transaction, person.ids)),
        vouchers=tuple(sorted(usable, key=lambda one: one.id)),
        store=belongs.claim.store if belongs else None,
        consents=tuple(consents),
    )


def is_usable(voucher: Voucher, at: int) -> bool:
    """Whether a voucher could be redeemed at a time, if enough is spent."""
    spent = voucher.issue.min_spend_fen if voucher.issue else None
    return voucher.why_not((at, "\U0010ffff"), spent, is_redeemed=voucher.redeemed is not None) is None


async def bought_by(transaction: Transaction, accounts: Iterable[str]) -> list[Bought]:
    """The products that accounts bought, the latest first; an item counts once, however often it was seen."""
    items: dict[str, set[str]] = {}
    last: dict[str, int] = {}
    for row in await transaction.rows_of("trade/purchases", sorted(set(accounts))):
        for item, sku in row["items"]:
            if sku is not None:
                items.setdefault(sku, set()).add(item)
                last[sku] = max(row["at"], last.get(sku, row["at"]))
        for sku in row["skus"]:
            last[sku] = max(row["at"], last.get(sku, row["at"]))
    found = [Bought(sku, len(items.get(sku, ())), at) for sku, at in last.items()]
    return sorted(found, key=lambda one: (-one.last_at, one.sku))
