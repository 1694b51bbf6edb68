"""The same goods in PostgreSQL: one row a unit, or one a run of them, and the best queries that we know for both."""

import csv
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, sql

from benchmarks.goods import BRAND, CARTON, RULES, START, Event, Goods
from benchmarks.owners import Owned, Question
from graph_service.moments import now, parse_instant

SQL = Path(__file__).with_name("sql")
FINDS, REACHES = ("units", "runs"), ("lateral", "recursive")
BATCH = 2_000

_CHUNK = 20_000
_AT_ONCE = 50_000
_TABLES = ("event", "item", "hand_over", "stay")
_KINDS = {"BRAND": "B", "DISTRIBUTOR": "D", "STORE": "S"}
_DSN = str


@cache
def text(name: str, **parts: str) -> sql.SQL:
    """A statement of `benchmarks/sql`, its named parts put in."""
    source = (SQL / f"{name}.sql").read_text("utf-8")
    for part, told in parts.items():
        source = source.replace(f"{{{part}}}", told)
    return sql.SQL(source)


def owners_query(find: str, reach: str, asked: str) -> sql.SQL:
    """The question about owners, for a layout of items and a way to climb."""
    return text("owners", asked=asked, find=_source(f"find_{find}"), reach=_source(f"reach_{reach}"))


def _source(name: str) -> str:
    return (SQL / f"{name}.sql").read_text("utf-8")


PATIENCE_SECONDS = 90
"""Longer than five times what the best query takes for a million codes."""

_ONE = '(SELECT %(code)s::text COLLATE "C" AS code, %(at)s::bigint AS at)'


@contextmanager
def connected(dsn: _DSN) -> Iterator[Connection]:
    """A connection that commits each statement."""
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=2) as connection:
        yield connection


@dataclass(slots=True)
class _Chunk:
    """Lines for some tables."""

    event: list[str] = field(default_factory=list)
    item: list[str] = field(default_factory=list)
    hand_over: list[str] = field(default_factory=list)
    stay: list[str] = field(default_factory=list)


