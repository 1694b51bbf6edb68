"""The page for analysts: its code runs as it stands there, and prints what stands there."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from pathlib import Path

import pytest

from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.members.identifiers import IdentifierKeys
from tests.demonstration import fill_with_demo

PAGE = Path(__file__).parents[1] / "docs" / "analysts.md"
_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    """Each block of code with the output that follows it."""
    found = _BLOCK.findall(PAGE.read_text("utf-8"))
    kinds = [kind for kind, _ in found]
    assert kinds == ["python", "text"] * (len(kinds) // 2)
    return [(code, output) for (_, code), (_, output) in zip(found[::2], found[1::2], strict=True)]


def printed(codes: list[str]) -> list[str]:
    """What blocks print that run one after another."""
    names: dict[str, object] = {}
    outputs = []
    for code in codes:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(compile(code, PAGE.name, "exec"), names)
        outputs.append(output.getvalue())
    return outputs


async def test_the_code_prints_what_the_page_says(
    connection: Connection, migrated: Graph, keys: IdentifierKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_with_demo(migrated, keys)
    # The page's home is this run's server.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEO4J_URI", connection.uri)
    monkeypatch.setenv("NEO4J_USERNAME", connection.username)
    monkeypatch.setenv("NEO4J_PASSWORD", connection.password)
    told = blocks()

    outputs = await asyncio.to_thread(printed, [code for code, _ in told])

    assert outputs == [output for _, output in told]
