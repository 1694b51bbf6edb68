"""The statements in `cypher/`: one question a file, each with a header that says what it needs and gives.

A header is the comment at the top of a file:

    // Who supplied these stores, and since when.
    // parameters: stores
    // columns: child, parent, from, until
    // starts from: party_id
    // mode: read
    // db hits: 12 a row

The loader refuses a file whose text disagrees with its header, so that what a reader of the file believes is so.

A statement over many rows may end in `RETURN collect({column: …}) AS rows`: its columns are the keys of the map, and
its rows come as one record. The driver spends some 30 µs on a record, more than the server does on most rows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from graph_service.resources import resource

Mode = Literal["read", "write"]

_LINE = re.compile(r"^//\s?(.*)$")
_FIELD = re.compile(r"^(parameters|columns|starts from|mode|db hits):\s*(.*)$")
_PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")
_WRITES = re.compile(r"\b(CREATE|MERGE|DELETE|SET|REMOVE)\b")
_GATHERED = re.compile(r"^collect\(\{(.*)\}\) AS rows$", re.DOTALL)
_QUOTED_OR_COMMENT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|//[^\n]*")


class StatementError(Exception):
    """A file in `cypher/` whose text and header disagree."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A Cypher statement with what its header declares.

    Attributes:
        name: its path below `cypher/` without the suffix, as in `goods/stays`.
        question: what it answers, in one sentence.
        text: what the server gets.
        parameters: names of its parameters.
        columns: names of its columns, in order; empty for a statement that only writes.
        gathered: whether all rows come in one record, as a list of maps.
        starts_from: index or constraint that the plan begins with, or why there is none.
        mode: whether it writes.
        db_hits: the most database hits that it may cost for each row of its first parameter.
    """

    name: str
    question: str
    text: str
    parameters: frozenset[str]
    columns: tuple[str, ...]
    gathered: bool
    starts_from: str
    mode: Mode
    db_hits: int


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip() not in {"", "-"})


def _returned(code: str) -> str | None:
    """What follows the last top-level RETURN, or `None` without one."""
    depth, start = 0, -1
    for found in re.finditer(r"[({\[]|[)}\]]|\bRETURN\b", code):
        if found[0] == "RETURN":
            start = found.end() if depth == 0 else start
        else:
            depth += 1 if found[0] in "({[" else -1
    return None if start < 0 else re.split(r"\b(?:ORDER\s+BY|SKIP|LIMIT)\b", code[start:])[0].strip()


def _items(text: str) -> Iterator[str]:
    """The parts of a text between its top-level commas."""
    depth, item = 0, ""
    for char in text + ",":
        depth += char in "({["
        depth -= char in ")}]"
        if char == "," and depth == 0:
            yield item.strip()
            item = ""
        else:
            item += char


def _columns_of(returned: str) -> tuple[str, ...]:
    gathered = _GATHERED.match(returned)
    if gathered:
        return tuple(item.partition(":")[0] for item in _items(gathered[1]))
    items = _items(returned.removeprefix("DISTINCT "))
    return tuple(re.split(r"\bAS\b", item)[-1].strip().strip("`") for item in items)


def parse_statement(name: str, source: str) -> Statement:
    """Reads a file of `cypher/` and checks it against its header.

    Raises:
        StatementError: when the header is incomplete or the text disagrees with it.
    """
    question: list[str] = []
    fields: dict[str, str] = {}
    lines = source.splitlines()
    for line in lines:
        comment = _LINE.match(line)
        if comment is None:
            break
        field = _FIELD.match(comment[1])
        if field:
            fields[field[1]] = field[2].strip()
        elif not fields:
            question.append(comment[1].strip())
    missing = {"parameters", "columns", "starts from", "mode", "db hits"} - fields.keys()
    if missing or not question:
        raise StatementError(f"cypher/{name}: the header lacks {', '.join(sorted(missing)) or 'its question'}")
    code = _QUOTED_OR_COMMENT.sub(" ", source)
    parameters = frozenset(_names(fields["parameters"]))
    used = frozenset(_PARAMETER.findall(code))
    if used != parameters:
        raise StatementError(f"cypher/{name}: declares the parameters {sorted(parameters)} but uses {sorted(used)}")
    columns = _names(fields["columns"])
    returned = _returned(code)
    found = () if returned is None else _columns_of(returned)
    if columns != found:
        raise StatementError(f"cypher/{name}: declares the columns {columns} but returns {found}")
    mode = fields["mode"]
    if mode not in {"read", "write"} or (mode == "write") != bool(_WRITES.search(code)):
        raise StatementError(f"cypher/{name}: its mode is {mode!r}, which the text contradicts")
    hits = re.match(r"(\d+)", fields["db hits"])
    if hits is None:
        raise StatementError(f"cypher/{name}: 'db hits' must begin with a number")
    return Statement(
        name=name,
        question=" ".join(question),
        text=source,
        parameters=parameters,
        columns=columns,
        gathered=returned is not None and _GATHERED.match(returned) is not None,
        starts_from=fields["starts from"],
        mode=cast(Mode, mode),
        db_hits=int(hits[1]),
    )


def load_statements(folder: Path) -> Mapping[str, Statement]:
    """All statements below a folder, by name.

    Raises:
        StatementError: when one of them contradicts its header.
    """
    files = sorted(folder.rglob("*.cypher"))
    names = [file.relative_to(folder).with_suffix("").as_posix() for file in files]
    return {name: parse_statement(name, file.read_text("utf-8")) for name, file in zip(names, files, strict=True)}


@cache
def _shipped() -> Mapping[str, Statement]:
    return load_statements(resource("cypher"))


def statement(name: str) -> Statement:
    """The shipped statement of that name.

    Raises:
        KeyError: when there is none.
    """
    return _shipped()[name]
