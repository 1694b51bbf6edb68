"""Why an entry was taken back, as the journal tells it: the words of the contract, by what changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph_service.rebates.chain import Books
from graph_service.rebates.decision import Decision, nothing
from graph_service.rebates.journal import Occasion, bookings, standing

PAID = Decision("r", 1, "e1", "STORE", "S1", "ACCRUED", 300)
INVITER = Decision("r", 1, "e1", "INVITER", "M1", "ACCRUED", 1_000)
HELD = replace(PAID, status="HELD", reason="velocity")
MERGED = Occasion(regrouped=frozenset({"M1"}))
TIERS = Occasion(periodic=frozenset({"r"}))


def rejected(reason: str) -> Decision:
    return replace(PAID, status="REJECTED", amount_fen=0, reason=reason)


def booked(before: list[Decision], now: list[Decision], why: Occasion) -> list[dict[str, object]]:
    """What is booked when decisions become others."""

    def book(decisions: list[Decision], entries: list[dict[str, object]], why: Occasion) -> list[dict[str, object]]:
        return bookings(decisions, standing(entries), {"e1": 0}, bearers=lambda one: {"F": 100}, books=Books(), why=why)

    return book(now, book(before, [], Occasion()), why)


@pytest.mark.parametrize(
    ("before", "now", "why", "cause"),
    [
        (PAID, [], Occasion(), "voided"),
        (PAID, [replace(PAID, payee="S2")], Occasion(), "owner_changed"),
        (PAID, [nothing("e1", "code_already_consumed")], Occasion(), "code_already_consumed"),
        (PAID, [rejected("region_mismatch")], Occasion(), "region_mismatch"),
        (PAID, [replace(PAID, version=2, amount_fen=200)], Occasion(), "rule_changed"),
        (PAID, [replace(PAID, amount_fen=200, reason="cap_truncated")], Occasion(), "cap_truncated"),
        (PAID, [replace(PAID, amount_fen=400)], Occasion(), "recalculated"),
        (PAID, [replace(PAID, amount_fen=200)], TIERS, "tier_recalculated"),
        (PAID, [replace(PAID, status="HELD", reason="velocity")], Occasion(), "velocity"),
        (HELD, [PAID], Occasion(), "released"),
        (HELD, [rejected("voided_on_review")], Occasion(), "voided_on_review"),
        (INVITER, [nothing("e1", "not_invited")], MERGED, "merged_members"),
        (INVITER, [nothing("e1", "not_invited")], Occasion(), "not_invited"),
        (INVITER, [replace(INVITER, payee="M2")], Occasion(), "account_changed"),
        (INVITER, [replace(INVITER, amount_fen=5, reason="cap_truncated")], MERGED, "merged_members"),
        (INVITER, [nothing("e1", "voucher_expired")], MERGED, "voucher_expired"),
    ],
)  # fmt: skip
def test_a_reversal_names_its_cause(before: Decision, now: list[Decision], why: Occasion, cause: str) -> None:
    first = booked([before], now, why)[0]
    assert (first["reason"], first["amountFen"], first["revision"]) == (cause, -before.amount_fen, 2)


def test_what_a_refund_took_back_is_given_again_when_the_refund_goes() -> None:
    back = replace(PAID, status="REVERSED", amount_fen=-100, cause="refund", reason="refunded", effective_at=5)
    (mirror,) = booked([PAID, back], [PAID], Occasion())
    assert (mirror["reason"], mirror["amountFen"]) == ("refund_changed", 100)
