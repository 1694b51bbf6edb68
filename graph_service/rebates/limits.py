"""The limits of a rule over all its versions, and what a rule proposes on its way through them."""

import hashlib
import json
from collections import defaultdict
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
        key: of the limits that it passes.
        terms: a digest of those of its version.
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
    key: str = ""
    terms: str = ""
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
    def _terms(self) -> dict[int, str]:
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

    def key(self, rule: str) -> str:
        """Under what reservations and tallies are kept: another kind of limit counts everything anew."""
        return f"{rule}:{self._mark}"

    @cached_property
    def _mark(self) -> str:
        return hashlib.blake2b(self.fingerprint.encode(), digest_size=3).hexdigest()

    def terms_of(self, version: int) -> str:
        """A digest of what a version asks of its reservations; another content of the version has another."""
        if version not in self._terms:
            rule = self.of(version)
            caps = [[cap.role, cap.per, cap.limit_fen, cap.on_exceed] for cap in rule.caps]
            said = [caps, rule.budget_fen, rule.on_insufficient, rule.round_at, rule.rounding, self.roles_of(version)]
            self._terms[version] = hashlib.blake2b(json.dumps(said).encode(), digest_size=6).hexdigest()
        return self._terms[version]

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

    @cached_property
    def _limits(self) -> Mapping[str, frozenset[int]]:
        """All limits of each kind of gauge, over the versions."""
        found: dict[str, set[int]] = defaultdict(set)
        for rule in self.rules.values():
            for cap in rule.caps:
                found[f"{cap.per}/{cap.role or '*'}"].add(cap.limit_fen)
            if rule.budget_fen is not None:
                found["BUDGET"].add(rule.budget_fen)
        return {kind: frozenset(limits) for kind, limits in found.items()}

    @cached_property
    def ceilings(self) -> Mapping[str, int]:
        """The lowest limit of each gauge of the rule as a whole, over its versions."""
        return {kind: min(limits) for kind, limits in self._limits.items() if kind.startswith(("RULE/", "BUDGET"))}

    def ceiling(self, gauge: str) -> int | None:
        """The lowest limit of a gauge, over the versions."""
        limits = self._limits.get(kind_of(gauge))
        return min(limits) if limits else None

    def has_one_limit(self, gauge: str) -> bool:
        """Whether a gauge has the same limit in all versions that limit it."""
        return len(self._limits.get(kind_of(gauge), ())) == 1


def kind_of(gauge: str) -> str:
    """The kind of a gauge, `DAY/STORE` of `DAY/STORE/2026-03-01`."""
    return "/".join(gauge.split("/", 2)[:2])
