"""Events of trade, as facts of the graph.

(:VoucherFact {voucher, account})       the issue of a voucher; `SHOWS` whose it is
(:Redemption {voucher})-[:AT]->(:Party), -[:SERVED_BY]->(:Party)
(:OrderFact {order, account})-[:AT]->(:Party), -[:ORDERS]->(:Run), -[:SELLS]->(:Product {sku})
(:RefundFact {order})
"""

from typing import Any

from graph_service.goods.codes import spans_of
from graph_service.intake import trade_events as events
from graph_service.intake.facts import Facts, account, shown

TradeEvent = events.VoucherIssued | events.VoucherRedeemed | events.OrderPlaced | events.OrderRefunded


def trade_facts(event: TradeEvent) -> Facts:
    """What an event of trade adds; the lines of an order and of a refund stay in its body."""
    match event:
        case events.VoucherIssued():
            said: dict[str, Any] = {
                "voucher": event.voucher,
                "kind": event.kind,
                "faceFen": event.face_fen,
                "minSpendFen": event.min_spend_fen,
                "validTo": event.valid_to,
                "campaign": event.campaign,
                "scan": event.scan,
            }
            return Facts(
                ("VoucherFact",), _given(said), identifiers=(shown(event.member),), accounts=(account(event.member),)
            )
        case events.VoucherRedeemed():
            said = {"voucher": event.voucher, "spendFen": event.spend_fen}
            return Facts(("Redemption", "Trigger"), _given(said), _parties(event.store, event.clerk))
        case events.OrderPlaced():
            return _order(event)
        case events.OrderRefunded():
            return Facts(("RefundFact",), {"order": event.order})


def _order(order: events.OrderPlaced) -> Facts:
    said = {
        "order": order.order,
        "channel": order.channel,
        "promoCode": order.promo_code,
        "paidFen": order.paid_fen,
        "shippingFen": order.shipping_fen,
        "campaign": order.campaign,
        "lat": order.position.lat if order.position else None,
        "lon": order.position.lon if order.position else None,
    }
    codes = [code for line in order.lines for code in line.codes or ()]
    return Facts(
        ("OrderFact", "Trigger"),
        _given(said),
        _parties(order.store),
        (("ORDERS", spans_of(codes)),) if codes else (),
        identifiers=(shown(order.member),),
        accounts=(account(order.member),),
        products=tuple(sorted({line.sku for line in order.lines})),
    )


def _parties(store: str | None, clerk: str | None = None) -> tuple[tuple[str, str], ...]:
    named = (("AT", store), ("SERVED_BY", clerk))
    return tuple((relation, party) for relation, party in named if party is not None)


def _given(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if value is not None}
