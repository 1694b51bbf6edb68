"""The limits of a rule over all its versions, and what a rule proposes on its way through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from graph_service.intake.rule import Rule
from graph_service.rebates.amounts import roles_paid
from graph_service.rebates.business_time import day_of
from graph_service.rebates.decision import Decision
from graph_service.rebates.periods import month_of
from graph_service.rebates.refunds import Refund, taken_back

CAP_TRUNCATED, CAP_REACHED = "cap_truncated", "cap_reached"
BUDGET_PRORATED, BUDGET_EXHAUSTED = "budget_prorated", "budget_exhausted"
REFUSED = frozenset({CAP_REACHED, BUDGET_EXHAUSTED})

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
