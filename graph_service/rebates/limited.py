"""The decisions on some events after limits, holds and reviews, from what rules propose; and those that follow.

One event may change what later ones are paid: they come with it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.decision import Decision
from graph_service.rebates.limits import Limits, Reservation, Review
from graph_service.rebates.outcomes import finished, reversals
from graph_service.rebates.refunds import Refund, refunds_of
from graph_service.rebates.reservation_rows import reservation_of
from graph_service.rebates.reserve import Reserving
from graph_service.rebates.reserving_order import Closings
from graph_service.rebates.rulebook import Rulebook
from graph_service.rebates.tallies import Tallies, fetch_closings

ACCOUNT_ROLES = frozenset({"CONSUMER", "INVITER", "INVITER_2", "INVITEE"})
"""Roles that are paid into the account of an identifier; their caps are those of its member."""

Times = Mapping[str, tuple[int, int]]
"""When triggers happened and were recorded, in microseconds."""


@dataclass(slots=True)
class Limited:
    """What limits make of proposals.

    Attributes:
        decisions: on the events asked about.
        others: on further events, where limits treat them differently now.
        tallies: that count anew.
    """

    decisions: list[Decision]
    others: list[Decision] = field(default_factory=list)
    tallies: Tallies = field(default_factory=Tallies)


async def pass_limits(
    transaction: Transaction,
    proposals: Sequence[Decision],
    times: Times,
    stored: Iterable[Row],
    rules: Rulebook,
    held: Mapping[tuple[str, str], str],
) -> Limited:
    """Lets what rules propose for some events pass their limits.

    Args:
        transaction: to read the graph.
        proposals: all decisions on these events before limits.
        times: of these events.
        stored: what the graph holds of these events.
        rules: all rules.
        held: why what a rule proposes for an event is held, by rule and event.
    """
    refunds = await fetch_refunds(transaction, proposals)
    limited: dict[str, Limits] = {}
    before: dict[str, dict[str, Reservation]] = defaultdict(dict)
    for row in stored:
        if "limited" in row:
            before[row["limited"]][row["id"]] = reservation_of(row)
    for rule in {one.rule for one in proposals} | before.keys():
        limits = rules.limits_of(rule)
        if limits is not None:
            limited[rule] = limits
    done = Limited([])
    now: dict[str, dict[str, Reservation]] = defaultdict(dict)
    groups = await _groups(
        transaction, [one for one in proposals if one.rule in limited and limited[one.rule].caps_payees]
    )
    for one in proposals:
        if one.rule in limited and one.status != "REJECTED":
            at, recorded_at = times[one.trigger]
            now[one.rule][one.id] = Reservation(
                one,
                at,
                recorded_at,
                _rank(limited[one.rule], one),
                groups.get(one.payee, one.payee) if one.payee and one.role in ACCOUNT_ROLES else one.payee,
                held.get((one.rule, one.trigger)),
                refunds=refunds.get(one.trigger, ()) if one.lines else (),
            )
        else:
            done.decisions += [one, *(reversals(one, refunds.get(one.trigger, ())) if one.status == "ACCRUED" else ())]
    await _review(transaction, [one for together in now.values() for one in together.values()])
    closings: Closings | None = None
    for rule in sorted(now.keys() | before.keys()):
        limits, reserved = limited.get(rule), now[rule]
        if limits is not None and limits.depend_on_order:
            closings = closings or await fetch_closings(transaction)
            reserving = Reserving(transaction, rule, limits, closings, reserved, before[rule], done.tallies)
            await reserving.run()
            done.others += [each for other in reserving.others.values() for each in finished(other)]
        else:
            for reservation in reserved.values():
                reservation.capped = reservation.reserved = (reservation.proposal.amount_fen, None)
        decided = [each for reservation in reserved.values() for each in finished(reservation)]
        ordered = limits is not None and limits.depend_on_order
        # What depends on no other event keeps nothing of its way through the limits.
        done.decisions += decided if ordered else [replace(one, reservation=None) for one in decided]
    return done


async def recount_limits(transaction: Transaction, rule: str, rules: Rulebook) -> Limited:
    """Lets everything that the graph holds of a rule pass its limits again, from the beginning."""
    done = Limited([])
    limits = rules.limits_of(rule)
    if limits is None or not limits.depend_on_order:
        rows = await transaction.run("rebates/tallies_by_rule", rule=rule)
        done.tallies.gone |= {row["tally"]["id"] for row in rows}
        return done
    closings = await fetch_closings(transaction)
    reserving = Reserving(transaction, rule, limits, closings, {}, {}, done.tallies)
    await reserving.recount()
    done.others += [each for other in reserving.others.values() for each in finished(other)]
    return done


def _rank(limits: Limits, one: Decision) -> int:
    """Where a role stands in its rule; entries of one event take their turns in that order."""
    roles = limits.roles_of(one.version)
    return roles.index(one.role) if one.role in roles else len(roles)


async def _groups(transaction: Transaction, proposals: Iterable[Decision]) -> dict[str, str]:
    """The member of each account; shared and evicted identifiers have none."""
    accounts = {one.payee for one in proposals if one.payee is not None and one.role in ACCOUNT_ROLES}
    rows = await transaction.rows_of("members/member_ids", sorted(accounts))
    return {row["id"]: row["member"] for row in rows}


async def fetch_refunds(transaction: Transaction, proposals: Iterable[Decision]) -> dict[str, tuple[Refund, ...]]:
    """The refunds of orders, by the event that placed the order."""
    orders = {one.trigger for one in proposals if one.lines}
    found: dict[str, tuple[Refund, ...]] = {}
    for row in await transaction.rows_of("rebates/refunds_of_orders", sorted(orders)):
        said: list[tuple[str, int, int, Mapping[str, Any]]] = [
            (event, at, recorded_at, json.loads(body)) for event, at, recorded_at, body in row["refunds"]
        ]
        found[row["trigger"]] = refunds_of(json.loads(row["body"]), said)
    return found


async def _review(transaction: Transaction, reservations: Iterable[Reservation]) -> None:
    """Adds the first review to each of those that are held."""
    held = {one.proposal.id: one for one in reservations if one.hold is not None}
    for row in await transaction.rows_of("rebates/reviews", sorted(held)):
        held[row["rebate"]].review = Review(row["event"], row["at"], row["recordedAt"], row["decision"])
