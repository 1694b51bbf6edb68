"""The app of a test: a client that speaks to it in-process, as any role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from graph_service.api.tokens import issue_token
from graph_service.api.viewer import Role
from graph_service.app import create_app
from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from graph_service.settings import Settings

TOKEN_KEY = "a token's secret of thirty-two bytes and more"


@dataclass(frozen=True)
class Surroundings:
    """What the app needs of a service."""

    graph: Graph
    keys: IdentifierKeys
    recorder: Recorder
    settings: Settings


def token(role: Role = Role.ADMIN, ttl_seconds: int = 3_600) -> str:
    return issue_token(TOKEN_KEY.encode(), role, None, None, ttl_seconds)


def settings_of(home: Path, **more: Any) -> Settings:
    return Settings(home=home, token_key=TOKEN_KEY, **more)


def server_of_a_command(connection: Connection, home: Path) -> dict[str, str]:
    """The variables by which a command uses the server of this run."""
    return {
        "NEO4J_URI": connection.uri,
        "NEO4J_USERNAME": connection.username,
        "NEO4J_PASSWORD": connection.password,
        "GRAPH_SERVICE_HOME": str(home),
    }


class Client:
    """Asks as an admin, unless told otherwise."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, path: str, role: Role | None = Role.ADMIN, **request: Any) -> httpx.Response:
        headers = dict(request.pop("headers", {}))
        if role is not None:
            headers["authorization"] = f"Bearer {token(role)}"
        return await self.http.post(path, headers=headers, **request)

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, consistency: str | None = None
    ) -> dict[str, Any]:
        """The whole answer, data and errors."""
        headers = {} if consistency is None else {"x-consistency-token": consistency}
        body = {"query": query, "variables": variables}
        answer: dict[str, Any] = (await self.post("/graphql", json=body, headers=headers)).json()
        return answer

    async def data(self, query: str, **variables: Any) -> Any:
        """What an answer without errors holds."""
        answer = await self.ask(query, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def refusal(self, query: str, **variables: Any) -> dict[str, Any]:
        """The extensions of the one error of an answer."""
        errors = (await self.ask(query, variables))["errors"]
        assert len(errors) == 1, errors
        extensions: dict[str, Any] = errors[0]["extensions"]
        return extensions

    async def record(self, *events: Any, role: Role = Role.ADMIN) -> Any:
        """The report on events sent as an array."""
        response = await self.post("/v1/events", role, json=list(events))
        assert response.status_code == 200, response.text
        return response.json()


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[Client]:
    """A client of an app that has started."""
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as http,
    ):
        yield Client(http)


def app_of(graph: Graph, keys: IdentifierKeys, recorder: Recorder, settings: Settings) -> FastAPI:
    return create_app(Surroundings(graph, keys, recorder, settings), warm=False)
