"""What the documentation promises: files that are there, schemas that are current, codes that are explained."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_service.graph.migrations import schema_of, shipped_migrations
from graph_service.intake.events import EVENT_TYPES
from graph_service.intake.schemas import FILE, events_schema

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_RAISERS = {"ServiceError", "Refusal", "Rejection", "__init__"}


def test_the_schema_of_events_is_current() -> None:
    committed = json.loads((DOCS / "schemas" / FILE).read_text("utf-8"))

    assert committed == events_schema(), "run: python -m graph_service.intake.schemas docs/schemas"


def test_every_event_of_the_schema_has_the_common_fields() -> None:
    schema = events_schema()

    members = [schema["$defs"][one["$ref"].rpartition("/")[2]] for one in schema["oneOf"]]

    assert {member["properties"]["type"]["const"] for member in members} == EVENT_TYPES
    for member in members:
        assert {"id", "type", "at", "by", "source", "recordedAt"} <= member["properties"].keys()
        assert {"id", "type", "at"} <= set(member["required"])
        assert member["additionalProperties"] is False
    assert schema["$defs"]["RulePublished"]["properties"]["rule"] == {"$ref": "#/$defs/Rule"}


def test_the_first_screen_of_the_readme_shows_the_two_commands() -> None:
    first_screen = (ROOT / "README.md").read_text("utf-8").splitlines()[:40]

    assert "pip install -e '.[test]' && graph-service demo" in first_screen
    assert "pip install -e '.[test]' && pytest" in first_screen


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = [link.partition("#")[0] for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link]

    assert [link for link in links if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_is_linked_to(page: Path) -> None:
    """From the README, or from the folder that it names."""
    readme = (ROOT / "README.md").read_text("utf-8")
    wanted = page.relative_to(ROOT)

    assert f"({wanted})" in readme or f"({wanted.parent}/)" in readme or page.name == "README.md"


def test_every_code_is_explained() -> None:
    explained = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (DOCS / "errors.md").read_text("utf-8")))
    used = {code for file in sorted((ROOT / "graph_service").rglob("*.py")) for code in _codes_in(file)}

    assert len(used) > 40
    assert used - explained == set()


def test_the_page_on_the_graph_names_every_index() -> None:
    rows = (DOCS / "model.md").read_text("utf-8").partition("## Indexes")[2].splitlines()
    named = {name for row in rows if row.startswith("|") for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert named == schema_of(shipped_migrations())


def _codes_in(file: Path) -> Iterator[str]:
    """The codes that a module raises errors with, or rejects events by."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in _RAISERS:
            for given in node.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str) and _CODE.fullmatch(given.value):
                    yield given.value
