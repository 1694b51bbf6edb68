"""What the events on money add to the graph: rules (a (:RuleFact) holds the rule in its body), reviews, settlements."""

from graph_service.intake import events
from graph_service.intake.facts import Facts

MoneyEvent = (
    events.RulePublished
    | events.RuleWithdrawn
    | events.HoldReviewed
    | events.StatementSettled
    | events.PeriodClosed
    | events.ClockAdvanced
)


def money_facts(event: MoneyEvent) -> Facts:
    """What an event on money adds."""
    match event:
        case events.RulePublished(rule=rule):
            return Facts(
                ("RuleFact",),
                {"rule": rule.id, "version": rule.version, "trigger": rule.trigger, "brand": rule.brand},
            )
        case events.RuleWithdrawn(rule=rule_id):
            return Facts(("RuleFact",), {"rule": rule_id})
        case events.HoldReviewed(rebate=rebate, decision=decision):
            return Facts(("HoldFact",), {"rebate": rebate, "decision": decision})
        case events.StatementSettled(payee=payee, period=period, paid_fen=paid_fen):
            return Facts(("PaymentFact",), {"period": period, "paidFen": paid_fen}, accounts=(payee,))
        case events.PeriodClosed(period=period):
            return Facts(("PeriodFact", "Trigger"), {"period": period})
        case events.ClockAdvanced(through=through):
            return Facts(("ClockFact",), {"through": through})
