"""A Neo4j Community of the service's own, for homes without `NEO4J_URI`: one server a home."""

from graph_service.graph.embedded.connection import Connection
from graph_service.graph.embedded.memory import Memory
from graph_service.graph.embedded.server import embedded_server, server_state
from graph_service.graph.embedded.state import Identity, Phase, ServerState

__all__ = ["Connection", "Identity", "Memory", "Phase", "ServerState", "embedded_server", "server_state"]
