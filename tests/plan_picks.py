"""What the samples of `plan_samples.py` are made of: ids and keys that the demonstration has, and how many it has."""

from __future__ import annotations

from typing import Any

from graph_service.graph.driver import Graph

LISTS = {
    "events": "MATCH (n:Event) RETURN n.id ORDER BY n.id SKIP 600 LIMIT 20",
    "scans": "MATCH (n:Scan)<-[:FOR]-() RETURN DISTINCT n.id AS id ORDER BY id LIMIT 20",
    "receipts": "MATCH (n:Event {type: 'goods.received'})<-[:FOR]-() RETURN DISTINCT n.id AS id ORDER BY id LIMIT 20",
    "rested": "MATCH (n:Event)-[:OWNED_BY]->(p) RETURN {event: n.id, party: p.id} ORDER BY n.id LIMIT 20",
    "voids": "MATCH (n:Void) RETURN n.id ORDER BY n.id LIMIT 20",
    "parties": "MATCH (n:Party) RETURN n.id ORDER BY n.id",
    "promo_codes": "MATCH (n:Party) WHERE n.promoCode IS NOT NULL RETURN n.promoCode ORDER BY n.id LIMIT 20",
    "skus": "MATCH (n:ProductFact) RETURN n.sku ORDER BY n.sku",
    "units": "MATCH (n:Run {level: 'UNIT'})<-[:SCANS]-() RETURN DISTINCT n.first AS key ORDER BY key LIMIT 20",
    "cartons": "MATCH (n:Run {level: 'CARTON'}) RETURN n.first ORDER BY n.first LIMIT 20",
    "pallets": "MATCH (n:Run {level: 'PALLET'}) RETURN n.first ORDER BY n.first LIMIT 20",
    "aliased": "MATCH (n:Run)-[:SAME_ITEM_AS]->(hub) RETURN {run: n.first, item: hub.first} ORDER BY n.first LIMIT 20",
    "hubs": "MATCH (n:Run)<-[:SAME_ITEM_AS]-() RETURN DISTINCT n.first AS key ORDER BY key LIMIT 20",
    "identifiers": "MATCH (n:Identifier)-[:OF]->() RETURN n.id ORDER BY n.id LIMIT 20",
    "pairs": "MATCH (a:Identifier)-[:PAIRED]->(b) RETURN {a: a.id, b: b.id} ORDER BY a.id, b.id LIMIT 20",
    "showing": "MATCH (n:Event)-[:SHOWS]->() RETURN DISTINCT n.id AS id ORDER BY id LIMIT 20",
    "shown": (
        "MATCH (n:Event)-[s:SHOWS]->(i) RETURN {event: n.id, list: s.list, identifier: i.id} ORDER BY n.id LIMIT 20"
    ),
    "members": "MATCH (n:Member) RETURN n.id ORDER BY n.id LIMIT 20",
    "decisions": "MATCH (n:Decision) WHERE n.rebate IS NOT NULL RETURN n.rebate AS id ORDER BY id LIMIT 20",
    "accounts": "MATCH (n:Entry) RETURN DISTINCT n.payee AS id ORDER BY id LIMIT 20",
    "entries": "MATCH (n:Entry) RETURN n.id ORDER BY n.id LIMIT 20",
    "payees": "MATCH (n:Decision) WHERE n.payee IS NOT NULL RETURN DISTINCT n.payee AS id ORDER BY id LIMIT 20",
    "vouchers": "MATCH (n:VoucherFact) RETURN DISTINCT n.voucher AS id ORDER BY id LIMIT 20",
    "orders": "MATCH (n:OrderFact) RETURN DISTINCT n.order AS id ORDER BY id LIMIT 20",
    "trades": "MATCH (n:Redemption|OrderFact) RETURN n.id ORDER BY n.id LIMIT 20",
    "pets": "MATCH (n:CareFact) RETURN DISTINCT n.pet AS id ORDER BY id LIMIT 20",
    "invitations": "MATCH (n:MemberFact {type: 'member.invited'}) RETURN n.id ORDER BY n.id LIMIT 20",
    "invited": "MATCH (n:Identifier)-[:INVITED_BY]->() RETURN n.id ORDER BY n.id LIMIT 20",
    "inviters": "MATCH (n:Identifier)<-[:INVITED_BY]-() RETURN DISTINCT n.id AS id ORDER BY id LIMIT 20",
    "holders": "MATCH (n:Identifier)<-[:SHOWS]-(:VoucherFact) RETURN DISTINCT n.id AS id ORDER BY id LIMIT 20",
}
COUNTS = {
    "event": "MATCH (n:Event) RETURN count(n)",
    "decision": "MATCH (n:Decision) RETURN count(n)",
    "entry": "MATCH (n:Entry) RETURN count(n)",
    "due": "MATCH (n:Decision) WHERE n.due IS NOT NULL RETURN count(n)",
    "rule": "MATCH (n:RuleFact) RETURN count(n)",
    "below": "MATCH (:Party {id: 'D1-GD'})-[:SUPPLIES|EMPLOYS|SERVES*1..9]->(n) RETURN count(DISTINCT n)",
    "policy": "MATCH (n:PolicyFact) RETURN count(n)",
    "registration": "MATCH (n:PartyFact) RETURN count(n)",
    "naming": "MATCH ()-[r:NAMES|SCANS]->() RETURN count(r)",
    "scan": "MATCH (n:Scan) RETURN count(n)",
    "member": "MATCH (n:Member) RETURN count(n)",
    "migration": "MATCH (n:Migration) RETURN count(n)",
}


class Picks:
    """Ids and keys by name, and numbers of nodes."""

    def __init__(self, lists: dict[str, list[Any]], counts: dict[str, int]) -> None:
        self._lists = lists
        self.counts = counts

    def __getitem__(self, name: str) -> list[Any]:
        found = self._lists[name]
        assert found, f"the demonstration has no {name}"
        return found


async def pick(graph: Graph) -> Picks:
    lists = {name: [row[0] for row in (await graph.run(text, read_only=True))[1]] for name, text in LISTS.items()}
    counts = {name: (await graph.run(text, read_only=True))[1][0][0] for name, text in COUNTS.items()}
    return Picks(lists, counts)
