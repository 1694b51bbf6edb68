"""The nodes of decisions and entries: one for both where they say the same.

    (:Decision {rebate, state, …})            a decision alone; `rebate` is its id, `state` its status
    (:Entry {id, status, …})                  an entry alone
    (:Decision:Entry {id, status, state, …})  an entry and its decision; the id of the decision begins that of the entry
    (:Decision|Entry)-[:FOR]->(:Trigger)

An entry is immutable whatever shares its node: when its decision says something else, the decision leaves it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph_service.graph.driver import Row, Transaction

_OF_ENTRIES = frozenset({"id", "status", "revision", "block", "late", "funder", "funders", "funderFen"})
"""What an entry says and a decision does not, or says by another name."""

_SAID_BY_BOTH = ("rule", "version", "trigger", "role", "payee", "amountFen", "points", "at")
_SAID_BY_ONE = frozenset({"reason", "cause", "reverses", "effectiveAt"})
"""What means something else to a decision than to an entry."""

_ACCRUED = ("ACCRUED", "SETTLED")


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the graph for a trigger.

    Attributes:
        trigger: its id.
        decisions: in force, as properties.
        entries: all that were booked, as properties.
        sharing: by the id of a decision, the entry whose node it shares.
        rests_on: relation and party, for each party that the decisions rest on.
    """

    trigger: str
    decisions: list[Row]
    entries: list[Row]
    sharing: Mapping[str, Row]
    rests_on: list[tuple[str, str]]


async def fetch_standing(transaction: Transaction, triggers: Iterable[str]) -> list[Standing]:
    """What stands for triggers, as far as they are there."""
    return [_standing(row) for row in await transaction.rows_of("rebates/standing", list(triggers))]


def _standing(row: Row) -> Standing:
    decisions: list[Row] = []
    entries: list[Row] = []
    sharing: dict[str, Row] = {}
    for node in row["nodes"]:
        if "state" in node:
            decisions.append(decision_in(node))
        if "id" in node:
            entries.append(entry_in(node))
            if "state" in node:
                sharing[decisions[-1]["id"]] = entries[-1]
    return Standing(row["trigger"], decisions, entries, sharing, [(how, party) for how, party in row["restsOn"]])


def decision_in(node: Row) -> Row:
    """The decision that a node is or shares, as properties."""
    row = {name: value for name, value in node.items() if name not in _OF_ENTRIES}
    status = row.pop("state")
    rebate = row.pop("rebate", None) or decision_id_on(node["id"])
    return {"id": rebate, "status": status} | row


def entry_in(node: Row) -> Row:
    """The entry that a node is or shares, as properties."""
    if "state" not in node:
        return node
    return {name: node[name] for name in (*_SAID_BY_BOTH, *_OF_ENTRIES) if name in node}


def decision_id_on(entry: str) -> str:
    """The id of the decision that an entry books, from the entry's."""
    return entry.rpartition(".")[0]


def decision_node(decision: Row) -> Row:
    """A decision alone, as the properties of its node."""
    row = {name: value for name, value in decision.items() if name not in {"id", "status"}}
    return {"rebate": decision["id"], "state": decision["status"]} | row


def may_share(decision: Row, entry: Row) -> bool:
    """Whether a decision and an entry that books it say the same."""
    if entry["status"] != "ACCRUED" or decision["status"] not in _ACCRUED:
        return False
    if not _SAID_BY_ONE.isdisjoint(decision) or not _SAID_BY_ONE.isdisjoint(entry):
        return False
    return all(decision.get(name) == entry.get(name) for name in _SAID_BY_BOTH)


def shared_node(decision: Row, entry: Row) -> Row:
    """A decision and an entry that say the same, as the properties of their node."""
    return decision | entry | {"state": decision["status"]}
