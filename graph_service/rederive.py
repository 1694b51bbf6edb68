"""Derives everything anew from the facts, or checks that nothing would come out different.

The same steps as for new events, in the same order, over all keys instead of some. Log and journal are kept; where the
journal's net is not what the decisions say, entries are added.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from graph_service.channel.derive import derive_channel
from graph_service.goods.derive import derive_aliases, derive_custody, items_of
from graph_service.graph.driver import Graph, Row, Transaction
from graph_service.intake.lock import lock
from graph_service.intake.voids import derive_voids
from graph_service.members.counting import count_pairs_of, count_seen
from graph_service.members.erasing import erase_values, follow_leavings
from graph_service.members.groups import decide_members
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.judging import judge_sightings
from graph_service.members.leaving import all_leavings, settle_leavings
from graph_service.members.policies import latest_policy, policy_in_force
from graph_service.members.referrals import derive_referrals
from graph_service.pending import waiting
from graph_service.rebates.derive import compare, compare_recount, derive_decisions, write
from graph_service.rebates.evaluate import fetch_rulebook, stamp_rules
from graph_service.rebates.payments import derive_payments, differing_payments
from graph_service.rebates.renaming import rename_payees

KEYS_AT_ONCE = 2_000

Say = Callable[[str], None]
Step = Callable[[Transaction, Sequence[str]], Awaitable[list[str]]]


async def rederive(graph: Graph, keys: IdentifierKeys, *, check: bool, say: Say = lambda text: None) -> list[str]:
    """Derives everything anew.

    Args:
        graph: to read and, unless it is only checked, to write.
        keys: to open identifiers.
        check: whether to change nothing.
        say: is told which step is under way.

    Returns:
        what differed, in words; empty when nothing did.
    """
    return await _Rederivation(graph, keys, write=not check).run(say)


class _Rederivation:
    def __init__(self, graph: Graph, keys: IdentifierKeys, *, write: bool) -> None:
        self._graph = graph
        self._keys = keys
        self._write = write

    async def run(self, say: Say) -> list[str]:
        steps: tuple[tuple[str, str, Step], ...] = (
            ("voids", "rederive/events", self._voids),
            ("aliases", "rederive/runs", self._aliases),
            ("custody", "rederive/runs", self._custody),
            ("parties, links and territories", "rederive/parties", self._channel),
            ("sightings", "rederive/events", self._sightings),
            ("values", "rederive/identifiers", self._values),
            ("evidence", "rederive/identifiers", self._evidence),
            ("members", "rederive/identifiers", self._members),
            ("referrals", "rederive/identifiers", self._referrals),
            ("invitations", "rederive/events", self._invitations),
            ("payments", "rederive/events", self._payments),
        )
        differences: list[str] = []
        if tasks := (await self._graph.read(waiting)).tasks:
            say(f"{tasks:,} pending tasks were not worked off yet; what they will change comes out different")
        differences += await self._apply(self._policy, ())
        for name, pages, step in steps:
            say(f"deriving {name}")
            if step == self._values:
                differences += await self._apply(self._leavings, ())
            async for page in self._pages(pages):
                differences += await self._apply(step, page)
        say("deriving decisions and journal")
        async for page in self._triggers():
            differences += await self._apply(self._decisions, page)
        say("counting what limits let through")
        for rule in (await self._graph.read(fetch_rulebook)).ids:
            differences += await self._apply(self._limits, [rule])
        return differences + await self._apply(self._strays, ())

    async def _pages(self, statement: str) -> AsyncIterator[list[str]]:
        after = ""
        while True:

            async def page(transaction: Transaction, after: str = after) -> list[str]:
                rows = await transaction.run(statement, after=after, limit=KEYS_AT_ONCE)
                return [str(row["key"]) for row in rows]

            found = await self._graph.read(page)
            if not found:
                return
            yield found
            after = found[-1]

    async def _triggers(self) -> AsyncIterator[list[str]]:
        """In the order of time, so that caps and budgets count on top of what was counted."""
        at, after = -(2**62), ""
        while True:
            span = {"at": at, "after": after, "limit": KEYS_AT_ONCE}
            found = await self._graph.read(partial(_run, "rederive/triggers", span))
            if not found:
                return
            yield [str(row["key"]) for row in found]
            at, after = found[-1]["at"], found[-1]["key"]

    async def _apply(self, step: Step, page: Sequence[str]) -> list[str]:
        async def work(transaction: Transaction) -> list[str]:
            if self._write:
                await lock(transaction)
            return await step(transaction, page)

        if not self._write:
            return await self._graph.read(work)
        differences, _ = await self._graph.write(work)
        return differences

    async def _voids(self, transaction: Transaction, events: Sequence[str]) -> list[str]:
        changed = await derive_voids(transaction, events, all_marks=True, write=self._write)
        if changed and self._write:
            await stamp_rules(transaction)
        return [f"whether event {event} is void" for event in sorted(changed)]

    async def _aliases(self, transaction: Transaction, runs: Sequence[str]) -> list[str]:
        changed = await derive_aliases(transaction, runs, write=self._write)
        return [f"item of run {run}" for run in sorted(changed)]

    async def _custody(self, transaction: Transaction, runs: Sequence[str]) -> list[str]:
        items = set((await items_of(transaction, runs)).values())
        changed = await derive_custody(transaction, items, write=self._write)
        return [f"past of item {item}" for item in sorted(changed)]

    async def _channel(self, transaction: Transaction, parties: Sequence[str]) -> list[str]:
        return await derive_channel(transaction, parties, write=self._write)

    async def _policy(self, transaction: Transaction, _: Sequence[str]) -> list[str]:
        policy = await latest_policy(transaction)
        if policy.text == (await policy_in_force(transaction)).text:
            return []
        if self._write:
            await transaction.run("intake/set_policy", policy=policy.text)
        return ["the identity policy in force"]

    async def _sightings(self, transaction: Transaction, events: Sequence[str]) -> list[str]:
        policy = await latest_policy(transaction)
        judged = await judge_sightings(transaction, events, policy, self._keys, write=self._write)
        return [f"what event {event} shows of members" for event in sorted(judged.events)]

    async def _leavings(self, transaction: Transaction, _: Sequence[str]) -> list[str]:
        policy = await latest_policy(transaction)
        moments = await all_leavings(transaction)
        settled = await settle_leavings(transaction, moments, policy, self._keys, write=self._write)
        if self._write:
            await follow_leavings(transaction, settled, policy, self._keys)
            await rename_payees(transaction, settled.identifiers, settled.pseudonyms)
        return [f"whom {event} erases" for event in sorted(settled.events)]

    async def _values(self, transaction: Transaction, identifiers: Sequence[str]) -> list[str]:
        holding = await erase_values(transaction, identifiers, (), self._keys, write=self._write)
        return [f"a value in {event} that was to be erased" for event in holding]

    async def _evidence(self, transaction: Transaction, identifiers: Sequence[str]) -> list[str]:
        seen = await count_seen(transaction, identifiers, write=self._write)
        pairs = await count_pairs_of(transaction, identifiers, write=self._write)
        return [
            *(f"when identifier {identifier} was seen" for identifier in seen),
            *(f"evidence for {a} and {b}" for a, b in pairs),
        ]

    async def _members(self, transaction: Transaction, identifiers: Sequence[str]) -> list[str]:
        policy = await latest_policy(transaction)
        decided = await decide_members(transaction, identifiers, policy, self._keys, whole=None, write=self._write)
        return decided.differences

    async def _referrals(self, transaction: Transaction, identifiers: Sequence[str]) -> list[str]:
        referred = await derive_referrals(transaction, identifiers, identifiers, write=self._write)
        return [
            *(f"whether invitation {event} counts" for event in sorted(referred.events)),
            *(f"as whom account {account} was invited" for account in sorted(referred.joined)),
        ]

    async def _invitations(self, transaction: Transaction, events: Sequence[str]) -> list[str]:
        referred = await derive_referrals(transaction, (), (), events, write=self._write)
        return [f"whether invitation {event} counts" for event in sorted(referred.events)]

    async def _decisions(self, transaction: Transaction, events: Sequence[str]) -> list[str]:
        rules = await fetch_rulebook(transaction)
        clock = int((await transaction.run("intake/clock"))[0]["clock"] or 0)
        differences = [
            difference
            async for comparison in compare(transaction, events, rules, clock)
            for difference in comparison.differences
        ]
        if self._write:
            await transaction.run("intake/set_clock", clock=clock)
            await derive_decisions(transaction, events, rules, clock)
        return differences

    async def _payments(self, transaction: Transaction, events: Sequence[str]) -> list[str]:
        payments = await differing_payments(transaction, events)
        if self._write:
            await derive_payments(transaction, events)
        return [f"payment {event}" for event in payments]

    async def _limits(self, transaction: Transaction, named: Sequence[str]) -> list[str]:
        differences: list[str] = []
        async for comparison in compare_recount(transaction, named[0], await fetch_rulebook(transaction)):
            differences += comparison.differences
            if self._write:
                await write(transaction, comparison)
        return differences

    async def _strays(self, transaction: Transaction, _: Sequence[str]) -> list[str]:
        strays = await transaction.run("rederive/strays")
        if self._write:
            await transaction.rows_of("rederive/delete_strays", [row["key"] for row in strays])
        return [f"{row['what']}: {row['key']}" for row in strays]


async def _run(statement: str, parameters: dict[str, Any], transaction: Transaction) -> list[Row]:
    return await transaction.run(statement, **parameters)
