"""Fetches what rules of periods count of trade: sales and new members, for whoever an order's or a registration's
entry would be paid."""

from collections.abc import Sequence

from graph_service.graph.driver import Transaction
from graph_service.intake.rule import Rule
from graph_service.rebates.decision import Decision
from graph_service.rebates.limited import fetch_refunds
from graph_service.rebates.period_rules import Tallied
from graph_service.rebates.refunds import taken_back
from graph_service.rebates.rulebook import Publication, Rulebook
from graph_service.rebates.trade import evaluate_trade

MEASURED_BY = {"SALES_FEN": "ORDER", "NEW_MEMBERS": "MEMBER_REGISTRATION"}
"""The trigger whose roles and scope say for whom a measure counts."""

_EVER = 2**62


async def fetch_trade(transaction: Transaction, rule: Rule, begin: int, end: int) -> list[Tallied]:
    """What a rule counts between two instants, by payee.

    A fen of each fen sold, or one for each member, is asked for like an entry of such a trigger.
    """
    asking = Rulebook([Publication(_asking(rule), -_EVER, "")])
    if rule.measure == "NEW_MEMBERS":
        rows = await transaction.run("rebates/first_registrations", before=end)
        events = [row["event"] for row in rows if begin <= row["at"]]
    else:
        between = [{"type": "order.placed", "from": begin, "to": end}]
        events = [row["event"] for row in await transaction.rows_of("rebates/events_between", between)]
    rows, outcomes = await evaluate_trade(transaction, events, asking)
    times = {row["event"]: row["at"] for row in rows}
    entries = [one for outcome in outcomes.values() for one, _ in outcome.decisions if one.status == "ACCRUED"]
    back = await _paid_back(transaction, entries)
    return [
        Tallied(times[one.trigger], one.payee, one.amount_fen - back.get(one.trigger, 0))
        for one in entries
        if one.payee is not None
    ]


def _asking(rule: Rule) -> Rule:
    amount = {"bps": 10_000, "base": "NET_PAID"} if rule.measure == "SALES_FEN" else {"fen": 1}
    return Rule.model_validate(
        {
            "id": rule.id,
            "version": rule.version,
            "brand": rule.brand,
            "trigger": MEASURED_BY[str(rule.measure)],
            "from": "0001-01-01T00:00:00Z",
            "scope": rule.scope.model_dump(by_alias=True),
            "pay": [{"role": rule.payee, **amount}],
        }
    )


async def _paid_back(transaction: Transaction, entries: Sequence[Decision]) -> dict[str, int]:
    refunds = await fetch_refunds(transaction, entries)
    return {
        one.trigger: sum(taken_back(one.amount_fen, one.lines, refund) for refund in refunds.get(one.trigger, ()))
        for one in entries
    }
