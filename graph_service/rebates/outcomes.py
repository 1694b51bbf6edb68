"""What becomes of a proposal: the decision after limits, holds and reviews, and the reversals that refunds demand."""

from collections.abc import Iterable
from dataclasses import replace

from graph_service.rebates.decision import Decision
from graph_service.rebates.limits import REFUSED, Reservation
from graph_service.rebates.refunds import Refund, taken_back


def finished(one: Reservation) -> list[Decision]:
    """The decision that becomes of a reservation, with the reversals that refunds demand."""
    fen, reason = one.reserved
    proposal = one.proposal
    if reason in REFUSED:
        return [_rejected(one, reason)]
    if one.hold is not None and one.review is None:
        return [proposal.passed(one, "HELD", fen, proposal.points, one.hold)]
    if one.hold is not None and one.review is not None and one.review.decision == "VOID":
        return [_rejected(one, "voided_on_review")]
    kept = proposal.reason if proposal.status == "SUSPENSE" else reason
    decision = proposal.passed(one, proposal.status, fen, proposal.points, kept)
    if decision.status != "ACCRUED":
        return [decision]
    return [decision, *reversals(decision, one.refunds)]


def _rejected(one: Reservation, reason: str | None) -> Decision:
    """It keeps its due time: when waiting ends it reserves nothing any more."""
    return one.proposal.passed(one, "REJECTED", 0, 0, reason)


def reversals(decision: Decision, refunds: Iterable[Refund]) -> list[Decision]:
    """One for each refund that takes something back of what an order pays."""
    found: list[Decision] = []
    for refund in refunds:
        fen = taken_back(decision.amount_fen, decision.lines, refund)
        points = taken_back(decision.points, decision.lines, refund)
        if fen or points:
            taken = replace(decision, status="REVERSED", amount_fen=-fen, points=-points, reason="refunded")
            found.append(
                replace(taken, cause=refund.event, effective_at=refund.at, reverses=decision.id, reservation=None)
            )
    return found
