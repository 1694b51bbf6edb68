"""What follows from facts of members and of trade: who brought whom in, and what to decide on anew."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.touched import Touched
from graph_service.members.judging import Judged
from graph_service.members.referrals import derive_referrals

if TYPE_CHECKING:
    from graph_service.pipeline import Reach

EVER = -(2**62)

VOUCHERS = frozenset({"voucher.issued", "voucher.redeemed"})
CLAIMS = frozenset({"store.chosen", "member.registered", "care.recorded", "pet.registered"})
"""What says which store a member belongs to, besides redemptions and scans."""

_NAMING = VOUCHERS | CLAIMS | {"order.placed", "order.refunded", "member.invited"}


async def reach_trade(
    transaction: Transaction,
    facts: Sequence[Touched],
    restated: Collection[str],
    judged: Judged,
    reach: "Reach",
    *,
    has_business: bool,
) -> None:
    """Derives referrals anew, and adds the keys of the redemptions and orders that facts may change.

    Args:
        transaction: to read and write in; members are derived.
        facts: that came, or went by a void.
        restated: ids of the events that came or went by a void.
        judged: what became of members.
        reach: takes the keys.
        has_business: whether the log has invitations, vouchers, orders or anything else that members do.
    """
    moved = await transaction.rows_of("members/business_of", sorted(judged.regrouped) if has_business else ())
    naming = {fact.event for fact in facts if fact.type in _NAMING} | judged.accounted
    named = await transaction.rows_of("trade/touched", sorted(naming))
    inviting = {row["identifier"] for row in moved if row["invites"]} | judged.known
    again = {one for fact in facts if fact.event in restated for one in fact.identifiers}
    invitations = [row for row in named if row["type"] == "member.invited"]
    for account in await _invited_otherwise(transaction, inviting, again, invitations, restated):
        reach.add_account(account, EVER, below=True)
    for row in moved:
        if row["trades"]:
            reach.add_account(row["identifier"], EVER)
    pets: dict[str, int] = {}
    vouchers: dict[str, int] = {}
    for row in named:
        if row["type"] in VOUCHERS:
            vouchers[row["voucher"]] = min(row["at"], vouchers.get(row["voucher"], row["at"]))
        elif row["order"] is not None and row["type"] in {"order.placed", "order.refunded"}:
            reach.orders.add(row["order"])
        elif row["type"] == "care.recorded":
            pets[row["pet"]] = min(row["at"], pets.get(row["pet"], row["at"]))
        elif row["type"] == "pet.registered":
            pets[row["pet"]] = EVER
        elif row["type"] in CLAIMS and row["account"] is not None:
            reach.add_account(row["account"], row["at"])
    reach.vouchers |= vouchers.keys()
    for found in await transaction.rows_of("trade/accounts_of_vouchers", sorted(vouchers)):
        reach.add_account(found["account"], vouchers[found["voucher"]])
    for found in await transaction.rows_of("trade/accounts_of_pets", sorted(pets)):
        reach.add_account(found["account"], pets[found["pet"]])


async def _invited_otherwise(
    transaction: Transaction,
    inviting: Collection[str],
    again: Collection[str],
    invitations: Sequence[Row],
    restated: Collection[str],
) -> set[str]:
    """Derives referrals anew; returns the accounts of the invited whose inviter is, or may be, another now."""
    invited = {row["invitee"] for row in invitations if row["event"] in restated and row["invitee"] is not None}
    if not (inviting or again or invitations):
        return set()
    referred = await derive_referrals(
        transaction, inviting, invited.union(again), {row["event"] for row in invitations}
    )
    return referred.accounts | invited
