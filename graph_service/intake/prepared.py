"""What an event brings to the log, made ready before it waits for the writer: all of it that needs no graph."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph_service.attribution.facts import touch_facts
from graph_service.channel.facts import channel_facts
from graph_service.goods.facts import goods_facts
from graph_service.graph.driver import Row
from graph_service.intake import events, trade_events
from graph_service.intake.envelope import Arrival
from graph_service.intake.facts import Facts
from graph_service.intake.strict_json import canonical
from graph_service.members.facts import NAMED_BY_ID, member_facts
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.members.sightings import Sighting, sightings
from graph_service.rebates.facts import money_facts
from graph_service.trade.facts import trade_facts


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event, ready to be written.

    Attributes:
        arrival: the event.
        facts: what it adds to the graph.
        content_hash: what tells whether another event of its id says the same.
        properties: of its node, but for when it is recorded.
        shown: the identifiers that it shows, sealed.
        key_version: of the key that sealed them.
    """

    arrival: Arrival
    facts: Facts
    content_hash: str
    properties: Row
    shown: list[Sighting]
    key_version: int

    def sealed_with(self, keys: IdentifierKeys) -> "Prepared":
        """The same, sealed with the newest key."""
        return self if self.key_version == keys.version else prepare(self.arrival, keys)


def prepare(arrival: Arrival, keys: IdentifierKeys) -> Prepared:
    """Makes a valid event ready.

    Args:
        arrival: the event.
        keys: what seals identifiers.
    """
    facts = facts_of(arrival.event)
    shown = sightings(arrival.id, facts.identifiers, keys)
    device = _device(arrival.event, shown, keys)
    if device is not None:
        facts = replace(facts, labels=(*facts.labels, "OnDevice"))
    content_hash = keys.content_hash(canonical(arrival.content))
    named = zip(NAMED_BY_ID, facts.accounts, strict=False)
    properties = (
        facts.properties
        | {name: one for name, one in named if isinstance(one, str)}
        | {
            "id": arrival.id,
            "type": arrival.event.type,
            "at": arrival.at,
            "by": arrival.by,
            "source": arrival.source,
            "hash": content_hash,
            "body": canonical(keys.sealed_content(arrival.content)),
            "device": device,
            "voided": False,
        }
    )
    return Prepared(arrival, facts, content_hash, properties, shown, keys.version)


def _device(event: events.Event, shown: Sequence[Sighting], keys: IdentifierKeys) -> str | None:
    """The device of an event, keyed as an identifier is: a scan's `device`, else the first that it shows."""
    if isinstance(event, events.GoodsScanned) and event.device:
        return keys.id_of(plain("DEVICE", event.device))
    return next((one.identifier for one in shown if one.compared.type == "DEVICE"), None)


def facts_of(event: events.Event) -> Facts:
    """What an event adds to the graph."""
    match event:
        case (
            events.RulePublished()
            | events.RuleWithdrawn()
            | events.HoldReviewed()
            | events.StatementSettled()
            | events.PeriodClosed()
            | events.ClockAdvanced()
        ):
            return money_facts(event)
        case events.EventVoided(voids=target):
            return Facts(("Void",), {"voids": target})
        case (
            events.PartyRegistered()
            | events.ChannelLinked()
            | events.ChannelUnlinked()
            | events.TerritoryAssigned()
            | events.TerritoryReleased()
            | events.ProductListed()
            | events.CampaignLaunched()
        ):
            return channel_facts(event)
        case (
            events.GoodsCommissioned()
            | events.CodeAliased()
            | events.GoodsPacked()
            | events.GoodsUnpacked()
            | events.GoodsShipped()
            | events.GoodsReceived()
            | events.GoodsTransferred()
            | events.GoodsReturned()
            | events.GoodsDestroyed()
            | events.GoodsSold()
            | events.GoodsScanned()
        ):
            return goods_facts(event)
        case (
            trade_events.VoucherIssued()
            | trade_events.VoucherRedeemed()
            | trade_events.OrderPlaced()
            | trade_events.OrderRefunded()
        ):
            return trade_facts(event)
        case trade_events.TouchRecorded():
            return touch_facts(event)
        case _:
            return member_facts(event)
