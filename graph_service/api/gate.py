"""The gate that every request passes: who asks, may they, and whatever goes wrong behind it leaves as JSON."""

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_service.api.answers import error_answer
from graph_service.api.errors import as_service_error
from graph_service.api.tokens import Verifier, viewer_with

OPEN_PATHS = frozenset({"/healthz", "/readyz"})

_SECURITY = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Gate:
    """ASGI middleware.

    Args:
        app: behind it.
        verifier: of tokens.
        asked: called for each request that needs a token.
    """

    def __init__(self, app: ASGIApp, verifier: Verifier, asked: Callable[[], None]) -> None:
        self._app = app
        self._verifier = verifier
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] != "http":  # a WebSocket may bring its token later; it looks for itself
            await self._app(scope, receive, send)
            return
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            if scope["path"] not in OPEN_PATHS:
                self._asked()
                scope.setdefault("state", {})["viewer"] = await viewer_with(
                    Headers(scope=scope).get("authorization"), self._verifier
                )
            await self._app(scope, receive, send_safely)
        except Exception as error:
            if started:
                raise
            await error_answer(as_service_error(error))(scope, receive, send_safely)
