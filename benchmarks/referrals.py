"""Inviters upwards in a long chain, and the invitees of one who brought in very many.

    python -m benchmarks.referrals [--members 1000000] [--deep 10000] [--wide 100000] [--answers 200]

Members and who brought them in are written in derived form, as the service derives them: a chain, one inviter of very
many, and for the rest friends who bring in three each. It measures the functions that the service answers with, in a
read transaction each, members with their identifiers included, and the same by GraphQL on one connection.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.serving import Served, serving
from benchmarks.timing import ask
from benchmarks.web import asking
from graph_service.graph.driver import Graph, Transaction, connect
from graph_service.graph.embedded import Memory, embedded_server
from graph_service.graph.migrations import migrate
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.inviting import invitees_of, inviters_above
from graph_service.members.keyring import open_keys
from graph_service.members.people import people
from graph_service.settings import Settings

PREFIX = "m"
_FOLDER = Path(__file__).parent / "cypher"
_PART = 10_000
_WARM_UP = 30

INVITERS = "query Up($id: ID!, $depth: Int!) { member(id: $id) { inviters(maxDepth: $depth) { id } } }"
INVITEES = (
    "query Down($id: ID!) { member(id: $id) { invitees(first: 50) { edges { node { id } } pageInfo { endCursor } } } }"
)


def member(number: int) -> str:
    """The id of a member."""
    return f"{PREFIX}{number}"


def invitations(members: int, deep: int, wide: int) -> Iterator[list[Any]]:
    """(invitee, inviter, event, at): first the chain, then the wide one's, then the others'."""
    for number in range(1, members):
        if number <= deep:
            inviter = number - 1
        elif number <= deep + wide:
            inviter = 0
        else:
            inviter = max(1, (number - deep - wide) // 3)
        yield [member(number), member(inviter), f"invitation {number:07}", number]


async def load(graph: Graph, asked: argparse.Namespace, keys: IdentifierKeys) -> None:
    """Writes members and who brought them in."""
    sealed = keys.seal("one value for all")
    write_members = (_FOLDER / "write_members.cypher").read_text("utf-8")
    write_invited = (_FOLDER / "write_invited.cypher").read_text("utf-8")
    async with graph.driver.session(database=graph.database) as session:
        for start in range(0, asked.members, _PART):
            until = min(start + _PART, asked.members) - 1
            await (
                await session.run(write_members, prefix=PREFIX, sealed=sealed, **{"from": start, "until": until})
            ).consume()
        part: list[list[Any]] = []
        for row in invitations(asked.members, asked.deep, asked.wide):
            part.append(row)
            if len(part) == _PART:
                await (await session.run(write_invited, rows=part)).consume()
                part = []
        if part:
            await (await session.run(write_invited, rows=part)).consume()
        await (await session.run("CALL db.prepareForReplanning(600)")).consume()


async def measure(graph: Graph, name: str, work: Callable[[Transaction], Awaitable[int]], times: int) -> None:
    """Prints how long an answer takes."""
    for _ in range(max(3, min(_WARM_UP, times))):
        await graph.read(work)
    seconds = []
    found = 0
    for _ in range(times):
        began = time.perf_counter()
        found = await graph.read(work)
        seconds.append(time.perf_counter() - began)
    median, most = statistics.median(seconds) * 1_000, max(seconds) * 1_000
    print(f"{name}: {found:,} members, median {median:.1f} ms, longest {most:.1f} ms of {times}")


async def functions(graph: Graph, asked: argparse.Namespace) -> None:
    """Measures what the service answers with."""

    async def above(transaction: Transaction, depth: int) -> int:
        deepest = (await people(transaction, [member(asked.deep)]))[member(asked.deep)]
        return len(await inviters_above(transaction, deepest, depth))

    async def below(transaction: Transaction) -> int:
        widest = (await people(transaction, [member(0)]))[member(0)]
        return len(await invitees_of(transaction, widest, after=(-1, ""), limit=51))

    await measure(graph, "ten inviters of the deepest", lambda one: above(one, 10), asked.answers)
    await measure(
        graph, "all inviters of the deepest", lambda one: above(one, asked.deep + 1), max(3, asked.answers // 20)
    )
    await measure(graph, "first page of the widest", below, asked.answers)


def served(home: Served, asked: argparse.Namespace) -> None:
    """Measures the same by GraphQL."""
    for name, query, variables, times in (
        ("ten inviters", INVITERS, {"id": member(asked.deep), "depth": 10}, asked.answers),
        ("all inviters", INVITERS, {"id": member(asked.deep), "depth": asked.deep + 1}, max(3, asked.answers // 20)),
        ("first page", INVITEES, {"id": member(0)}, asked.answers),
    ):
        work = [variables] * times
        took = ask(lambda query=query: asking(home, query), work, callers=1, warm_up=work[:_WARM_UP])  # type: ignore[misc]
        print(f"{name} by GraphQL: median {took.median:.1f} ms, p99 {took.p99:.1f} ms")


async def main() -> None:
    """Loads, measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.referrals")
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--deep", type=int, default=10_000)
    parser.add_argument("--wide", type=int, default=100_000)
    parser.add_argument("--answers", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with embedded_server(home, memory=Memory(2048, 1024)) as server:
            async with connect(server) as graph:
                await migrate(graph)
                began = time.perf_counter()
                await load(graph, asked, await open_keys(graph, Settings(home=home).identifier_secret()))
                print(f"{asked.members:,} members written in {time.perf_counter() - began:.0f} s", flush=True)
                await functions(graph, asked)
        with serving(home) as running:
            served(running, asked)


if __name__ == "__main__":
    asyncio.run(main())
