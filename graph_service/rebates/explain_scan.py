"""The reasons of a decision on a consumer's scan."""

from graph_service.goods.story import Story
from graph_service.graph.driver import Row
from graph_service.rebates.decision import Decision
from graph_service.rebates.rulebook import Circumstances
from graph_service.rebates.scans import ScanCase, ScanOutcome, clerk_of
from graph_service.rebates.trees import Tree, amount_tree, ownership_tree, rule_tree, time_of


def scan_tree(
    decision: Decision, case: ScanCase | None, outcome: ScanOutcome, trigger: Row, story: Story | None
) -> Tree:
    """Why a scan pays a role, or nothing.

    Args:
        decision: to explain.
        case: the rule's view of the scan; None for a decision on the event as a whole.
        outcome: of the whole scan.
        trigger: what the scan says.
        story: of the item, where an earlier scan had used it up.
    """
    tree: Tree = {
        "scan": {key: trigger[key] for key in ("code", "region", "channel", "campaign", "promoCode")},
        "ownership": ownership_tree((case.at_scan if case else outcome.at_scan), trigger["code"]),
    }
    if story is not None:
        tree["earlierScans"] = _earlier(story, trigger)
    if case is None:
        return tree
    tree["rule"] = rule_tree(case.chosen, _circumstances(case, outcome))
    tree["amount"] = amount_tree(case.chosen.publication, decision.role, [(case.bases, 1)])
    if case.deadline is not None:
        tree["lateBinding"] = {
            "days": case.chosen.publication.rule.late_binding_days,
            "deadline": time_of(case.deadline),
            "closed": case.closed,
            "ownershipOfAllFacts": ownership_tree(outcome.at_scan, trigger["code"])
            if case.at_scan != outcome.at_scan
            else None,
        }
    if case.mismatch:
        tree["regionMismatch"] = _mismatch(case, outcome)
    if decision.role == "CLERK":
        tree["clerk"] = _clerk(case)
    return tree


def _earlier(story: Story, trigger: Row) -> Tree:
    """How often and when the unit was scanned before, which tells a consumer of a copied code."""
    opened_at, opened_by = story.opened or (None, None)
    before = list(story.verdicts)[: list(story.verdicts).index(trigger["event"])]
    return {"count": len(before), "firstValid": opened_by, "firstValidAt": time_of(opened_at), "events": before}


def _circumstances(case: ScanCase, outcome: ScanOutcome) -> Circumstances:
    """What the rule's scope was compared with."""
    made = next((one for one in reversed(outcome.at_scan.steps) if one.type == "goods.commissioned"), None)
    store = case.known.channel.parties.get(case.at_scan.store, case.scan.at)
    return Circumstances(
        brand=outcome.at_scan.brand,
        batch=made.batch if made else None,
        sku=outcome.at_scan.sku,
        campaign=case.scan.campaign,
        region=case.scan.region or store.get("region"),
        channel=case.scan.channel,
        store_tier=(store.get("attributes") or {}).get("tier"),
    )


def _mismatch(case: ScanCase, outcome: ScanOutcome) -> Tree:
    distributor = case.at_scan.way.distributor or ""
    held = case.known.channel.holdings_of(distributor).at(distributor, case.scan.at, outcome.at_scan.sku)
    return {
        "region": case.scan.region,
        "distributor": distributor,
        "territories": [{"region": one.region, "sku": one.sku, "from": time_of(one.since)} for one in held],
    }


def _clerk(case: ScanCase) -> Tree:
    promo_code = case.scan.promo_code or ""
    clerk, earns = clerk_of(case.known.channel, promo_code, case.scan.at)
    employers = case.known.channel.parents(clerk, "EMPLOYS", case.scan.at) if clerk else []
    return {"promoCode": promo_code, "party": clerk, "earns": earns, "employedBy": employers}