class Tables:
    """Tables in a database of their own.

    Args:
        dsn: of the cluster.
        goods: what they hold.
        layout: `units` or `runs`.
    """

    def __init__(self, dsn: _DSN, goods: Goods, layout: str) -> None:
        name = f"{layout}_{goods.units}"
        with connected(dsn) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        self.dsn = dsn.replace("dbname=postgres", f"dbname={name}")
        self.layout = layout
        self._goods = goods
        self._size = CARTON if layout == "runs" else 1
        self._parties: dict[str, tuple[int, str]] = {}
        self._events = 0
        with connected(self.dsn) as connection:
            connection.execute(text("schema"))

    # -- loading

    def load(self, channel: Iterable[Event], file: Path) -> float:
        """Loads channel and goods as fast as it goes: copied first, indexed then; returns the seconds for the goods."""
        with connected(self.dsn) as connection:
            self._load_channel(connection, list(channel))
            began = time.perf_counter()
            with file.open(encoding="utf-8") as lines:
                while part := list(islice(lines, _CHUNK)):
                    for chunk in self._chunks(part):
                        _copy(connection, chunk)
            connection.execute("SELECT setval(pg_get_serial_sequence('event', 'id'), %s)", (self._events,))
            connection.execute(text("indexes"))
            connection.execute("VACUUM (ANALYZE)")
            return time.perf_counter() - began

    def _load_channel(self, connection: Connection, events: Sequence[Event]) -> None:
        parties = [event["party"] for event in events if event["type"] == "party.registered"]
        self._parties = {party["id"]: (number, party["kind"]) for number, party in enumerate(parties)}
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO party VALUES (%s, %s, %s, %s)",
                [(number, one["id"], one["kind"], one.get("promoCode")) for number, one in enumerate(parties)],
            )
            cursor.executemany(
                "INSERT INTO link VALUES (%s, %s, %s, %s, NULL)",
                [
                    (one["relation"], self._party(one["parent"]), self._party(one["child"]), START)
                    for one in events
                    if one["type"] == "channel.linked"
                ],
            )
            cursor.executemany(
                "INSERT INTO rule VALUES (%s, %s, %s, %s)",
                [(f"scan-{role.lower()}", role, fen, points) for role, fen, points in RULES],
            )

    def _party(self, name: str) -> int:
        return self._parties[name][0]

    def _item(self, code: str) -> int:
        """The number of an item: units first, then cartons, then pallets."""
        kind, number = code[:2], int(code[2:])
        units = 10**9 if kind != "BU" else 0
        return number // self._size if not units else units + number + (5 * 10**8 if kind == "BP" else 0)

    def _chunks(self, lines: Sequence[str]) -> Iterator[_Chunk]:
        chunk = _Chunk()
        recorded = now()
        for line in lines:
            event = json.loads(line)
            self._events += 1
            number, at = self._events, parse_instant(event["at"])
            body = line.rstrip("\n").replace("\\", "\\\\")
            chunk.event.append(f"{number}\t{event['id']}\t{event['type']}\t{at}\t{recorded}\t{body}\n")
            self._add(event, number, at, chunk)
            if len(chunk.item) >= _AT_ONCE:
                yield chunk
                chunk = _Chunk()
        yield chunk

    def _add(self, event: Event, number: int, at: int, chunk: _Chunk) -> None:
        match event["type"]:
            case "goods.commissioned":
                first, last = event["range"]["first"], event["range"]["last"]
                step = self._size if event["level"] == "UNIT" else 1
                head, width = first[:2], len(first) - 2
                holder, brand = self._party(event["holder"]), self._party(BRAND)
                for start in range(int(first[2:]), int(last[2:]) + 1, step):
                    code = f"{head}{start:0{width}d}"
                    end = code if step == 1 else f"{head}{start + step - 1:0{width}d}"
                    chunk.item.append(f"{self._item(code)}\t{code}\t{end}\t{at}\t{number}\t{holder}\t{brand}\n")
            case "goods.packed":
                container = self._item(event["parent"])
                inside = dict.fromkeys(map(self._item, event["children"]))
                chunk.stay.extend(f"{one}\t{at}\t\\N\t{container}\n" for one in inside)
            case kind:
                receiver = event["party"] if kind == "goods.received" else event["to"]
                owns = "t" if kind == "goods.received" else "f"
                party, role = self._parties[receiver]
                seller = self._party(event["salesperson"]) if "salesperson" in event else "\\N"
                chunk.hand_over.extend(
                    f"{self._item(code)}\t{at}\t{number}\t{owns}\t{party}\t{_KINDS[role]}\t{seller}\n"
                    for code in event["codes"]
                )

    # -- what is asked

    @contextmanager
    def owners_asked(self, reach: str) -> Iterator[Callable[[Question], Owned]]:
        """A connection that asks who owned one code."""
        query = owners_query(self.layout, reach, _ONE)
        with connected(self.dsn) as connection:

            def ask(question: Question) -> Owned:
                row = connection.execute(query, {"code": question[0], "at": question[1]}).fetchone()
                if row is None:
                    raise LookupError(question[0])
                return tuple(row[1:])

            yield ask

    def owners(self, reach: str, questions: Path, out: Path) -> float:
        """Who owned very many codes: from a CSV into a CSV; returns the seconds that it took.

        Raises:
            TimeoutError: when that is more than `PATIENCE_SECONDS`.
        """
        query = owners_query(self.layout, reach, "asked")
        with connected(self.dsn) as connection:
            began = time.perf_counter()
            connection.execute("TRUNCATE asked")
            with questions.open(newline="") as rows, connection.cursor().copy("COPY asked FROM STDIN") as copy:
                asked = csv.reader(rows)
                next(asked)
                while part := list(islice(asked, _CHUNK)):
                    copy.write("".join(f"{code}\t{parse_instant(at)}\n" for code, at in part))
            connection.execute("ANALYZE asked")
            connection.execute(sql.SQL("SET statement_timeout = {}").format(sql.Literal(PATIENCE_SECONDS * 1_000)))
            copied = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)
            try:
                with out.open("wb") as answers, connection.cursor().copy(copied) as copy:
                    for data in copy:
                        answers.write(data)
            except psycopg.errors.QueryCanceled:
                raise TimeoutError from None
            return time.perf_counter() - began

    @contextmanager
    def asking(self, name: str) -> Iterator[Callable[[Mapping[str, Any]], list[tuple[Any, ...]]]]:
        """A connection that asks one of the questions about the channel."""
        query = text(name)
        with connected(self.dsn) as connection:
            yield lambda variables: connection.execute(query, variables).fetchall()

    # -- scans

    @contextmanager
    def recording(self, reach: str) -> Iterator[Callable[[Sequence[Event]], None]]:
        """A connection that records scans and decides on them, in one transaction each time."""
        query = text("record_scans", find=_source(f"find_{self.layout}"), reach=_source(f"reach_{reach}"))
        with connected(self.dsn) as connection:

            def record(events: Sequence[Event]) -> None:
                connection.execute(
                    query,
                    {
                        "names": [event["id"] for event in events],
                        "codes": [event["code"] for event in events],
                        "ats": [parse_instant(event["at"]) for event in events],
                        "accounts": [event["member"]["identifiers"][0]["value"] for event in events],
                        "promos": [event.get("promoCode") for event in events],
                        "bodies": [json.dumps(event) for event in events],
                        "now": now(),
                    },
                )

            yield record

    def append(self, events: Iterable[Event]) -> Iterator[int]:
        """Loads further goods into the indexed tables, a batch a transaction; how many events each held."""
        waiting = (json.dumps(event) + "\n" for event in events)
        with connected(self.dsn) as connection:
            self._events = max(self._events, 10**9)
            while part := list(islice(waiting, BATCH)):
                with connection.transaction():
                    for chunk in self._chunks(part):
                        _copy(connection, chunk)
                yield len(part)

    def size(self) -> int:
        """Bytes that tables and indexes take."""
        with connected(self.dsn) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return 0 if row is None else int(row[0])


def _copy(connection: Connection, chunk: _Chunk) -> None:
    for table in _TABLES:
        if lines := getattr(chunk, table):
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                copy.write("".join(lines))
