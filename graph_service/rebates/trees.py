"""The parts that explanations of every kind are made of; no personal data, identifiers appear by id only."""

from collections.abc import Iterable
from typing import Any

from graph_service.goods.ownership import Ownership, Way
from graph_service.goods.story import HandOver
from graph_service.intake.rule import Base
from graph_service.moments import rfc3339
from graph_service.rebates.amounts import WHOLE, Amount, Bases, Line
from graph_service.rebates.rulebook import Chosen, Circumstances, Publication

Tree = dict[str, Any]


def time_of(instant: int | None) -> str | None:
    """RFC 3339, in UTC."""
    return None if instant is None else rfc3339(instant)


def step_tree(one: HandOver, code: str | None) -> Tree:
    """A hand-over; `code` stands in where it named a run of codes."""
    return {
        "event": one.event,
        "type": one.type,
        "at": time_of(one.at),
        "code": one.code or code,
        "from": one.sender,
        "to": one.receiver,
    }


def way_tree(way: Way) -> Tree:
    """Who placed the goods with the store, and what says so."""
    return {
        "distributor": {"party": way.distributor, "basis": way.distributor_basis} if way.distributor else None,
        "salesperson": {"party": way.salesperson, "basis": way.salesperson_basis} if way.salesperson else None,
    }


def ownership_tree(owned: Ownership, code: str | None) -> Tree:
    """Who owned an item, by which hand-overs; `code` stands in where a hand-over named a run of codes."""
    confirmed = owned.confirmed
    return {
        "status": owned.status,
        "owner": owned.owner,
        "store": owned.store,
        **way_tree(owned.way),
        "brand": owned.brand,
        "confirmedBy": confirmed.event if confirmed else None,
        "confirmedAt": time_of(confirmed.at) if confirmed else None,
        "via": (confirmed.code or code) if confirmed else None,
        "shippedTo": owned.shipped_to,
        "steps": [step_tree(one, code) for one in owned.steps],
    }


def rule_tree(chosen: Chosen, now: Circumstances | None = None) -> Tree:
    """The rule that decided, why it matches, and which rules of its group it beat.

    Args:
        chosen: the rule.
        now: what its scope was compared with; None where that differs from code to code.
    """
    rule = chosen.publication.rule
    return {
        **_version(chosen.publication),
        "brand": rule.brand,
        "trigger": rule.trigger,
        "from": time_of(rule.from_),
        "to": time_of(rule.to),
        "retroactive": rule.retroactive.model_dump(mode="json") if rule.retroactive else None,
        "group": rule.group,
        "scopeMatched": _scope(chosen.publication, now),
        "beaten": [_version(one) | {"scope": _restricting(one)} for one in chosen.beaten],
    }


def _version(publication: Publication) -> Tree:
    return {
        "id": publication.rule.id,
        "version": publication.rule.version,
        "publishedBy": publication.event,
        "publishedAt": time_of(publication.at),
    }


def _restricting(publication: Publication) -> Tree:
    scope = publication.rule.scope.model_dump(mode="json", by_alias=True)
    return {key: allowed for key, allowed in scope.items() if allowed}


def _scope(publication: Publication, now: Circumstances | None) -> list[Tree]:
    allowed = [{"key": key, "allowed": values} for key, values in _restricting(publication).items()]
    if now is None:
        return allowed
    actual = {
        "batches": now.batch,
        "skus": now.sku,
        "campaigns": now.campaign,
        "regions": now.region,
        "channels": now.channel,
        "storeTiers": now.store_tier,
    }
    return [one | {"actual": actual[one["key"]]} for one in allowed]


def amount_tree(publication: Publication, role: str, parts: Iterable[tuple[Bases, int]]) -> Tree:
    """What the rule pays the role before limits: base, rate and rounding of each line, for how many codes.

    Args:
        publication: the rule.
        role: that is paid.
        parts: what the bases were, and for how many codes; of codes with the same bases together.
    """
    counts: dict[tuple[tuple[Base, int], ...], int] = {}
    for bases, codes in parts:
        key = tuple(sorted(bases.items()))
        counts[key] = counts.get(key, 0) + codes
    shown = []
    for key, codes in counts.items():
        amount = next((one for name, one in publication.amounts(dict(key)).items() if name == role), Amount())
        shown.append(
            {
                "lines": [_line_tree(line) for line in amount.lines],
                "fenPerCode": amount.fen,
                "pointsPerCode": amount.points,
                "codes": codes,
                "fen": amount.fen * codes,
                "points": amount.points * codes,
            }
        )
    return {
        "rounding": publication.rule.rounding,
        "roundAt": publication.rule.round_at,
        "codes": sum(counts.values()),
        "fen": sum(part["fen"] for part in shown),
        "points": sum(part["points"] for part in shown),
        "parts": shown,
    }


def _line_tree(line: Line) -> Tree:
    if line.base is None:
        return {"fen": line.exact // WHOLE, "points": line.points}
    name, value = line.base
    tree: Tree = {"base": name, "baseFen": value, "bps": line.bps, "exactFen": line.exact / WHOLE}
    if line.weight is not None:
        tree["pool"] = {"weight": line.weight[0], "ofWeights": line.weight[1]}
    return tree
