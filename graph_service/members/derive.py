"""Derives members: for now one for each connected set of identifiers that were seen together.

    (:Event)-[:SHOWS {list}]->(:Identifier {id, type, app, sealed, firstSeen})-[:OF]->(:Member {id})

A member goes by the id of its seed, the identifier that was seen first (`contract/identity.md`, 6).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.touched import Touched
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier


async def derive_members(
    transaction: Transaction, facts: Iterable[Touched], restated: Collection[str], keys: IdentifierKeys
) -> None:
    """Brings members to what the facts say.

    Args:
        transaction: to read and write in.
        facts: that came, or went by a void.
        restated: ids of the events that came or went by a void.
        keys: to open identifiers, where only their text tells which is the seed.
    """
    showing = [fact for fact in facts if fact.identifiers]
    known = {
        row["identifier"]: row
        for row in await transaction.rows_of(
            "members/standing", sorted({identifier for fact in showing for identifier in fact.identifiers})
        )
    }
    asked = {
        identifier
        for fact in showing
        if fact.event in restated
        or fact.voided
        or _is_news([known[identifier] for identifier in fact.identifiers], fact)
        for identifier in fact.identifiers
    }
    await rederive_members(transaction, asked, keys)


def _is_news(standing: Sequence[Row], fact: Touched) -> bool:
    """Whether identifiers seen together change anything: not when they are one member, and all were seen before."""
    members = {row["member"] for row in standing}
    return len(members) > 1 or None in members or any(fact.at < row["firstSeen"] for row in standing)


async def rederive_members(
    transaction: Transaction, identifiers: Iterable[str], keys: IdentifierKeys, *, write: bool = True
) -> set[str]:
    """Derives the members around identifiers.

    Returns:
        ids of the identifiers whose member came out different.
    """
    evidence: dict[str, Row] = {}
    waiting = set(identifiers)
    while waiting:
        rows = await transaction.rows_of("members/evidence", sorted(waiting))
        evidence |= {row["identifier"]: row for row in rows}
        waiting = {other for row in rows for other in row["others"] + row["seenWith"]} - evidence.keys()
    rows = []
    for component in _components(evidence):
        seed = _seed(component, keys)
        rows += [
            {"identifier": row["identifier"], "firstSeen": row["firstSeen"], "member": seed}
            if row["firstSeen"] is not None
            else {"identifier": row["identifier"], "firstSeen": None, "member": None}
            for row in component
        ]
    changed = [row for row in rows if evidence[row["identifier"]]["member"] != row["member"]]
    if write:
        await transaction.rows_of("members/write_members", rows)
        left = {evidence[row["identifier"]]["member"] for row in changed} - {None}
        await transaction.rows_of("members/delete_empty", sorted(left))
    return {row["identifier"] for row in changed}


def _components(evidence: Mapping[str, Row]) -> list[list[Row]]:
    """Sets of identifiers that hang together by evidence; who stood together before is fetched, but is none."""
    components: list[list[Row]] = []
    seen: set[str] = set()
    for start in evidence:
        component: list[Row] = []
        waiting = [start]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            component.append(evidence[here])
            waiting += evidence[here]["seenWith"]
        if component:
            components.append(component)
    return components


def _seed(component: list[Row], keys: IdentifierKeys) -> str | None:
    """The identifier seen first, then the strongest, then the smallest text."""
    seen = [row for row in component if row["firstSeen"] is not None]
    if not seen:
        return None
    first = min(row["firstSeen"] for row in seen)
    tied = [row for row in seen if row["firstSeen"] == first]
    if len(tied) == 1:
        return str(tied[0]["identifier"])
    return str(min(tied, key=lambda row: _rank(row, keys))["identifier"])


def _rank(row: Row, keys: IdentifierKeys) -> tuple[int, str]:
    opened = PlainIdentifier(row["type"], keys.open(row["sealed"]), row["app"])
    return opened.priority, opened.text
