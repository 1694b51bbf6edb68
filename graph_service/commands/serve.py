"""`graph-service serve`: the service behind HTTP, until somebody asks it to stop."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from graph_service.commands.running import stop_requests
from graph_service.errors import ServiceError
from graph_service.progress import say
from graph_service.service import Service

_BACKLOG = 2048
_GRACE_SECONDS = 20


def listen(host: str, port: int) -> socket.socket:
    """Takes the port before anything starts; whoever connects meanwhile waits.

    Raises:
        ServiceError: `PORT_TAKEN`, `PORT_REFUSED` or `UNKNOWN_HOST`.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (socket.gaierror, UnicodeError):
        raise ServiceError(
            "UNKNOWN_HOST", f"{host} is no address of this machine.", remedy="Choose one with --host, as 127.0.0.1."
        ) from None
    except PermissionError:
        raise ServiceError(
            "PORT_REFUSED", f"This user may not use the port {port}.", remedy="Choose one above 1023 with --port."
        ) from None
    except OSError as error:
        raise ServiceError(
            "PORT_TAKEN",
            f"The port {port} on {host} can't be used: {error.strerror}.",
            remedy="Stop what uses it, or choose another one with --port.",
        ) from None
    # Its connections inherit it; asyncio sets it only on sockets made with the number of TCP. Without it each answer's
    # body waits some 40 ms for the client's delayed acknowledgement of the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def serve(service: Service, listener: socket.socket, announce: Callable[[str], None]) -> None:
    """Serves until Ctrl-C or SIGTERM; requests that are under way get their answers.

    Args:
        service: the open service.
        listener: from `listen`.
        announce: told the address once it answers.

    Raises:
        ServiceError: `SERVE_FAILED`.
    """
    from graph_service.app import SERVER_OPTIONS, create_app  # noqa: PLC0415 - GraphQL's types are read when they are needed

    config = uvicorn.Config(
        create_app(service),
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        lifespan="on",
        **SERVER_OPTIONS,
    )
    server = _Server(config, lambda: announce(address_of(listener)))
    with stop_requests(lambda: say("Stopping …")) as stop:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        server.should_exit = True
        await serving
    if not server.started:
        raise ServiceError("SERVE_FAILED", "The HTTP server did not start.", remedy="What it said is above.")


def address_of(listener: socket.socket) -> str:
    """The address to type into a browser."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class _Server(uvicorn.Server):
    """Says when it answers, and leaves signals to the command, which stops the embedded server after it."""

    def __init__(self, config: uvicorn.Config, answers: Callable[[], None]) -> None:
        super().__init__(config)
        self._answers = answers

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._answers()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
