"""The bare driver with bare Cypher: the limit of what any service on this server can reach."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from neo4j import Driver, GraphDatabase, Session

from benchmarks.owners import Owned, Question
from graph_service.goods.codes import code_of, key_of
from graph_service.graph.embedded import Connection, embedded_server
from graph_service.graph.statements import statement

Row = dict[str, Any]

CYPHER = Path(__file__).with_name("cypher")
COLUMNS = ("status", "owner", "distributor", "salesperson", "brand", "confirmedBy", "via")


@contextmanager
def driving(home: Path) -> Iterator[Driver]:
    """A driver on the server of a home, which is joined, or started for as long as the block lasts."""
    with embedded_server(home, lambda _: None) as connection, _driver(connection) as driver:
        yield driver


def _driver(connection: Connection) -> Driver:
    return GraphDatabase.driver(
        connection.uri, auth=(connection.username, connection.password), notifications_min_severity="OFF"
    )


@cache
def bare(name: str) -> str:
    """The text of one of the benchmarks' own statements, or of the service's (`channel/upstream`)."""
    return statement(name).text if "/" in name else (CYPHER / f"{name}.cypher").read_text("utf-8")


@contextmanager
def session_of(driver: Driver) -> Iterator[Session]:
    """A session on the database of a home."""
    with driver.session(database="neo4j") as session:
        yield session


def read(session: Session, name: str, **parameters: Any) -> list[list[Any]]:
    """The rows of a statement, in a read transaction of its own."""
    return session.execute_read(lambda transaction: transaction.run(bare(name), parameters).values())


@contextmanager
def owners_asked(driver: Driver) -> Iterator[Callable[[Question], Owned]]:
    """A connection that asks who owned one code."""
    with session_of(driver) as session:
        yield lambda question: owners_of(session, [question])[0]


def owners_of(session: Session, questions: Sequence[Question]) -> list[Owned]:
    """Who owned codes, in the order asked."""
    rows = [{"code": code, "key": key_of(code), "at": at} for code, at in questions]
    told = read(session, "ownership", rows=rows)
    return [_owned(code, *answer) for code, *answer in told]


def _owned(code: str, status: str, *rest: str | None) -> Owned:
    *parties, via = rest
    through = None if status == "UNKNOWN" else code if via is None else code_of(via)
    return (status, *parties, through)


def counts(session: Session) -> dict[str, int]:
    """How many nodes and relations there are."""
    return dict(map(tuple, read(session, "count_all")))
