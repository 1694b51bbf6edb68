"""The limits of a rule, over all its versions, and what they let through: pure functions, in the order of time.

Steps: rounding at settlement, the caps of a payee (`DAY`, `PERIOD`), the caps of the rule (`RULE`), the budget. What
passes a step is counted by it; a cap counts what passed the caps, whatever the budget makes of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from graph_service.intake.rule import Cap, Rule
from graph_service.rebates.amounts import roles_paid, rounded, split_by_weight
from graph_service.rebates.business_time import day_of, month_of
from graph_service.rebates.decision import Decision
from graph_service.rebates.gauges import Gauge, State, gauge
from graph_service.rebates.refunds import Refund, taken_back

CAP_TRUNCATED, CAP_REACHED = "cap_truncated", "cap_reached"
BUDGET_PRORATED, BUDGET_EXHAUSTED = "budget_prorated", "budget_exhausted"
REFUSED = frozenset({CAP_REACHED, BUDGET_EXHAUSTED})

Place = tuple[int, int, str]
"""Where something stands in the order of reservations: how many settlements came before it, `at`, id."""

Passed = tuple[int, str | None]
"""What passed a step, in fen, and why it is less than what came."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a person decided on something held: `RELEASE` or `VOID`; times in microseconds."""

    event: str
    at: int
    recorded_at: int
    decision: str


@dataclass(slots=True)
class Reservation:
    """What a rule proposes to pay a role for an event, on its way through the limits.

    Attributes:
        proposal: the decision as it would be without limits; accrued or in suspense.
        at: when its event happened, in microseconds.
        recorded_at: when the log took it.
        rank: where the role stands in the rule.
        group: whose caps count it: the party, or the member whose account it is; None while unknown.
        hold: why a person is to look at it first.
        review: the first review of it.
        refunds: of the order to which it belongs.
        capped: what passed the caps of the payee.
        reserved: what passed all limits.
    """

    proposal: Decision
    at: int
    recorded_at: int
    rank: int
    group: str | None
    hold: str | None = None
    review: Review | None = None
    refunds: tuple[Refund, ...] = ()
    capped: Passed = (0, None)
    reserved: Passed = (0, None)

    @property
    def returning(self) -> list[Refund | Review]:
        """What gives back to the budget, in the order of time."""
        found: list[Refund | Review] = list(self.refunds)
        if self.review is not None and self.review.decision == "VOID" and self.hold is not None:
            found.append(self.review)
        return sorted(found, key=lambda one: (one.at, one.event))

    def given_back(self, back: Refund | Review) -> int:
        """How much one of these gives back, in fen; a review all that refunds left."""
        left = self.reserved[0]
        for one in self.returning:
            fen = left if isinstance(one, Review) else taken_back(self.reserved[0], self.proposal.lines, one)
            fen = min(fen, left)
            if one.event == back.event:
                return fen
            left -= fen
        return 0


@dataclass(frozen=True)
class Limits:
    """The limits of a rule.

    Attributes:
        rules: its contents by version.
    """

    rules: Mapping[int, Rule]

    @cached_property
    def _roles(self) -> dict[int, tuple[str, ...]]:
        return {}

    @cached_property
    def _caps(self) -> frozenset[tuple[str, str | None]]:
        return frozenset((cap.per, cap.role) for rule in self.rules.values() for cap in rule.caps)

    @cached_property
    def rounds(self) -> bool:
        """Whether some version rounds at settlement."""
        return any(rule.round_at == "SETTLEMENT" for rule in self.rules.values())

    @cached_property
    def caps_payees(self) -> bool:
        """Whether some version caps what a payee gets."""
        return any(per != "RULE" for per, _ in self._caps)

    @cached_property
    def limits_rule(self) -> bool:
        """Whether some version limits what the rule pays altogether."""
        budgets = any(rule.budget_fen is not None for rule in self.rules.values())
        return budgets or any(per == "RULE" for per, _ in self._caps)

    @cached_property
    def holds(self) -> bool:
        """Whether some version holds what is suspicious."""
        return any(rule.holds for rule in self.rules.values())

    @cached_property
    def fingerprint(self) -> str:
        """Tells whether tallies count what these limits ask for."""
        budget = any(rule.budget_fen is not None for rule in self.rules.values())
        kinds = sorted(f"{per}/{role or '*'}" for per, role in self._caps)
        return " ".join([*kinds, *(["BUDGET"] * budget), *(["SUM"] * self.rounds)])

    @property
    def limits_payees(self) -> bool:
        """Whether what a payee gets depends on what the payee got before."""
        return self.rounds or self.caps_payees

    @property
    def depend_on_order(self) -> bool:
        """Whether an event may change what later ones pay."""
        return self.limits_payees or self.limits_rule

    def part_of(self, at: int) -> str:
        """What is counted together for a payee: a day, a month, or (empty) all."""
        if any(per == "PERIOD" for per, _ in self._caps):
            return ""
        return month_of(at) if self.rounds else day_of(at)

    def of(self, version: int) -> Rule:
        """A version's content; of one that was voided meanwhile any other's, until what it paid is derived anew."""
        return self.rules.get(version) or next(iter(self.rules.values()))

    def roles_of(self, version: int) -> tuple[str, ...]:
        """The roles of a version, in declared order."""
        if version not in self._roles:
            self._roles[version] = roles_paid(self.of(version))
        return self._roles[version]

    def counted_by(self, level: Sequence[str], role: str) -> list[tuple[str, str | None]]:
        """The caps that count what a role gets, whichever version has them."""
        return [(per, capped) for per, capped in sorted(self._caps, key=str) if per in level and capped in {None, role}]

    def ceilings(self) -> dict[str, int]:
        """The lowest limit of each gauge of the rule as a whole, over its versions."""
        lowest: dict[str, int] = {}
        for rule in self.rules.values():
            limits = [("RULE/" + (cap.role or "*"), cap.limit_fen) for cap in rule.caps if cap.per == "RULE"]
            if rule.budget_fen is not None:
                limits.append(("BUDGET", rule.budget_fen))
            for name, limit in limits:
                lowest[name] = min(limit, lowest.get(name, limit))
        return lowest


