"""Events of the channel, as facts of the graph.

(:PartyFact)-[:REGISTERS]->(:Party)
(:Party)<-[:PARENT]-(:LinkFact)-[:CHILD]->(:Party)
(:TerritoryFact)-[:CONCERNS]->(:Party)
"""

from graph_service.intake import events
from graph_service.intake.facts import Facts

ChannelEvent = (
    events.PartyRegistered
    | events.ChannelLinked
    | events.ChannelUnlinked
    | events.TerritoryAssigned
    | events.TerritoryReleased
    | events.ProductListed
    | events.CampaignLaunched
)


def channel_facts(event: ChannelEvent) -> Facts:
    """What an event of the channel adds."""
    match event:
        case events.PartyRegistered(party=party):
            promo = {"promoCode": party.promo_code} if party.promo_code is not None else {}
            return Facts(("PartyFact",), promo, (("REGISTERS", party.id),))
        case events.ChannelLinked() | events.ChannelUnlinked():
            return Facts(
                ("LinkFact",),
                {"relation": event.relation},
                (("PARENT", event.parent), ("CHILD", event.child)),
            )
        case events.TerritoryAssigned() | events.TerritoryReleased():
            return Facts(
                ("TerritoryFact",),
                {"regions": event.regions, "skus": event.skus or []},
                (("CONCERNS", event.party),),
            )
        case events.ProductListed(product=product):
            return Facts(("ProductFact",), {"sku": product.sku}, (("BRANDED", product.brand),))
        case events.CampaignLaunched(campaign=campaign):
            return Facts(("CampaignFact",), {"campaign": campaign.id}, (("BRANDED", campaign.brand),))
