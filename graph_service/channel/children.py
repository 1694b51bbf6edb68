"""Loads the lists that hang on parties, for a whole level of a GraphQL answer at once.

Each DataLoader is keyed by the party and the arguments; parties asked with the same arguments share one statement.
Branches are not among them: what is below one party is a walk of its own, so `Party.branch` runs a statement a party.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from strawberry.dataloader import DataLoader

from graph_service.api.context import Context
from graph_service.channel.questions import DatedLink, holdings_of, links_of, upstream_of
from graph_service.channel.territories import Holdings
from graph_service.graph.driver import Transaction
from graph_service.moments import now

Arguments = TypeVar("Arguments")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class LinksAsked:
    """The arguments of a list of links; `at` None is now."""

    relation: str | None
    direction: Literal["UP", "DOWN"]
    at: int | None
    limit: int
    after: tuple[int, str] | None


async def load_links(context: Context, party: str, asked: LinksAsked) -> Sequence[DatedLink]:
    """The links of a party."""

    async def fetch(
        transaction: Transaction, parties: Sequence[str], asked: LinksAsked
    ) -> Mapping[str, Sequence[DatedLink]]:
        return await links_of(
            transaction,
            parties,
            relation=asked.relation,
            direction=asked.direction,
            at=_instant(asked.at),
            after=asked.after,
            limit=asked.limit,
        )

    return await _loader(context, "channel.links", fetch).load((party, asked)) or ()


async def load_upstream(context: Context, party: str, at: int | None) -> Sequence[DatedLink]:
    """The links to suppliers and employers of a party, and to theirs."""

    async def fetch(
        transaction: Transaction, parties: Sequence[str], at: int | None
    ) -> Mapping[str, Sequence[DatedLink]]:
        return await upstream_of(transaction, parties, _instant(at))

    return await _loader(context, "channel.upstream", fetch).load((party, at)) or ()


async def load_holdings(context: Context, party: str, at: int | None) -> Holdings:
    """What a party held, along with others asked about at once."""

    async def fetch(transaction: Transaction, parties: Sequence[str], at: int | None) -> Mapping[str, Holdings]:
        return dict.fromkeys(parties, await holdings_of(transaction, parties, _instant(at)))

    return await _loader(context, "channel.holdings", fetch).load((party, at)) or Holdings()


def _instant(at: int | None) -> int:
    return now() if at is None else at


def _loader(
    context: Context,
    name: str,
    fetch: Callable[[Transaction, Sequence[str], Arguments], Awaitable[Mapping[str, Answer]]],
) -> DataLoader[tuple[str, Arguments], Answer | None]:
    """The request's loader of that name: one statement for all parties with the same arguments."""

    async def load(keys: Sequence[tuple[str, Arguments]]) -> list[Answer | None]:
        levels: dict[Arguments, list[str]] = defaultdict(list)
        for party, arguments in keys:
            levels[arguments].append(party)

        async def work(transaction: Transaction) -> dict[Arguments, Mapping[str, Answer]]:
            return {arguments: await fetch(transaction, parties, arguments) for arguments, parties in levels.items()}

        answers = await context.read(work)
        return [answers[arguments].get(party) for party, arguments in keys]

    if name not in context.loaders:
        context.loaders[name] = DataLoader(load)
    loader: DataLoader[tuple[str, Arguments], Answer | None] = context.loaders[name]
    return loader