def has_limits(rule: Rule) -> bool:
    """Whether a version has limits that depend on the order of events."""
    return Limits({rule.version: rule}).depend_on_order


PAYEE, RULE = ("DAY", "PERIOD"), ("RULE",)


def pass_payee(limits: Limits, state: State, one: Reservation) -> None:
    """What passes the caps of its payee; rounds at settlement first. An unknown payee has neither."""
    rule = limits.of(one.proposal.version)
    fen, reason = one.proposal.amount_fen, None
    if one.group is not None:
        exact = one.proposal.exact
        if exact is not None:
            running = gauge(state, f"SUM/{month_of(one.at)}/{one.proposal.payee}")
            before = running.used
            running.used += exact
            fen = rounded(running.used, rule.rounding) - rounded(before, rule.rounding)
        fen, reason = _through_caps(limits, state, one, fen, PAYEE)
    one.capped = (fen, reason)


def pass_rule(limits: Limits, state: State, together: Sequence[Reservation]) -> None:
    """What passes the caps and the budget of the rule, of all entries of one event that passed their payees' caps."""
    for one in together:
        fen, reason = one.capped
        if reason not in REFUSED:
            passed = _through_caps(limits, state, one, fen, RULE)
            one.reserved = (passed[0], passed[1] or reason)
        else:
            one.reserved = one.capped
    open_ = [one for one in together if one.reserved[1] not in REFUSED]
    if open_:
        _through_budget(limits.of(open_[0].proposal.version), gauge(state, "BUDGET"), open_)


def _through_caps(limits: Limits, state: State, one: Reservation, fen: int, level: Sequence[str]) -> Passed:
    reason: str | None = None
    for cap in _caps_on(limits.of(one.proposal.version), one.proposal.role, level):
        counted = gauge(state, _name(cap.per, cap.role, one))
        left = counted.left(cap.limit_fen)
        if left is not None and fen <= left:
            continue
        if left is not None:
            counted.closed_at = cap.limit_fen
        if not left or cap.on_exceed == "REJECT":
            return 0, CAP_REACHED
        fen, reason = left, CAP_TRUNCATED
    for per, role in limits.counted_by(level, one.proposal.role):
        gauge(state, _name(per, role, one)).take(fen)
    return fen, reason


def _caps_on(rule: Rule, role: str, level: Sequence[str]) -> list[Cap]:
    caps = [cap for cap in rule.caps if cap.per in level and cap.role in {None, role}]
    return sorted(caps, key=lambda cap: level.index(cap.per))


def _name(per: str, role: str | None, one: Reservation) -> str:
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
                budget.closed_at = limit
            if not left or rule.on_insufficient == "REJECT_EVENT":
                for one in together:
                    one.reserved = (0, BUDGET_EXHAUSTED)
                return
            for one, share in zip(together, split_by_weight(left, wanted), strict=True):
                one.reserved = (share, BUDGET_PRORATED)
    budget.take(sum(one.reserved[0] for one in together))


@dataclass(frozen=True, slots=True)
class Closings:
    """The closings of periods, each (recorded at, at, event, month), in the order in which they were recorded."""

    all: tuple[tuple[int, int, str, str], ...] = ()

    def place(self, at: int, recorded_at: int, event: str) -> Place:
        """Where something stands in the order of reservations: what a settlement saw comes before what came later."""
        month = month_of(at) if self.all else ""
        for number, (closed, _, _, period) in enumerate(self.all):
            if month <= period and recorded_at <= closed:
                return number, at, event
        return len(self.all), at, event

    def segment(self, at: int, recorded_at: int) -> "Segment":
        """The day of something, apart from what of that day an earlier settlement saw or a later one sees."""
        day = day_of(at)
        missed = sum(day[:7] <= period and recorded_at > closed for closed, _, _, period in self.all)
        return Segment(day, missed)

    def order(self, segment: "Segment") -> tuple[int, str]:
        """Where a segment stands among the others of its rule."""
        covering = [number for number, (*_, period) in enumerate(self.all) if segment.day[:7] <= period]
        return (covering[segment.missed] if segment.missed < len(covering) else len(self.all)), segment.day


class Segment(NamedTuple):
    """What is counted as one day; `missed`: how many settlements of the day came too early to see it."""

    day: str
    missed: int


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


def returned_at(closings: Closings, back: Refund | Review, entry: Reservation) -> Place:
    """When something gives back: at its own time, and never before what it belongs to."""
    return max(closings.place(back.at, back.recorded_at, back.event), place_of(closings, entry))
