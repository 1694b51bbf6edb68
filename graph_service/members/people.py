"""Members as they are answered: their identifiers, stores and points."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.graph.driver import Transaction


@dataclass(frozen=True, slots=True)
class SealedIdentifier:
    """An identifier of the graph; times in microseconds. Without a value where that was erased."""

    id: str
    type: str
    app: str | None
    sealed: str | None
    since: int
    last_seen: int


@dataclass(frozen=True, slots=True)
class Person:
    """A member: its id, and its identifiers in the order in which they were first seen."""

    id: str
    identifiers: tuple[SealedIdentifier, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of its identifiers, which are its accounts; all stand for it."""
        return sorted(one.id for one in self.identifiers)

    @property
    def since(self) -> int:
        """When it was first seen."""
        return min(one.since for one in self.identifiers)


async def people(transaction: Transaction, ids: Iterable[str]) -> Mapping[str, Person]:
    """The members that ids stand for, by these ids: of members, or of any of their identifiers."""
    rows = await transaction.rows_of("members/members_of", sorted(set(ids)))
    return {
        row["id"]: Person(
            row["member"],
            tuple(
                sorted(
                    (SealedIdentifier(*one) for one in row["identifiers"]),
                    key=lambda one: (one.since, one.id),
                )
            ),
        )
        for row in rows
    }


async def identifiers_by_id(transaction: Transaction, ids: Iterable[str]) -> Mapping[str, SealedIdentifier]:
    """Identifiers that were seen, by id."""
    rows = await transaction.rows_of("members/identifiers_by_id", sorted(set(ids)))
    return {
        row["id"]: SealedIdentifier(row["id"], row["type"], row["app"], row["sealed"], row["first"], row["last"])
        for row in rows
    }


async def points_of(transaction: Transaction, persons: Sequence[Person]) -> list[int]:
    """The points of each member: the sum of its accounts."""
    owner = {account: number for number, person in enumerate(persons) for account in person.ids}
    points: dict[int, int] = defaultdict(int)
    for row in await transaction.rows_of("members/points_of", sorted(owner)):
        points[owner[row["account"]]] += row["earned"] + row["adjusted"]
    return [points[number] for number in range(len(persons))]


async def seen_with(transaction: Transaction, identifier: str, *, after: str, limit: int) -> list[Person]:
    """The next members that were seen with an identifier, in the order of their ids."""
    rows = await transaction.run("members/seen_with", identifier=identifier, after=after, limit=limit)
    found = await people(transaction, [row["member"] for row in rows])
    return [found[row["member"]] for row in rows]
