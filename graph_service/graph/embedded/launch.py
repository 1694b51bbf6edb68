"""What a command hands to the supervisor it starts: all that took time or a terminal to find out."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from graph_service.graph.embedded.memory import Memory


@dataclass(frozen=True)
class Launch:
    """How to start the server.

    Args:
        java: the Java to run.
        class_path: verified jars.
        memory: what the server may take.
        port: the one port to use, or None for any free one.
    """

    java: Path
    class_path: list[Path]
    memory: Memory
    port: int | None = None

    def to_json(self) -> str:
        """Write it for the supervisor's standard input."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Launch":
        """Read what `to_json` wrote."""
        data = json.loads(text)
        return cls(
            java=Path(data["java"]),
            class_path=[Path(jar) for jar in data["class_path"]],
            memory=Memory(**data["memory"]),
            port=data["port"],
        )
