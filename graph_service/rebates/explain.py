"""Why a decision is as it is: evaluated once more when somebody asks, for all decisions of a page at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from graph_service.goods.read import fetch_goods
from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.decision import Decision
from graph_service.rebates.derive import limited_decisions
from graph_service.rebates.evaluate import Derived, evaluate, fetch_rulebook
from graph_service.rebates.explain_limits import limit_trees, period_tree
from graph_service.rebates.explain_receipt import SHOWN_RUNS, receipt_tree
from graph_service.rebates.explain_scan import scan_tree
from graph_service.rebates.explain_trade import trade_tree
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.rulebook import Rulebook
from graph_service.rebates.sentences import sentence_of
from graph_service.rebates.trees import Tree, time_of
from graph_service.rebates.words import in_words


async def explanations(transaction: Transaction, lines: Sequence[RebateLine]) -> list[Tree]:
    """A tree of reasons for each line, in the order asked.

    An entry that is in force is explained as its decision; of one that is not, how it came and went.
    """
    in_force = {line.trigger for line in lines if not line.is_past}
    trees = await _trees(transaction, in_force) if in_force else {}
    return [_told(_of_line(line, trees), line) for line in lines]


async def _trees(transaction: Transaction, events: set[str]) -> Mapping[str, Tree]:
    """The reasons of all decisions on some events, by decision."""
    clock = int((await transaction.run("intake/clock"))[0]["clock"] or 0)
    rules = await fetch_rulebook(transaction)
    derived = await evaluate(transaction, events, rules, clock)
    named: dict[str, list[Row]] = defaultdict(list)
    for row in await transaction.rows_of("rebates/triggers", sorted(events)):
        named[row["event"]].append(row)
    goods = await fetch_goods(transaction, _looked_into(derived, named))
    trees: dict[str, Tree] = {}
    for event, scan in derived.scans.items():
        trigger = named[event][0]
        for decision, case in scan.decisions:
            used_up = decision.reason == "code_already_consumed"
            story = goods.story(trigger["item"]) if used_up else None
            trees[decision.id] = _common(decision, trigger) | scan_tree(decision, case, scan, trigger, story)
    for event, receipt in derived.receipts.items():
        for decision, cases in receipt.decisions:
            tree = receipt_tree(decision, cases, named[event], goods)
            trees[decision.id] = _common(decision, named[event][0]) | tree
    for trade in derived.trade.values():
        for decision, trade_case in trade.decisions:
            trees[decision.id] = _common(decision, trade.trigger) | trade_tree(decision, trade_case, trade)
    for event, closing in derived.closings.items():
        at, recorded_at = derived.triggers[event]
        trigger = {"event": event, "type": "period.closed", "at": at, "recordedAt": recorded_at}
        for decision, period in closing.decisions:
            trees[decision.id] = _common(decision, trigger) | period_tree(period)
    return trees | await _limited(transaction, derived, rules, trees)


async def _limited(
    transaction: Transaction, derived: Derived, rules: Rulebook, trees: Mapping[str, Tree]
) -> dict[str, Tree]:
    """The reasons of what limits, holds and refunds make of proposals."""
    decided = await limited_decisions(transaction, derived, rules)
    limits = await limit_trees(transaction, [one for one in decided if one.cause is None], rules)
    told: dict[str, Tree] = {}
    for one in decided:
        proposed = trees.get(one.id if one.cause is None else one.reverses or "", {})
        tree = dict(proposed) | {"decision": _decision(one)}
        if one.id in limits:
            tree["limits"] = limits[one.id]
        told[one.id] = tree
    return told


def _looked_into(derived: Derived, named: Mapping[str, Sequence[Row]]) -> set[str]:
    """The items whose own stories are part of the reasons: those scanned before, and some of each receipt."""
    items = {
        named[event][0]["item"]
        for event, outcome in derived.scans.items()
        if any(decision.reason == "code_already_consumed" for decision, _ in outcome.decisions)
    }
    for event, outcome in derived.receipts.items():
        items.update(sorted({row["item"] for row in named[event]})[:SHOWN_RUNS])
        for _, cases in outcome.decisions:
            items.update(case.items[0] for case in cases[:SHOWN_RUNS])
    return items


def _decision(decision: Decision) -> Tree:
    return {
        "id": decision.id,
        "rule": decision.rule,
        "ruleVersion": decision.version,
        "role": decision.role,
        "payee": decision.payee,
        "status": decision.status,
        "amountFen": decision.amount_fen,
        "points": decision.points,
        "reason": decision.reason,
        "inWords": in_words(decision.reason, decision.status),
    }


def _common(decision: Decision, trigger: Row) -> Tree:
    return {
        "decision": _decision(decision),
        "trigger": {
            "event": trigger["event"],
            "type": trigger["type"],
            "at": time_of(trigger["at"]),
            "recordedAt": time_of(trigger["recordedAt"]),
        },
    }


def _told(tree: Tree, line: RebateLine) -> Tree:
    """The tree with its sentence; that a decision is settled shows only beside the journal."""
    if "decision" in tree and line.revision is None:
        tree = tree | {"decision": tree["decision"] | {"status": line.status}}
    return {"sentence": sentence_of(tree, line)} | tree


def _of_line(line: RebateLine, trees: Mapping[str, Tree]) -> Tree:
    if line.revision is None:
        return trees.get(line.decision, {"note": "No decision says this any more; `rebates` with history tells why."})
    entry: dict[str, Any] = {
        "id": line.id,
        "revision": line.revision,
        "decision": line.decision,
        "reverses": line.reverses,
        "reversedBy": line.reversed_by,
        "cause": line.reason,
    }
    if not line.revision % 2:
        return {"entry": entry | {"inWords": f"Takes back an earlier entry. {in_words(line.reason, line.status)}"}}
    if line.reversed_by is not None:
        return {"entry": entry | {"inWords": "Was booked as the facts then stood, and taken back since."}}
    return {"entry": entry} | trees.get(line.decision, {})
