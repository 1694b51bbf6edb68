"""What is paid out of a statement: nothing below zero, and nothing below the minimum that the brand has set."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph_service.graph.driver import Transaction

MINIMUM = "minPayoutFen"


def minimum_of(party: Mapping[str, Any]) -> int | None:
    """The minimum pay-out in a party's attributes, in fen; None where it sets none, or none that is an amount."""
    attributes = json.loads(party.get("attributes") or "{}")
    minimum = attributes.get(MINIMUM)
    return minimum if type(minimum) is int and minimum >= 0 else None


@dataclass(frozen=True, slots=True)
class Payouts:
    """What is paid out.

    Attributes:
        minimum: the largest minimum that a brand sets, in fen; a payee's own attribute goes before it.
    """

    minimum: int = 0

    @classmethod
    async def fetch(cls, transaction: Transaction) -> "Payouts":
        """The minimum of the brands as they are now."""
        minima: list[int] = []
        after = ""
        while rows := await transaction.run("channel/parties_of_kind", kind="BRAND", after=after, limit=1_000):
            minima += [minimum for row in rows if (minimum := minimum_of(row["party"])) is not None]
            after = rows[-1]["party"]["id"]
        return cls(max(minima, default=0))

    def of(self, closing: int, party: Mapping[str, Any]) -> tuple[int, str | None]:
        """How much of a closing balance is paid out, and why not the whole.

        Args:
            closing: the balance, in fen.
            party: the payee, as far as it is a party.
        """
        if closing <= 0:
            return 0, "negative_balance" if closing < 0 else None
        own = minimum_of(party)
        if closing < (self.minimum if own is None else own):
            return 0, "below_minimum_payout"
        return closing, None
