"""Reservations as properties of the graph, and back.

    (:Decision {limited, asked, group, rank, proposed, proposedFen, proposedPoints, proposedReason, exact,
                cappedFen, cappedReason, reservedFen, reservedReason, terms})

They stand beside a decision whose rule has limits that depend on the order of events. `limited` is the key of these
limits, `asked` a digest of those of its version; `terms` is JSON. What nothing was cut from has `amountFen` alone.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from graph_service.graph.driver import Row
from graph_service.rebates.decision import Decision
from graph_service.rebates.limits import Reservation, Review
from graph_service.rebates.refunds import Refund

ACCRUED = "ACCRUED"


def reservation_row(one: Reservation, fen: int, points: int) -> Row:
    """What a decision keeps of its way through the limits; what is None, or as it is mostly, is left out.

    Args:
        one: the reservation.
        fen: what became of it.
        points: the same.
    """
    proposal = one.proposal
    row = {
        "limited": one.key,
        "asked": one.terms,
        "group": one.group,
        "rank": one.rank or None,
        "proposed": None if proposal.status == ACCRUED else proposal.status,
        "proposedFen": None if proposal.amount_fen == one.capped[0] else proposal.amount_fen,
        "proposedPoints": None if proposal.points == points else proposal.points,
        "proposedReason": proposal.reason,
        "exact": proposal.exact,
        "cappedFen": None if one.capped[0] == one.reserved[0] else one.capped[0],
        "cappedReason": one.capped[1],
        "reservedFen": None if one.reserved[0] == fen else one.reserved[0],
        "reservedReason": one.reserved[1],
        "terms": _terms(one),
    }
    return {key: value for key, value in row.items() if value is not None}


def reservation_of(row: Mapping[str, Any]) -> Reservation:
    """The reservation that a decision keeps."""
    terms = json.loads(row["terms"]) if "terms" in row else {}
    reserved = row.get("reservedFen", row["amountFen"])
    capped = row.get("cappedFen", reserved)
    proposal = Decision(
        row["rule"],
        row["version"],
        row["trigger"],
        row["role"],
        row.get("payee"),
        row.get("proposed", ACCRUED),
        row.get("proposedFen", capped),
        row.get("proposedPoints", row["points"]),
        row.get("proposedReason"),
        row.get("due"),
        row.get("exact"),
        tuple((line, net) for line, net in terms.get("lines", ())),
    )
    review = terms.get("review")
    return Reservation(
        proposal,
        row["at"],
        row["decidedAt"],
        row.get("rank", 0),
        row.get("group"),
        row["limited"],
        row["asked"],
        terms.get("hold"),
        Review(*review) if review else None,
        tuple(_refund(one) for one in terms.get("refunds", ())),
        (capped, row.get("cappedReason")),
        (reserved, row.get("reservedReason")),
    )


def proposes_the_same(one: Reservation, other: Reservation) -> bool:
    """Whether two reservations of one decision ask the limits for the same."""
    return (one.proposal, one.rank, one.group, one.terms) == (other.proposal, other.rank, other.group, other.terms)


def returns_the_same(one: Reservation, other: Reservation) -> bool:
    """Whether the same refunds and reviews give back what two reservations took."""
    return _terms(one) == _terms(other)


def _terms(one: Reservation) -> str | None:
    terms: dict[str, Any] = {}
    if one.hold is not None:
        terms["hold"] = one.hold
    if one.review is not None:
        terms["review"] = [one.review.event, one.review.at, one.review.recorded_at, one.review.decision]
    if one.proposal.lines:
        terms["lines"] = one.proposal.lines
    if one.refunds:
        terms["refunds"] = [
            [each.event, each.at, each.recorded_at, _parts(each.before), _parts(each.after)] for each in one.refunds
        ]
    return json.dumps(terms, ensure_ascii=False) if terms else None


def _parts(parts: Mapping[str, Fraction]) -> dict[str, str]:
    return {line: str(part) for line, part in parts.items()}


def _refund(said: list[Any]) -> Refund:
    event, at, recorded_at, before, after = said
    return Refund(
        event,
        at,
        recorded_at,
        {line: Fraction(part) for line, part in before.items()},
        {line: Fraction(part) for line, part in after.items()},
    )
