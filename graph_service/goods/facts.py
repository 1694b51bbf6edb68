"""Events of the goods, as facts of the graph.

(:GoodsFact)-[:NAMES]->(:Run)                      whose hand-over it is
(:PackingFact)-[:NAMES]->(:Run), -[:INTO]->(:Run)  the children, and their container
(:AliasFact)-[:NAMES]->(:Run)                      the code and its aliases
(:Scan)-[:SCANS]->(:Run)
(:Party)<-[:FROM]-(:GoodsFact)-[:TO]->(:Party), -[:CARRIED_BY]->(:Party)
"""

from dataclasses import replace
from typing import Any

from graph_service.goods.codes import Span, spans_of
from graph_service.intake import events
from graph_service.intake.facts import Facts, account, shown

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
            made = _hand_over(spans, receiver=event.holder)
            return replace(made, properties=_given(properties | dates | made.properties))
        case events.CodeAliased():
            spans = [span for code in event.codes for span in spans_of([code])]
            return Facts(("AliasFact",), codes=(("EQUATES", spans),))
        case events.GoodsPacked() | events.GoodsUnpacked():
            return Facts(
                ("PackingFact",),
                codes=(("PACKS", spans_of(event.children)), ("INTO", spans_of([event.parent]))),
            )
        case events.GoodsShipped():
            return _hand_over(spans_of(event.codes), event.from_, event.to, event.salesperson)
        case events.GoodsReceived():
            named = _hand_over(spans_of(event.codes), receiver=event.party)
            return replace(named, labels=(*named.labels, "Trigger"))
        case events.GoodsTransferred() | events.GoodsReturned():
            return _hand_over(spans_of(event.codes), event.from_, event.to)
        case events.GoodsDestroyed():
            return _hand_over(spans_of(event.codes))
        case events.GoodsSold():
            sold = _hand_over(spans_of(event.codes), event.store)
            return replace(
                sold,
                properties=_given({"order": event.order} | sold.properties),
                identifiers=(shown(event.member),),
                accounts=(account(event.member),),
            )
        case events.GoodsScanned():
            return _scan(event)


def _hand_over(
    spans: list[Span], sender: str | None = None, receiver: str | None = None, salesperson: str | None = None
) -> Facts:
    named = (("FROM", sender), ("TO", receiver), ("CARRIED_BY", salesperson))
    return Facts(
        ("GoodsFact",),
        _given({"sender": sender, "receiver": receiver, "salesperson": salesperson}),
        tuple((relation, party) for relation, party in named if party is not None),
        (("NAMES", spans),),
    )


def _scan(scan: events.GoodsScanned) -> Facts:
    properties = {
        "code": scan.code,
        "promoCode": scan.promo_code,
        "region": scan.region,
        "channel": scan.channel,
        "campaign": scan.campaign,
        "order": scan.order,
        "lat": scan.position.lat if scan.position else None,
        "lon": scan.position.lon if scan.position else None,
    }
    return Facts(
        ("Scan", "Trigger"),
        _given(properties),
        codes=(("SCANS", spans_of([scan.code])),),
        identifiers=(shown(scan.member),),
        accounts=(account(scan.member),),
    )


def _given(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if value is not None}
