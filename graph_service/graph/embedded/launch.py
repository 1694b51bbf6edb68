"""What a command hands to the supervisor it starts: all that took time or a terminal to find out."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from graph_service.graph.embedded.memory import Memory

HUNG_SECONDS = 25.0


@dataclass(frozen=True)
class Launch:
    """How to start the server.

    Args:
        java: the Java to run.
        class_path: verified jars.
        memory: what the server may take.
        port: the one port to use, or None for any free one.
        adopt: whether to take over a server that runs already at that port.
        hung_seconds: after so long without an answer an idle server is ended and started again.
    """

    java: Path
    class_path: list[Path]
    memory: Memory
    port: int | None = None
    adopt: bool = False
    hung_seconds: float = HUNG_SECONDS

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
            adopt=data["adopt"],
            hung_seconds=data["hung_seconds"],
        )
