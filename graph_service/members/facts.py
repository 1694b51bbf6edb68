"""Events of members, as facts of the graph: (:Event)-[:SHOWS]->(:Identifier)."""

from graph_service.intake import events
from graph_service.intake.facts import Facts


def member_facts(event: events.MemberIdentified) -> Facts:
    """What an event of a member adds."""
    return Facts(("IdentityFact",), identifiers=(event.identifiers,))
