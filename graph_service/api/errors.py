"""Errors as callers see them: a stable code, words to act on, and nothing of the inside."""

import logging
import re
import secrets
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError
from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable, SessionExpired, TransientError
from starlette.requests import ClientDisconnect

from graph_service.errors import ServiceError

_AGAIN = "Try again in a moment; events that come twice count once."
_LOG = logging.getLogger("graph_service.api")

# GraphQL's own messages repeat what came in, which may be someone's phone number.
_CAME_IN = re.compile(
    r"(got (?:an )?invalid value) (?:.*(?=; )|.*$)|(?<=value: ).*$|(?<=, found ).*$|(?<=; found: ).*$", re.DOTALL
)

_STATUS = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "BODY_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "INVALID_FIELD": 400,
    "UNKNOWN_FIELD": 400,
    "INVALID_JSON": 400,
    "INVALID_BODY": 400,
    "INVALID_CONSISTENCY_TOKEN": 400,
    "INVALID_QUERY": 400,
    "LIMIT_EXCEEDED": 400,
    "INVALID_CURSOR": 400,
    "INVALID_PARAMETER": 400,
    "INVALID_TIME": 400,
    "UNKNOWN_RELATION": 400,
    "AMBIGUOUS_CENTRE": 400,
    "UNKNOWN_CENTRE": 404,
    "UNAVAILABLE": 503,
    "IDENTIFIER_KEY_CHANGED": 503,
    "BUSY": 503,
    "DISK_FULL": 503,
    "HOME_NOT_WRITABLE": 503,
    "TIMEOUT": 504,
}


RETRY_AFTER = {"BUSY": 2, "UNAVAILABLE": 5, "DISK_FULL": 60, "HOME_NOT_WRITABLE": 60}
"""Seconds after which a request that ended with one of these codes may be sent again."""


class PartlyRecorded(ServiceError):
    """A request that ended before all its events were recorded.

    Args:
        cause: what ended it.
        report: the intake report on what was recorded until then.
    """

    def __init__(self, cause: ServiceError, report: Mapping[str, Any]) -> None:
        super().__init__(cause.code, cause.message, remedy=cause.remedy, path=cause.path)
        self.report = report


class LimitExceeded(ServiceError):
    """More was asked for at once than the service allows."""

    def __init__(self, what: str, given: int, allowed: int, *, path: str | None = None) -> None:
        super().__init__(
            "LIMIT_EXCEEDED",
            f"{what}: {given} were given, at most {allowed} are allowed.",
            remedy="Ask for less at once.",
            path=path,
        )
        self.given = given
        self.allowed = allowed


class Forbidden(ServiceError):
    """The viewer's role does not allow it."""

    def __init__(self, message: str) -> None:
        super().__init__("FORBIDDEN", message)


def as_service_error(error: BaseException) -> ServiceError:
    """The error to show for any error; what nobody foresaw is logged under a reference, and shown as that alone."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, TimeoutError):
        return ServiceError("TIMEOUT", "The question took too long.", remedy="Ask for less at once.")
    if isinstance(error, ClientDisconnect):
        return ServiceError("INVALID_BODY", "The body ended too early.")
    if isinstance(error, Neo4jError) and "Bookmark" in (error.code or ""):
        return ServiceError("INVALID_CONSISTENCY_TOKEN", "The graph does not know the state that the token stands for.")
    if isinstance(error, ServiceUnavailable | SessionExpired | TransientError | DriverError):
        _log(error)
        return ServiceError("UNAVAILABLE", "The graph does not answer at present.", remedy=_AGAIN)
    reference = _log(error)
    return ServiceError("INTERNAL", f"Something unforeseen happened; its reference in the log is {reference}.")


def _log(error: BaseException) -> str:
    """Logs where an error happened under a random reference; its message may hold personal data and stays out."""
    reference = secrets.token_hex(8)
    frames = traceback.extract_tb(error.__traceback__)
    places = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    _LOG.error("%s %s at %s", reference, type(error).__name__, places)
    return reference


def extensions_of(error: ServiceError) -> dict[str, Any]:
    """What programs read of an error."""
    extensions: dict[str, Any] = {"code": error.code}
    if error.path is not None:
        extensions["path"] = error.path
    if error.remedy:
        extensions["expected"] = error.remedy
    if isinstance(error, LimitExceeded):
        extensions |= {"given": error.given, "allowed": error.allowed}
    if isinstance(error, PartlyRecorded):
        extensions["recorded"] = error.report
    return extensions


def graphql_errors(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """The `errors` of a GraphQL answer."""
    return [_graphql_error(error) for error in errors]


def _graphql_error(error: GraphQLError) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if (
        original is None
        or isinstance(original, GraphQLError)
        or (error.path is None and isinstance(original, ValueError | RecursionError))
    ):
        # Its syntax, its names, or a value (a scalar says so by a ValueError).
        answer["message"] = _CAME_IN.sub(lambda match: match[1] or "…", error.message)
        answer["extensions"] = {"code": "INVALID_QUERY"}
    else:
        shown = as_service_error(original)
        answer["message"] = str(shown)
        answer["extensions"] = extensions_of(shown)
    if error.locations:
        answer["locations"] = [location.formatted for location in error.locations]
    if error.path:
        answer["path"] = list(error.path)
    return answer


def http_body(error: ServiceError) -> Mapping[str, Any]:
    """The body of an HTTP answer that is an error."""
    return {"code": error.code, "message": str(error)} | {
        key: value for key, value in extensions_of(error).items() if key != "code"
    }


def status_of(code: str) -> int:
    """The HTTP status of an error that ends a request; what is no fault of the caller's is 500."""
    return _STATUS.get(code, 500)
