"""Reads the ways of members out of the graph: for an order or a member, and for a whole period."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import NamedTuple

from graph_service.api.errors import LimitExceeded
from graph_service.attribution.journeys import WINDOW, Journey, Order, Touch, by_member, journeys
from graph_service.channel.questions import parties_by_id
from graph_service.graph.driver import Row, Transaction
from graph_service.members.people import people

PAGE = 10_000

_TOUCH, _ORDER = "touch.recorded", "order.placed"


class Placed(NamedTuple):
    """An order, and the account of whoever placed it."""

    order: Order
    account: str | None


async def order_named(transaction: Transaction, number: str) -> Placed | None:
    """The order of a number, of several the first in history; None where nobody placed it."""
    rows = await transaction.rows_of("attribution/order_named", [number])
    first = min(rows, key=lambda row: (row["at"], row["event"]), default=None)
    return None if first is None else Placed(_order(first), first["account"])


async def journey_of_order(transaction: Transaction, number: str) -> tuple[Journey, bool] | None:
    """How an order came about, and whether anybody is known to have placed it; None for one that nobody placed."""
    placed = await order_named(transaction, number)
    if placed is None:
        return None
    if placed.account is None:
        return Journey(placed.order, ()), False
    found = await journeys_of(transaction, await accounts_with(transaction, placed.account))
    return next(one for one in found if one.order == placed.order), True


async def accounts_with(transaction: Transaction, account: str) -> Sequence[str]:
    """The accounts of the member that an id stands for; that account alone where it is no member's."""
    found = await people(transaction, [account])
    return found[account].ids if account in found else [account]


async def journeys_of(transaction: Transaction, accounts: Sequence[str]) -> list[Journey]:
    """The journeys of a member, in the order of its orders."""
    touches, orders = await steps_of(transaction, accounts)
    return journeys(touches, orders)


async def steps_of(transaction: Transaction, accounts: Sequence[str]) -> tuple[Sequence[Touch], Sequence[Order]]:
    """The touches and the orders of a member, in no order."""
    found = await steps_by_member(transaction, dict.fromkeys(accounts, ""))
    return found.get("", ((), ()))


async def steps_by_member(
    transaction: Transaction, owners: Mapping[str, str]
) -> Mapping[str, tuple[Sequence[Touch], Sequence[Order]]]:
    """The touches and the orders of members, in no order; `owners` gives the member of each account."""
    accounts = sorted(owners)
    touches = await transaction.rows_of("attribution/touches_of", accounts)
    orders = await _first_placed(transaction, await transaction.rows_of("attribution/orders_of", accounts))
    steps: list[tuple[str, Touch | Order]] = [(owners[row["account"]], _touch(row)) for row in touches]
    steps += [(owners[row["account"]], _order(row)) for row in orders]
    return by_member(steps)


async def _first_placed(transaction: Transaction, rows: Sequence[Row]) -> list[Row]:
    """Those that were the first in history with their number, whoever placed the others."""
    first: dict[str, tuple[int, str]] = {}
    for row in await transaction.rows_of("trade/placements", sorted({row["order"] for row in rows})):
        placed = (row["at"], row["event"])
        first[row["order"]] = min(first.get(row["order"], placed), placed)
    return [row for row in rows if first.get(row["order"]) == (row["at"], row["event"])]


async def journeys_between(
    transaction: Transaction, since: int, until: int, *, most: int
) -> tuple[list[Journey], list[list[Touch]]]:
    """The journeys to all orders of a period, and the touches of members who bought nothing in it.

    Args:
        transaction: to read in.
        since: from this instant on, in microseconds.
        until: before this one.
        most: touches and orders that are taken into memory.

    Raises:
        LimitExceeded: when there are more.
    """
    steps: list[tuple[str, Touch | Order]] = []
    async for member, step in _steps(transaction, since - WINDOW, until):
        steps.append((member, step))
        if len(steps) > most:
            raise LimitExceeded("Touches and orders of the period, and of 180 days before it", len(steps), most)
    clerks = await _clerks(transaction, steps)
    found: list[Journey] = []
    unsold: list[list[Touch]] = []
    for told, orders in by_member(steps).values():
        touches = [touch if touch.by in clerks else touch._replace(by=None) for touch in told]
        ways = [way for way in journeys(touches, orders) if way.order.at >= since]
        found += ways
        inside = sorted(touch for touch in touches if touch.at >= since)
        if not ways and inside:
            unsold.append(inside)
    return sorted(found), unsold


async def _clerks(transaction: Transaction, steps: Iterable[tuple[str, Touch | Order]]) -> set[str]:
    """Those who recorded a touch and are clerks; others are systems, or stores."""
    recorders = {step.by for _, step in steps if isinstance(step, Touch) and step.by is not None}
    found = await parties_by_id(transaction, sorted(recorders))
    return {party for party, row in found.items() if row["kind"] == "CLERK"}


async def _steps(transaction: Transaction, since: int, until: int) -> AsyncIterator[tuple[str, Touch | Order]]:
    for kind in (_TOUCH, _ORDER):
        position: tuple[int, str] = (since, "")
        while True:
            rows = await transaction.run(
                "attribution/steps_in_time", type=kind, at=position[0], id=position[1], until=until, limit=PAGE
            )
            of_members = [row for row in rows if row["member"] is not None]
            if kind == _ORDER:
                of_members = await _first_placed(transaction, of_members)
            for row in of_members:
                yield row["member"], _touch(row) if kind == _TOUCH else _order(row)
            if len(rows) < PAGE:
                break
            position = (rows[-1]["at"], rows[-1]["event"])


def _touch(row: Row) -> Touch:
    return Touch(*(row[name] for name in ("at", "event", "kind", "channel", "campaign", "store", "by")))


def _order(row: Row) -> Order:
    return Order(*(row[name] for name in ("at", "event", "order", "channel", "store", "paidFen", "isDelivered")))
