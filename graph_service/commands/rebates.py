"""`graph-service rebates run | settle | verify`: decides what is due, closes months, looks through the journal."""

import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graph_service.commands.settling import settle as settle_backlog
from graph_service.commands.statement_lines import write_lines
from graph_service.errors import ServiceError
from graph_service.graph.driver import Transaction
from graph_service.intake.lock import lock
from graph_service.moments import now, rfc3339
from graph_service.progress import progress, say
from graph_service.rebates.audit import Audit, audit
from graph_service.rebates.chain import open_books
from graph_service.rebates.freezing import accounts_after, freeze, members_of
from graph_service.rebates.payouts import Payouts
from graph_service.rebates.periods import UNCLOSED, end_of
from graph_service.rebates.questions import RebateLine, rebates
from graph_service.rebates.statements import Totals
from graph_service.recorder import Report
from graph_service.service import Service
from graph_service.sheets import Kind, Sheet

LINES_AT_ONCE = 5_000
ACCOUNTS_AT_ONCE = 1_000

DECISION_COLUMNS: dict[str, Kind] = {
    "trigger": "text",
    "at": "time",
    "rule": "text",
    "ruleVersion": "integer",
    "role": "text",
    "payee": "text",
    "status": "text",
    "amountFen": "integer",
    "points": "integer",
    "reason": "text",
    "decidedAt": "time",
    "id": "text",
}
STATEMENT_COLUMNS: dict[str, Kind] = {
    "payee": "text",
    "kind": "text",
    "name": "text",
    "period": "text",
    "openingFen": "integer",
    "earnedFen": "integer",
    "reversedFen": "integer",
    "heldFen": "integer",
    "adjustedFen": "integer",
    "payableFen": "integer",
    "paidFen": "integer",
    "closingFen": "integer",
    "payoutFen": "integer",
    "deferred": "text",
}


async def run(service: Service, through: int | None, out: Path | None) -> dict[str, Any]:
    """Decides everything that is due up to a time; what was decided already stays.

    Args:
        service: the open service.
        through: until when, in microseconds; None for now.
        out: where all decisions on events up to then are written.

    Returns:
        what to tell: `through`, and how many decisions are new or changed by that.
    """
    until = now() if through is None else through
    await settle_backlog(service.recorder.backlog)
    clock = (await service.graph.read(lambda transaction: transaction.run("intake/clock")))[0]["clock"]
    changed = 0
    if clock is None or clock < until:
        name = f"clock-advanced-{rfc3339(until)}-{uuid.uuid4().hex[:8]}"
        event = {"id": name, "type": "clock.advanced", "at": rfc3339(now()), "through": rfc3339(until)}
        changed = len((await _recorded(service, event)).decided)
        before = service.recorder.backlog.changed
        await settle_backlog(service.recorder.backlog)
        changed += service.recorder.backlog.changed - before
    told: dict[str, Any] = {"through": rfc3339(until), "changed": changed}
    if out is not None:
        told["decisions"] = await _write_decisions(service, until, out)
    return told


async def _recorded(service: Service, event: dict[str, Any]) -> Report:
    report = await service.recorder.record([event], as_admin=False, tell=True)
    if report.rejected:
        raise ServiceError(report.rejected[0].code, report.rejected[0].message)
    return report


async def _write_decisions(service: Service, until: int, out: Path) -> int:
    after: tuple[int, str] | None = None
    count = 0
    with Sheet(out, DECISION_COLUMNS) as sheet, progress(f"Writing {out.name}") as advance:
        while True:

            async def page(transaction: Transaction, after: tuple[int, str] | None = after) -> list[RebateLine]:
                return await rebates(transaction, limit=LINES_AT_ONCE, after=after)

            lines = await service.graph.read(page, service.graph.latest_bookmarks())
            due = [line for line in lines if line.at <= until]
            sheet.write([_decision_row(line) for line in due])
            count += len(due)
            advance(0.0, f"{count:,} decisions")
            if len(due) < LINES_AT_ONCE:
                return count
            after = lines[-1].position


def _decision_row(line: RebateLine) -> dict[str, Any]:
    return {
        "trigger": line.trigger,
        "at": line.at,
        "rule": line.rule,
        "ruleVersion": line.version,
        "role": line.role,
        "payee": line.payee,
        "status": line.status,
        "amountFen": line.amount_fen,
        "points": line.points,
        "reason": line.reason,
        "decidedAt": line.decided_at,
        "id": line.id,
    }


