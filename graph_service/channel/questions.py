"""The questions that people ask of the channel, as of an instant (microseconds).

A party that events only name, and none registers, has no kind to show: lists leave it out, and the links at it, but
what lies beyond it is found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph_service.channel.read import fetch_registrations
from graph_service.channel.registry import Registry
from graph_service.channel.territories import Holdings, Territory
from graph_service.errors import ServiceError
from graph_service.graph.driver import Row, Transaction

KINDS = ("BRAND", "DISTRIBUTOR", "SALESPERSON", "STORE", "CLERK", "GROUP_LEADER", "WAREHOUSE")
RELATIONS = ("SUPPLIES", "EMPLOYS", "SERVES")
LONGEST_NAME = 512
LARGEST_ANSWER = 10_000

_FIRST = -(2**62)


@dataclass(frozen=True, slots=True)
class DatedLink:
    """A link between two registered parties, which are given as their properties."""

    relation: str
    parent: Row
    child: Row
    since: int
    since_event: str
    until: int | None


def storable(text: str) -> bool:
    """Whether the graph could hold such an id or name at all; what it could not is not looked for."""
    return 0 < len(text) <= LONGEST_NAME and not any("\ud800" <= char <= "\udfff" for char in text)


async def parties_by_id(transaction: Transaction, ids: Iterable[str]) -> Mapping[str, Row]:
    """What the registered ones of these parties are."""
    asked = [party for party in ids if storable(party)]
    return {row["party"]["id"]: row["party"] for row in await transaction.rows_of("channel/parties_by_id", asked)}


async def list_parties(
    transaction: Transaction, *, kind: str | None, region: str | None, after: str, limit: int
) -> Sequence[Row]:
    """The registered parties of a kind, or in a region and those within it, in the order of ids."""
    if region is not None:
        if not storable(region):
            return []
        kinds = KINDS if kind is None else (kind,)
        found = await transaction.run("channel/parties_in_region", region=region, kinds=kinds, after=after, limit=limit)
    elif kind is not None:
        found = await transaction.run("channel/parties_of_kind", kind=kind, after=after, limit=limit)
    else:
        found = await transaction.run("channel/parties", after=after, limit=limit)
    return [row["party"] for row in found]


async def links_of(
    transaction: Transaction,
    parties: Iterable[str],
    *,
    relation: str | None,
    direction: Literal["UP", "DOWN"],
    at: int,
    after: tuple[int, str] | None,
    limit: int,
) -> Mapping[str, Sequence[DatedLink]]:
    """The links of each party to those above or below it, in the order in which they began.

    Args:
        transaction: to read in.
        parties: whose links.
        relation: the only one to show; None for all.
        direction: `UP` to those above, `DOWN` to those below.
        at: when the links are in force.
        after: when the last link shown before began, and by which event.
        limit: how many for each party.
    """
    asked = sorted({party for party in parties if storable(party)})
    since, event = after or (_FIRST, "")
    rows = await transaction.rows_of(
        "channel/links_above" if direction == "UP" else "channel/links_below",
        asked,
        relations=RELATIONS if relation is None else (relation,),
        at=at,
        afterFrom=since,
        afterEvent=event,
        limit=limit,
    )
    found: dict[str, list[DatedLink]] = {party: [] for party in asked}
    for row in rows:
        ends = (row["other"], row["party"])
        parent, child = ends if direction == "UP" else ends[::-1]
        link = DatedLink(row["relation"], parent, child, row["from"], row["fromEvent"], row["until"])
        found[row["party"]["id"]].append(link)
    return found


async def upstream_of(transaction: Transaction, parties: Iterable[str], at: int) -> Mapping[str, Sequence[DatedLink]]:
    """The links to suppliers and employers of each party, theirs included: nearest first, then by parent.

    Up to one more than an answer holds, so that `whole` can tell.
    """
    asked = sorted({party for party in parties if storable(party)})
    found: dict[str, list[DatedLink]] = {party: [] for party in asked}
    for row in await transaction.rows_of("channel/upstream", asked, at=at, limit=LARGEST_ANSWER + 1):
        link = DatedLink(row["relation"], row["parent"], row["child"], row["from"], row["fromEvent"], row["until"])
        found[row["party"]].append(link)
    return found


def whole(links: Sequence[DatedLink]) -> Sequence[DatedLink]:
    """The links of an answer without pages, when it holds them all.

    Raises:
        ServiceError: `LIMIT_EXCEEDED`, when there are more.
    """
    if len(links) > LARGEST_ANSWER:
        raise ServiceError(
            "LIMIT_EXCEEDED",
            f"There are more than {LARGEST_ANSWER} links upstream, which is the most that one answer holds.",
            remedy="Ask for the `links` of the party with direction UP, page by page.",
        )
    return links


async def branch_of(
    transaction: Transaction,
    party: str,
    *,
    kind: str | None,
    at: int | None,
    now: int,
    max_depth: int,
    after: tuple[int, str] | None,
    limit: int,
) -> Sequence[tuple[int, Row]]:
    """Everyone below a party by any link, with the depth: each once, nearest first, then by id.

    Args:
        transaction: to read in.
        party: whose branch.
        kind: what they were at the time; it filters only what is shown, not the ways there.
        at: when; None for now.
        now: the present.
        max_depth: how many links away, 1 to 50.
        after: depth and id of the last one shown before.
        limit: how many.
    """
    if not storable(party):
        return []
    depth, id_ = after or (0, "")
    rows = await transaction.run(
        "channel/branch",
        party=party,
        at=now if at is None else at,
        kinds=KINDS if kind is None else (kind,),
        former={} if kind is None or at is None else await _former_kinds(transaction, at),
        maxDepth=max_depth,
        afterDepth=depth,
        afterId=id_,
        limit=limit,
    )
    return [(row["depth"], row["party"]) for row in rows]


async def _former_kinds(transaction: Transaction, at: int) -> Mapping[str, str]:
    """What those parties were at an instant of which a later registration may tell something else."""
    again = [row["party"] for row in await transaction.run("channel/registered_anew_since", at=at)]
    registry = Registry(await fetch_registrations(transaction, again))
    return {party: registry.get(party, at)["kind"] for party in again}


async def holdings_of(transaction: Transaction, parties: Iterable[str], at: int) -> Holdings:
    """What these parties held at an instant, in the order in which it began."""
    asked = sorted({party for party in parties if storable(party)})
    rows = await transaction.rows_of("channel/territories", asked, at=at)
    rows.sort(key=lambda row: (row["from"], row["region"], row["sku"] or ""))
    held, taken = (
        tuple(
            Territory(row["party"], row["region"], row["sku"], row["from"], row["until"])
            for row in rows
            if row["without"] is without
        )
        for without in (False, True)
    )
    return Holdings(held, taken)
