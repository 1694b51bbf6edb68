"""What an event adds to the graph: a node of the log, and what it names.

Each domain's `facts.py` says it for its own events; nothing else in the graph is written by intake.
"""

from dataclasses import dataclass, field
from typing import Any

from graph_service.goods.codes import Span
from graph_service.intake.fields import Identifier, Member


@dataclass(frozen=True, slots=True)
class Facts:
    """What one event adds.

    Attributes:
        labels: labels of its node besides `Event`.
        properties: properties of its node besides the common ones.
        parties: (relation, party id) for each party that it names.
        codes: (relation, spans) for the codes that it names.
        identifiers: lists of identifiers; those of one list were seen together.
        accounts: of the member that it is about, and of an invitation's second one: the number of the list that names
            them, or their id.
        products: SKUs that it sells.
    """

    labels: tuple[str, ...]
    properties: dict[str, Any] = field(default_factory=dict)
    parties: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, list[Span]], ...] = ()
    identifiers: tuple[list[Identifier], ...] = ()
    accounts: tuple[int | str | None, ...] = ()
    products: tuple[str, ...] = ()


def shown(member: Member | None) -> list[Identifier]:
    """The identifiers that a member is named by; none where it is named by an id."""
    return (member.identifiers if member else None) or []


def account(member: Member | None, number: int = 0) -> int | str | None:
    """Whose account it is: the strongest identifier of that list, or the id that the member is named by."""
    if member is None:
        return None
    return number if member.id is None else member.id
