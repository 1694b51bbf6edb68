"""How a command fails: what happened and what to do, in a line or two, and never a traceback."""

import contextlib
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator

from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from graph_service.errors import ServiceError
from graph_service.progress import say

DEBUG = "GRAPH_SERVICE_DEBUG"
_AGAIN = "Try again; if it stays: graph-service check"


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turns errors into lines on standard error and exit codes; with `GRAPH_SERVICE_DEBUG` set, the traceback too."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get(DEBUG):
            traceback.print_exc()
        known = as_service_error(error)
        if known is None:
            _say_unexpected(error)
        else:
            say(f"{known.code}: {known.message}")
            if known.remedy:
                say(known.remedy)
        sys.exit(1)


def as_service_error(error: Exception) -> ServiceError | None:
    """The error as a person can act on it; None for one that nobody thought of."""
    match error:
        case ServiceError():
            return error
        case AuthError():
            return ServiceError("NEO4J_REFUSED", "The Neo4j server refused the user.", remedy="Check NEO4J_USERNAME.")
        case ServiceUnavailable() | SessionExpired():
            return ServiceError(
                "NEO4J_LOST",
                "The connection to the Neo4j server was lost.",
                remedy="Try again: what was reported accepted is there, and what comes twice counts once.",
            )
        case Neo4jError():
            # Its message may show the value of a property.
            return ServiceError("NEO4J_FAILED", f"The Neo4j server failed: {error.code}.", remedy=_AGAIN)
        case DriverError():
            return ServiceError("NEO4J_FAILED", f"Neo4j's driver failed: {type(error).__name__}.", remedy=_AGAIN)
    return None


def _say_unexpected(error: Exception) -> None:
    say(f"UNEXPECTED: something went wrong that nobody thought of ({type(error).__name__}).")
    try:
        # Readable by this user only, because it may quote what was being worked on.
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="graph-service-", suffix=".log", delete=False
        ) as log:
            traceback.print_exception(error, file=log)
    except OSError:
        say(f"Please report it; with {DEBUG}=1 set, the command shows where.")
    else:
        say(f"Please report it with what is in {log.name}.")
