"""Lets what was booked for somebody who left go on under the name that the leaving drew; nothing is booked for it.

An entry's id is a digest of whom it was booked for, so that a leaving that is voided finds what is to go back. Frozen
totals of accounts are a shortcut; those of renamed accounts are dropped, and added up anew when they are asked for.
"""

from collections.abc import Collection

from graph_service.graph.driver import Row, Transaction
from graph_service.members.leaving import leavings_of, name_of
from graph_service.rebates.decision import decision_id
from graph_service.rebates.nodes import decision_id_on


async def rename_payees(transaction: Transaction, identifiers: Collection[str], pseudonyms: Collection[str]) -> None:
    """Brings the payees of entries to what leavings erase.

    Args:
        transaction: to read and write in.
        identifiers: that are erased by other leavings than before.
        pseudonyms: of these leavings.
    """
    leavings = await leavings_of(transaction, identifiers)
    accounts = sorted({*identifiers, *pseudonyms})
    renamed: list[Row] = []
    for entry in await transaction.rows_of("rebates/entries_of_accounts", accounts):
        account = entry["payee"] if entry["payee"] in identifiers else _booked_for(entry, identifiers)
        if account is not None and (name := name_of(account, entry["at"], leavings)) != entry["payee"]:
            renamed.append({"entry": entry["id"], "before": entry["payee"], "payee": name})
    await transaction.rows_of("rebates/rename_payees", renamed)
    touched = {row["before"] for row in renamed} | {row["payee"] for row in renamed}
    await transaction.rows_of("rebates/forget_frozen", sorted(touched))


def _booked_for(entry: Row, identifiers: Collection[str]) -> str | None:
    """The account that an entry was booked for before a leaving renamed it; None where it was booked so."""
    identity = decision_id_on(entry["id"])

    def is_of(account: str) -> bool:
        return decision_id(entry["rule"], entry["trigger"], entry["role"], account, entry["cause"]) == identity

    return next((account for account in sorted(identifiers) if is_of(account)), None)
