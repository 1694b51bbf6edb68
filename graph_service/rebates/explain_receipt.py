"""The reasons of a decision on a store's receipt."""

from collections.abc import Sequence

from graph_service.goods.codes import code_of
from graph_service.goods.read import Goods
from graph_service.graph.driver import Row
from graph_service.rebates.decision import Decision
from graph_service.rebates.receipts import ReceiptCase
from graph_service.rebates.trees import Tree, amount_tree, rule_tree, step_tree, way_tree

# A receipt may name thousands of runs of codes that all came the same way; the first ones show it.
SHOWN_RUNS = 10


def receipt_tree(decision: Decision, cases: Sequence[ReceiptCase], named: Sequence[Row], goods: Goods) -> Tree:
    """Why a receipt pays a role, or nothing.

    Args:
        decision: to explain.
        cases: the codes that it pays for; none for a decision that pays nothing.
        named: the runs that the receipt names.
        goods: what was fetched of the first of them.
    """
    position = (named[0]["at"], named[0]["event"])
    tree: Tree = {"receipt": {"store": named[0]["party"]}}
    if not cases:
        items = sorted({row["item"] for row in named})
        return tree | {"codes": _codes([(item, {}) for item in items], goods, position)}
    paid = [(case.items[0], {"codes": case.codes, **way_tree(case.way)}) for case in cases]
    return tree | {
        "rule": rule_tree(cases[0].chosen),
        "amount": amount_tree(cases[0].chosen.publication, decision.role, [(case.bases, case.codes) for case in cases]),
        "codes": _codes(paid, goods, position),
    }


def _codes(runs: Sequence[tuple[str, Tree]], goods: Goods, position: tuple[int, str]) -> Tree:
    shown = [
        {
            "first": code_of(item),
            **facts,
            "steps": [
                step_tree(one, code_of(item)) for one in goods.story(item).hand_overs if one.position <= position
            ],
        }
        for item, facts in runs[:SHOWN_RUNS]
    ]
    return {"runs": shown, "runsNotShown": len(runs) - len(shown)}
