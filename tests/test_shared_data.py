"""Ninety days of a channel, not made by this project, with what an independent implementation answers to them."""

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from graph_service.goods.questions import ownerships
from graph_service.graph.driver import Graph
from graph_service.intake.strict_json import InvalidJson, loads
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import parse_instant
from graph_service.recorder import Recorder, Report
from graph_service.rederive import rederive
from tests.answers import decisions_of, told

Expected = dict[str, Any]

PIECES = 10


@pytest.fixture(scope="module")
def lines(shared: Path) -> list[bytes]:
    with gzip.open(shared / "data" / "channel-90days.ndjson.gz") as file:
        return [line for line in file if line.strip()]


@pytest.fixture(scope="module")
def expected(shared: Path) -> Expected:
    answers: Expected = json.loads((shared / "data" / "channel-90days.expected.json").read_text("utf-8"))
    return answers


def read(line: bytes) -> Any:
    try:
        return loads(line)
    except InvalidJson as error:
        return error


async def arrive(graph: Graph, keys: IdentifierKeys, pieces: Iterable[Sequence[bytes]]) -> Report:
    report = Report()
    async with Recorder(graph, keys).running() as recorder:
        for piece in pieces:
            report.add(await recorder.record([read(line) for line in piece], as_admin=True))
        await recorder.backlog.settled(lambda left: None)
    return report


async def agree(graph: Graph, expected: Expected) -> None:
    accrued: dict[str, dict[str, int]] = defaultdict(Counter)
    reasons: Counter[str] = Counter()
    for (_, _, _, role, payee, status, fen, _, reason), times in (await decisions_of(graph)).items():
        assert times == 1
        if status == "ACCRUED":
            accrued["members" if role == "CONSUMER" else payee][role] += fen
        elif reason != "already_owned":
            reasons[reason] += 1
    assert {payee: dict(roles) for payee, roles in accrued.items()} == expected["accruedFen"]
    assert dict(reasons) == expected["reasons"]
    asked = [(answer["code"], parse_instant(answer["at"])) for answer in expected["ownerships"]]
    answers = await graph.read(lambda transaction: ownerships(transaction, asked))
    for answer, wanted in zip(answers, expected["ownerships"], strict=True):
        assert {key: value for key, value in told(answer).items() if key in wanted} == {
            key: value for key, value in wanted.items() if key not in {"code", "at"}
        }


async def test_in_order_of_arrival(graph: Graph, keys: IdentifierKeys, lines: list[bytes], expected: Expected) -> None:
    report = await arrive(graph, keys, [lines])

    found = {"accepted": report.accepted, "duplicates": report.duplicates, "rejected": len(report.rejected)}
    assert found == expected["report"]
    await agree(graph, expected)
    assert await rederive(graph, keys, check=True) == []


async def test_shuffled(graph: Graph, keys: IdentifierKeys, lines: list[bytes], expected: Expected) -> None:
    shuffled = random.Random(20260701).sample(lines, len(lines))

    report = await arrive(graph, keys, [shuffled])

    assert report.accepted == expected["report"]["accepted"]
    await agree(graph, expected)
    assert await rederive(graph, keys, check=True) == []


async def test_in_ten_pieces(graph: Graph, keys: IdentifierKeys, lines: list[bytes], expected: Expected) -> None:
    length = -(-len(lines) // PIECES)
    pieces = [lines[start : start + length] for start in range(0, len(lines), length)]
    random.Random(7).shuffle(pieces)

    report = await arrive(graph, keys, pieces)

    assert report.accepted == expected["report"]["accepted"]
    await agree(graph, expected)
    assert await rederive(graph, keys, check=True) == []
