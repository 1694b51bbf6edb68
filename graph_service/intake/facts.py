"""What an event adds to the graph: a node of the log, and what it names.

Each domain's `facts.py` says it for its own events; nothing else in the graph is written by intake.
"""

from dataclasses import dataclass, field
from typing import Any

from graph_service.goods.codes import Span
from graph_service.intake.fields import Identifier


@dataclass(frozen=True, slots=True)
class Facts:
    """What one event adds.

    Attributes:
        labels: labels of its node besides `Event`.
        properties: properties of its node besides the common ones.
        parties: (relation, party id) for each party that it names.
        codes: (relation, spans) for the codes that it names.
        identifiers: lists of identifiers; those of one list were seen together.
    """

    labels: tuple[str, ...]
    properties: dict[str, Any] = field(default_factory=dict)
    parties: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, list[Span]], ...] = ()
    identifiers: tuple[list[Identifier], ...] = ()
