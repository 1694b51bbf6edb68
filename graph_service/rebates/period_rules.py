"""What rules of a period pay when a month is closed (`PERIOD` in `contract/rules.md`).

A closing pays for the rule's period as far as it has come: all of its month, quarter or year up to the end of the month
that is closed, less what earlier closings of that period have settled. The rule in force when the month ends counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graph_service.intake.rule import Role, Rule, Tier
from graph_service.rebates.amounts import WHOLE, Amount, rounded
from graph_service.rebates.decision import Decision, nothing
from graph_service.rebates.periods import beginning_of, end_of
from graph_service.rebates.rulebook import Chosen, Circumstances, Publication, Rulebook, matches

_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


@dataclass(frozen=True, slots=True)
class Count:
    """Something that is counted.

    Attributes:
        at: when it happened, in microseconds.
        roles: for whom, by role.
        now: what scopes are compared with.
        amount: how much.
    """

    at: int
    roles: Mapping[str, str | None]
    now: Circumstances
    amount: int = 1


class Tallied(NamedTuple):
    """Something of trade that is counted for a payee; `at` is in microseconds."""

    at: int
    payee: str
    amount: int


@dataclass(slots=True)
class Counts:
    """All that is counted for some closings.

    Attributes:
        by_measure: what happened, by measure; of `CARTONS_ELIGIBLE` its parts under their own names.
        carried_in: by instant, the cartons that parties owned then and that no consumer had opened.
        of_trade: by rule and version, what their own roles and scopes select.
    """

    by_measure: dict[str, list[Count]] = field(default_factory=dict)
    carried_in: dict[int, list[Count]] = field(default_factory=dict)
    of_trade: dict[tuple[str, int], list[Tallied]] = field(default_factory=dict)


class Month(NamedTuple):
    """A month that an event closes; `at` is when it did, in microseconds."""

    event: str
    at: int
    period: str


@dataclass(frozen=True, slots=True)
class PeriodCase:
    """What a rule measured of a payee.

    Attributes:
        chosen: the rule.
        measured: from the beginning of its period to the end of the closed month.
        begin: of its period, in microseconds.
        end: of the closed month.
        settled: what earlier closings of the period have paid, in fen.
    """

    chosen: Chosen
    measured: int
    begin: int
    end: int
    settled: int


@dataclass(slots=True)
class PeriodOutcome:
    """All decisions on a closing, with their grounds."""

    decisions: list[tuple[Decision, PeriodCase | None]] = field(default_factory=list)


def rules_at_end(rules: Rulebook, month: str) -> Sequence[Publication]:
    """The rules of periods in force when a month ends."""
    return rules.in_force("PERIOD", end_of(month) - 1)


def begin_of_period(rule: Rule, month: str) -> int:
    """When the period of a rule began in which a month lies, in microseconds."""
    year, number = (int(part) for part in month.split("-"))
    length = _MONTHS[rule.period or "MONTH"]
    return beginning_of(f"{year:04}-{(number - 1) // length * length + 1:02}")


def decide_closing(closing: Month, earlier: Sequence[Month], counts: Counts, rules: Rulebook) -> PeriodOutcome:
    """Decides on the closing of a month.

    Args:
        closing: the trigger.
        earlier: the closings before it.
        counts: all that is counted from the beginning of its rules' periods on.
        rules: all rules.
    """
    outcome = PeriodOutcome()
    for publication in rules_at_end(rules, closing.period):
        rule = publication.rule
        begin, end = begin_of_period(rule, closing.period), end_of(closing.period)
        settled = _settled(publication, begin, earlier, counts, rules)
        for payee, measured in sorted(measure(publication, begin, end, counts).items()):
            before = settled.get(payee, (0, 0))
            case = PeriodCase(Chosen(publication), measured, begin, end, before[0])
            outcome.decisions.append((_entry(publication, closing.event, payee, measured, before), case))
    if not outcome.decisions:
        outcome.decisions.append((nothing(closing.event, "no_rule"), None))
    return outcome


def _entry(publication: Publication, event: str, payee: str, measured: int, before: tuple[int, int]) -> Decision:
    rule, role = publication.rule, _payee_role(publication.rule)
    exact = paid_for(rule, measured)
    if exact is None:
        return publication.rejection(event, role, payee, "target_not_met")
    fen = max(0, rounded(exact, rule.rounding) - before[0])
    return publication.entry(event, role, payee, Amount(fen, 0, max(0, exact - before[1])))


def _payee_role(rule: Rule) -> Role:
    return rule.payee or "STORE"


def _settled(
    publication: Publication, begin: int, earlier: Iterable[Month], counts: Counts, rules: Rulebook
) -> dict[str, tuple[int, int]]:
    """What earlier closings of a rule's period came to, by payee: fen, and ten-thousandths of a fen."""
    settled: dict[str, tuple[int, int]] = {}
    for month in earlier:
        for one in rules_at_end(rules, month.period):
            if one.rule.id != publication.rule.id or begin_of_period(one.rule, month.period) != begin:
                continue
            for payee, measured in measure(one, begin, end_of(month.period), counts).items():
                exact = paid_for(one.rule, measured) or 0
                fen, more = settled.get(payee, (0, 0))
                settled[payee] = max(fen, rounded(exact, one.rule.rounding)), max(more, exact)
    return settled


def paid_for(rule: Rule, measured: int) -> int | None:
    """What a measure pays, in ten-thousandths of a fen; None below the target or below every tier."""
    tiers = sorted(rule.tiers, key=lambda tier: tier.from_)
    reached = [tier for tier in tiers if tier.from_ <= measured]
    if measured < (rule.target or 0) or not reached:
        return None
    if rule.mode != "STEPPED":
        return _rate(reached[-1], measured)
    ends = [tier.from_ for tier in reached[1:]] + [measured]
    return sum(_rate(tier, end - tier.from_) for tier, end in zip(reached, ends, strict=True))


def _rate(tier: Tier, units: int) -> int:
    """A tier's `fen` is paid once it is reached."""
    if tier.fen is not None:
        return tier.fen * WHOLE
    return units * (tier.fen_per * WHOLE if tier.fen_per is not None else tier.bps or 0)


def measure(publication: Publication, begin: int, end: int, counts: Counts) -> Counter[str]:
    """What a rule measures between two instants, by payee."""
    kind = publication.rule.measure or ""
    traded = counts.of_trade.get((publication.rule.id, publication.rule.version))
    if traded is not None:
        total: Counter[str] = Counter()
        for one in traded:
            if begin <= one.at < end:
                total[one.payee] += one.amount
        return total
    if kind == "CARTONS_ELIGIBLE":
        came = _summed(publication, begin, end, counts.by_measure.get("CARTONS_RECEIVED", ()))
        came += _summed(publication, begin, begin + 1, counts.carried_in.get(begin, ()))
        return came & _summed(publication, begin, end, counts.by_measure.get("CARTONS_SOLD_THROUGH", ()))
    return _summed(publication, begin, end, counts.by_measure.get(kind, ()))


def _summed(publication: Publication, begin: int, end: int, counts: Iterable[Count]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        payee = one.roles.get(_payee_role(publication.rule))
        if payee is not None and begin <= one.at < end and matches(publication, one.now):
            total[payee] += one.amount
    return +total
