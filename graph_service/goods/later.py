"""The question which events may pay for items, or for what is inside them: what comes to an item may change that."""

from collections.abc import Mapping

from graph_service.graph.driver import Row

TRIGGERS_OF_ITEMS = "goods/triggers_of"

Spans = dict[str, tuple[int, int]]
"""Items, each with the instants (microseconds) between which what it held counts; events count from the first on."""


def add_item(spans: Spans, item: str, since: int, until: int) -> None:
    """Adds an item, or lets it reach further."""
    known_since, known_until = spans.get(item, (since, until))
    spans[item] = (min(since, known_since), max(until, known_until))


def item_rows(spans: Mapping[str, tuple[int, int]]) -> list[Row]:
    """The rows of the question."""
    return [{"item": item, "from": since, "until": until} for item, (since, until) in sorted(spans.items())]
