"""What changed in a batch: the keys from which everything derived of it is derived."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph_service.graph.driver import Transaction
from graph_service.members.policy import BLOCKED, TWO_VALUES
from graph_service.members.sightings import Pair, pairs_of


@dataclass(frozen=True, slots=True)
class Touched:
    """A fact that is new, or came or went by a void.

    Attributes:
        event: its id.
        type: as in the contract.
        at: in microseconds.
        voided: whether it is void now.
        parties: (relation, party id) for each party that it names.
        runs: keys of the runs that it names; of a packing, the children.
        containers: keys of the runs that it packs into or unpacks from.
        identifiers: ids of those that it shows and that the policy does not block.
        blocked: ids of those that it shows and that the policy blocks.
        named: ids by which it names members.
        pairs: of identifiers that it says something about.
        is_spoiled: whether these pairs are linked by nothing that it says (`contract/identity.md`, 1).
        source: the sending system.
        sku: of a commissioning or listing.
        promo_code: of a registration or scan.
        relation: of a link.
        pet: of a care record.
        body: of a rule.
    """

    event: str
    type: str
    at: int
    voided: bool
    parties: tuple[tuple[str, str], ...]
    runs: tuple[str, ...]
    containers: tuple[str, ...]
    identifiers: tuple[str, ...]
    blocked: tuple[str, ...]
    named: tuple[str, ...]
    pairs: tuple[Pair, ...]
    is_spoiled: bool
    source: str | None
    sku: str | None
    promo_code: str | None
    relation: str | None
    pet: str | None
    body: str | None

    @property
    def everybody(self) -> tuple[str, ...]:
        """The ids of all identifiers and members of which it tells."""
        return *self.identifiers, *self.blocked, *self.named

    def party(self, relation: str) -> str:
        """The party that it names in a relation."""
        return next(party for name, party in self.parties if name == relation)


async def fetch_touched(transaction: Transaction, events: Iterable[str]) -> list[Touched]:
    """What these events of the log name."""
    return [
        Touched(
            event=row["event"],
            type=row["type"],
            at=row["at"],
            voided=row["voided"],
            parties=tuple((relation, party) for relation, party in row["parties"]),
            runs=tuple(row["runs"]),
            containers=tuple(row["containers"]),
            identifiers=tuple({identifier for _, identifier, unfit in row["shown"] if unfit != BLOCKED}),
            blocked=tuple({identifier for _, identifier, unfit in row["shown"] if unfit == BLOCKED}),
            named=tuple(row["named"]),
            pairs=tuple(
                pairs_of(row["type"], {(number, one) for number, one, unfit in row["shown"] if unfit != BLOCKED})
            ),
            is_spoiled=any(unfit == TWO_VALUES for _, _, unfit in row["shown"]),
            source=row["source"],
            sku=row["sku"],
            promo_code=row["promoCode"],
            relation=row["relation"],
            pet=row["pet"],
            body=row["body"],
        )
        for row in await transaction.rows_of("intake/touched", sorted(set(events)))
    ]
