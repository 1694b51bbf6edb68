"""Touches, as facts of the graph.

(:TouchFact {kind, channel, campaign, account})-[:AT]->(:Party)
"""

from graph_service.intake import trade_events as events
from graph_service.intake.facts import Facts, account, shown


def touch_facts(touch: events.TouchRecorded) -> Facts:
    """What a touch adds."""
    said = {"kind": touch.kind, "channel": touch.channel, "campaign": touch.campaign}
    return Facts(
        ("TouchFact",),
        {key: value for key, value in said.items() if value is not None},
        () if touch.store is None else (("AT", touch.store),),
        identifiers=(shown(touch.member),),
        accounts=(account(touch.member),),
    )
