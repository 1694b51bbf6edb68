"""The client against a real server."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pytest
import pytest_asyncio

from graph_service.api import ownerships_route
from graph_service.client import Client, Question
from graph_service.errors import ServiceError
from graph_service.goods.bulk_answers import SCHEMA
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.listening import listening
from tests.model.log import Event
from tests.serving import app_of, settings_of, token

Answer = TypeVar("Answer")

EVENTS: list[Event] = [
    {
        "id": "s",
        "type": "party.registered",
        "at": "2026-01-01T00:00:00Z",
        "party": {"id": "S", "kind": "STORE", "name": "店"},
    },
    {
        "id": "c",
        "type": "goods.commissioned",
        "at": "2026-05-01T00:00:00Z",
        "sku": "CAT",
        "batch": "B",
        "level": "UNIT",
        "range": {"first": "U000000", "last": "U999999"},
        "holder": "F",
    },
    {"id": "r", "type": "goods.received", "at": "2026-05-02T00:00:00Z", "codes": ["U000007"], "party": "S"},
]


@pytest_asyncio.fixture(loop_scope="session")
async def address(graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path) -> AsyncIterator[str]:
    await recorder.record(EVENTS, as_admin=True)
    async with listening(app_of(graph, keys, recorder, settings_of(tmp_path))) as running:
        yield running


async def ask(address: str, work: Callable[[Client], Answer]) -> Answer:
    """In a thread, because the server runs in this one's event loop."""

    def asking() -> Answer:
        with Client(address, token(), timeout=30) as client:
            return work(client)

    return await asyncio.to_thread(asking)


async def test_codes_are_answered_in_the_order_asked(address: str) -> None:
    before = datetime(2026, 5, 1, 12, tzinfo=UTC)
    asked: list[Question] = ["U000007", ("U000007", before), ("U000007", "2026-04-01T00:00:00+08:00"), ("V1", None)]

    answers = await ask(address, lambda client: list(client.ownerships(asked)))

    assert [answer["owner"] for answer in answers] == ["S", "F", None, None]
    assert [answer["store"] for answer in answers] == ["S", None, None, None]
    assert [answer["via"] for answer in answers] == ["U000007", "U000007", None, None]
    assert list(answers[0]) == SCHEMA.names


async def test_a_table_is_answered_with_a_table(address: str) -> None:
    table = pa.table({"code": ["U000007", "V1"], "at": pa.array([datetime(2026, 6, 1, tzinfo=UTC), None])})

    answered = await ask(address, lambda client: client.ownerships(table))

    assert answered.schema == SCHEMA
    assert answered.column("owner").to_pylist() == ["S", None]


async def test_no_questions_have_no_answers(address: str) -> None:
    assert await ask(address, lambda client: list(client.ownerships([]))) == []
    empty = pa.table({"code": pa.array([], pa.string())})
    assert (await ask(address, lambda client: client.ownerships(empty))).num_rows == 0


async def test_answers_arrive_although_everything_is_sent_first(address: str) -> None:
    codes = [f"U{n:06}" for n in range(300_000)]

    lines, table = await asyncio.gather(
        ask(address, lambda client: sum(answer["owner"] == "F" for answer in client.ownerships(iter(codes)))),
        ask(address, lambda client: client.ownerships(pa.table({"code": codes}))),
    )

    assert lines == 299_999
    assert table.column("code").to_pylist() == codes


async def test_graphql_is_answered(address: str) -> None:
    query = "query Q($c: String!) { item(code: $c) { level sku } }"

    assert await ask(address, lambda client: client.graphql(query, {"c": "U000007"})) == {
        "item": {"level": "UNIT", "sku": "CAT"}
    }


async def told(address: str, work: Callable[[Client], object]) -> str:
    with pytest.raises(ServiceError) as raised:
        await ask(address, work)
    return raised.value.code


async def test_faults_are_service_errors(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await told(address, lambda client: client.graphql("{ nothing }")) == "INVALID_QUERY"
    assert await told(address, lambda client: list(client.ownerships([("U1", "now")]))) == "INVALID_TIME"
    assert await told(address, lambda client: client.ownerships(pa.table({"code": [1]}))) == "INVALID_FIELD"
    assert await told("http://127.0.0.1:9", lambda client: client.graphql("{ __typename }")) == "UNAVAILABLE"
    with Client(address, "nonsense") as stranger:
        assert await told(address, lambda _: stranger.graphql("{ __typename }")) == "UNAUTHENTICATED"


async def test_a_fault_on_the_way_is_raised_behind_the_answers(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownerships_route.in_slices, "__defaults__", (1_000,))
    asked: list[Question] = [*(f"U{n:06}" for n in range(10_000)), ("U1", "now")]
    taken: list[str] = []

    def work(client: Client) -> None:
        taken.extend(answer["code"] for answer in client.ownerships(asked))

    assert await told(address, work) == "INVALID_TIME"
    assert taken == [f"U{n:06}" for n in range(len(taken))] != []
    table = pa.table({"code": [f"U{n:06}" for n in range(100_000)], "at": ["2026-05-01T00:00:00Z"] * 99_999 + ["now"]})
    assert await told(address, lambda client: client.ownerships(table)) in {"UNAVAILABLE", "INVALID_TIME"}


async def test_what_nobody_takes_is_not_made(address: str) -> None:
    def work(client: Client) -> list[str]:
        answers = client.ownerships(f"U{n:06}" for n in range(200_000))
        return [answer["code"] for answer in itertools.islice(answers, 3)]

    assert await ask(address, work) == ["U000000", "U000001", "U000002"]
