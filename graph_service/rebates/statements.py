"""Statements: what a payee is owed for a month.

    opening + earned + reversed - held + adjusted = payable, payable - paid = closing

A statement is a sum over the journal. That of a closed month sees it up to the block that its closing was sealed into,
that of an open one all of it; so nothing has to be written to freeze one, and nothing can thaw it. Late entries for
months that were closed before go to the first statement that sees them, as `adjusted`. `rebates settle` keeps the
totals of each account as a `(:Statement)`, from which later months are summed on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.chain import Books, open_books
from graph_service.rebates.periods import UNCLOSED, Closings, beginning_of, end_of, month_before
from graph_service.rebates.questions import accounts_of

EVER = -(2**62)


@dataclass(frozen=True, slots=True)
class Totals:
    """What an account, or several, are owed for a month; fen.

    Attributes:
        opening: the balance before; frozen with the rest.
        earned: what was earned in the month, what is on hold included.
        reversed: what refunds of the month took back; not above 0.
        held: the change of what is on hold.
        adjusted: late differences of settled months.
        paid: what was paid of it, at any time.
        gross: all that was ever earned and reversed up to the end of the month.
        on_hold: what is on hold at the end of the month.
    """

    opening: int = 0
    earned: int = 0
    reversed: int = 0
    held: int = 0
    adjusted: int = 0
    paid: int = 0
    gross: int = 0
    on_hold: int = 0

    @property
    def payable(self) -> int:
        """What is owed; a negative one is carried on."""
        return self.opening + self.earned + self.reversed - self.held + self.adjusted

    @property
    def closing(self) -> int:
        """What is left of it."""
        return self.payable - self.paid

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not any(getattr(self, one.name) for one in fields(self) if one.name not in {"gross", "on_hold"})

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Sight:
    """What the statement of a month sees of the journal.

    Attributes:
        period: the month.
        start: its beginning, in microseconds.
        end: its end.
        before: the last block that the statement of the month before saw.
        block: the last block that it sees.
    """

    period: str
    start: int
    end: int
    before: int
    block: int

    @classmethod
    def of(cls, period: str, closings: Closings) -> "Sight":
        """What is seen, given the settlements in force."""
        previous = closings.first(month_before(period))
        return cls(period, beginning_of(period), end_of(period), previous, closings.first(period))

    @property
    def is_frozen(self) -> bool:
        """Whether the month is closed."""
        return self.block != UNCLOSED


@dataclass(frozen=True, slots=True)
class Statement:
    """What a payee is owed for a month.

    Attributes:
        payee: as asked for.
        accounts: all that belong to the payee.
        sight: what it sees.
        totals: over all accounts.
    """

    payee: str
    accounts: tuple[str, ...]
    sight: Sight
    totals: Totals


async def statement(transaction: Transaction, payee: str, period: str) -> Statement | None:
    """The statement of a payee, frozen or as it would be now.

    Args:
        transaction: to read in.
        payee: id of a party, or any id of a member, and then over all its accounts.
        period: the month, as `2026-10`.

    Returns:
        None when nobody is known by that id.
    """
    accounts = sorted(await accounts_of(transaction, payee))
    if len(accounts) == 1 and not await transaction.rows_of("rebates/known_payees", accounts):
        return None
    books = await open_books(transaction)
    totals = await totals_of(transaction, accounts, period, books)
    whole = Totals()
    for one in totals.values():
        whole += one
    return Statement(payee, tuple(accounts), Sight.of(period, books.closings), whole)


async def totals_of(
    transaction: Transaction, accounts: Sequence[str], period: str, books: Books
) -> Mapping[str, Totals]:
    """The totals of accounts for a month, by account."""
    sight = Sight.of(period, books.closings)
    payments = await _payments(transaction, accounts)
    kept = await _kept(transaction, accounts, sight)
    totals = {payee: _frozen(row, payments.get(payee, ()), period) for payee, row in kept.items()}
    rest = [payee for payee in accounts if payee not in totals]
    checkpoints = await _checkpoints(transaction, rest, sight, books.closings)
    rows = [_begun(payee, checkpoints.get(payee)) for payee in rest]
    sums = await transaction.rows_of(
        "rebates/account_sums", rows, start=sight.start, end=sight.end, before=sight.before, block=sight.block
    )
    for row in sums:
        payee = row["payee"]
        totals[payee] = _totals(row, checkpoints.get(payee), payments.get(payee, ()), sight)
    return totals


async def _payments(transaction: Transaction, accounts: Sequence[str]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in await transaction.rows_of("rebates/payments_of", accounts):
        found.setdefault(row["payee"], []).append(row)
    return found


async def _kept(transaction: Transaction, accounts: Sequence[str], sight: Sight) -> Mapping[str, Row]:
    """What a settlement kept, unless that was another settlement than the one in force."""
    if not sight.is_frozen:
        return {}
    rows = await transaction.rows_of("rebates/frozen", accounts, period=sight.period)
    return {row["payee"]: row for row in rows if row["block"] == sight.block}


async def _checkpoints(
    transaction: Transaction, accounts: Sequence[str], sight: Sight, closings: Closings
) -> Mapping[str, Row]:
    """The latest totals to sum on from."""
    rows = await transaction.rows_of("rebates/checkpoints", accounts, period=month_before(sight.period))
    return {row["payee"]: row for row in rows if row["block"] == closings.first(row["period"])}


def _begun(payee: str, checkpoint: Row | None) -> Row:
    if checkpoint is None:
        return {"payee": payee, "since": EVER, "seen": -1}
    return {"payee": payee, "since": end_of(checkpoint["period"]), "seen": checkpoint["block"]}


def _paid(payments: Iterable[Row], periods: Collection[str] | None, before: str, block: int) -> int:
    return sum(
        row["fen"]
        for row in payments
        if (row["period"] in periods if periods is not None else row["period"] < before) and row["block"] <= block
    )


def _totals(row: Row, checkpoint: Row | None, payments: Sequence[Row], sight: Sight) -> Totals:
    gross, on_hold = (0, 0) if checkpoint is None else (checkpoint["grossFen"], checkpoint["heldFen"])
    gross += row["gross"] + row["earlierLate"]
    on_hold += row["held"] + row["earlierLateHeld"]
    held = row["monthHeld"] + row["adjustedHeld"]
    return Totals(
        opening=gross - on_hold - _paid(payments, None, sight.period, sight.block),
        earned=row["earned"],
        reversed=row["reversed"],
        held=held,
        adjusted=row["adjusted"],
        paid=_paid(payments, {sight.period}, "", UNCLOSED),
        gross=gross + row["earned"] + row["reversed"] + row["adjusted"],
        on_hold=on_hold + held,
    )


def _frozen(row: Row, payments: Sequence[Row], period: str) -> Totals:
    return Totals(
        opening=row["openingFen"],
        earned=row["earnedFen"],
        reversed=row["reversedFen"],
        held=row["heldChangeFen"],
        adjusted=row["adjustedFen"],
        paid=_paid(payments, {period}, "", UNCLOSED),
    )


def kept_row(payee: str, sight: Sight, totals: Totals) -> Row:
    """Frozen totals of an account as properties."""
    return {
        "payee": payee,
        "period": sight.period,
        "block": sight.block,
        "openingFen": totals.opening,
        "earnedFen": totals.earned,
        "reversedFen": totals.reversed,
        "heldChangeFen": totals.held,
        "adjustedFen": totals.adjusted,
        "grossFen": totals.gross,
        "heldFen": totals.on_hold,
    }
