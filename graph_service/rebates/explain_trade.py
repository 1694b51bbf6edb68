"""Why a redemption, a registration or an order pays, or why not."""

from graph_service.rebates.decision import Decision
from graph_service.rebates.roles import TradeCase, TradeOutcome
from graph_service.rebates.trees import Tree, amount_tree, rule_tree


def trade_tree(decision: Decision, case: TradeCase | None, outcome: TradeOutcome) -> Tree:
    """What a decision rests on: the events by what they are for, the rule, the amount and the lines of an order."""
    trigger = outcome.trigger
    said = {"voucher": trigger["voucher"], "order": trigger["order"], "promoCode": trigger["promoCode"]}
    tree: Tree = {key: value for key, value in said.items() if value is not None}
    tree |= {key: event for key, event in outcome.grounds.items() if event is not None}
    if case is None:
        return tree
    tree["rule"] = rule_tree(case.chosen, case.circumstances)
    tree["amount"] = amount_tree(case.chosen.publication, decision.role, [(case.bases, 1)])
    if case.lines:
        tree["lines"] = [{"line": line.line, "netFen": line.net_fen} for line in case.lines]
    return tree
