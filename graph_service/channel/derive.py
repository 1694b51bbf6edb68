"""Derives what parties are now, the links between them and their territories."""

import json
from collections.abc import Iterable
from typing import Any

from graph_service.channel.links import Link, links_from
from graph_service.channel.read import fetch_parties
from graph_service.channel.registry import Registry
from graph_service.channel.territories import Holdings, holdings_from
from graph_service.graph.driver import Row, Transaction

_END = 2**62


async def derive_parties(transaction: Transaction, parties: Iterable[str]) -> None:
    """Writes what parties are, all registrations taken together."""
    asked = sorted(set(parties))
    registry = Registry((await fetch_parties(transaction, asked)).registrations)
    rows = [{"party": party, "profile": {"id": party} | _flat(registry.get(party, _END))} for party in asked]
    await transaction.rows_of("channel/write_profiles", rows)


def _flat(fields: Any) -> Row:
    """A party's fields as properties: a position in two, what is nested as JSON."""
    row: Row = {}
    for name, value in fields.items():
        if name == "position" and value is not None:
            row |= {"lat": value["lat"], "lon": value["lon"]}
        elif isinstance(value, dict) or (isinstance(value, list) and name != "services"):
            row[name] = json.dumps(value, ensure_ascii=False, sort_keys=True)
        else:
            row[name] = value
    return row


async def derive_links(transaction: Transaction, children: Iterable[str]) -> None:
    """Writes the links to parties from those above them."""
    asked = sorted(set(children))
    facts = (await fetch_parties(transaction, asked)).links
    rows: list[Row] = []
    for child in asked:
        links = links_from(fact for fact in facts if fact.child == child)
        rows.append({"child": child, "links": [_link(link) for link in links]})
    await transaction.rows_of("channel/write_links", rows)


def _link(link: Link) -> Row:
    dates = {
        "from": link.since,
        "fromEvent": link.since_event,
        "until": link.until,
        "untilEvent": link.until_event,
    }
    return {"parent": link.parent, "relation": link.relation, "dates": dates}


async def derive_territories(transaction: Transaction, parties: Iterable[str]) -> None:
    """Writes the territories of parties."""
    asked = sorted(set(parties))
    facts = (await fetch_parties(transaction, asked)).territories
    rows = [
        {"party": party, "territories": _territories(holdings_from(fact for fact in facts if fact.party == party))}
        for party in asked
    ]
    await transaction.rows_of("channel/write_territories", rows)


def _territories(holdings: Holdings) -> list[Row]:
    return [
        {"region": one.region, "sku": one.sku, "from": one.since, "until": one.until, "without": without}
        for without, territories in ((False, holdings.held), (True, holdings.taken))
        for one in territories
    ]
