"""Which redemptions of a voucher count (`contract/rules.md`, Reasons)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from graph_service.graph.driver import Transaction

Position = tuple[int, str]
"""Where a fact stands in history: its `at` in microseconds, and among equals its id."""


class Issue(NamedTuple):
    """The issue of a voucher; amounts in fen, times in microseconds."""

    at: int
    event: str
    account: str | None
    kind: str
    face_fen: int | None
    min_spend_fen: int | None
    valid_to: int | None
    campaign: str | None

    @property
    def position(self) -> Position:
        """Where it stands in history."""
        return self.at, self.event


class Redemption(NamedTuple):
    """A store takes a voucher in."""

    at: int
    event: str
    spend_fen: int | None
    store: str
    clerk: str | None

    @property
    def position(self) -> Position:
        """Where it stands in history."""
        return self.at, self.event


@dataclass(frozen=True)
class Voucher:
    """What is known of a voucher: everything in force that names it.

    Attributes:
        id: of the voucher.
        issues: of which the first in history holds.
        redemptions: attempts to redeem it.
    """

    id: str
    issues: Sequence[Issue] = ()
    redemptions: Sequence[Redemption] = ()

    @cached_property
    def issue(self) -> Issue | None:
        """The issue that holds."""
        return min(self.issues, key=lambda one: one.position, default=None)

    @cached_property
    def verdicts(self) -> Mapping[str, str | None]:
        """Of every redemption, by its event: why it does not count; None for the one that does."""
        found: dict[str, str | None] = {}
        for one in sorted(self.redemptions, key=lambda one: one.position):
            found[one.event] = self.why_not(one.position, one.spend_fen, is_redeemed=None in found.values())
        return found

    @cached_property
    def redeemed(self) -> Redemption | None:
        """The redemption that counts."""
        return next((one for one in self.redemptions if self.verdicts[one.event] is None), None)

    def why_not(self, position: Position, spend_fen: int | None, *, is_redeemed: bool) -> str | None:
        """Why a redemption at a position in history would not count; None where it would."""
        issue = self.issue
        if issue is None or position < issue.position:
            return "unknown_voucher"
        if issue.account is None:
            return "no_member"
        if issue.valid_to is not None and position[0] >= issue.valid_to:
            return "voucher_expired"
        if is_redeemed:
            return "voucher_already_redeemed"
        if (spend_fen or 0) < (issue.min_spend_fen or 0):
            return "below_min_spend"
        return None


async def fetch_vouchers(transaction: Transaction, ids: Iterable[str]) -> dict[str, Voucher]:
    """What is known of vouchers, by id; of one that nothing names, nothing."""
    return {
        row["voucher"]: Voucher(
            row["voucher"],
            tuple(Issue(*issue) for issue in row["issues"]),
            tuple(Redemption(*redemption) for redemption in row["redemptions"]),
        )
        for row in await transaction.rows_of("trade/vouchers", sorted(set(ids)))
    }


async def vouchers_of(transaction: Transaction, accounts: Iterable[str]) -> dict[str, list[Voucher]]:
    """The vouchers of accounts: those whose issue that holds names the account."""
    asked = set(accounts)
    rows = await transaction.rows_of("trade/vouchers_of_accounts", sorted(asked))
    held: dict[str, list[Voucher]] = {}
    for voucher in (await fetch_vouchers(transaction, {row["voucher"] for row in rows})).values():
        if voucher.issue is not None and voucher.issue.account in asked:
            held.setdefault(voucher.issue.account, []).append(voucher)
    return held
