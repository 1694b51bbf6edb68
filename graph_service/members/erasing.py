"""What follows when leavings erase others than before: evidence and accounts anew, and the values go.

Values are erased wherever they are kept, all of them sealed: at the identifier, beside its sightings, in the bodies of
events. A fact that arrives after the leaving goes the same way in the transaction that brings it.
"""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.strict_json import canonical
from graph_service.members.counting import count_pairs, count_seen
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.judging import Judged, judge_sightings
from graph_service.members.leaving import Settled, erased_content
from graph_service.members.policies import patterns_ever
from graph_service.members.policy import Policy
from graph_service.members.remembered import remember
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
        return Followed(judged=Judged(known=settled.known))
    gone = sorted(settled.identifiers)
    pairs = {pair_of(row["identifier"], row["other"]) for row in await transaction.rows_of("members/companions", gone)}
    seen_anew = await count_seen(transaction, gone)
    await count_pairs(transaction, pairs)
    named = sorted(settled.identifiers | settled.pseudonyms)
    events = {row["event"] for row in await transaction.rows_of("members/events_showing", gone)}
    events |= {row["event"] for row in await transaction.rows_of("members/events_of_accounts", named)}
    judged = await judge_sightings(transaction, sorted(events), policy, keys)
    judged.regrouped.update(seen_anew)
    judged.erased, judged.pseudonyms, judged.known = settled.identifiers, settled.pseudonyms, settled.known
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
        row | {"shown": []} for row in await transaction.rows_of("members/unerased_named", sorted(set(pseudonyms)))
    ]
    patterns = await patterns_ever(transaction) if holding else []
    rows = [_erased(row, patterns, keys) for row in holding]
    if write:
        await transaction.rows_of("members/erase_bodies", rows)
        # Ties are told by text; among those that go together it is kept who stood before whom.
        places = _places(holding, keys)
        values = [{"identifier": one, "place": places.get(one)} for one in sorted(identifiers)]
        await transaction.rows_of("members/erase_values", values)
    pets = {row["pet"] for row in holding if row["pet"] is not None}
    return sorted({row["event"] for row in rows} | {*await erase_notes(transaction, pets, keys, write=write)})


def _places(holding: Sequence[Row], keys: IdentifierKeys) -> dict[str, int]:
    """Where identifiers stand by their values."""
    sealed = {identifier: value for row in holding for _, identifier, value, _ in row["shown"] if value is not None}
    ordered = sorted((keys.open(value), identifier) for identifier, value in sealed.items())
    return {identifier: place for place, (_, identifier) in enumerate(ordered, 1)}


def _erased(row: Row, patterns: Sequence[re.Pattern[str]], keys: IdentifierKeys) -> Row:
    """What is left of an event, and what is remembered of the values that it showed."""
    gone = {identifier for _, identifier, _, _ in row["shown"]}
    shown = [
        {
            "list": number,
            "identifier": identifier,
            "remembered": remember(map(keys.open, sent or filter(None, [sealed])), patterns, keys),
        }
        for number, identifier, sealed, sent in row["shown"]
    ]
    body = canonical(erased_content(json.loads(row["body"]), gone, keys))
    return {"event": row["event"], "shown": shown, "body": body}


async def erase_notes(
    transaction: Transaction, pets: Iterable[str], keys: IdentifierKeys, *, write: bool = True
) -> list[str]:
    """Erases what was noted of pets that only members who left registered; returns the events that held a note."""
    rows = [
        {"event": row["event"], "shown": [], "body": canonical(erased_content(json.loads(row["body"]), (), keys))}
        for row in await transaction.rows_of("members/unerased_notes", sorted(set(pets)))
    ]
    if write:
        await transaction.rows_of("members/erase_bodies", rows)
    return [row["event"] for row in rows]
