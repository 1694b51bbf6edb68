"""What the service and the reference model answer, in one form, so that they can be compared."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from graph_service.goods.ownership import Ownership
from graph_service.goods.questions import Answer
from graph_service.graph.driver import Graph, Row
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.moments import datetime_of
from tests.model import Decision
from tests.model.ownership import Ownership as ModelOwnership

Event = dict[str, Any]
Booking = tuple[Any, ...]

DECISIONS = (
    "MATCH (d:Decision) RETURN d.rule, d.version, d.trigger, d.role, d.payee, d.status, d.amountFen, d.points, d.reason"
)
JOURNAL = (
    "MATCH (e:Entry) RETURN e.rule, e.trigger, e.role, e.payee, e.cause, sum(e.amountFen) AS fen, "
    "sum(e.points) AS points, count(*) AS entries, collect(e.revision) AS revisions"
)


async def decisions_of(graph: Graph) -> Counter[Booking]:
    """All decisions in force."""
    return Counter(tuple(row) for row in (await graph.run(DECISIONS, read_only=True))[1])


async def journal_of(graph: Graph) -> list[Row]:
    """What the journal adds up to."""
    columns, rows = await graph.run(JOURNAL, read_only=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def model_decisions(decisions: Iterable[Decision], accounts: dict[str, str]) -> Counter[Booking]:
    """The model's decisions; it names an account by its text, the service by its id."""
    return Counter(
        (
            one.rule,
            one.version,
            one.trigger,
            one.role,
            accounts.get(one.payee or "", one.payee) if one.role == "CONSUMER" else one.payee,
            one.status,
            one.amount_fen,
            one.points,
            one.reason,
        )
        for one in decisions
    )


def accounts_in(events: Iterable[Event], keys: IdentifierKeys) -> dict[str, str]:
    """The id of every identifier that events name, by its text."""
    found: dict[str, str] = {}
    for event in events:
        member = event.get("member") or {}
        for shown in [*event.get("identifiers", []), *member.get("identifiers", [])]:
            identifier = plain(shown["type"], shown["value"], shown.get("app"))
            found[identifier.text] = keys.id_of(identifier)
    return found


def told(answer: Answer) -> dict[str, Any]:
    """An ownership as the service tells it."""
    one: Ownership = answer.ownership
    confirmed = one.confirmed
    return {
        "status": one.status,
        "owner": one.owner,
        "confirmedBy": confirmed.event if confirmed else None,
        "confirmedAt": datetime_of(confirmed.at) if confirmed else None,
        "via": confirmed.code if confirmed else None,
        "shippedTo": one.shipped_to,
        "store": one.store,
        "distributor": one.way.distributor,
        "distributorBasis": one.way.distributor_basis,
        "salesperson": one.way.salesperson,
        "salespersonBasis": one.way.salesperson_basis,
        "brand": one.brand,
        "steps": [(step.event, step.code, step.sender, step.receiver) for step in one.steps],
    }


def model_told(one: ModelOwnership) -> dict[str, Any]:
    """An ownership as the model tells it."""
    return {
        "status": one.status,
        "owner": one.owner,
        "confirmedBy": one.confirmed_by,
        "confirmedAt": one.confirmed_at,
        "via": one.via,
        "shippedTo": one.shipped_to,
        "store": one.store,
        "distributor": one.way.distributor,
        "distributorBasis": one.way.distributor_basis,
        "salesperson": one.way.salesperson,
        "salespersonBasis": one.way.salesperson_basis,
        "brand": one.brand,
        "steps": [(step.event, step.code, step.sender, step.receiver) for step in one.steps],
    }
