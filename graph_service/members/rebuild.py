"""Applies a policy to the whole log: which sightings count, whose accounts, which pairs, which members."""

from collections.abc import AsyncIterator, Sequence

from graph_service.graph.driver import Transaction
from graph_service.intake.touched import Touched
from graph_service.members.counting import count_pairs_of, count_seen
from graph_service.members.derive import keep_erased
from graph_service.members.erasing import erase_values, follow_leavings
from graph_service.members.groups import decide_members
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.judging import Judged, judge_sightings
from graph_service.members.leaving import all_leavings, settle_leavings
from graph_service.members.policy import Policy

_AT_ONCE = 1_000

MOST_IN_ONE_TRANSACTION = 20_000
"""Identifiers that a new policy is applied to in the transaction that brings it; with more it waits (`beside.py`)."""


async def is_large(transaction: Transaction) -> bool:
    """Whether members by another policy are too many to be built in one transaction."""
    return int((await transaction.run("members/size"))[0]["identifiers"]) > MOST_IN_ONE_TRANSACTION


async def rebuild_members(
    transaction: Transaction, policy: Policy, keys: IdentifierKeys, facts: Sequence[Touched]
) -> Judged:
    """Builds all members by a policy, in this transaction.

    Args:
        transaction: to read and write in.
        policy: from now on.
        keys: to open identifiers.
        facts: that came with it.

    Returns:
        the events whose accounts are others now.
    """
    judged = Judged()
    done: set[str] = set()
    async for page in _identifiers(transaction):
        events = {row["event"] for row in await transaction.rows_of("members/events_showing", page)} - done
        done |= events
        judged.add(await judge_sightings(transaction, sorted(events), policy, keys))
    settled = await settle_leavings(transaction, await all_leavings(transaction), policy, keys)
    judged.add((await follow_leavings(transaction, settled, policy, keys)).judged)
    async for page in _identifiers(transaction):
        judged.regrouped.update(await count_seen(transaction, page))
        await count_pairs_of(transaction, page)
        await erase_values(transaction, page, (), keys)
    async for page in _identifiers(transaction):
        decided = await decide_members(transaction, page, policy, keys, whole=None)
        judged.regrouped |= decided.identifiers | decided.left
    judged.add(await keep_erased(transaction, facts, {one for fact in facts for one in fact.everybody}, policy, keys))
    return judged


async def _identifiers(transaction: Transaction) -> AsyncIterator[list[str]]:
    after = ""
    while page := [row["key"] for row in await transaction.run("rederive/identifiers", after=after, limit=_AT_ONCE)]:
        yield page
        after = page[-1]
