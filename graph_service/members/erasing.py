"""What follows when leavings erase others than before: evidence and accounts anew, and the values go.

Values are erased wherever they are kept, all of them sealed: at the identifier, beside its sightings, in the bodies of
events. A fact that arrives after the leaving goes the same way in the transaction that brings it.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.strict_json import canonical
from graph_service.members.counting import count_pairs, count_seen
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.judging import Judged, judge_sightings
from graph_service.members.leaving import Settled, erased_content
from graph_service.members.policy import Policy
from graph_service.members.sightings import pair_of


@dataclass(slots=True)
class Followed:
    """What followed.

    Attributes:
        around: identifiers whose members are to be decided anew.
        judged: the events whose accounts are others now.
    """

    around: set[str] = field(default_factory=set)
    judged: Judged = field(default_factory=Judged)


async def follow_leavings(transaction: Transaction, settled: Settled, policy: Policy, keys: IdentifierKeys) -> Followed:
    """Brings evidence and accounts to what leavings erase, and erases it."""
    if not settled.identifiers:
        return Followed()
    gone = sorted(settled.identifiers)
    pairs = {pair_of(row["identifier"], row["other"]) for row in await transaction.rows_of("members/companions", gone)}
    seen_anew = await count_seen(transaction, gone)
    await count_pairs(transaction, pairs)
    named = sorted(settled.identifiers | settled.pseudonyms)
    events = {row["event"] for row in await transaction.rows_of("members/events_showing", gone)}
    events |= {row["event"] for row in await transaction.rows_of("members/events_of_accounts", named)}
    judged = await judge_sightings(transaction, sorted(events), policy, keys)
    judged.regrouped.update(seen_anew)
    judged.erased, judged.pseudonyms = settled.identifiers, settled.pseudonyms
    await erase_values(transaction, settled.identifiers, settled.pseudonyms, keys)
    return Followed({one for pair in pairs for one in pair} | settled.identifiers, judged)


async def erase_values(
    transaction: Transaction,
    identifiers: Collection[str],
    pseudonyms: Iterable[str],
    keys: IdentifierKeys,
    *,
    write: bool = True,
) -> list[str]:
    """Erases what is kept of identifiers up to their leaving.

    Args:
        transaction: to read and write in.
        identifiers: ids; of those that nobody erased nothing goes.
        pseudonyms: under which accounts go on: what events say of these members without showing them goes, too.
        keys: to tell which sealed value is whose.
        write: whether to change anything.

    Returns:
        ids of the events that held something.
    """
    holding: list[Row] = await transaction.rows_of("members/unerased", sorted(identifiers))
    holding += [
        row | {"identifiers": []}
        for row in await transaction.rows_of("members/unerased_named", sorted(set(pseudonyms)))
    ]
    rows = [
        {
            "event": row["event"],
            "identifiers": row["identifiers"],
            "body": canonical(erased_content(json.loads(row["body"]), set(row["identifiers"]), keys)),
        }
        for row in holding
    ]
    if write:
        await transaction.rows_of("members/erase_bodies", rows)
        await transaction.rows_of("members/erase_values", sorted(identifiers))
    pets = {row["pet"] for row in holding if row["pet"] is not None}
    return sorted({row["event"] for row in rows} | {*await erase_notes(transaction, pets, keys, write=write)})


async def erase_notes(
    transaction: Transaction, pets: Iterable[str], keys: IdentifierKeys, *, write: bool = True
) -> list[str]:
    """Erases what was noted of pets that only members who left registered; returns the events that held a note."""
    rows = [
        {"event": row["event"], "identifiers": [], "body": canonical(erased_content(json.loads(row["body"]), (), keys))}
        for row in await transaction.rows_of("members/unerased_notes", sorted(set(pets)))
    ]
    if write:
        await transaction.rows_of("members/erase_bodies", rows)
    return [row["event"] for row in rows]
