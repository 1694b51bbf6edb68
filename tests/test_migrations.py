"""Migrations on the real server: order, lock, and what a start says to a graph that is not as it should be."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.graph.migrations import (
    Migration,
    check_migrations,
    load_migrations,
    migrate,
    ready_graph,
    schema_of,
    shipped_migrations,
    split_statements,
)
from graph_service.rebates.nodes import fetch_standing

FORGET = "MATCH (n:Migration) DETACH DELETE n"


async def refusal(graph: Graph, migrations: list[Migration] | None = None) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        await check_migrations(graph, migrations=migrations)
    return refused.value


async def drop_everything(graph: Graph) -> None:
    await graph.run(FORGET, read_only=False)
    _, rows = await graph.run("SHOW INDEXES YIELD name, type, owningConstraint", read_only=True)
    for name, kind, constraint in rows:
        if kind != "LOOKUP":
            await graph.run(f"DROP {'CONSTRAINT' if constraint else 'INDEX'} {name}", read_only=False)


@pytest_asyncio.fixture(loop_scope="session")
async def bare(graph: Graph) -> AsyncIterator[Graph]:
    """The graph as a server of one's own first has it; put right again for the other tests."""
    await drop_everything(graph)
    yield graph
    await drop_everything(graph)
    await migrate(graph)


@pytest_asyncio.fixture(loop_scope="session")
async def restored(graph: Graph) -> AsyncIterator[Graph]:
    """The migrated graph, put right again after the test."""
    yield graph
    await graph.run(FORGET, read_only=False)
    await migrate(graph)


async def test_an_empty_graph_is_migrated_at_start_and_then_left_alone(bare: Graph) -> None:
    said: list[str] = []
    await ready_graph(bare, said.append)
    assert len(said) == len(shipped_migrations())
    await ready_graph(bare, said.append)
    assert await migrate(bare, said.append) == []
    assert len(said) == len(shipped_migrations())


async def test_commands_that_start_together_all_end_well_and_one_migrates(bare: Graph) -> None:
    said: list[str] = []
    await asyncio.gather(*(ready_graph(bare, said.append) for _ in range(3)), migrate(bare, said.append))
    assert len(said) == len(shipped_migrations())
    await check_migrations(bare)


async def test_a_graph_with_data_is_not_taken_over_at_start(bare: Graph) -> None:
    await bare.run("CREATE (:Somebody {elses: 1})", read_only=False)
    try:
        with pytest.raises(ServiceError) as refused:
            await ready_graph(bare)
        assert refused.value.code == "GRAPH_BEHIND"
    finally:
        await bare.run("MATCH (n:Somebody) DELETE n", read_only=False)


async def test_a_graph_that_is_behind_names_the_command(restored: Graph) -> None:
    await restored.run("MATCH (m:Migration {number: 1}) DELETE m", read_only=False)
    with pytest.raises(ServiceError) as refused:
        await ready_graph(restored)
    assert (refused.value.code, refused.value.remedy) == ("GRAPH_BEHIND", "Run: graph-service migrate")
    assert [migration.number for migration in await migrate(restored)] == [1]
    await check_migrations(restored)


async def test_a_graph_that_is_ahead_is_left_alone(restored: Graph) -> None:
    await restored.run("CREATE (:Migration {number: 99, name: 'beyond', checksum: '', appliedAt: 0})", read_only=False)
    assert (await refusal(restored)).code == "GRAPH_AHEAD"
    with pytest.raises(ServiceError, match="0099 beyond"):
        await migrate(restored)


async def test_another_checksum_is_altered(restored: Graph) -> None:
    files = shipped_migrations()
    files[1] = dataclasses.replace(files[1], checksum="another")
    assert (await refusal(restored, files)).code == "GRAPH_ALTERED"
    with pytest.raises(ServiceError, match="0001 foundation"):
        await migrate(restored, migrations=files)


