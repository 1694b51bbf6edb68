"""Who goes when a member leaves, and up to when nothing of an identifier counts (`contract/identity.md`, 8).

    (:MemberFact {type: 'member.left', pseudonym, knownSince, knownBy})-[:ERASES]->(:Identifier {erasedAt})
    (:MemberFact {type: 'member.left'})-[:WEIGHS]->(:Identifier)

A leaving takes effect where it stands in history, not where it arrives. Whom it erases is told by all facts up to its
`at`; their values are gone, their keyed hashes are kept for this. What it looked at for that it weighs, so that a late
fact about any of these finds it again. When the member was first seen, and which of its identifiers that showed, stays,
so that invitations by and of whoever left go on to count.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from graph_service.graph.driver import Row, Transaction
from graph_service.members.as_of import Moment, fetch_as_of
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.policy import Policy
from graph_service.members.sightings import strongest
from graph_service.members.surroundings import Surroundings

Leavings = Mapping[str, Sequence[tuple[int, str, str]]]
"""The leavings that erase an identifier, in the order of time: at, event, pseudonym."""

_AT_ONCE = 1_000


@dataclass(slots=True)
class Settled:
    """What became of leavings.

    Attributes:
        events: the leavings that erase others than before.
        identifiers: those that are erased by other leavings than before.
        pseudonyms: of these leavings.
        known: pseudonyms of leavings whose members were first seen otherwise than before.
    """

    events: set[str] = field(default_factory=set)
    identifiers: set[str] = field(default_factory=set)
    pseudonyms: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Going:
    """Who goes with a leaving.

    Attributes:
        identifiers: that it erases.
        since: when the member was first seen, in microseconds; None where nobody goes.
        by: which of its identifiers that showed.
    """

    identifiers: frozenset[str] = frozenset()
    since: int | None = None
    by: tuple[str, ...] = ()


def who_goes(named: Mapping[str, int], around: Surroundings, policy: Policy, keys: IdentifierKeys) -> Going:
    """Whom a leaving erases.

    One person leaves, though the list may name devices of others: whoever its strongest identifier is that nobody
    shares. A device goes only if it was seen with nobody else. Those that were evicted for size go, too.

    Args:
        named: ids of the identifiers by which the member is named, with their places by text.
        around: them, as known at that moment.
        policy: in force.
        keys: to open identifiers, where only their text tells which is the strongest.
    """
    own = {
        one: str(around.rows[one]["type"])
        for one in named
        if one in around.rows and around.rows[one]["first"] is not None and one not in around.shared
    }
    leader = strongest(own, policy, lambda one: named[one])
    if leader is None:
        return Going()
    outcome = around.decided(policy, keys)
    person = next(group for group in outcome.sets if leader in group)
    devices = {
        one
        for one in person | around.shared
        if policy.is_device(around.rows[one]["type"])
        and {pair.other for pair in around.pairs[one] if pair.is_company} <= person
    }
    erased = frozenset(one for one in person if not policy.is_device(around.rows[one]["type"])) | devices
    if not erased:
        return Going()
    # What was evicted was none of the member; a device that stays was.
    seen = {one: int(around.rows[one]["first"]) for one in person & outcome.member.keys()}
    since = min(seen.values())
    return Going(erased, since, tuple(sorted(one for one, first in seen.items() if first == since)))


async def leavings_weighing(transaction: Transaction, since: Mapping[str, int]) -> set[Moment]:
    """The leavings, each from an instant on, that looked at identifiers."""
    rows = [{"identifier": one, "since": at} for one, at in sorted(since.items())]
    return {(row["at"], row["event"]) for row in await transaction.rows_of("members/leavings_weighing", rows)}


async def settle_leavings(
    transaction: Transaction, moments: Iterable[Moment], policy: Policy, keys: IdentifierKeys, *, write: bool = True
) -> Settled:
    """Decides anew whom leavings erase, in the order of time; later ones that rest on what changed follow.

    Args:
        transaction: to read and write in.
        moments: of leavings.
        policy: in force.
        keys: to open identifiers.
        write: whether to change anything; if not, later ones do not follow.
    """
    settled = Settled()
    waiting = sorted(set(moments))
    done: set[Moment] = set()
    while waiting:
        moment = heappop(waiting)
        if moment in done:
            continue
        done.add(moment)
        for row in await transaction.rows_of("members/leavings", [moment[1]]):
            going, weighed = await _decided(transaction, row, policy, keys)
            changed = going.identifiers ^ set(row["erases"])
            is_known_otherwise = (going.since, list(going.by)) != (row["knownSince"], row["knownBy"] or [])
            if not changed and not is_known_otherwise and weighed == set(row["weighs"]):
                continue
            settled.events |= {row["event"]} if changed or is_known_otherwise else set()
            settled.known |= {row["pseudonym"]} if is_known_otherwise else set()
            settled.identifiers |= changed
            settled.pseudonyms |= {row["pseudonym"]} if changed else set()
            if write:
                wanted = {"event": row["event"], "erases": sorted(going.identifiers), "weighs": sorted(weighed)}
                known = {"since": going.since, "by": going.by or None}
                await transaction.rows_of("members/write_leavings", [wanted | known])
                for later in await leavings_weighing(transaction, dict.fromkeys(changed, moment[0])):
                    if later > moment:
                        heappush(waiting, later)
    if write:
        await transaction.rows_of("members/mark_erased", sorted(settled.identifiers))
    return settled


async def _decided(transaction: Transaction, row: Row, policy: Policy, keys: IdentifierKeys) -> tuple[Going, set[str]]:
    """Whom a leaving erases, and whom it looks at; nobody while it is void."""
    named = {identifier: place or 0 for identifier, place in row["shown"]}
    if row["memberId"] is not None:
        named = {row["memberId"]: 0} if keys.is_id(row["memberId"]) else {}
    if row["voided"] or not named:
        return Going(), set()
    around = await fetch_as_of(transaction, named, (row["at"], row["event"]), policy)
    return who_goes(named, around, policy, keys), named.keys() | around.rows.keys()


async def leavings_of(transaction: Transaction, identifiers: Iterable[str]) -> Leavings:
    """The leavings that erase identifiers, by identifier."""
    return {
        row["identifier"]: sorted((at, event, pseudonym) for at, event, pseudonym in row["leavings"])
        for row in await transaction.rows_of("members/leavings_of", sorted(set(identifiers)))
    }


def name_of(account: str, at: int, leavings: Leavings) -> str:
    """Under which name an account goes on, of what happened at a time: the first leaving after it takes it."""
    return next((pseudonym for left, _, pseudonym in leavings.get(account, ()) if at <= left), account)


async def all_leavings(transaction: Transaction) -> list[Moment]:
    """All leavings, in the order of time."""
    found: list[Moment] = []
    at, event = -(2**62), ""
    while page := await transaction.run("members/leavings_in_time", at=at, id=event, limit=_AT_ONCE):
        found += [(row["at"], row["event"]) for row in page]
        at, event = found[-1]
    return found


def erased_content(content: Any, gone: Collection[str], keys: IdentifierKeys) -> Any:
    """The content of an event without the values of identifiers that were erased, and without anything else sealed.

    Args:
        content: of an event, sealed.
        gone: ids of the identifiers that were erased.
        keys: to tell which identifier a sealed value is.
    """
    match content:
        case {"type": str(kind), "sealed": str(sealed)}:
            is_gone = keys.id_of_sealed(kind, content.get("app"), sealed) in gone
            return {key: value for key, value in content.items() if key != "sealed"} if is_gone else content
        case {"sealed": str()}:
            return {}
        case dict():
            return {key: erased_content(value, gone, keys) for key, value in content.items()}
        case list():
            return [erased_content(value, gone, keys) for value in content]
        case _:
            return content
