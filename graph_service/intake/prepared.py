"""What an event brings to the log, made ready before it waits for the writer: all of it that needs no graph."""

from dataclasses import dataclass

from graph_service.channel.facts import channel_facts
from graph_service.goods.facts import goods_facts
from graph_service.graph.driver import Row
from graph_service.intake import events
from graph_service.intake.envelope import Arrival
from graph_service.intake.facts import Facts
from graph_service.intake.strict_json import canonical
from graph_service.members.facts import member_facts
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier, plain, strongest
from graph_service.rebates.facts import rule_facts


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event, ready to be written.

    Attributes:
        arrival: the event.
        facts: what it adds to the graph.
        content_hash: what tells whether another event of its id says the same.
        properties: of its node, but for when it is recorded.
        identifiers: a row for each identifier that it shows, sealed.
    """

    arrival: Arrival
    facts: Facts
    content_hash: str
    properties: Row
    identifiers: list[Row]


def prepare(arrival: Arrival, keys: IdentifierKeys) -> Prepared:
    """Makes a valid event ready.

    Args:
        arrival: the event.
        keys: what seals identifiers.
    """
    facts = facts_of(arrival.event)
    content_hash = keys.content_hash(canonical(arrival.content))
    properties = facts.properties | {
        "id": arrival.id,
        "type": arrival.event.type,
        "at": arrival.at,
        "by": arrival.by,
        "source": arrival.source,
        "hash": content_hash,
        "body": canonical(keys.sealed_content(arrival.content)),
        "voided": False,
    }
    account = _account(arrival.event, keys)
    if account is not None:
        properties["account"] = account
    return Prepared(arrival, facts, content_hash, properties, _identifier_rows(arrival.id, facts, keys))


def facts_of(event: events.Event) -> Facts:
    """What an event adds to the graph."""
    match event:
        case events.RulePublished() | events.RuleWithdrawn():
            return rule_facts(event)
        case events.MemberIdentified():
            return member_facts(event)
        case events.EventVoided(voids=target):
            return Facts(("Void",), {"voids": target})
        case events.ClockAdvanced(through=through):
            return Facts(("ClockFact",), {"through": through})
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
        case _:
            return goods_facts(event)


def _account(event: events.Event, keys: IdentifierKeys) -> str | None:
    """The account of a scan's consumer: of its strongest identifier that the policy does not block."""
    if not isinstance(event, events.GoodsScanned) or event.member is None:
        return None
    if event.member.id is not None:
        return event.member.id
    shown = [plain(each.type, each.value, each.app) for each in event.member.identifiers or []]
    best = strongest([each for each in shown if each is not None])
    return None if best is None else keys.id_of(best)


def _identifier_rows(event: str, facts: Facts, keys: IdentifierKeys) -> list[Row]:
    rows: dict[tuple[int, str], Row] = {}
    for number, identifiers in enumerate(facts.identifiers):
        for identifier in identifiers:
            compared = plain(identifier.type, identifier.value, identifier.app)
            if compared is not None:
                row = _identifier_row(compared, keys)
                rows[number, row["identifier"]] = {"event": event, "list": number} | row
    return list(rows.values())


def _identifier_row(compared: PlainIdentifier, keys: IdentifierKeys) -> Row:
    return {
        "identifier": keys.id_of(compared),
        "type": compared.type,
        "app": compared.app,
        "sealed": keys.seal(compared.value),
    }
