"""The lines of a statement: what each decision moves, however often it was booked and taken back in between.

First the late differences of settled months, then the month itself, in the order of time. A line is what became due;
what went on hold, or left it, is a line of its own with the status `HELD`. The lines that are not on hold add up to
`payable - opening`.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.statements import EVER, Sight, Statement

Position = tuple[int, str]

_HELD = ".held"
_SPARE = 50  # most decisions were booked once, so that a page of entries is about a page of lines


async def lines_of(
    transaction: Transaction, statement: Statement, *, limit: int, after: Position | None = None
) -> list[RebateLine]:
    """The next lines of a statement.

    Args:
        transaction: to read in.
        statement: whose lines.
        limit: how many at most.
        after: the position that they stand behind.
    """
    sight = statement.sight
    position = after or (EVER, "")
    lines: list[RebateLine] = []
    if position[0] < sight.start:
        late = await transaction.rows_of(
            "rebates/late_lines", statement.accounts, start=sight.start, before=sight.before, block=sight.block
        )
        lines = [line for line in _lines(late, sight) if line.position > position]
    if len(lines) < limit:
        lines += await _lines_of_month(transaction, statement, limit - len(lines), position)
    return lines[:limit]


async def _lines_of_month(
    transaction: Transaction, statement: Statement, limit: int, after: Position
) -> list[RebateLine]:
    sight = statement.sight
    # A line that was cut off by the end of a page begins with the first entry of its decision.
    at, id_ = max(after, (sight.start, ""))
    id_ = id_.removesuffix(_HELD)
    found: list[RebateLine] = []
    fetched = limit + _SPARE
    while len(found) < limit:
        rows = await transaction.rows_of(
            "rebates/lines_of_month",
            statement.accounts,
            **{"at": at, "id": id_, "end": sight.end, "block": sight.block, "limit": fetched},
        )
        is_last = len(rows) < fetched
        groups = [list(group) for _, group in groupby(rows, key=_decision_at)]
        if not is_last:
            groups.pop()  # it may go on behind what was fetched
        found += [line for group in groups for line in _lines(group, sight) if line.position > after]
        if is_last:
            break
        if groups:
            at, id_ = groups[-1][0]["at"], _decision_of(groups[-1][0]) + "/"
            fetched = limit - len(found) + _SPARE
        else:
            fetched *= 2
    return found[:limit]


async def entries_of_accounts(
    transaction: Transaction, accounts: Sequence[str], sight: Sight, most: int
) -> tuple[list[Row], list[str]]:
    """The entries that the statements of many accounts are made of.

    Args:
        transaction: to read in.
        accounts: whose.
        sight: what the statements see.
        most: entries of one account that are fetched.

    Returns:
        what `rows_of_accounts` takes, and the accounts that have more entries; theirs are not among them.
    """
    seen = {"start": sight.start, "end": sight.end, "before": sight.before, "block": sight.block}
    found = await transaction.rows_of("rebates/lines_of_accounts", accounts, limit=most, **seen)
    larger = {row["payee"] for row in found if len(row["entries"]) == most}
    return [row for row in found if row["payee"] not in larger], sorted(larger)


def rows_of_accounts(accounts: Sequence[Row], sight: Sight) -> list[Row]:
    """The lines of statements of many accounts, as rows of a table, account by account."""
    lines: list[Row] = []
    for account in accounts:
        for late, entries in ((True, account["late"]), (False, account["entries"])):
            lines += _table_rows(account["payee"], sight, entries, late=late)
    return lines


def _table_rows(payee: str, sight: Sight, entries: Iterable[Sequence[Any]], *, late: bool) -> Iterator[Row]:
    """As `_lines_of_decision`, for entries as lists; a decision that was booked once needs no summing up."""
    ordered = sorted((row[0], row[1].partition(".")[0], row[2], row) for row in entries)
    for decision, group in groupby(ordered, key=itemgetter(1)):
        booked = [row for *_, row in group]
        first = _Entry(*booked[0])
        if len(booked) == 1 and first.is_plain:
            status = "SETTLED" if sight.is_frozen else "ACCRUED"
            yield _columns(payee, sight.period, first, status, first.amountFen, decision, late=late)
        else:
            for line in _lines_of_decision([_Entry(*row)._asdict() for row in booked], sight):
                yield table_row(line, payee, sight.period, late=late)


class _Entry(NamedTuple):
    """An entry of the journal, as `rebates/lines_of_accounts` lists it."""

    at: int
    id: str
    revision: int
    rule: str
    version: int
    trigger: str
    role: str
    status: str
    amountFen: int  # noqa: N815 - as the journal calls it
    points: int
    cause: str | None
    reason: str | None

    @property
    def is_plain(self) -> bool:
        """Whether it is a line as it stands."""
        due = self.status == "ACCRUED" and self.cause is None
        return due and self.amountFen >= 0 and bool(self.amountFen or self.points)


def table_row(line: RebateLine, payee: str, period: str, *, late: bool) -> Row:
    """A line as a row of a table."""
    return _columns(payee, period, line, line.status, line.amount_fen, line.decision, late=late)


def _columns(
    payee: str, period: str, said: "RebateLine | _Entry", status: str, fen: int, decision: str, *, late: bool
) -> Row:
    return {
        "account": payee,
        "period": period,
        "adjusts": "settled month" if late else None,
        "trigger": said.trigger,
        "at": said.at,
        "rule": said.rule,
        "ruleVersion": said.version,
        "role": said.role,
        "status": status,
        "amountFen": fen,
        "points": said.points,
        "reason": said.reason,
        "decision": decision,
    }


def _decision_of(row: Row) -> str:
    return str(row["id"]).rpartition(".")[0]


def _decision_at(row: Row) -> tuple[int, str]:
    return (row["at"], _decision_of(row))


def _lines(rows: Iterable[Row], sight: Sight) -> list[RebateLine]:
    """The lines that entries come to, in the order of (`at`, id)."""
    ordered = sorted(rows, key=lambda row: (*_decision_at(row), row["revision"]))
    return [line for _, group in groupby(ordered, key=_decision_at) for line in _lines_of_decision(list(group), sight)]


def _lines_of_decision(entries: Sequence[Row], sight: Sight) -> list[RebateLine]:
    held = [row for row in entries if row["status"] == "HELD"]
    due = [row for row in entries if row["status"] != "HELD"]
    decision = _decision_of(entries[0])
    lines = []
    for id_, rows, on_hold in ((decision, due, False), (decision + _HELD, held, True)):
        fen, points = sum(row["amountFen"] for row in rows), sum(row["points"] for row in rows)
        if fen or points:
            lines.append(_line(id_, rows[-1], fen, points, _status(rows[-1], fen, sight, on_hold=on_hold)))
    return lines


def _status(last: Row, fen: int, sight: Sight, *, on_hold: bool) -> str:
    if on_hold:
        return "HELD"
    if last["cause"] is not None or fen < 0:
        return "REVERSED"
    return "SETTLED" if sight.is_frozen else "ACCRUED"


def _line(id_: str, last: Row, fen: int, points: int, status: str) -> RebateLine:
    return RebateLine(
        id=id_,
        rule=last["rule"],
        version=last["version"],
        trigger=last["trigger"],
        role=last["role"],
        payee=last.get("payee"),
        status=status,
        amount_fen=fen,
        points=points,
        reason=last["reason"],
        at=last["at"],
        decided_at=last.get("decidedAt", 0),
    )
