"""Derives what parties are now, the links between them and their territories."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from graph_service.channel.links import Link, LinkFact, links_from
from graph_service.channel.profile import flat
from graph_service.channel.read import fetch_parties
from graph_service.channel.registry import Registry
from graph_service.channel.territories import TerritoryFact, holdings_from
from graph_service.graph.driver import Row, Transaction

_END = 2**62


async def derive_channel(transaction: Transaction, parties: Iterable[str], *, write: bool = True) -> list[str]:
    """Derives what parties are, who stands above them and what they hold; writes what came out different.

    Returns:
        what came out different, in words.
    """
    asked = sorted(set(parties))
    facts = await fetch_parties(transaction, asked)
    registry = Registry(facts.registrations)
    links: dict[str, list[LinkFact]] = defaultdict(list)
    for link in facts.links:
        links[link.child].append(link)
    territories: dict[str, list[TerritoryFact]] = defaultdict(list)
    for territory in facts.territories:
        territories[territory.party].append(territory)
    profiles: list[Row] = []
    linked: list[Row] = []
    held: list[Row] = []
    for stored in await transaction.rows_of("channel/stored", asked):
        party = stored["party"]
        profile = {"id": party} | flat(registry.get(party, _END))
        if profile != stored["profile"]:
            profiles.append({"party": party, "profile": profile})
        wanted = [_link(link) for link in links_from(links[party])]
        if _unordered(wanted) != _unordered(_stored_link(*link) for link in stored["links"]):
            linked.append({"child": party, "links": wanted})
        holds = _territories(territories[party])
        if _unordered(holds) != _unordered(stored["territories"]):
            held.append({"party": party, "territories": holds})
    if write:
        await transaction.rows_of("channel/write_profiles", profiles)
        await transaction.rows_of("channel/write_links", linked)
        await transaction.rows_of("channel/write_territories", held)
    return [
        *(f"what party {row['party']} is" for row in profiles),
        *(f"links to party {row['child']}" for row in linked),
        *(f"territories of party {row['party']}" for row in held),
    ]


def _unordered(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def _link(link: Link) -> Row:
    dates = {
        "from": link.since,
        "fromEvent": link.since_event,
        "until": link.until,
        "untilEvent": link.until_event,
    }
    return {"parent": link.parent, "relation": link.relation, "dates": _given(dates)}


def _stored_link(relation: str, parent: str, dates: Row) -> Row:
    return {"parent": parent, "relation": relation, "dates": dates}


def _territories(facts: Iterable[TerritoryFact]) -> list[Row]:
    holdings = holdings_from(facts)
    return [
        _given({"region": one.region, "sku": one.sku, "from": one.since, "until": one.until, "without": without})
        for without, territories in ((False, holdings.held), (True, holdings.taken))
        for one in territories
    ]


def _given(row: Row) -> Row:
    return {key: value for key, value in row.items() if value is not None}