async def test_a_dropped_index_is_found_and_made_anew(restored: Graph) -> None:
    await restored.run("DROP INDEX event_recorded", read_only=False)
    refused = await refusal(restored)
    assert refused.code == "GRAPH_ALTERED"
    assert "event_recorded" in refused.message
    await migrate(restored)
    await check_migrations(restored)


async def test_what_was_applied_before_a_failure_stays_recorded(restored: Graph) -> None:
    shipped = shipped_migrations()
    following = shipped[-1].number + 1
    files = [
        *shipped,
        Migration(following, "well", "2", ("CREATE INDEX trial_well IF NOT EXISTS FOR (n:Trial) ON (n.well)",)),
        Migration(following + 1, "badly", "3", ("CREATE INDEX trial_badly FOR (n:Trial) ON",)),
    ]
    with pytest.raises(ServiceError) as failed:
        await migrate(restored, migrations=files)
    assert failed.value.code == "MIGRATION_FAILED"
    assert "badly" in failed.value.message
    assert "badly" in (await refusal(restored, files)).message
    assert "well" not in (await refusal(restored, files)).message
    await restored.run("DROP INDEX trial_well", read_only=False)


async def test_decisions_and_entries_of_before_are_read_as_nodes_apart(bare: Graph) -> None:
    """Up to 0012 both had an `id` and a `status`, and hung on their event by relations of their own."""
    files = shipped_migrations()
    older = [one for one in files if one.number < 13]
    await migrate(bare, migrations=older)
    await bare.run(
        "CREATE (t:Event:Trigger {id: 'e', at: 1, recordedAt: 2}) "
        "CREATE (:Decision {id: 'R', rule: 'r', status: 'ACCRUED', at: 1, trigger: 'e'})-[:FOR]->(t) "
        "CREATE (:Entry {id: 'R.1', rule: 'r', status: 'ACCRUED', revision: 1, at: 1})-[:BOOKED_FOR]->(t)",
        read_only=False,
    )
    try:
        for numbers in ([13, 14], [13]):
            assert [one.number for one in await migrate(bare, migrations=files)] == numbers
            (standing,) = await bare.read(lambda transaction: fetch_standing(transaction, ["e"]))
            assert [(one["id"], one["status"]) for one in standing.decisions] == [("R", "ACCRUED")]
            assert [(one["id"], one["status"]) for one in standing.entries] == [("R.1", "ACCRUED")]
            assert not standing.sharing
            await bare.run("MATCH (m:Migration {number: 13}) DELETE m", read_only=False)
    finally:
        await bare.run("MATCH (n:Event|Decision|Entry) DETACH DELETE n", read_only=False)


def test_statements_are_split_where_they_end() -> None:
    text = "// one; two\nRETURN ';', \"//\", `a;b`; /* x; */ RETURN 2;\n;\nRETURN 3"
    assert split_statements(text) == ("RETURN ';', \"//\", `a;b`", "RETURN 2", "RETURN 3")


def test_the_schema_is_what_stands_in_the_end() -> None:
    statements = (
        "CREATE INDEX a IF NOT EXISTS FOR (n:A) ON (n.a)",
        "CREATE FULLTEXT INDEX b IF NOT EXISTS FOR (n:A) ON EACH [n.b]",
        "CREATE CONSTRAINT c IF NOT EXISTS FOR (n:A) REQUIRE n.c IS UNIQUE",
        "DROP INDEX a IF EXISTS",
        "MATCH (n) SET n.x = 1",
    )
    assert schema_of([Migration(0, "trial", "", statements)]) == {"b", "c"}


def test_each_file_has_a_number_of_its_own(tmp_path: Path) -> None:
    for name in ("0000_first.cypher", "0002_third.cypher", "0002_other.cypher"):
        (tmp_path / name).write_text("RETURN 1;")
    with pytest.raises(ValueError, match="a number of its own"):
        load_migrations(tmp_path)
    (tmp_path / "0001.cypher").write_text("RETURN 1;")
    with pytest.raises(ValueError, match="named like"):
        load_migrations(tmp_path)
