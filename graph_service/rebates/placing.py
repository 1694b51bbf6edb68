"""Finds nodes for decisions that are new or changed, and for entries that are booked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graph_service.graph.driver import Row
from graph_service.rebates.nodes import decision_id_on, decision_node, may_share, shared_node


@dataclass(frozen=True, slots=True)
class Placed:
    """How what differs is written.

    Attributes:
        gone: ids of decisions whose nodes go.
        taken: properties (`now`) of new decisions and entries, one for both, for the nodes of decisions that go (`id`).
        left: properties (`now`) that stay with entries (`id`) whose decisions leave their nodes.
        changed: properties (`now`) for the nodes of decisions (`id`).
        beside: the same for decisions that go on sharing the nodes of entries (`id`).
        decisions: properties of those that need a node, by trigger.
        entries: the same.
        shared: properties of decisions and entries that need one for both, by trigger.
    """

    gone: list[str] = field(default_factory=list)
    taken: list[Row] = field(default_factory=list)
    left: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    beside: list[Row] = field(default_factory=list)
    decisions: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    entries: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    shared: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))


def placed(
    changed: Iterable[Row],
    gone: Iterable[str],
    stored: Mapping[str, Row],
    booked: Sequence[Row],
    sharing: Mapping[str, Row],
) -> Placed:
    """Where decisions and entries go, with as few nodes as they need.

    Args:
        changed: decisions that are new or different, as properties.
        gone: ids of decisions that no longer follow.
        stored: decisions in the graph, as properties, by id.
        booked: entries that are booked, as properties.
        sharing: by the id of a decision, the entry in the graph whose node it shares.
    """
    found = Placed()
    waiting = {decision_id_on(entry["id"]): entry for entry in booked if entry["revision"] % 2}
    apart = {entry["id"]: entry for entry in booked}
    for row in changed:
        key = row["id"]
        entry = sharing.get(key)
        if entry is not None and may_share(row, entry):
            found.beside.append({"id": entry["id"], "now": shared_node(row, entry)})
            continue
        if entry is not None:
            found.left.append({"id": entry["id"], "now": entry})
        elif key in stored:
            found.changed.append({"id": key, "now": decision_node(row)})
            continue
        new = waiting.get(key)
        if new is not None and may_share(row, new):
            del apart[new["id"]]
            found.shared[row["trigger"]].append(shared_node(row, new))
        else:
            found.decisions[row["trigger"]].append(decision_node(row))
    for key in gone:
        if key in sharing:
            found.left.append({"id": sharing[key]["id"], "now": sharing[key]})
        elif shared := found.shared.get(stored[key]["trigger"]):
            found.taken.append({"id": key, "now": shared.pop()})
        elif alone := found.decisions.get(stored[key]["trigger"]):
            found.changed.append({"id": key, "now": alone.pop()})
        else:
            found.gone.append(key)
    for entry in apart.values():
        found.entries[entry["trigger"]].append(entry)
    return found
