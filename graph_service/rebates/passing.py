"""What limits let through: pure functions over reservations, in the order in which money is reserved.

Steps: rounding at settlement, the caps of a payee (`DAY`, `PERIOD`), the caps of the rule (`RULE`), the budget. What
passes a step is counted by it; a cap counts what passed the caps, whatever the budget makes of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph_service.intake.rule import Cap, Rule
from graph_service.rebates.amounts import rounded, split_by_weight
from graph_service.rebates.business_time import day_of
from graph_service.rebates.gauges import Gauge, State, gauge
from graph_service.rebates.limits import (
    BUDGET_EXHAUSTED,
    BUDGET_PRORATED,
    CAP_REACHED,
    CAP_TRUNCATED,
    REFUSED,
    Limits,
    Passed,
    Reservation,
    Review,
)
from graph_service.rebates.periods import month_of
from graph_service.rebates.refunds import Refund
from graph_service.rebates.reserving_order import Closings, Place

OF_PAYEE, OF_RULE = ("DAY", "PERIOD"), ("RULE",)


def pass_payee(limits: Limits, state: State, one: Reservation) -> None:
    """What passes the caps of its payee; rounds at settlement first. An unknown payee has neither."""
    rule = limits.of(one.proposal.version)
    fen, reason = one.proposal.amount_fen, None
    if one.group is not None:
        exact = one.proposal.exact
        if exact is not None:
            running = gauge(state, sum_name(one))
            before = running.used
            running.used += exact
            fen = rounded(running.used, rule.rounding) - rounded(before, rule.rounding)
        fen, reason = _through_caps(limits, state, one, fen, OF_PAYEE)
    one.capped = (fen, reason)


def pass_rule(limits: Limits, state: State, together: Sequence[Reservation]) -> None:
    """What passes the caps and the budget of the rule, of all entries of one event that passed their payees' caps."""
    for one in together:
        fen, reason = one.capped
        if reason not in REFUSED:
            passed = _through_caps(limits, state, one, fen, OF_RULE)
            one.reserved = (passed[0], passed[1] or reason)
        else:
            one.reserved = one.capped
    open_ = [one for one in together if one.reserved[1] not in REFUSED]
    if open_:
        _through_budget(limits.of(open_[0].proposal.version), gauge(state, "BUDGET"), open_)


def _through_caps(limits: Limits, state: State, one: Reservation, fen: int, level: Sequence[str]) -> Passed:
    reason: str | None = None
    for cap in _caps_on(limits.of(one.proposal.version), one.proposal.role, level):
        counted = gauge(state, gauge_name(cap.per, cap.role, one))
        left = counted.left(cap.limit_fen)
        if left is not None and fen <= left:
            continue
        if left is not None:
            counted.close(cap.limit_fen, one.at)
        if not left or cap.on_exceed == "REJECT":
            return 0, CAP_REACHED
        fen, reason = left, CAP_TRUNCATED
    for per, role in limits.counted_by(level, one.proposal.role):
        gauge(state, gauge_name(per, role, one)).take(fen)
    return fen, reason


def _caps_on(rule: Rule, role: str, level: Sequence[str]) -> list[Cap]:
    caps = [cap for cap in rule.caps if cap.per in level and cap.role in {None, role}]
    return sorted(caps, key=lambda cap: level.index(cap.per))


def sum_name(one: Reservation) -> str:
    """The gauge of what an account earned in a month, in ten-thousandths of a fen, before rounding."""
    return f"SUM/{month_of(one.at)}/{one.proposal.payee}"


def gauge_name(per: str, role: str | None, one: Reservation) -> str:
    """The gauge of a cap that counts what a reservation takes."""
    name = f"{per}/{role or '*'}"
    return f"{name}/{day_of(one.at)}" if per == "DAY" else name


def _through_budget(rule: Rule, budget: Gauge, together: Sequence[Reservation]) -> None:
    """Counts under every version, so that a later one's budget knows what was spent."""
    limit = rule.budget_fen
    wanted = [one.reserved[0] for one in together]
    if limit is not None:
        left = budget.left(limit)
        if left is None or sum(wanted) > left:
            if left is not None:
                budget.close(limit, together[0].at)
            if not left or rule.on_insufficient == "REJECT_EVENT":
                for one in together:
                    one.reserved = (0, BUDGET_EXHAUSTED)
                return
            for one, share in zip(together, split_by_weight(left, wanted), strict=True):
                one.reserved = (share, BUDGET_PRORATED)
    budget.take(sum(one.reserved[0] for one in together))


@dataclass(slots=True)
class Day:
    """The events and returns of a rule on one business day, between two settlements.

    Attributes:
        reservations: what the rule proposes.
        returned: what gives back to the budget that day, and to what it belongs.
    """

    reservations: list[Reservation] = field(default_factory=list)
    returned: list[tuple[Refund | Review, Reservation]] = field(default_factory=list)


def in_order(closings: Closings, reservations: Iterable[Reservation]) -> list[list[Reservation]]:
    """The entries of each event together, events in the order of reservations, entries in declared order."""
    events: dict[str, list[Reservation]] = {}
    for one in reservations:
        events.setdefault(one.proposal.trigger, []).append(one)
    placed = sorted(
        events.values(), key=lambda all_: closings.place(all_[0].at, all_[0].recorded_at, all_[0].proposal.trigger)
    )
    return [sorted(together, key=lambda one: (one.rank, one.proposal.payee or "")) for together in placed]


def place_of(closings: Closings, one: Reservation) -> Place:
    """Where a reservation stands among all of its rule; entries of one event stand together."""
    return closings.place(one.at, one.recorded_at, one.proposal.trigger)


def run_day(limits: Limits, closings: Closings, state: State, day: Day) -> None:
    """Passes a day's events through the limits of the rule, and lets its returns give back in between."""
    steps: list[tuple[tuple[Place, int], list[Reservation] | tuple[Refund | Review, Reservation]]] = [
        ((place_of(closings, together[0]), 0), together) for together in in_order(closings, day.reservations)
    ]
    steps += [((returned_at(closings, back, entry), 1), (back, entry)) for back, entry in day.returned]
    for _, what in sorted(steps, key=lambda step: step[0]):
        if isinstance(what, list):
            pass_rule(limits, state, what)
        else:
            back, entry = what
            gauge(state, "BUDGET").give_back(entry.given_back(back))


def returned_by(closings: Closings, back: Refund | Review, entry: Reservation) -> tuple[int, int, str]:
    """What tells the place where something gives back: when it happened, was recorded, and the event."""
    late = returned_at(closings, back, entry) == place_of(closings, entry)
    return (entry.at, entry.recorded_at, entry.proposal.trigger) if late else (back.at, back.recorded_at, back.event)


def returned_at(closings: Closings, back: Refund | Review, entry: Reservation) -> Place:
    """When something gives back: at its own time, and never before what it belongs to."""
    return max(closings.place(back.at, back.recorded_at, back.event), place_of(closings, entry))
