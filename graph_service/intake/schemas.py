"""The JSON Schema of the events, from the models: `python -m graph_service.intake.schemas docs/schemas` writes it."""

import json
import sys
from pathlib import Path
from typing import Any

from graph_service.intake.envelope import MAX_ID_LENGTH
from graph_service.intake.events import EVENT

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE = "events.schema.json"

_NAME = {"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH}
_TIME = {"type": "string", "format": "date-time"}
_COMMON: dict[str, Any] = {
    "id": {**_NAME, "description": "Unique for ever."},
    "at": {**_TIME, "description": "When it happened; at most 5 minutes ahead."},
    "by": {"anyOf": [_NAME, {"type": "null"}], "description": "Id of the party that recorded it."},
    "source": {"anyOf": [_NAME, {"type": "null"}], "description": "The sending system."},
    "recordedAt": {
        "anyOf": [_TIME, {"type": "null"}],
        "description": "When an older system recorded it; only the role admin may send it.",
    },
}
_REQUIRED = ("id", "type", "at")


def events_schema() -> dict[str, Any]:
    """The JSON Schema of an event: one of all types, each with the fields that all have.

    It says less than intake checks: what only neighbouring fields show to be wrong is not in it.
    """
    made = EVENT.json_schema()
    definitions: dict[str, Any] = _without_titles(made["$defs"])
    for reference in made["discriminator"]["mapping"].values():
        member = definitions[reference.rpartition("/")[2]]
        fields = member["properties"]
        member["properties"] = {"id": _COMMON["id"], "type": fields["type"]} | _COMMON | fields
        others = [field for field in member["required"] if field not in _REQUIRED]
        member["required"] = [*_REQUIRED, *others]
    return {
        "$schema": DIALECT,
        "title": "Event",
        "description": "An event of the contract, version 1.",
        "discriminator": made["discriminator"],
        "oneOf": made["oneOf"],
        "$defs": definitions,
    }


def as_text(schema: dict[str, Any]) -> str:
    """The text of a schema file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _without_titles(schema: Any) -> Any:
    """Without the titles that only repeat the names of fields."""
    match schema:
        case dict():
            return {
                name: _without_titles(inner)
                for name, inner in schema.items()
                if not (name == "title" and isinstance(inner, str))
            }
        case list():
            return [_without_titles(inner) for inner in schema]
        case _:
            return schema


def main(folder: Path) -> None:
    """Writes the schema into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(as_text(events_schema()), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
