"""`POST /graphql`: the bytes are checked, then the question is measured and answered."""

import asyncio
from typing import Any, Protocol

from neo4j import Bookmarks
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from graph_service.api.answers import JSON, json_answer
from graph_service.api.bodies import json_object, media_type, read_body, unsupported
from graph_service.api.context import Context
from graph_service.api.errors import RETRY_AFTER, graphql_errors, status_of
from graph_service.api.schema import schema
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.graph.tokens import bookmarks_of
from graph_service.members.identifiers import IdentifierKeys
from graph_service.pending import Waiting
from graph_service.recorder import Recorder

MAX_BODY = 4 * 2**20
ANSWER_SECONDS = 30
CONSISTENCY = "x-consistency-token"

_OWN_MEDIA_TYPE = "application/graphql-response+json"
_OPERATIONS = (OperationType.QUERY, OperationType.MUTATION)
# These end a request as much as a missing token does, so that clients that look at the status alone notice.
_TELLING = frozenset({"FORBIDDEN", "INVALID_CONSISTENCY_TOKEN", *RETRY_AFTER})


class Reads(Protocol):
    """What of the service a question needs."""

    @property
    def graph(self) -> Graph:
        """To read from."""
        ...

    @property
    def keys(self) -> IdentifierKeys:
        """To find and open identifiers."""
        ...

    @property
    def recorder(self) -> Recorder:
        """The way in for events."""
        ...


async def answer_graphql(request: Request, service: Reads) -> Response:
    """Answers a question."""
    if media_type(request) != JSON:
        raise unsupported(f"A question is sent as {JSON}.")
    body = json_object(await read_body(request, MAX_BODY))
    query, variables, operation = _parts(body)
    context = Context(
        service.graph,
        service.recorder,
        service.keys,
        request.state.viewer,
        _bookmarks(request.headers.get(CONSISTENCY)),
    )
    # What is being recorded is not given up half-way.
    deadline = None if "mutation" in query else ANSWER_SECONDS
    try:
        async with asyncio.timeout(deadline):
            result = await schema.execute(
                query,
                variable_values=variables,
                context_value=context,
                operation_name=operation,
                allowed_operation_types=_OPERATIONS,
            )
    except (CannotGetOperationTypeError, InvalidOperationTypeError):
        raise ServiceError("INVALID_QUERY", "The question holds no query or mutation of that name.") from None
    finally:
        # A loader refers to the request that holds it: all of it would wait for the collector.
        context.loaders.clear()
    pending = service.recorder.backlog.known if context.tells_decisions else Waiting()
    return _answer(result, request.headers.get("accept", ""), pending)


def _parts(body: dict[str, Any]) -> tuple[str, dict[str, Any] | None, str | None]:
    query, variables, operation = (body.get(name) for name in ("query", "variables", "operationName"))
    if not isinstance(query, str) or not query.strip():
        raise ServiceError("INVALID_BODY", "query: expected the text of a question.", path="query")
    if variables is not None and not isinstance(variables, dict):
        raise ServiceError("INVALID_BODY", "variables: expected an object.", path="variables")
    if operation is not None and not isinstance(operation, str):
        raise ServiceError("INVALID_BODY", "operationName: expected text.", path="operationName")
    return query, variables, operation


def _bookmarks(token: str | None) -> Bookmarks | None:
    return None if token is None else bookmarks_of(token)


def _answer(result: ExecutionResult, accept: str, pending: Waiting) -> Response:
    answer: dict[str, Any] = {"data": result.data}
    if pending.tasks:
        answer["extensions"] = {"pending": pending.told()}
    status = 200
    headers: dict[str, str] = {}
    own = _OWN_MEDIA_TYPE in accept
    if result.errors:
        answer["errors"] = graphql_errors(result.errors)
        codes = {error["extensions"]["code"] for error in answer["errors"]}
        if telling := codes & _TELLING:
            status = status_of(min(telling))
            if waits := [RETRY_AFTER[code] for code in telling if code in RETRY_AFTER]:
                headers["retry-after"] = str(max(waits))
        elif own and result.data is None:
            status = status_of(min(codes))
    response = json_answer(answer, status, media_type=_OWN_MEDIA_TYPE if own else JSON)
    response.headers.update(headers)
    return response
