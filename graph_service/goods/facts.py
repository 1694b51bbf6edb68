"""Events of the goods, as facts of the graph.

(:GoodsFact)-[:NAMES]->(:Run)                      whose hand-over it is
(:PackingFact)-[:NAMES]->(:Run), -[:INTO]->(:Run)  the children, and their container
(:AliasFact)-[:NAMES]->(:Run)                      the code and its aliases
(:Scan)-[:SCANS]->(:Run)
(:Party)<-[:FROM]-(:GoodsFact)-[:TO]->(:Party), -[:CARRIED_BY]->(:Party)
"""

from typing import Any

from graph_service.goods.codes import spans_of
from graph_service.intake import events
from graph_service.intake.facts import Facts

GoodsEvent = (
    events.GoodsCommissioned
    | events.CodeAliased
    | events.GoodsPacked
    | events.GoodsUnpacked
    | events.GoodsShipped
    | events.GoodsReceived
    | events.GoodsTransferred
    | events.GoodsReturned
    | events.GoodsDestroyed
    | events.GoodsSold
    | events.GoodsScanned
)


def goods_facts(event: GoodsEvent) -> Facts:
    """What an event of the goods adds."""
    match event:
        case events.GoodsCommissioned():
            spans = event.range.spans() if event.range is not None else spans_of(event.codes or [])
            properties = {"sku": event.sku, "batch": event.batch, "level": event.level}
            dates = {"producedOn": event.produced_on, "expiresOn": event.expires_on}
            return Facts(("GoodsFact",), _given(properties | dates), (("TO", event.holder),), (("NAMES", spans),))
        case events.CodeAliased():
            spans = [span for code in event.codes for span in spans_of([code])]
            return Facts(("AliasFact",), codes=(("EQUATES", spans),))
        case events.GoodsPacked() | events.GoodsUnpacked():
            return Facts(
                ("PackingFact",),
                codes=(("PACKS", spans_of(event.children)), ("INTO", spans_of([event.parent]))),
            )
        case events.GoodsShipped():
            carrier = (("CARRIED_BY", event.salesperson),) if event.salesperson is not None else ()
            return _hand_over(event.codes, ("FROM", event.from_), ("TO", event.to), *carrier)
        case events.GoodsReceived():
            named = _hand_over(event.codes, ("TO", event.party))
            return Facts(("GoodsFact", "Trigger"), {}, named.parties, named.codes)
        case events.GoodsTransferred() | events.GoodsReturned():
            return _hand_over(event.codes, ("FROM", event.from_), ("TO", event.to))
        case events.GoodsDestroyed():
            return _hand_over(event.codes)
        case events.GoodsSold():
            members = (event.member.identifiers,) if event.member and event.member.identifiers else ()
            named = _hand_over(event.codes, ("FROM", event.store))
            return Facts(named.labels, _given({"order": event.order}), named.parties, named.codes, members)
        case events.GoodsScanned():
            return _scan(event)


def _hand_over(codes: list[str], *parties: tuple[str, str]) -> Facts:
    return Facts(("GoodsFact",), {}, parties, (("NAMES", spans_of(codes)),))


def _scan(scan: events.GoodsScanned) -> Facts:
    member = scan.member
    properties = {
        "code": scan.code,
        "promoCode": scan.promo_code,
        "region": scan.region,
        "channel": scan.channel,
        "campaign": scan.campaign,
        "order": scan.order,
        "lat": scan.position.lat if scan.position else None,
        "lon": scan.position.lon if scan.position else None,
        "memberId": member.id if member else None,
    }
    return Facts(
        ("Scan", "Trigger"),
        _given(properties),
        codes=(("SCANS", spans_of([scan.code])),),
        identifiers=(member.identifiers,) if member and member.identifiers else (),
    )


def _given(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if value is not None}
