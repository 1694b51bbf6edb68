"""The service put together: which server it takes, and that a start that is given up leaves nothing behind."""

import asyncio
from pathlib import Path

import pytest

from graph_service.errors import ServiceError
from graph_service.graph.embedded import Connection, server_state
from graph_service.server import Server, server_of
from graph_service.service import open_service
from graph_service.settings import Settings


@pytest.mark.parametrize(
    ("version", "enough"),
    [("5.26.28", True), ("5.26-aura", True), ("2026.09.0", True), ("5.25.1", False), ("4.4.40", False)],
)
def test_the_version_of_the_server_is_compared_by_number(version: str, enough: bool) -> None:
    assert Server(version, "community").is_new_enough is enough


@pytest.mark.parametrize("uri", ["http://localhost", "localhost:7687", "bolt://", "neo4j+s:"])
def test_what_is_no_address_of_a_server_is_refused(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", uri)
    with pytest.raises(ServiceError) as refused, server_of(Settings(home=tmp_path)):
        pass
    assert refused.value.code == "INVALID_NEO4J_URI"


async def test_with_a_server_of_ones_own_nothing_embedded_starts(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_URI", connection.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", connection.password)
    async with open_service(Settings(home=tmp_path)) as service:
        assert service.connection.uri == connection.uri
    assert not (tmp_path / "neo4j").exists()


async def test_a_start_that_is_given_up_leaves_no_server(tmp_path: Path) -> None:
    async def start() -> None:
        async with open_service(Settings(home=tmp_path), lambda _: None):
            raise AssertionError("it was to be given up before")

    starting = asyncio.create_task(start())
    await asyncio.sleep(0.5)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert server_state(tmp_path) is None
