"""The demonstration's one screen: what it must show, and that it is one screen."""

import pytest
from rich.cells import cell_len

from graph_service.commands.demo import demonstrate
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from graph_service.service import Service
from graph_service.settings import Settings


@pytest.fixture
def service(connection: Connection, graph: Graph, keys: IdentifierKeys, recorder: Recorder) -> Service:
    return Service(Settings(), connection, graph, keys, recorder)


async def test_the_demonstration_is_one_screen_and_quick_the_second_time(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    await demonstrate(service)
    first = capsys.readouterr()
    assert "Loaded 7,816 events; 126 came twice." in first.err
    lines = first.out.splitlines()
    assert len(lines) <= 60
    assert max(cell_len(line) for line in lines) <= 110
    for shown in (
        "Owner at the scan 毛球宠物生活馆（科技园店） S-SZ-NS-01",
        "Confirmed by      evt-000930",
        "1 × 300 fen = 3.00 yuan",
        "Why nothing       The scan was made outside the territories",
        "4 links deep: distributors",
        "Belongs to        毛球宠物生活馆（科技园店） S-SZ-NS-01 since 07-29 11:20: registered by",
    ):
        assert shown in first.out
    rows = [line for line in lines if " received " in line]
    columns = {cell_len(line[: line.index("received")]) for line in rows}
    assert len(rows) == 3
    assert len(columns) == 1
    assert len([line for line in lines if "C-SUMMER" in line]) == 3
    (visit,) = (line.split() for line in lines if " visit " in line)
    assert visit[4:] == ["STORE", "S-SZ-NS-01", "25.0%", "10.0%", "31.0%"]

    await demonstrate(service)
    second = capsys.readouterr()
    assert "loaded already" in second.err
    assert second.out == first.out


async def test_a_graph_that_holds_something_else_is_left_as_it_is(service: Service, recorder: Recorder) -> None:
    other = {"id": "evt-000553", "type": "event.voided", "at": "2026-05-01T08:00:00Z", "voids": "x", "reason": "other"}
    assert (await recorder.record([other], as_admin=True)).accepted == 1
    with pytest.raises(ServiceError, match="other events"):
        await demonstrate(service)
    _, rows = await service.graph.run("MATCH (event:Event) RETURN count(event)", read_only=True)
    assert rows == [[1]]
