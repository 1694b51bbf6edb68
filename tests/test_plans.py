"""Every statement in `cypher/` does on a real server what its header says: where it begins, and what it may cost.

Plans depend on what the planner knows of the data, so the demonstration is loaded; costs are counted in database hits,
which do not depend on the machine. What writes is rolled back.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from graph_service.graph.driver import Graph
from graph_service.graph.statements import Statement, load_statements
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from graph_service.resources import resource
from tests.conftest import WIPE
from tests.plan_of import Plan, db_hits, details_of, name_of, operators, profile
from tests.plan_picks import Picks, pick
from tests.plan_samples import PAGE, SAMPLES, Sample
from tests.plan_trade import TRADE

STATEMENTS = load_statements(resource("cypher"))
SEEDS = Path(__file__).parents[1] / "seeds"
ENOUGH_LINES = 2_500
"""Of the demonstration: every kind of event and decision is among them."""

WITHOUT_INDEX = {"AllNodesScan", "CartesianProduct", "DirectedAllRelationshipsScan", "UndirectedAllRelationshipsScan"}
BY_LABEL = {"NodeByLabelScan", "UnionNodeByLabelsScan", "IntersectionNodeByLabelsScan"}
BY_TYPE = {"DirectedRelationshipTypeScan", "UndirectedRelationshipTypeScan"}
_USED = re.compile(r"(?:UNIQUE|RANGE INDEX|POINT INDEX)\s+(?:\(\w*\)-\[)?\w*:(\w+)\(([\w, ]+)\)")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demonstration(migrated: Graph, keys: IdentifierKeys) -> Graph:
    """The graph with the first weeks of the demonstration, and planned for it."""
    await migrated.run(WIPE, read_only=False)
    with gzip.open(SEEDS / "demo.ndjson.gz", "rt", encoding="utf-8") as lines:
        events = [json.loads(line) for line in itertools.islice(lines, ENOUGH_LINES)]
    async with Recorder(migrated, keys).running() as recorder:
        assert (await recorder.record(events, as_admin=True)).rejected == []
        assert (await recorder.record(TRADE, as_admin=True)).rejected == []
    # The planner keeps what it planned for the graphs of other tests, and what it counted there, until told otherwise.
    await migrated.run("CALL db.prepareForReplanning(60)", read_only=False)
    return migrated


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def picks(demonstration: Graph) -> Picks:
    return await pick(demonstration)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def indexes(demonstration: Graph) -> Mapping[tuple[str, tuple[str, ...]], str]:
    """Names of the indexes by label and properties."""
    text = "SHOW INDEXES YIELD name, labelsOrTypes, properties WHERE properties IS NOT NULL"
    _, rows = await demonstration.run(text, read_only=True)
    return {(labels[0], tuple(properties)): name for name, labels, properties in rows if labels}


def test_every_statement_has_a_sample() -> None:
    assert STATEMENTS.keys() - SAMPLES.keys() == set()


def test_every_sample_has_a_statement() -> None:
    assert SAMPLES.keys() - STATEMENTS.keys() == set()


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() & SAMPLES.keys()))
async def test_plan_is_what_the_header_says(
    demonstration: Graph, picks: Picks, indexes: Mapping[tuple[str, tuple[str, ...]], str], name: str
) -> None:
    statement, sample = STATEMENTS[name], SAMPLES[name]
    parameters = sample.parameters(picks)
    plan = await profile(demonstration, statement.text, parameters)
    faults = [*faults_of(statement, plan, indexes)]
    allowed, units = _allowed(statement, sample, picks)
    if db_hits(plan) > allowed:
        faults.append(f"{db_hits(plan)} db hits, {db_hits(plan) / max(units, 1):.1f} each; the header allows {allowed}")
    assert faults == []


def faults_of(statement: Statement, plan: Plan, indexes: Mapping[tuple[str, tuple[str, ...]], str]) -> list[str]:
    """Where the plan is not what the header says, or is nothing to be proud of."""
    found = [(name_of(operator), details_of(operator)) for operator in operators(plan)]
    named = set(re.findall(r"\w+", statement.starts_from)) & set(indexes.values())
    used = {
        indexes[label, tuple(properties.split(", "))] for _, text in found for label, properties in _USED.findall(text)
    }
    faults = [f"{operator}: {text}" for operator, text in found if operator in WITHOUT_INDEX | BY_TYPE]
    if statement.mode == "read":
        faults += [f"Eager: {text}" for operator, text in found if operator == "Eager"]
    if used != named:
        faults.append(f"begins with {sorted(used)}; the header says {sorted(named)}")
    for operator, text in found:
        if operator in BY_LABEL:
            label = text.rpartition(":")[2]
            if not re.search(rf"\b{label}\b", statement.starts_from) or "because" not in statement.starts_from:
                faults.append(f"{operator}: {text}")
    return faults


def _allowed(statement: Statement, sample: Sample, picks: Picks) -> tuple[int, int]:
    """How many hits the header allows, and for how many units."""
    unit = re.search(r"^// db hits: \d+ (.*)$", statement.text, re.MULTILINE)
    assert unit is not None
    if unit[1] == "in all":
        return statement.db_hits, 1
    given = sample.parameters(picks).get("rows", ())
    if unit[1] == "a row":
        return statement.db_hits * len(given), len(given)
    if sample.units is not None:
        return statement.db_hits * sample.units(picks), sample.units(picks)
    assert "page" in unit[1], f"what is counted by {unit[1]!r}?"
    return statement.db_hits * len(given) * PAGE, len(given) * PAGE
