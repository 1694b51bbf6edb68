"""Vouchers and orders: what was issued and placed, and which redemptions count."""

from __future__ import annotations

from collections import defaultdict

from tests.model.log import Fact, instant
from tests.model.policy import Policy


class Trade:
    """Of two issues of one voucher, or two placements of one order, the first in history holds."""

    def __init__(self, facts: list[Fact], policy: Policy) -> None:
        self._policy = policy
        self.issues: dict[str, Fact] = {}
        self.orders: dict[str, Fact] = {}
        self.refunds: dict[str, list[Fact]] = defaultdict(list)
        self.verdicts: dict[str, str | None] = {}
        """Of every redemption, by its id: why it is not valid; None for a valid one."""
        self.redemptions: list[Fact] = []
        """The valid ones, oldest first."""
        self._redeemed: set[str] = set()
        for fact in facts:
            if fact.type == "voucher.issued":
                self.issues.setdefault(fact.body["voucher"], fact)
            elif fact.type == "order.placed":
                self.orders.setdefault(fact.body["order"], fact)
            elif fact.type == "order.refunded":
                self.refunds[fact.body["order"]].append(fact)
            elif fact.type == "voucher.redeemed":
                self._redeem(fact)

    def issue_of(self, redemption: Fact) -> Fact | None:
        """In order of history, so a voucher that is issued later is not known yet."""
        issue = self.issues.get(redemption.body["voucher"])
        return issue if issue and issue.key < redemption.key else None

    def _redeem(self, fact: Fact) -> None:
        self.verdicts[fact.id] = verdict = self._why_invalid(fact)
        if verdict is None:
            self._redeemed.add(fact.body["voucher"])
            self.redemptions.append(fact)

    def _why_invalid(self, fact: Fact) -> str | None:
        issue = self.issue_of(fact)
        if issue is None:
            # Nobody knows whose an unknown voucher is: that nobody knows the voucher is the reason.
            return "unknown_voucher"
        if self._policy.account(issue.body["member"]) is None:
            return "no_member"
        if fact.at >= instant(issue.body.get("validTo")):
            return "voucher_expired"  # like every period, a voucher's is half-open
        if fact.body["voucher"] in self._redeemed:
            return "voucher_already_redeemed"
        if (fact.body.get("spendFen") or 0) < (issue.body.get("minSpendFen") or 0):
            return "below_min_spend"
        return None
