"""The HTTP side of the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from graph_service import metrics
from graph_service.api.answers import error_answer, json_answer
from graph_service.api.door import Door
from graph_service.api.errors import as_service_error
from graph_service.api.events_route import take_events
from graph_service.api.export_route import answer_export
from graph_service.api.gate import Gate
from graph_service.api.graphql_route import MAX_BODY, Reads, answer_graphql
from graph_service.api.ownerships_route import answer_ownerships
from graph_service.api.tokens import verifier_of
from graph_service.api.warmup import Warmup
from graph_service.api.websocket import serve_websocket
from graph_service.errors import ServiceError
from graph_service.settings import Settings

READY_SECONDS = 5.0

SERVER_OPTIONS: dict[str, Any] = {
    "server_header": False,
    "access_log": False,
    # The other parser knows no limit of what a head may hold.
    "http": "h11",
    "ws": "websockets-sansio",
    "ws_max_size": MAX_BODY,
}
"""What uvicorn is to be run with: nothing tells what it is, and no log holds what was asked."""


class Service(Reads, Protocol):
    """What the app needs of the running service."""

    @property
    def settings(self) -> Settings:
        """Where the token's secret or the identity provider's keys are."""
        ...


def create_app(service: Service, *, warm: bool = True) -> FastAPI:
    """The app of a running service.

    Args:
        service: that runs.
        warm: whether to rehearse on the server first, so that the first requests are answered as fast as later ones.

    Raises:
        ServiceError: `JWT_KEY_INVALID`, or why the token's secret can't be had.
    """

    warmup = Warmup(service.graph, service.keys)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if warm:
            async with warmup.running():
                yield
        else:
            yield

    door = Door()
    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    verifier = verifier_of(service.settings)
    app.add_middleware(Gate, verifier=verifier, asked=warmup.end)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(ServiceError, _told)

    @app.post("/graphql")
    async def graphql(request: Request) -> Response:
        """Answers a GraphQL question."""
        return await answer_graphql(request, service)

    @app.websocket("/graphql")
    async def graphql_websocket(socket: WebSocket) -> None:
        """Answers what is sent by `graphql-transport-ws`, subscriptions included."""
        await serve_websocket(socket, service, verifier)

    @app.post("/v1/events")
    async def events(request: Request) -> Response:
        """Takes in events; `X-Pending` says how many tasks they, or others, left to be derived."""
        return _with_pending(await take_events(request, service.recorder, door), service)

    @app.get("/metrics")
    async def metrics_() -> Response:
        """Tells a monitor what came in and what waits."""
        return Response(metrics.exposition(await service.recorder.backlog.look()), media_type=metrics.MEDIA_TYPE)

    @app.get("/v1/export")
    async def export(request: Request) -> Response:
        """Answers with a part of the graph as a file; `X-Pending` as above: who owned what rests on it."""
        return _with_pending(await answer_export(request, service.graph), service)

    @app.post("/v1/ownerships")
    async def ownerships(request: Request) -> Response:
        """Tells who owned very many codes; `X-Pending` as above."""
        return _with_pending(await answer_ownerships(request, service.graph), service)

    @app.get("/healthz")
    async def healthz() -> Response:
        """Tells that the process answers."""
        return json_answer({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> Response:
        """Tells whether the graph answers in time."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await service.graph.read(lambda transaction: transaction.run("intake/clock"))
        except Exception as error:
            as_service_error(error)
            return error_answer(ServiceError("UNAVAILABLE", "The graph does not answer."))
        closed = service.recorder.closed
        return json_answer({"status": "ready"} | ({} if closed is None else {"intake": closed.code}))

    return app


def _with_pending(answer: Response, service: Service) -> Response:
    """The answer; `X-Pending` says how many tasks wait, when some do."""
    if tasks := service.recorder.backlog.known.tasks:
        answer.headers["x-pending"] = str(tasks)
    return answer


async def _told(_: Request, error: Exception) -> Response:
    return error_answer(as_service_error(error))


async def _no_route(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return error_answer(ServiceError("NOT_FOUND", "There is nothing at this address."))
    if status == 405:
        answer = error_answer(ServiceError("METHOD_NOT_ALLOWED", "This address does not take this method."))
        answer.headers.update(getattr(error, "headers", None) or {})
        return answer
    return json_answer({"code": "INVALID_BODY", "message": "The request can't be read."}, status)
