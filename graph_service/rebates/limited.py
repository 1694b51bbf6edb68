"""The decisions on some events after limits, holds and reviews, from what rules propose; and those that follow.

One event may change what later ones are paid: they come with it.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.decision import ACCOUNT_ROLES, Decision
from graph_service.rebates.limits import Limits, Reservation, Review
from graph_service.rebates.outcomes import finished, reversals
from graph_service.rebates.recount import Recount, in_pages
from graph_service.rebates.refunds import Refund, refunds_of
from graph_service.rebates.reservation_rows import reservation_of
from graph_service.rebates.reserve import reserve
from graph_service.rebates.reserving_order import Closings
from graph_service.rebates.rulebook import Rulebook
from graph_service.rebates.tallies import Tallies, fetch_closings, old_tallies

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
    stored = [row for row in stored if "limited" in row]
    limited: dict[str, Limits] = {}
    for rule in {one.rule for one in proposals} | {row["rule"] for row in stored}:
        limits = rules.limits_of(rule)
        if limits is not None:
            limited[rule] = limits
    before: dict[str, dict[str, Reservation]] = defaultdict(dict)
    for row in stored:
        # What passed limits of another kind is not counted by these.
        if row["rule"] in limited and row["limited"] == limited[row["rule"]].key(row["rule"]):
            before[row["rule"]][row["id"]] = reservation_of(row)
    done = Limited([])
    now: dict[str, dict[str, Reservation]] = defaultdict(dict)
    groups = await _groups(
        transaction, [one for one in proposals if one.rule in limited and _is_of_member(limited[one.rule], one)]
    )
    for one in proposals:
        if one.rule in limited and one.status != "REJECTED":
            at, recorded_at = times[one.trigger]
            limits = limited[one.rule]
            now[one.rule][one.id] = Reservation(
                one,
                at,
                recorded_at,
                _rank(limits, one),
                groups.get(one.payee or "", one.payee) if _is_of_member(limits, one) else one.payee,
                limits.key(one.rule),
                limits.terms_of(one.version),
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
            others = await reserve(transaction, rule, limits, closings, reserved, before[rule], done.tallies)
            done.others += [each for other in others for each in finished(other)]
        else:
            for reservation in reserved.values():
                reservation.capped = reservation.reserved = (reservation.proposal.amount_fen, None)
        decided = [each for reservation in reserved.values() for each in finished(reservation)]
        ordered = limits is not None and limits.depend_on_order
        # What depends on no other event keeps nothing of its way through the limits.
        done.decisions += decided if ordered else [replace(one, reservation=None) for one in decided]
    return done


async def recounted(transaction: Transaction, rule: str, rules: Rulebook) -> AsyncIterator[Limited]:
    """Lets everything that the graph holds of a rule pass its limits again, from the beginning, a page at a time.

    Whoever writes what a page comes to does so before asking for the next.
    """
    limits = rules.limits_of(rule)
    counted: set[str] = set()
    if limits is not None and limits.depend_on_order:
        closings = await fetch_closings(transaction)
        recount = Recount(limits.key(rule), limits, closings)
        async for events in in_pages(transaction, limits.key(rule), closings):
            stored = {one.proposal.id: (one.capped, one.reserved) for together in events for one in together}
            recount.take(events)
            if events and not closings.all:
                recount.leave_days(events[-1][0].at)
            changed = [
                one for together in events for one in together if (one.capped, one.reserved) != stored[one.proposal.id]
            ]
            others = [each for one in changed for each in finished(one)]
            yield Limited([], others, await _differing(transaction, recount, counted))
        recount.end()
        yield Limited([], [], await _differing(transaction, recount, counted))
    async for tallies in old_tallies(transaction, rule, counted):
        yield Limited([], [], tallies)


async def _differing(transaction: Transaction, recount: Recount, counted: set[str]) -> Tallies:
    """The tallies that are complete and not what the graph holds; notes all of them as counted."""
    rows, recount.tallies = recount.tallies, {}
    counted.update(rows)
    stored = {row["tally"]["id"]: row["tally"] for row in await transaction.rows_of("rebates/tallies", sorted(rows))}
    return Tallies({name: row for name, row in rows.items() if stored.get(name) != row})


def _rank(limits: Limits, one: Decision) -> int:
    """Where a role stands in its rule; entries of one event take their turns in that order."""
    roles = limits.roles_of(one.version)
    return roles.index(one.role) if one.role in roles else len(roles)


def _is_of_member(limits: Limits, one: Decision) -> bool:
    """Whether the caps of a payee are those of its member."""
    return limits.caps_payees and one.role in ACCOUNT_ROLES


async def _groups(transaction: Transaction, proposals: Iterable[Decision]) -> dict[str, str]:
    """The member of each account; shared and evicted identifiers have none."""
    accounts = {one.payee for one in proposals if one.payee is not None}
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
