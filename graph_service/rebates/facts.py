"""Rules, as facts of the graph: a (:RuleFact) holds the rule in its body."""

from graph_service.intake import events
from graph_service.intake.facts import Facts


def rule_facts(event: events.RulePublished | events.RuleWithdrawn) -> Facts:
    """What the publication or withdrawal of a rule adds."""
    match event:
        case events.RulePublished(rule=rule):
            return Facts(
                ("RuleFact",),
                {"rule": rule.id, "version": rule.version, "trigger": rule.trigger, "brand": rule.brand},
            )
        case events.RuleWithdrawn(rule=rule_id):
            return Facts(("RuleFact",), {"rule": rule_id})
