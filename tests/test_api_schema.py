"""The exported schema is up to date, and agrees with the contract word for word."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_introspection_query,
)

from graph_service.api.schema import schema

EXPORTED = Path(__file__).parents[1] / "schema" / "schema.graphql"


def ours() -> GraphQLSchema:
    return build_schema(schema.as_str())


@pytest.fixture(scope="module")
def contract(shared: Path) -> GraphQLSchema:
    return build_schema((shared / "contract" / "core.graphql").read_text("utf-8"))


def test_the_exported_schema_is_up_to_date() -> None:
    assert EXPORTED.read_text("utf-8") == schema.as_str() + "\n", "Run: python -m graph_service.api.schema > schema/…"


def test_everything_of_the_contract_is_there_word_for_word(contract: GraphQLSchema) -> None:
    found = ours()
    for name, expected in contract.type_map.items():
        if name.startswith("__"):
            continue
        kind = found.type_map[name]
        if isinstance(expected, GraphQLEnumType):
            assert isinstance(kind, GraphQLEnumType)
            assert kind.values.keys() >= expected.values.keys(), name
        if isinstance(expected, GraphQLObjectType | GraphQLInterfaceType):
            assert type(kind) is type(expected)
            assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
            assert told_fields(expected).items() <= told_fields(kind).items()
        if isinstance(expected, GraphQLInputObjectType):
            assert isinstance(kind, GraphQLInputObjectType)
            inputs = {field: str(value.type) for field, value in expected.fields.items()}
            assert inputs == {field: str(kind.fields[field].type) for field in inputs}


def told_fields(kind: GraphQLObjectType | GraphQLInterfaceType) -> dict[str, tuple[str, str]]:
    """Fields with their type, arguments and defaults, in the words of the schema language."""
    return {
        field: (
            str(value.type),
            ", ".join(f"{key}: {one.type} = {one.default_value!r}" for key, one in value.args.items()),
        )
        for field, value in kind.fields.items()
    }


async def test_tools_can_read_the_schema() -> None:
    """Introspection stays within the limits."""
    result = await schema.execute(get_introspection_query())

    assert result.errors is None
