"""Who bears what is paid (`funding` of a rule): the brand alone, or shares of it, by largest remainder.

Every entry credits its payee and debits its bearers, so that the sum of all accounts is zero at any time. The account
of a bearer is that of the brand or of the party that fills the role at the trigger; where nobody fills it, the brand
bears that share, too.
"""

from collections.abc import Mapping, Sequence

from graph_service.graph.driver import Row
from graph_service.intake.rule import Rule
from graph_service.rebates.amounts import split_by_weight
from graph_service.rebates.decision import Decision

Borne = Mapping[str, int]
"""Weights by account, in declared order."""

BRAND = "BRAND"


def bearers_of(rule: Rule, parties: Mapping[str, str]) -> Borne:
    """Who bears what a rule pays, with weights.

    Args:
        rule: whose `funding` counts.
        parties: who fills roles at the trigger.
    """
    borne: dict[str, int] = {}
    for role, weight in (rule.funding or {BRAND: 100}).items():
        account = parties.get(role, rule.brand) if role != BRAND else rule.brand
        borne[account] = borne.get(account, 0) + weight
    return borne


def debits(fen: int, borne: Borne) -> Row:
    """What an entry is borne by, as its properties: one bearer, or several with what each bears."""
    if len(borne) == 1:
        return {"funder": next(iter(borne))}
    sign = -1 if fen < 0 else 1
    shares = split_by_weight(abs(fen), list(borne.values()))
    return {"funders": list(borne), "funderFen": [sign * share for share in shares]}


def borne_by(entry: Row) -> dict[str, int]:
    """How much of an entry each account bears, in fen."""
    if "funder" in entry:
        return {entry["funder"]: entry["amountFen"]}
    return dict(zip(entry.get("funders", ()), entry.get("funderFen", ()), strict=True))


def fillers(decisions: Sequence[Decision]) -> dict[str, str]:
    """Who fills which role, as the decisions on one trigger tell."""
    return {one.role: one.payee for one in decisions if one.payee is not None}
