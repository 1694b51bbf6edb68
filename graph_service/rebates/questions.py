"""The questions about money: the decisions in force, and the journal of what was ever booked.

Both are ordered by (`at` of the trigger, id) and read page by page; each filter begins at an index of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.decision import decision_id

STATUSES = ("ACCRUED", "HELD", "REJECTED", "REVERSED", "SUSPENSE", "SETTLED")

_BEGINNING = (-(2**63), "")


@dataclass(frozen=True, slots=True)
class RebateLine:
    """A decision, or an entry of the journal; times are in microseconds.

    Attributes:
        id: of the decision or entry.
        rule: id; `NONE` where the event as a whole pays nothing.
        version: of the rule.
        trigger: id of the event that caused it.
        role: who is paid.
        payee: id of the party or of the identifier whose account it is.
        status: as in the contract.
        amount_fen: negative for a reversal.
        points: the same.
        reason: why nothing, why it waits, or of a reversal its cause.
        at: when the trigger happened.
        decided_at: when the log took the trigger.
        revision: of an entry, counted from 1; None for a decision.
        reverses: the entry that this one takes back.
        reversed_by: the entry that takes this one back.
    """

    id: str
    rule: str
    version: int
    trigger: str
    role: str
    payee: str | None
    status: str
    amount_fen: int
    points: int
    reason: str | None
    at: int
    decided_at: int
    revision: int | None = None
    reverses: str | None = None
    reversed_by: str | None = None

    @property
    def decision(self) -> str:
        """Id of the decision: its own, or the one that the entry was booked, or the line of a statement is, for."""
        return self.id.partition(".")[0]

    @property
    def is_past(self) -> bool:
        """Whether it is an entry that was taken back, or takes one back; even revisions do."""
        return self.revision is not None and (self.reversed_by is not None or not self.revision % 2)

    @property
    def position(self) -> tuple[int, str]:
        """Where it stands in the order of pages."""
        return (self.at, self.id)


def line_of(row: Row) -> RebateLine:
    """A decision or entry out of its properties; those that are not there are empty."""
    return RebateLine(
        row["id"],
        row["rule"],
        row["version"],
        row["trigger"],
        row["role"],
        row.get("payee"),
        row["status"],
        row["amountFen"],
        row["points"],
        row.get("reason"),
        row["at"],
        row["decidedAt"],
        row.get("revision"),
        row.get("reverses") or _original(row),
        row.get("reversedBy"),
    )


def _original(row: Row) -> str | None:
    """Of what a refund takes back: the decision that it is taken from."""
    if row.get("cause") is None or "revision" in row:
        return None
    return decision_id(row["rule"], row["trigger"], row["role"], row.get("payee"))


async def rebates(
    transaction: Transaction,
    *,
    limit: int,
    trigger: str | None = None,
    payee: str | None = None,
    status: str | None = None,
    history: bool = False,
    after: tuple[int, str] | None = None,
) -> list[RebateLine]:
    """The next decisions, or entries of the journal.

    Args:
        transaction: to read in.
        limit: how many at most.
        trigger: only those that this event caused.
        payee: only those of this party; any id of a member stands for all its accounts.
        status: only those with it.
        history: the journal instead of the decisions in force.
        after: the position that they stand behind.
    """
    page = dict(zip(("at", "id"), after or _BEGINNING, strict=True))
    accounts = None if payee is None else await accounts_of(transaction, payee)
    statuses = STATUSES if status is None else (status,)
    kind = "entries" if history else "decisions"
    if trigger is not None:
        rows = await transaction.rows_of(f"rebates/{kind}_by_trigger", [trigger])
        lines = sorted((line_of(row) for row in rows), key=lambda line: line.position)
        return [
            line
            for line in lines
            if line.status in statuses
            and (accounts is None or line.payee in accounts)
            and line.position > (after or _BEGINNING)
        ][:limit]
    if accounts is not None:
        rows = await transaction.rows_of(
            f"rebates/{kind}_by_payee", sorted(accounts), statuses=statuses, limit=limit, **page
        )
    elif history:
        rows = await transaction.run("rebates/entries_in_time", statuses=statuses, limit=limit, **page)
    elif status is not None:
        rows = await transaction.run("rebates/decisions_by_status", status=status, limit=limit, **page)
    else:
        rows = await transaction.run("rebates/decisions_in_time", limit=limit, **page)
    return [line_of(row) for row in rows]


async def rebates_of_triggers(transaction: Transaction, triggers: Iterable[str]) -> Mapping[str, list[RebateLine]]:
    """The decisions in force that events caused, in the order of pages; an empty list for those that caused none."""
    asked = sorted(set(triggers))
    found: dict[str, list[RebateLine]] = defaultdict(list)
    for row in await transaction.rows_of("rebates/decisions_by_trigger", asked):
        found[row["trigger"]].append(line_of(row))
    return {trigger: sorted(found[trigger], key=lambda line: line.position) for trigger in asked}


async def rebates_of_trigger(transaction: Transaction, trigger: str) -> list[RebateLine]:
    """The decisions in force that one event caused."""
    return (await rebates_of_triggers(transaction, [trigger]))[trigger]


async def accounts_of(transaction: Transaction, payee: str) -> set[str]:
    """The accounts that an id stands for: of a party itself, of a member those of all its identifiers."""
    return {payee} | {row["account"] for row in await transaction.rows_of("members/accounts_of", [payee])}