def settlement_files(period: str, folder: Path) -> tuple[Path, Path]:
    """The files of a settlement; the folder is made where it is not there.

    Raises:
        ServiceError: `FILE_NOT_WRITABLE`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(
            "FILE_NOT_WRITABLE", f"{folder} can't be made: {error.strerror}.", remedy="Choose another one with --out."
        ) from None
    return folder / f"statements-{period}.csv", folder / f"statements-{period}.parquet"


async def settle(
    service: Service, period: str, files: Sequence[Path], of_lines: Path | None = None
) -> tuple[Totals, dict[str, int]]:
    """Closes a month, keeps its totals, and writes the statements of all payees; the same again when repeated.

    Args:
        service: the open service.
        period: the month.
        files: where to; one that is there is replaced.
        of_lines: where the lines of all statements go; None for nowhere.

    Returns:
        the sum of all statements, and how many payees, and lines where they were asked for, there are.
    """
    await _close(service, period)
    statements = await _freeze(service, period)
    total = Totals()
    for one in statements.values():
        total += one
    rows = await _statement_rows(service, period, statements)
    for file in files:
        with Sheet(file, STATEMENT_COLUMNS) as sheet:
            for start in range(0, len(rows), LINES_AT_ONCE):
                sheet.write(rows[start : start + LINES_AT_ONCE])
    told = {"payees": len(rows)}
    if of_lines is not None:
        told["lines"] = await write_lines(service, period, of_lines)
    await settle_backlog(service.recorder.backlog)  # what is settled gets marked
    return total, told


async def _close(service: Service, period: str) -> None:
    """Records `period.closed`, unless the month is closed; nothing may be pending."""
    if end_of(period) > now():
        say(f"{period} is not over: what still happens in it goes to the statement after it.")
    recorded = False
    while True:
        await settle_backlog(service.recorder.backlog)
        books = await service.graph.read(open_books, service.graph.latest_bookmarks())
        if books.closings.first(period) != UNCLOSED:
            return
        waiting = await service.graph.read(lambda transaction: transaction.run("rebates/unsealed_closings"))
        if recorded and not waiting:
            raise ServiceError("NOT_SETTLED", f"The closing of {period} was voided while it was under way.")
        if not any(row["period"] >= period for row in waiting):
            name = f"period-closed-{period}-{uuid.uuid4().hex[:8]}"
            await _recorded(service, {"id": name, "type": "period.closed", "at": rfc3339(now()), "period": period})
            recorded = True


async def _freeze(service: Service, period: str) -> dict[str, Totals]:
    """Keeps the totals of all accounts; returns those of all payees that have something to tell."""
    statements: dict[str, Totals] = {}
    after, done = "", 0
    with progress(f"Freezing {period}") as advance:
        while True:

            async def work(
                transaction: Transaction, after: str = after
            ) -> tuple[list[str], dict[str, Totals], dict[str, str]]:
                await lock(transaction)
                accounts = await accounts_after(transaction, after, ACCOUNTS_AT_ONCE)
                totals = await freeze(transaction, accounts, period, await open_books(transaction))
                return accounts, dict(totals), dict(await members_of(transaction, accounts))

            (accounts, totals, members), _ = await service.graph.write(work)
            if not accounts:
                return {payee: one for payee, one in statements.items() if not one.is_empty}
            for account, one in totals.items():
                payee = members.get(account, account)
                statements[payee] = statements.get(payee, Totals()) + one
            after, done = accounts[-1], done + len(accounts)
            advance(0.5, f"{done:,} accounts")


async def _statement_rows(service: Service, period: str, statements: dict[str, Totals]) -> list[dict[str, Any]]:
    payouts = await service.graph.read(Payouts.fetch)
    rows: list[dict[str, Any]] = []
    payees = sorted(statements)
    for start in range(0, len(payees), LINES_AT_ONCE):
        part = payees[start : start + LINES_AT_ONCE]
        found = await service.graph.read(
            lambda transaction, part=part: transaction.rows_of("channel/parties_by_id", part)  # type: ignore[misc]
        )
        parties = {row["party"]["id"]: row["party"] for row in found}
        for payee in part:
            totals, party = statements[payee], parties.get(payee, {})
            payout, deferred = payouts.of(totals.closing, party)
            rows.append(
                {
                    "payee": payee,
                    "kind": party.get("kind", "MEMBER" if payee not in parties else None),
                    "name": party.get("name"),
                    "period": period,
                    **amounts(totals),
                    "payoutFen": payout,
                    "deferred": deferred,
                }
            )
    return rows


def amounts(totals: Totals) -> dict[str, int]:
    """The columns of a statement, in fen."""
    return {
        "openingFen": totals.opening,
        "earnedFen": totals.earned,
        "reversedFen": totals.reversed,
        "heldFen": totals.held,
        "adjustedFen": totals.adjusted,
        "payableFen": totals.payable,
        "paidFen": totals.paid,
        "closingFen": totals.closing,
    }


async def verify(service: Service) -> Audit:
    """Looks through the journal, when nothing is pending."""
    await settle_backlog(service.recorder.backlog)
    with progress("Verifying the journal") as advance:
        return await audit(service.graph, advance)


def as_text(told: dict[str, Any]) -> str:
    """What a command tells, as JSON."""
    return json.dumps(told, ensure_ascii=False, indent=2)
