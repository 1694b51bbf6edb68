"""The reasons of what limits make of a proposal, with the running totals as they stand when it is read."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.business_time import day_of, span_of
from graph_service.rebates.decision import Decision
from graph_service.rebates.gauges import Gauge, read
from graph_service.rebates.limits import Reservation
from graph_service.rebates.period_rules import PeriodCase
from graph_service.rebates.rulebook import Rulebook
from graph_service.rebates.trees import Tree, rule_tree, time_of


async def limit_trees(transaction: Transaction, decisions: Iterable[Decision], rules: Rulebook) -> Mapping[str, Tree]:
    """What each limit made of decisions whose rules have some, by decision."""
    reserved = {one.id: one.reservation for one in decisions if one.reservation is not None}
    rows: list[Row] = []
    for key, one in reserved.items():
        rows += _asked(key, one, rules)
    sums = {row["key"]: row for row in await transaction.rows_of("rebates/reserved_before", rows)}
    days = await _days(transaction, {one.key for one in reserved.values()})
    return {key: _tree(key, one, rules, sums, days) for key, one in reserved.items()}


def _asked(key: str, one: Reservation, rules: Rulebook) -> list[Row]:
    """The running sums that its caps and budget have to do with."""
    proposal = one.proposal
    rule = rules.version_of(proposal.rule, proposal.version).rule
    begin, _ = span_of(day_of(one.at))
    place = {"rule": one.key, "at": one.at, "trigger": proposal.trigger, "rank": one.rank}
    rows: list[Row] = []
    for number, cap in enumerate(rule.caps):
        if cap.role not in {None, proposal.role} or (cap.per != "RULE" and one.group is None):
            continue
        since = begin if cap.per == "DAY" else -(2**62)
        group = None if cap.per == "RULE" else one.group
        rows.append(place | {"key": f"{key} {number}", "from": since, "group": group, "role": cap.role})
    if rule.budget_fen is not None:
        # All entries of the event ask together.
        rows.append(place | {"key": f"{key} budget", "from": begin, "group": None, "role": None, "rank": -1})
    return rows


async def _days(transaction: Transaction, keys: Iterable[str]) -> Mapping[tuple[str, str], Gauge]:
    """What each rule's budget had let through when a business day began, by the key of its limits."""
    found: dict[tuple[str, str], Gauge] = {}
    for key in sorted(keys):
        for row in await transaction.run("rebates/tallies_of_rule", rule=key, since=""):
            tally = row["tally"]
            found.setdefault((key, tally["day"]), read(tally["gauges"]).get("BUDGET", Gauge()))
    return found


def _tree(
    key: str,
    one: Reservation,
    rules: Rulebook,
    sums: Mapping[str, Row],
    days: Mapping[tuple[str, str], Gauge],
) -> Tree:
    proposal = one.proposal
    rule = rules.version_of(proposal.rule, proposal.version).rule
    caps: list[Tree] = []
    for number, cap in enumerate(rule.caps):
        counted = sums.get(f"{key} {number}")
        if cap.role in {None, proposal.role} and (cap.per == "RULE" or one.group is not None):
            caps.append(
                {
                    "per": cap.per,
                    "role": cap.role,
                    "limitFen": cap.limit_fen,
                    "onExceed": cap.on_exceed,
                    "countedFor": None if cap.per == "RULE" else one.group,
                    "usedBeforeFen": counted["cappedFen"] if counted else 0,
                }
            )
    tree: Tree = {
        "proposed": {"status": proposal.status, "fen": proposal.amount_fen, "points": proposal.points},
        "caps": caps,
        "afterCapsOfPayee": {"fen": one.capped[0], "reason": one.capped[1]},
        "afterLimits": {"fen": one.reserved[0], "reason": one.reserved[1]},
    }
    if rule.round_at == "SETTLEMENT":
        tree["rounding"] = {"at": "SETTLEMENT", "rule": rule.rounding, "exactTenThousandths": proposal.exact}
    if rule.budget_fen is not None:
        today = sums.get(f"{key} budget")
        before = days.get((one.key, day_of(one.at)), Gauge()).base + (today["reservedFen"] if today else 0)
        tree["budget"] = {
            "limitFen": rule.budget_fen,
            "onInsufficient": rule.on_insufficient,
            "usedBeforeFen": before,
        }
    return tree | hold_tree(one)


def hold_tree(one: Reservation) -> Tree:
    """Why it is held, and what a review decided."""
    if one.hold is None:
        return {}
    review = one.review
    decided: dict[str, Any] | None = (
        None if review is None else {"event": review.event, "at": time_of(review.at), "decision": review.decision}
    )
    return {"hold": {"reason": one.hold, "review": decided}}


def period_tree(case: PeriodCase | None) -> Tree:
    """What a rule of a period measured, and which tiers it has."""
    if case is None:
        return {}
    rule = case.chosen.publication.rule
    return {
        "rule": rule_tree(case.chosen),
        "period": {
            "kind": rule.period,
            "from": time_of(case.begin),
            "to": time_of(case.end),
            "measure": rule.measure,
            "measured": case.measured,
            "target": rule.target,
            "mode": rule.mode or "RETROACTIVE",
            "tiers": [tier.model_dump(mode="json", by_alias=True, exclude_none=True) for tier in rule.tiers],
            "settledBeforeFen": case.settled,
        },
    }
