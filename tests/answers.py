"""What the service and the reference model answer, in one form, so that they can be compared."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from graph_service.goods.ownership import Ownership
from graph_service.goods.questions import Answer
from graph_service.graph.driver import Graph, Row
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier, plain
from graph_service.moments import datetime_of
from graph_service.rebates.decision import decision_id
from tests.model import Decision
from tests.model.ownership import Ownership as ModelOwnership
from tests.model.policy import account_name

Event = dict[str, Any]
Booking = tuple[Any, ...]

MEMBER_ROLES = {"CONSUMER", "INVITER", "INVITER_2", "INVITEE"}
DECISIONS = (
    "MATCH (d:Decision) RETURN d.rule, d.version, d.trigger, d.role, d.payee, d.state, d.amountFen, d.points, d.reason"
)
JOURNAL = (
    "MATCH (e:Entry) RETURN e.rule, e.trigger, e.role, e.payee, e.cause, split(e.id, '.')[0] AS identity, "
    "sum(e.amountFen) AS fen, sum(e.points) AS points, count(*) AS entries, collect(e.revision) AS revisions"
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
            accounts.get(one.payee or "", one.payee) if one.role in MEMBER_ROLES else one.payee,
            one.status,
            one.amount_fen,
            one.points,
            one.reason,
        )
        for one in decisions
    )


def accounts_in(events: Iterable[Event], keys: IdentifierKeys) -> dict[str, str]:
    """The id of every identifier that events name, by the name that the model gives its account."""
    return {
        account_name((identifier.type, identifier.app or "", identifier.value)): keys.id_of(identifier)
        for identifier in identifiers_in(events)
    }


def identifiers_in(events: Iterable[Event]) -> set[PlainIdentifier]:
    """Every identifier that events name."""
    found: set[PlainIdentifier] = set()
    for event in events:
        listed = [
            *event.get("identifiers", []),
            *(event[key] for key in ("a", "b") if isinstance(event.get(key), dict)),
        ]
        for key in ("member", "inviter", "invitee"):
            listed += (event.get(key) or {}).get("identifiers", [])
        found |= {plain(shown["type"], shown["value"], shown.get("app")) for shown in listed}
    return found


async def pseudonyms(graph: Graph) -> dict[str, str]:
    """The names under which accounts go on, by the name that the model gives each leaving."""
    left = "MATCH (e:Event {type: 'member.left'}) RETURN e.id, e.pseudonym"
    return {f"left:{event}": name for event, name in (await graph.run(left, read_only=True))[1]}


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


def rebate_ids(events: Iterable[Event], keys: IdentifierKeys) -> Callable[[Decision], str]:
    """By which id a review names a decision of the model's."""
    accounts = accounts_in(events, keys)

    def rebate_id(one: Decision) -> str:
        return decision_id(one.rule, one.trigger, one.role, accounts.get(one.payee or "", one.payee))

    return rebate_id
