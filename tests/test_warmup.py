"""The service rehearses before it is asked, and leaves nothing of it behind."""

from graph_service.api.warmup import Warmup
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys

COUNT = "MATCH (n) WHERE NOT n:Migration RETURN count(n)"


async def test_a_rehearsal_records_and_takes_back(graph: Graph, keys: IdentifierKeys) -> None:
    warmup = Warmup(graph, keys)
    events = warmup.events()[:300]

    await warmup.rehearse([events[::10], events])

    _, [[left]] = await graph.run(COUNT, read_only=True)
    assert left == 0


async def test_a_rehearsal_ends_when_somebody_asks(graph: Graph, keys: IdentifierKeys) -> None:
    warmup = Warmup(graph, keys)
    warmup.end()
    broken = [None]  # would fail if it were recorded

    await warmup.rehearse([broken])  # type: ignore[list-item]
