"""`/graphql` over a WebSocket, protocol `graphql-transport-ws`: subscriptions, and all that POST answers, too.

The token comes in the header of the handshake, or, from browsers, in the payload of `connection_init` as
`{"Authorization": "Bearer …"}`. Closed with 4401: no token that is accepted; 4403: the role may not; 4413: a reader
that is too slow; the rest as the protocol says.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.unset import UNSET
from strawberry.utils.aio import aclosing

from graph_service.api.answers import json_text
from graph_service.api.bodies import json_object
from graph_service.api.context import Context
from graph_service.api.errors import as_service_error, extensions_of, graphql_errors
from graph_service.api.graphql_route import ANSWER_SECONDS, Reads
from graph_service.api.schema import schema
from graph_service.api.tokens import Verifier, viewer_with
from graph_service.api.viewer import Viewer
from graph_service.errors import ServiceError

MAX_OPERATIONS = 50
"""Operations that one connection may have open."""

SLOW_READER = 4413
_SEND_SECONDS = 20.0
_INIT_SECONDS = 15.0


async def serve_websocket(socket: WebSocket, service: Reads, verifier: Verifier) -> None:
    """Serves a connection until one side closes it."""
    if GRAPHQL_TRANSPORT_WS_PROTOCOL not in socket.scope["subprotocols"]:
        await socket.accept()
        await socket.close(4406, f"The subprotocol must be {GRAPHQL_TRANSPORT_WS_PROTOCOL}")
        return
    await socket.accept(GRAPHQL_TRANSPORT_WS_PROTOCOL)
    with suppress(WebSocketDisconnected, WebSocketDisconnect):
        await _Connection(socket, service, verifier).handle()


class _Messages:
    """The messages of a connection, in the form that Strawberry's protocol asks for."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        while self._socket.application_state is not WebSocketState.DISCONNECTED:
            try:
                text = await self._socket.receive_text()
                yield json_object(text.encode())
            except KeyError:
                raise NonTextMessageReceived from None
            except (ServiceError, UnicodeError):
                raise NonJsonMessageReceived from None
            except WebSocketDisconnect:
                return

    async def send_json(self, message: Mapping[str, object]) -> None:
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await self._socket.send_text(json_text(message))
        except (WebSocketDisconnect, RuntimeError):
            raise WebSocketDisconnected from None

    async def close(self, code: int, reason: str) -> None:
        with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            async with asyncio.timeout(_SEND_SECONDS):
                await self._socket.close(code, reason)


class _Connection(BaseGraphQLTransportWSHandler[Any, None]):
    """One connection: Strawberry keeps the protocol; tokens, limits and errors are the service's own."""

    def __init__(self, socket: WebSocket, service: Reads, verifier: Verifier) -> None:
        super().__init__(
            view=cast(Any, self),
            websocket=cast(Any, _Messages(socket)),
            context=None,
            root_value=None,
            schema=schema,
            connection_init_wait_timeout=timedelta(seconds=_INIT_SECONDS),
            max_subscriptions_per_connection=MAX_OPERATIONS,
        )
        self._header = socket.headers.get("authorization")
        self._service = service
        self._verifier = verifier
        self._viewer: Viewer | None = None

    async def handle_connection_init(self, message: Any) -> None:
        payload = message.get("payload") or {}
        given = payload.get("Authorization", payload.get("authorization")) if isinstance(payload, dict) else None
        try:
            self._viewer = await viewer_with(given if isinstance(given, str) else self._header, self._verifier)
        except ServiceError as error:
            await self.websocket.close(4401 if error.code == "UNAUTHENTICATED" else 4403, error.code)
            return
        await super().handle_connection_init(message)

    async def on_ws_connect(self, context: Any) -> Any:
        """Strawberry asks the view, which this is, whether to go on; who connects was looked at before."""
        return UNSET

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        """Answers one operation; an error that ends it is told with its code."""
        asks = "mutation" not in operation.query and "subscription" not in operation.query
        try:
            async with asyncio.timeout(ANSWER_SECONDS if asks else None):
                await self._answer(operation)
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except (WebSocketDisconnected, WebSocketDisconnect):
            return
        except Exception as error:
            await self._end(operation, as_service_error(error))

    async def _answer(self, operation: Operation[Any, None]) -> None:
        if self._viewer is None:
            raise ServiceError("UNAUTHENTICATED", "The connection carries no bearer token.")
        service = self._service
        source = await schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=Context(service.graph, service.recorder, service.keys, self._viewer),
            operation_name=operation.operation_name,
        )
        async with aclosing(source):
            async for result in source:
                if not isinstance(result, ExecutionResult | PreExecutionError):
                    raise TypeError("the schema has neither @defer nor @stream")
                errors = graphql_errors(result.errors or [])
                if isinstance(result, PreExecutionError):
                    await self._tell(operation, {"type": "error", "payload": errors})
                    return
                if slow := next((one for one in errors if one["extensions"]["code"] == "SLOW_READER"), None):
                    raise ServiceError("SLOW_READER", slow["message"])
                payload: dict[str, Any] = {"data": result.data} | ({"errors": errors} if errors else {})
                await self._tell(operation, {"type": "next", "payload": payload})

    async def _end(self, operation: Operation[Any, None], error: ServiceError) -> None:
        if error.code == "SLOW_READER":
            await self.websocket.close(SLOW_READER, error.code)
            return
        told = {"message": error.message, "extensions": extensions_of(error)}
        with suppress(WebSocketDisconnected, WebSocketDisconnect, TimeoutError):
            await self._tell(operation, {"type": "error", "payload": [told]})

    @staticmethod
    async def _tell(operation: Operation[Any, None], message: Mapping[str, Any]) -> None:
        try:
            await operation.send_operation_message(cast(Any, {"id": operation.id} | dict(message)))
        except TimeoutError:
            raise ServiceError("SLOW_READER", f"A message was not read for {_SEND_SECONDS:.0f} s.") from None
