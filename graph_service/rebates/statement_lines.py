"""The lines of a statement: what each decision moves, however often it was booked and taken back in between.

First the late differences of settled months, then the month itself, in the order of time. A line is what became due;
what went on hold, or left it, is a line of its own with the status `HELD`. The lines that are not on hold add up to
`payable - opening`.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.statements import EVER, Sight, Statement

Position = tuple[int, str]

_HELD = ".held"


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
    fetched = 2 * limit + 1
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
        else:
            fetched *= 2
    return found[:limit]


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
        payee=last["payee"],
        status=status,
        amount_fen=fen,
        points=points,
        reason=last["reason"],
        at=last["at"],
        decided_at=last["decidedAt"],
    )
